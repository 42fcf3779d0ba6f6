"""What the actions on introductions and notices take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tandem.base.settings import setting
from tandem.domain.introductions import DECLINES, LOSSES, STATES, WAITS_ON
from tandem.domain.records import VISIBILITIES
from tandem.domain.tables import CURRENCIES
from tandem.hub.records.inputs import NeedFields, Paged


@dataclass(frozen=True, kw_only=True)
class NeedDrafted(NeedFields):
    """A need as it is being written: a new one, or one on record (`need`) with what shall be different."""

    need: str | None = setting("id", None)
    title: str | None = setting("text", None)
    organisation: str | None = setting("id", None)
    clear: tuple[str, ...] = setting("texts", ())


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An organisation proposed for a need; `why` is kept among the reasons, for the poser and the broker alone."""

    need: str = setting("id")
    organisation: str = setting("id")
    offer: str | None = setting("id", None)
    why: str | None = setting("long_text", None)


@dataclass(frozen=True, kw_only=True)
class Volunteering:
    """A need that one's organisation could help with; `offer` is one of its own, `why` is read by poser and broker."""

    need: str = setting("id", positional=True)
    offer: str | None = setting("id", None)
    why: str | None = setting("long_text", None)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the invited organisation says; a decline has a coded reason; `offer` is what it would serve with."""

    id: str = setting("id", positional=True)
    answer: str = setting("choice", choices=("interested", "declined"))
    reason: str | None = setting("choice", None, choices=DECLINES)
    note: str | None = setting("long_text", None)
    offer: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class Quotation:
    """A price in minor units; without a currency, in the need's."""

    id: str = setting("id", positional=True)
    amount: int = setting("money", minimum=0)
    currency: str | None = setting("choice", None, choices=CURRENCIES)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Agreeing to the quote; `amount`, where given, must be the quoted one."""

    id: str = setting("id", positional=True)
    amount: int | None = setting("money", None, minimum=0)


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The end of an introduction without agreement, or of an agreement."""

    id: str = setting("id", positional=True)
    reason: str = setting("choice", choices=LOSSES)
    note: str | None = setting("long_text", None)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an agreement: a rating, and the delivery that it became (one on record, or a new one)."""

    id: str = setting("id", positional=True)
    rating: float = setting("share")
    delivery: str | None = setting("id", None)
    title: str | None = setting("text", None)
    text: str | None = setting("long_text", None)
    delivered_on: date | None = setting("date", None)
    visibility: str | None = setting("choice", None, choices=VISIBILITIES)


@dataclass(frozen=True, kw_only=True)
class IntroductionQuery(Paged):
    """Which introductions are listed, the newest first; `waiting`: only those that wait on the asker's side."""

    need: str | None = setting("id", None)
    state: str | None = setting("choice", None, choices=STATES)
    waiting: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class WorkQuery(Paged):
    """A part of the broker's work list; `overdue`: only what should have moved by now."""

    overdue: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Moves what nobody moved in time; takes nothing."""


@dataclass(frozen=True, kw_only=True)
class LeaseChange:
    """How long a state may wait from now on; without a state, nothing changes and all lengths are told."""

    state: str | None = setting("choice", None, choices=tuple(WAITS_ON))
    hours: int | None = setting("integer", None, minimum=1, maximum=24 * 3_660)


@dataclass(frozen=True, kw_only=True)
class FiguresQuery:
    """Response figures of the invitations of the last days."""

    days: int = setting("integer", 365, minimum=1, maximum=36_600)
    organisation: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class OutcomeQuery:
    """Which outcomes an export holds: those told since a day."""

    since: date | None = setting("date", None)


@dataclass(frozen=True, kw_only=True)
class NoticesSeen:
    """Notices of one's own, by their ids."""

    ids: tuple[str, ...] = setting("texts", at_most=200, positional=True)


@dataclass(frozen=True, kw_only=True)
class NoticeQuery(Paged):
    """One's notices, the newest first."""

    unread: bool = setting("flag", False)
