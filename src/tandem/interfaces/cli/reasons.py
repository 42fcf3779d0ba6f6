"""Reasons as sentences in a terminal: codes and figures in, words out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tandem.base.words import Lang, has, say
from tandem.domain.cities import cities
from tandem.domain.services import services
from tandem.hub.answers import Explained, Standing

# Reasons that say most to a person first: what was delivered, what is offered, what words are shared.
_TELLING = ("delivery", "offer", "translated", "profile")


def telling(reasons: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """The one reason that a line has room for, in a few words."""
    for code in _TELLING:
        found = [one for one in reasons if one["code"] == code]
        if found:
            heaviest = max(found, key=lambda one: abs(one["weight"]))
            return say(f"cli.why.{code}", lang, **_shown(heaviest.get("params") or {}, lang))
    return ""


def sentence(reason: Mapping[str, Any], lang: Lang) -> str:
    """One reason in words; its code where it has none."""
    code = f"reason.{reason['code']}"
    return say(code, lang, **_shown(reason.get("params") or {}, lang)) if has(code) else str(reason["code"])


def explained(given: Explained, lang: Lang) -> Iterator[str]:
    """Why an organisation stands where it stands for a need, and why one before another."""
    yield say(
        "cli.explain.need", lang, need=given.need_id, title=given.title, as_of=given.as_of, n=given.candidates
    )
    for one in given.standings:
        yield _standing(one, lang)
        for reason in one.reasons:
            yield f"  {reason['weight']:+8.3f}  {sentence(reason, lang)}"
    if given.differences:
        yield say("cli.explain.gaps", lang)
        for code, gap in given.differences.items():
            yield f"  {gap:+8.3f}  {say(f'cli.reason.{code}', lang)}"


def _standing(one: Standing, lang: Lang) -> str:
    name = f"{one.name} ({one.org_id})"
    if one.rank is not None:
        return say("cli.explain.stands", lang, organisation=name, rank=one.rank, score=f"{one.score:.3f}")
    code = "cli.explain.evidence" if one.excluded == "evidence" else f"exclusion.{one.excluded}"
    return say("cli.explain.absent", lang, organisation=name, why=say(code, lang))


def _shown(params: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """Figures and terms as the sentences want them; every name that a sentence may use is there."""
    unknown = say("cli.unknown", lang)
    city = cities().get(str(params.get("city")))
    service = services().get(str(params.get("service")))
    shown: dict[str, Any] = {
        "terms": params.get("terms") or unknown,
        "title": params.get("title") or unknown,
        "delivered_on": params.get("delivered_on") or unknown,
        "pairs": [" = ".join(map(str, pair)) for pair in params.get("pairs") or ()],
        "coverage": f"{float(params.get('coverage') or 0):.0%}",
        "kind": _kind(params.get("kind"), lang) or unknown,
        "city": (city.short if lang == "zh" else city.en) if city else params.get("city") or unknown,
        "service": service.name(lang) if service else params.get("service") or unknown,
        "from": params.get("from") or "…",
        "to": params.get("to") or "…",
        "last": params.get("last") or unknown,
        "n": params.get("n", 0),
        "capacity": params.get("capacity", 0),
    }
    return {**params, **shown}


def _kind(kind: Any, lang: Lang) -> str:
    code = f"report.kind.{kind}"
    return say(code, lang) if has(code) else str(kind or "")
