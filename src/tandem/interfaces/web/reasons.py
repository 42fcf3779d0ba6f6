"""Why an organisation is proposed, in sentences, beside the deliveries and offers that a reader may look up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from markupsafe import Markup

from tandem.base.words import Lang, say
from tandem.domain import reason_words
from tandem.hub.records.inputs import MOST_CITED
from tandem.interfaces.web import markup, write
from tandem.interfaces.web.visit import Visit

_MOST = 8  # records that are shown beside one list of reasons
_ALONE = "web.reasons.alone"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that a reason cites, as its owner wrote it; `day` is that of a delivery, ISO 8601."""

    what: str
    title: str
    text: str | None
    day: str | None


Reasons: TypeAlias = Sequence[Mapping[str, Any]]
Known: TypeAlias = Mapping[str, Evidence]


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in words, and what it rests on."""

    sentence: Markup
    evidence: tuple[Evidence, ...]


async def told(visit: Visit, reasons: Reasons) -> tuple[Told, ...]:
    """One list of reasons as sentences, as `in_words` has them."""
    return in_words(visit.lang, reasons, await cited(visit, [reasons]))


async def cited(visit: Visit, lists: Iterable[Reasons]) -> Known:
    """The records that lists of reasons cite, by id: all of a page in one ask, or a few where they are very many.

    Those that are gone or were closed since are not among them.
    """
    ids = list(dict.fromkeys(id_ for reasons in lists for id_ in _ids(reasons)))
    found: dict[str, Evidence] = {}
    for begin in range(0, len(ids), MOST_CITED):
        answer = await visit.ask("records.evidence", {"ids": ids[begin : begin + MOST_CITED]}, counted=False)
        found.update({one.id: Evidence(one.what, one.title, one.text, one.day) for one in answer.items})
    return found


def in_words(lang: Lang, reasons: Reasons, known: Known) -> tuple[Told, ...]:
    """The reasons of an answer as sentences; those that were told by their code alone come last, as one of them."""
    found: list[Told] = []
    shown, alone = frozenset(_ids(reasons)), 0
    for one in reasons:
        if _alone(one):
            alone += 1
            continue
        records = tuple(known[id_] for id_ in one["evidence"] if id_ in shown and id_ in known)
        sentence = reason_words.sentence(one["code"], _dated(one["params"], lang), lang)
        found.append(Told(markup.mixed(sentence, lang), records))
    if alone:
        found.append(Told(markup.mixed(say(_ALONE, lang, n=alone), lang), ()))
    return tuple(found)


def _alone(reason: Mapping[str, Any]) -> bool:
    """Whether a reason was told by its code alone, though its words have figures."""
    return not reason["params"] and bool(reason_words.fields(reason_words.words_of(reason["code"], {})))


def _ids(reasons: Reasons) -> list[str]:
    """The first records that one list of reasons cites."""
    ids = dict.fromkeys(id_ for one in reasons if not _alone(one) for id_ in one["evidence"])
    return list(ids)[:_MOST]


def _dated(params: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """The figures of a reason with days as this language writes them."""
    return {name: write.day(value, lang) if isinstance(value, str) and _DAY.fullmatch(value) else value
            for name, value in params.items()}  # fmt: skip
