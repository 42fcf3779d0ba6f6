"""What the actions on records give: one type for each audience, so that nothing is ever cut out afterwards.

Instants are seconds UTC, money is minor units of `currency`, days are ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass

from tandem.base.errors import Finding


@dataclass(frozen=True, slots=True)
class Known:
    """What every record says to whoever sees it."""

    id: str
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class OrganisationSaid(Known):
    """What an organisation says to all who see it."""

    name: str
    name_zh: str | None
    name_en: str | None
    reg_no: str | None
    type: str | None
    city: str | None
    size: str | None
    sector: str | None
    service_code: str | None


@dataclass(frozen=True, slots=True)
class Organisation(OrganisationSaid):
    """An organisation as others see it."""


@dataclass(frozen=True, slots=True)
class OwnOrganisation(OrganisationSaid):
    """An organisation as its people and the operator see it.

    number    whether the registration number can be right: valid, wrong (check character), other (another register)
    extra     JSON object of columns that came with an import and are none of the hub's own
    """

    visibility: str
    number: str | None
    checked_at: int | None
    check_note: str | None
    named: tuple[str, ...]
    ref: str | None
    extra: str | None
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Organisations:
    """A part of a list of organisations; `next` asks for the part after it, None where this is the last."""

    items: tuple[Organisation | OwnOrganisation, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class NeedSaid(Known):
    """What a need says to all who see it."""

    title: str
    text: str | None
    kind: str | None
    lang: str | None
    city: str | None
    sector: str | None
    service_code: str | None
    posted_on: str | None
    due_on: str | None
    slots: int | None
    currency: str | None
    pseudonym: str | None


@dataclass(frozen=True, slots=True)
class Need(NeedSaid):
    """A need as those see it who did not pose it.

    organisation  who posed it; None where the poser stays anonymous, then `pseudonym` stands for it in this need
    budget        where the budget lies: "<100000", "100000-1000000" ... in major units; None where none is told
    """

    budget: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class OwnNeed(NeedSaid):
    """A need as its poser and the operator see it; `moves` are the actions that whoever asks may move it by now."""

    visibility: str
    anonymous: bool
    importance: int | None
    budget_min: int | None
    budget_max: int | None
    org_id: str | None
    named: tuple[str, ...]
    ref: str | None
    extra: str | None
    created_at: int
    changed_at: int
    moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """A part of a list of needs; `next` asks for the part after it, None where this is the last."""

    items: tuple[Need | OwnNeed, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class OfferSaid(Known):
    """What an offer says to all who see it; `cities_served` are codes, none for everywhere."""

    title: str
    text: str | None
    kind: str | None
    service_code: str | None
    price_from: int | None
    currency: str | None
    cities_served: tuple[str, ...]
    available_from: str | None
    available_to: str | None


@dataclass(frozen=True, slots=True)
class Offer(OfferSaid):
    """An offer as others see it.

    capacity  how much it can take on: "0", "1", "2-5", ">5"; what of it is free, nobody is told
    """

    capacity: str | None
    organisation: str


@dataclass(frozen=True, slots=True)
class OwnOffer(OfferSaid):
    """An offer as its provider and the operator see it; `moves` as in OwnNeed."""

    visibility: str
    capacity: int | None
    org_id: str
    named: tuple[str, ...]
    ref: str | None
    extra: str | None
    created_at: int
    changed_at: int
    moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offers:
    """A part of a list of offers; `next` asks for the part after it, None where this is the last."""

    items: tuple[Offer | OwnOffer, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One offer in a calendar.

    capacity    places that it states: exactly for its own people, else as a band; None where it states none to others
    held, free  places that introductions hold, and that are left now; None for others
    open        for each month whether the offer is available in it
    """

    id: str
    title: str
    capacity: str | None
    held: int | None
    free: int | None
    open: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """An organisation's open offers over some months ("2027-01"), the newest first."""

    organisation: str
    months: tuple[str, ...]
    items: tuple[CalendarLine, ...]


