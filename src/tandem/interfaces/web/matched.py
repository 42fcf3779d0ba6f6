"""Who may answer a need, as a page shows it: reasons in words, and the need's words beside those of the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tandem.base.errors import Absent, Unavailable
from tandem.hub.finding.answers import LeftOut, NeedMatched, Proposal
from tandem.interfaces.web import hub_names, needs, reasons
from tandem.interfaces.web.reasons import Evidence, Known, Reasons, Told
from tandem.interfaces.web.visit import Visit

TOP, _MOST, _BESIDE = 6, 30, 3  # organisations at first and at most; records of evidence beside a need
_LATIN = re.compile(r"[0-9A-Za-z]")
Glossed = Sequence[tuple[str, bool, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One proposed organisation.

    told      the reasons that weigh, in words; conditions: what was looked at and weighs nothing
    beside    the records that the reasons cite
    gloss     cuts a text of the need or of a record into (text, whether it is a matched term, its other language)
    """

    one: Proposal
    told: Sequence[Told]
    conditions: Sequence[Told]
    beside: Sequence[Evidence]
    gloss: Any


@dataclass(frozen=True, slots=True)
class Why:
    """What is told of an organisation that somebody asked about: where it stands, or which ones were meant."""

    typed: str
    stands: Any = None
    told: Sequence[Told] = ()
    candidates: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """All of it: the answer, the organisations as shown, who was left out with examples by name, and why."""

    answer: NeedMatched
    shown: Sequence[Shown]
    left_out: Sequence[tuple[LeftOut, Sequence[str]]]
    why: Why | None
    more: bool


async def matches(visit: Visit, need: str) -> Matches | None:
    """The ranked organisations; None while the supply side is being made ready."""
    why, org = await _meant(visit)
    top = TOP if visit.query.get("all") is None else _MOST
    try:
        answer = await visit.ask("need.match", {"id": need, "top": top, "organisation": org})
    except Unavailable:
        return None
    asked = answer.asked.reasons if answer.asked is not None else ()
    parts = [_parted(one.reasons) for one in answer.items]
    known = await reasons.cited(visit, (*(part for two in parts for part in two), asked))
    shown = [_shown(visit, one, two, known) for one, two in zip(answer.items, parts, strict=True)]
    if why is not None and answer.asked is not None:
        why = Why(why.typed, answer.asked, reasons.in_words(visit.lang, asked, known))
    names = await hub_names.organisations(visit, (id_ for out in answer.left_out for id_ in out.examples))
    left = [(one, [names[id_] for id_ in one.examples if id_ in names]) for one in answer.left_out]
    return Matches(answer, shown, left, why, len(shown) == top == TOP)


async def _meant(visit: Visit) -> tuple[Why | None, str | None]:
    """Which organisation is asked about: named by its id, or by a part of its name that only one has."""
    if id_ := visit.query.get("who"):
        try:
            found = await visit.ask("organisation.show", {"id": id_})
        except Absent:
            return Why(""), None
        return Why(found.name), id_
    typed = visit.query.get("why", "").strip()
    if not typed:
        return None, None
    named = await needs.names_of(visit, typed)
    return Why(typed, candidates=named), named[0][0] if len(named) == 1 else None


def _parted(found: Reasons) -> tuple[Reasons, Reasons]:
    """The reasons that weigh, and the others."""
    return [one for one in found if one["weight"]], [one for one in found if not one["weight"]]


def _shown(visit: Visit, one: Proposal, parts: tuple[Reasons, Reasons], known: Known) -> Shown:
    told, met = (reasons.in_words(visit.lang, part, known) for part in parts)
    beside = list(dict.fromkeys(record for reason in told for record in reason.evidence))[:_BESIDE]
    return Shown(one, told, met, beside, partial(glossed, terms=terms_of(one.reasons)))


def terms_of(found: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    """Matched terms with what they are in the other language, "" where they were met as they stand."""
    terms: dict[str, str] = {}
    for one in found:
        for term in one["params"].get("terms") or ():
            terms.setdefault(str(term).lower(), "")
        for left, right in one["params"].get("pairs") or ():
            terms[str(left).lower()], terms[str(right).lower()] = str(right), str(left)
    return terms


def glossed(text: str | None, terms: Mapping[str, str]) -> Glossed:
    """A text cut where terms stand in it; Latin words are met from their beginning, longer terms first.

    >>> glossed("Bearings tested", {"bearing": "轴承"})
    [('Bearings', True, '轴承'), (' tested', False, '')]
    """
    known = sorted((term for term in terms if term.strip()), key=lambda term: (-len(term), term))
    if not text or not known:
        return [(text, False, "")] if text else []
    ways = (rf"\b{re.escape(term)}\w*" if _LATIN.match(term) else re.escape(term) for term in known)
    cut: list[tuple[str, bool, str]] = []
    at = 0
    for found in re.finditer("|".join(ways), text, re.IGNORECASE):
        if found.start() > at:
            cut.append((text[at : found.start()], False, ""))
        cut.append((found[0], True, _gloss(found[0].lower(), known, terms)))
        at = found.end()
    return [*cut, (text[at:], False, "")] if at < len(text) else cut


def _gloss(said: str, known: Sequence[str], terms: Mapping[str, str]) -> str:
    return next((terms[term] for term in known if said.startswith(term)), "")
