"""What the actions on records take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tandem.base.settings import Upload, setting
from tandem.domain.moves import DELIVERY, NEED, OFFER, ORGANISATION
from tandem.domain.records import VISIBILITIES
from tandem.domain.tables import (
    CURRENCIES,
    INTEGER_LIMIT,
    KINDS,
    ORGANISATION_TYPES,
    SIZES,
    TEXT_LANGUAGES,
)

FORMATS = ("xlsx", "csv", "jsonl", "parquet")
RECORD_NAMES = ("organisations", "needs", "offers", "deliveries")
MOST_NAMED = 200  # records whose names are asked for at once
MOST_OPENED_TO = 100  # organisations that one record names: those that it is opened to, partners
MOST_CITED = 100  # records that are asked for at once with what they say


@dataclass(frozen=True, kw_only=True)
class Named:
    """One record, by its id."""

    id: str = setting("id", positional=True)


@dataclass(frozen=True, kw_only=True)
class Several:
    """Several records by their ids, of one kind where that is told."""

    ids: tuple[str, ...] = setting("texts", at_most=MOST_NAMED, positional=True)
    what: str | None = setting("choice", None, choices=RECORD_NAMES)


@dataclass(frozen=True, kw_only=True)
class Cited:
    """Deliveries and offers, by the ids that reasons cite."""

    ids: tuple[str, ...] = setting("texts", at_most=MOST_CITED, positional=True)


@dataclass(frozen=True, kw_only=True)
class Paged:
    """A part of a list: how many, and after which one (`next` of the part before)."""

    limit: int = setting("integer", 20, minimum=1, maximum=200)
    after: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Who sees a record; None leaves it as it is."""

    visibility: str | None = setting("choice", None, choices=VISIBILITIES)
    named: tuple[str, ...] = setting("texts", (), at_most=MOST_OPENED_TO)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A record with what shall be different; `clear` names the fields that shall be empty."""

    id: str = setting("id", positional=True)
    clear: tuple[str, ...] = setting("texts", ())


@dataclass(frozen=True, kw_only=True)
class NeedFields(Seen):
    """What a need says; None leaves a field as it is, or empty."""

    text: str | None = setting("long_text", None)
    kind: str | None = setting("choice", None, choices=KINDS)
    lang: str | None = setting("choice", None, choices=TEXT_LANGUAGES)
    city: str | None = setting("text", None)
    sector: str | None = setting("text", None)
    service_code: str | None = setting("text", None)
    due_on: date | None = setting("date", None)
    slots: int | None = setting("integer", None, minimum=0, maximum=INTEGER_LIMIT)
    importance: int | None = setting("integer", None, minimum=1, maximum=INTEGER_LIMIT)
    budget_min: int | None = setting("money", None, minimum=0)
    budget_max: int | None = setting("money", None, minimum=0)
    currency: str | None = setting("choice", None, choices=CURRENCIES)
    anonymous: bool | None = setting("flag", None)


@dataclass(frozen=True, kw_only=True)
class NeedDraft(NeedFields):
    """A need to be posed; an operator says for which organisation."""

    title: str = setting("text")
    organisation: str | None = setting("id", None)
    draft: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class NeedChange(Change, NeedFields):
    """A need with what shall be different."""

    title: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class NeedQuery(Paged):
    """Which needs are listed, the newest first."""

    kind: str | None = setting("choice", None, choices=KINDS)
    city: str | None = setting("text", None)
    sector: str | None = setting("text", None)
    service_code: str | None = setting("text", None)
    organisation: str | None = setting("id", None)
    state: str | None = setting("choice", None, choices=tuple(NEED))
    mine: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class OfferFields(Seen):
    """What an offer says; None leaves a field as it is, or empty."""

    text: str | None = setting("long_text", None)
    kind: str | None = setting("choice", None, choices=KINDS)
    capacity: int | None = setting("integer", None, minimum=0, maximum=INTEGER_LIMIT)
    service_code: str | None = setting("text", None)
    price_from: int | None = setting("money", None, minimum=0)
    currency: str | None = setting("choice", None, choices=CURRENCIES)
    cities_served: tuple[str, ...] = setting("texts", ())
    available_from: date | None = setting("date", None)
    available_to: date | None = setting("date", None)


@dataclass(frozen=True, kw_only=True)
class OfferDraft(OfferFields):
    """An offer to be added; an operator says for which organisation."""

    title: str = setting("text")
    organisation: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class OfferChange(Change, OfferFields):
    """An offer with what shall be different."""

    title: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class OfferQuery(Paged):
    """Which offers are listed, the newest first."""

    kind: str | None = setting("choice", None, choices=KINDS)
    city: str | None = setting("text", None)
    service_code: str | None = setting("text", None)
    organisation: str | None = setting("id", None)
    state: str | None = setting("choice", None, choices=tuple(OFFER))
    mine: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class CalendarQuery:
    """The offers of an organisation, or one of them, over so many months from this one on."""

    id: str = setting("id", positional=True)
    offer: str | None = setting("id", None)
    months: int = setting("integer", 12, minimum=1, maximum=24)


@dataclass(frozen=True, kw_only=True)
class DeliveryFields(Seen):
    """What a delivery says; `partners` are the organisations that delivered together with its own."""

    text: str | None = setting("long_text", None)
    delivered_on: date | None = setting("date", None)
    need: str | None = setting("id", None)
    rating: float | None = setting("share", None)
    partners: tuple[str, ...] = setting("texts", (), at_most=MOST_OPENED_TO)


@dataclass(frozen=True, kw_only=True)
class DeliveryDraft(DeliveryFields):
    """A past delivery to be stated; an operator says for which organisation."""

    title: str = setting("text")
    organisation: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class DeliveryChange(Change, DeliveryFields):
    """A delivery with what shall be different."""

    title: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class DeliveryQuery(Paged):
    """Which deliveries are listed, the newest first; `organisation` has delivered, alone or with others."""

    organisation: str | None = setting("id", None)
    need: str | None = setting("id", None)
    state: str | None = setting("choice", None, choices=tuple(DELIVERY))
    mine: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class OrganisationFields(Seen):
    """What is known of an organisation; None leaves a field as it is, or empty."""

    name_zh: str | None = setting("text", None)
    name_en: str | None = setting("text", None)
    reg_no: str | None = setting("text", None)
    type: str | None = setting("choice", None, choices=ORGANISATION_TYPES)
    city: str | None = setting("text", None)
    size: str | None = setting("choice", None, choices=SIZES)
    sector: str | None = setting("text", None)
    service_code: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class OrganisationDraft(OrganisationFields):
    """An organisation to be registered; `despite` says that it is none of those that look the same."""

    name: str = setting("text")
    despite: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class OrganisationChange(Change, OrganisationFields):
    """An organisation with what shall be different."""

    name: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class OrganisationQuery(Paged):
    """Which organisations are listed, the newest first; `name` is a part of the name."""

    name: str | None = setting("text", None)
    reg_no: str | None = setting("text", None)
    type: str | None = setting("choice", None, choices=ORGANISATION_TYPES)
    city: str | None = setting("text", None)
    size: str | None = setting("choice", None, choices=SIZES)
    sector: str | None = setting("text", None)
    state: str | None = setting("choice", None, choices=tuple(ORGANISATION))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the operator found out about an organisation."""

    id: str = setting("id", positional=True)
    refuse: bool = setting("flag", False)
    note: str | None = setting("text", None)


