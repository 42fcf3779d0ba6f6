"""Reasons as sentences in a terminal: codes and figures in, words out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tandem.base.words import Lang, say
from tandem.domain import reason_words
from tandem.hub.answers import Explained, Standing

# Reasons that say most to a person first: what was delivered, what is offered, what words are shared.
_TELLING = ("delivery", "offer", "translated", "profile")


def telling(reasons: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """The one reason that a line has room for, in a few words."""
    for code in _TELLING:
        found = [one for one in reasons if one["code"] == code]
        if found:
            heaviest = max(found, key=lambda one: abs(one["weight"]))
            return say(f"cli.why.{code}", lang, **_figures(heaviest["params"], lang))
    return ""


def _figures(params: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    return {name: reason_words.shown(name, value, lang) for name, value in params.items()}


def explained(given: Explained, lang: Lang) -> Iterator[str]:
    """Why an organisation stands where it stands for a need, and why one before another."""
    yield say(
        "cli.explain.need", lang, need=given.need_id, title=given.title, as_of=given.as_of, n=given.candidates
    )
    for one in given.standings:
        yield _standing(one, lang)
        for reason in one.reasons:
            yield f"  {reason['weight']:+8.3f}  {reason_words.sentence(reason['code'], reason['params'], lang)}"
    if given.differences:
        yield say("cli.explain.gaps", lang)
        for code, gap in given.differences.items():
            yield f"  {gap:+8.3f}  {say(f'cli.reason.{code}', lang)}"
    if given.clearing:
        yield say("cli.explain.clearing", lang)
        for told in given.clearing:
            yield f"  {say(told['code'], lang, **_counted(told['params']))}"


def _counted(params: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as people group them."""
    return {name: f"{value:,}" if isinstance(value, int) else value for name, value in params.items()}


def _standing(one: Standing, lang: Lang) -> str:
    name = f"{one.name} ({one.org_id})"
    if one.rank is not None:
        return say("cli.explain.stands", lang, organisation=name, rank=one.rank, score=f"{one.score:.3f}")
    code = "cli.explain.evidence" if one.excluded == "evidence" else f"exclusion.{one.excluded}"
    return say("cli.explain.absent", lang, organisation=name, why=say(code, lang))