@dataclass(frozen=True, slots=True)
class DeliverySaid(Known):
    """What a past delivery says to all who see it."""

    title: str
    text: str | None
    delivered_on: str | None
    rating: float | None


@dataclass(frozen=True, slots=True)
class Delivery(DeliverySaid):
    """A past delivery as others see it.

    organisations  who delivered, as far as whoever asks may see them
    need           the need that it answered, where whoever asks may see it
    """

    organisations: tuple[str, ...]
    need: str | None


@dataclass(frozen=True, slots=True)
class OwnDelivery(DeliverySaid):
    """A past delivery as the organisation that states it and the operator see it.

    org_ids  all that delivered; moves: as in OwnNeed
    """

    visibility: str
    org_id: str
    org_ids: tuple[str, ...]
    need_id: str | None
    named: tuple[str, ...]
    ref: str | None
    extra: str | None
    created_at: int
    changed_at: int
    moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliveries:
    """A part of a list of deliveries; `next` asks for the part after it, None where this is the last."""

    items: tuple[Delivery | OwnDelivery, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Called:
    """What a record is called: its name or its title; `what` is the kind: organisations, needs, offers, deliveries."""

    what: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """What records are called, in the order asked, without those that whoever asks may not see."""

    items: tuple[Called, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """What a record that a reason cites says: a delivery, with its day (ISO 8601) where it is told, or an offer."""

    what: str
    id: str
    title: str
    text: str | None
    day: str | None


@dataclass(frozen=True, slots=True)
class EvidenceSaid:
    """What cited records say, in the order asked, without those that whoever asks may not see."""

    items: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class TableImported:
    """One table of a file: rows read = accepted + rejected; accepted = new + changed + unchanged + aside.

    aside  rows that name what is there already and that whoever imports may not change
    """

    table: str
    file: str | None
    sheet: str | None
    read: int
    rejected: int
    new: int
    changed: int
    unchanged: int
    aside: int


@dataclass(frozen=True, slots=True)
class RowImported:
    """What becomes of one row: new or changed, then in which columns; `id` is the record's, None where it is new."""

    table: str
    row: int | None
    becomes: str
    id: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellGiven:
    """One cell of a faulty row: the column that its header means; `cut` where it is longer than what is shown."""

    column: str
    header: str
    value: str
    cut: bool


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row with findings, as it was read, so that it can be corrected where it is shown."""

    table: str
    row: int
    cells: tuple[CellGiven, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do: the first rows that change something and the first findings, and how many more.

    written      whether it was done; False for a preview
    faulty       of a preview: the rows that the findings are about, as far as they could be read at all
    corrections  how many cells were read as corrected
    """

    written: bool
    tables: tuple[TableImported, ...]
    rows: tuple[RowImported, ...]
    more_rows: int
    findings: tuple[Finding, ...]
    more_findings: int
    faulty: tuple[FaultyRow, ...] = ()
    corrections: int = 0


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A file that the hub keeps for a while, and what is said of it; `corrections` are so many cells."""

    id: str
    file: str
    size: int
    table: str | None
    organisation: str | None
    corrections: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class HeaderSeen:
    """One header of a file.

    column  what it is taken for, None for none of ours
    by      why: name, said, remembered, likeness (of the header), values (of what stands beneath it), or nothing
    cells   what stands beneath it in the first rows
    """

    header: str
    column: str | None
    by: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """One sheet of a workbook, or a file of one table (sheet None).

    table    what it is taken for; by: name, said, headers (it has ours), or nothing
    rows     how many stand beneath its header
    missing  required columns that no header is taken for
    """

    sheet: str | None
    table: str | None
    by: str
    rows: int
    headers: tuple[HeaderSeen, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnsSeen:
    """A file as it is understood before it is read; `file` is its name."""

    file: str
    sheets: tuple[SheetSeen, ...]