@dataclass(frozen=True, kw_only=True)
class FileSaid:
    """What is said of a file of records beyond what stands in it.

    table         which table a single file is whose name does not tell it
    organisation  for which organisation an operator imports; without it for the hub as a whole
    sheets        "sheet=table"; without a table the sheet is left aside
    columns       "header=column", or "table: header=column"; without a column the header means none of ours
    """

    table: str | None = setting("choice", None, choices=RECORD_NAMES)
    organisation: str | None = setting("id", None)
    sheets: tuple[str, ...] = setting("texts", (), at_most=200)
    columns: tuple[str, ...] = setting("texts", (), at_most=2_000)


@dataclass(frozen=True, kw_only=True)
class FileGiven(FileSaid):
    """A file of records: itself, or the id under which it was handed over before, with what was said of it then.

    corrections  "table row column=value": cells that shall be read as if that stood in them
    """

    file: Upload | None = setting("upload", None, positional=True)
    held: str | None = setting("id", None)
    corrections: tuple[str, ...] = setting("texts", (), at_most=5_000)


@dataclass(frozen=True, kw_only=True)
class ImportInput(FileGiven):
    """A file of records; `visibility` says who sees new ones, unless their row says it."""

    visibility: str = setting("choice", "members", choices=VISIBILITIES)
    preview: bool = setting("flag", False)
    strict: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class ImportLater:
    """A file that was handed over, to be imported by a job; the rest as in ImportInput."""

    id: str = setting("id", positional=True)
    visibility: str = setting("choice", "members", choices=VISIBILITIES)
    strict: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class ProblemsInput(FileGiven):
    """A file whose faulty rows shall be marked in a copy of it."""


@dataclass(frozen=True, kw_only=True)
class ColumnsInput(FileGiven):
    """A file that is looked at before it is imported."""


@dataclass(frozen=True, kw_only=True)
class HandOver(FileSaid):
    """A file to be kept for a while, so that it need not be sent again."""

    file: Upload = setting("upload", positional=True)


@dataclass(frozen=True, kw_only=True)
class Mending(FileSaid):
    """What is said of a file that was handed over; what was said before stays, unless `anew` begins again."""

    id: str = setting("id", positional=True)
    corrections: tuple[str, ...] = setting("texts", (), at_most=5_000)
    anew: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class TemplateWanted:
    """A workbook to fill in: it has nothing to say but its language, which is the asker's."""


@dataclass(frozen=True, kw_only=True)
class ExportInput:
    """A workbook of everything, or one table in a format of its own.

    others  of one table: what others show, instead of one's own records
    """

    format: str = setting("choice", "xlsx", choices=FORMATS)
    table: str | None = setting("choice", None, choices=RECORD_NAMES)
    others: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class SampleInput:
    """Who sees the records of the sample world."""

    visibility: str = setting("choice", "public", choices=VISIBILITIES[:2])
