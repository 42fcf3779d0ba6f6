"""Reasons as sentences in a terminal: codes and figures in, words out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tandem.base.words import Lang, has, say
from tandem.domain.cities import cities


def leading(reasons: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """The sentence of the heaviest reason."""
    if not reasons:
        return ""
    return sentence(max(reasons, key=lambda one: abs(one["weight"])), lang)


def sentence(reason: Mapping[str, Any], lang: Lang) -> str:
    """One reason in words; its code where it has none."""
    code = f"reason.{reason['code']}"
    return say(code, lang, **_shown(reason.get("params") or {}, lang)) if has(code) else str(reason["code"])


def explained(given: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Why an organisation stands where it stands for a need, and why before another.

    given  need_id; organisations: for each its org_id, name, rank, score, reasons, or the exclusion that keeps it out;
           gaps: reason code -> how much more of the score the first draws from it than the second
    """
    for one in given["organisations"]:
        yield _standing(given, one, lang)
        for reason in one.get("reasons") or ():
            yield f"  {reason['weight']:+7.3f}  {sentence(reason, lang)}"
    if given.get("gaps"):
        yield say("cli.explain.gaps", lang)
        for code, gap in given["gaps"].items():
            yield f"  {gap:+7.3f}  {say(f'reason.{code}.name', lang) if has(f'reason.{code}.name') else code}"


def _standing(given: Mapping[str, Any], one: Mapping[str, Any], lang: Lang) -> str:
    named = {"need": given["need_id"], "organisation": one.get("name") or one["org_id"]}
    if one.get("rank") is not None:
        return say("cli.explain.stands", lang, **named, rank=one["rank"], score=f"{one['score']:.3f}")
    if one.get("excluded"):
        return say("cli.explain.excluded", lang, **named, why=say(f"exclusion.{one['excluded']}", lang))
    return say("cli.explain.absent", lang, **named)


def _shown(params: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """Figures and terms as the sentences want them; every name that a sentence may use is there."""
    unknown = say("cli.unknown", lang)
    city = cities().get(str(params.get("city")))
    shown: dict[str, Any] = {
        "terms": params.get("terms") or unknown,
        "title": params.get("title") or unknown,
        "delivered_on": params.get("delivered_on") or unknown,
        "pairs": [" = ".join(map(str, pair)) for pair in params.get("pairs") or ()],
        "coverage": f"{float(params.get('coverage') or 0):.0%}",
        "kind": _kind(params.get("kind"), lang) or unknown,
        "city": (city.short if lang == "zh" else city.en) if city else params.get("city") or unknown,
        "from": params.get("from") or "…",
        "to": params.get("to") or "…",
        "n": params.get("n", 0),
        "capacity": params.get("capacity", 0),
    }
    return {**params, **shown}


def _kind(kind: Any, lang: Lang) -> str:
    code = f"report.kind.{kind}"
    return say(code, lang) if has(code) else str(kind or "")
