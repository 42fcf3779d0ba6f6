"""Targets, clusters and chains of a register in a terminal: where each stands, and how likely it is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from tandem.base.words import Lang, has, say
from tandem.hub.region_answers import RegionShown
from tandem.interfaces.cli.quantities import NOTHING, chance, level, pace, printed
from tandem.interfaces.cli.region_lists import ROWS, cut, joined, led, named, table

_GAPS = ("missing", "single", "few", "covered")
_NEEDS_NAMED = 3
_PLACES_NAMED = 8


def targets(given: RegionShown, lang: Lang, out: Console) -> None:
    """Each target against its base; then what cannot be judged, and what its numbers warn of."""
    judged = [row for row in given.rows if row["status"] != "not_available"]
    if judged:
        made = table(say("cli.region.target", lang), *(say(f"regionpage.target.{name}", lang) + ">" for name in (
            "value", "year", "base", "required", "recent")), say("regionpage.target.status", lang),
            say("regionpage.target.reach", lang) + ">")  # fmt: skip
        for row in judged[:ROWS]:
            made.add_row(
                Text(f"{named(given, row['figure_id'], lang)} ({row['figure_id']})"), *_target(row, lang)
            )
        out.print(made)
        for row in judged[:ROWS]:
            _details(given, row, lang, out)
    unjudged = [row for row in given.rows if row["status"] == "not_available"]
    if unjudged:
        out.print(Text(say("cli.region.unjudged", lang, n=len(unjudged)), style="bold"))
    for row in unjudged[:ROWS]:
        why = joined([sentence(code, {}, "region.missing", lang) for code in row["missing"]], lang)
        what = f"{named(given, row['figure_id'], lang)} ({row['figure_id']}, {printed(row['printed'])})"
        out.print(Text("  " + led(what, why, lang)), soft_wrap=True)
    for row in given.counts["cascades"]:
        out.print(Text(_cascade(given, row, lang)), soft_wrap=True)


def clusters(given: RegionShown, lang: Lang, out: Console) -> None:
    """Each cluster: revenue, tier, distance to the next one, and by when."""
    measured = [row for row in given.rows if row["figure_id"] is not None and not row["missing"]]
    if measured:
        made = table(say("regionpage.cluster", lang), *(say(f"regionpage.cluster.{name}", lang) for name in (
            "revenue", "tier", "next", "distance", "reach")))  # fmt: skip
        for row in measured[:ROWS]:
            made.add_row(Text(named(given, row["cluster_id"], lang)), *_cluster(given, row, lang))
        out.print(made)
        for row in measured[:ROWS]:
            for line in _paths(row, lang):
                out.print(Text("  " + led(named(given, row["cluster_id"], lang), line, lang)), soft_wrap=True)
    for row in [one for one in given.rows if one not in measured][:ROWS]:
        why = joined([sentence(code, {}, "region.missing", lang) for code in row["missing"]], lang)
        out.print(Text(led(named(given, row["cluster_id"], lang), why, lang)), soft_wrap=True)


def chains(given: RegionShown, lang: Lang, out: Console) -> None:
    """Gaps by chain, the ones that are felt most first, with the needs and offers that touch them."""
    counts = given.counts
    code = "cli.region.seen" if counts["organisations"] else "cli.region.nobody"
    out.print(say(code, lang, organisations=f"{counts['organisations']:,}"), soft_wrap=True)
    if counts["illustrative"]:
        out.print(say("cli.region.sample", lang), soft_wrap=True)
    for chain, gaps in counts["chains"].items():
        said = joined([f"{say(f'regionpage.gap.{gap}', lang)} {gaps.get(gap, 0)}" for gap in _GAPS], lang)
        out.print(Text(led(named(given, chain, lang), said, lang), style="bold"), soft_wrap=True)
    made = table(say("cli.region.chain", lang), say("cli.region.stage", lang), say("regionpage.gap.link", lang),
                 say("regionpage.gap", lang), say("regionpage.gap.local", lang) + ">",
                 say("regionpage.gap.elsewhere", lang) + ">", say("regionpage.gap.needs", lang),
                 say("regionpage.gap.offers", lang))  # fmt: skip
    for row in given.rows[:ROWS]:
        made.add_row(
            Text(named(given, row["chain"], lang)),
            say(f"regionpage.stage.{row['stage']}", lang),
            Text(named(given, row["link_id"], lang)),
            say(f"regionpage.gap.{row['gap']}", lang),
            str(row["local"]),
            str(len(row["suppliers"]) - row["local"]),
            Text(_some(row["needs"])),
            Text(_some(row["offers"])),
        )
    if given.rows:
        out.print(made)
    cut(given, lang, out)


def sentence(code: str, params: Mapping[str, Any], family: str, lang: Lang) -> str:
    """A code's sentence under its own name or its family's; the bare code where neither has words."""
    known = next((one for one in (code, f"{family}.{code}") if has(one)), None)
    return code if known is None else say(known, lang, **params)


def _target(row: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    like, base, recent = row["like"], row["base"], row["recent"]
    yield level(row["value"], like, lang)
    yield str(row["year"] or NOTHING)
    yield NOTHING if base is None else f"{level(base['value'], like, lang)} ({base['year']})"
    yield pace(row["required"])
    basis = "" if recent is None else say(f"regionpage.basis.{recent['basis']}", lang)
    yield NOTHING if recent is None else f"{pace(recent['mean'])} {basis}"
    yield say(f"region.status.{row['status']}", lang)
    yield chance(row["reach"])


def _details(given: RegionShown, row: Mapping[str, Any], lang: Lang, out: Console) -> None:
    """Way-points, what would have to be true, and warnings of one target."""
    name = f"{named(given, row['figure_id'], lang)} ({row['figure_id']})"
    parts = [say("cli.region.way", lang, year=one["year"], level=level(one["value"], row["like"], lang))
             for one in row["waypoints"]]  # fmt: skip
    for share, mean in row["needed"].items():
        if share.replace(".", "").isdigit():
            parts.append(say("cli.region.needed", lang, share=f"{float(share):.0%}", mean=pace(mean)))
        else:
            parts.append(say(f"regionpage.needed.{share}", lang, mean=pace(mean)))
    parts += [sentence(code, params, "region.warning", lang) for code, params in row["warnings"]]
    if parts:
        out.print(Text("  " + led(name, joined(parts, lang), lang)), soft_wrap=True)


def _cascade(given: RegionShown, row: Mapping[str, Any], lang: Lang) -> str:
    params = {"parts": len(row["parts"]), "total": level(row["total"], row["like"], lang),
              "residual": level(row["residual"], row["like"], lang), "missing": len(row["missing"]),
              "names": _bracketed([named(given, one, lang) for one in row["missing"]], lang)}  # fmt: skip
    return say(
        "cli.region.cascade", lang, target=f"{named(given, row['target'], lang)} ({row['target']})", **params
    )


def _bracketed(names: Sequence[str], lang: Lang) -> str:
    """The first of many names in brackets; nothing where there are none."""
    if not names:
        return ""
    shown = ("、" if lang == "zh" else ", ").join(names[:_PLACES_NAMED])
    shown += " …" if len(names) > _PLACES_NAMED else ""
    return f"（{shown}）" if lang == "zh" else f" ({shown})"


def _cluster(given: RegionShown, row: Mapping[str, Any], lang: Lang) -> Iterator[Text]:
    like = row["like"]
    yield Text(
        f"{'> ' if row['open'] else ''}{level(row['value'], like, lang)} ({row['year']}, {row['figure_id']})"
    )
    yield Text(_tier(given, row["tier"], lang))
    yield Text(level(row["next_value"], like, lang) if row["next_tier"] else say("regionpage.tier.top", lang))
    yield Text(("< " if row["open"] and row["distance"] else "") + level(row["distance"], like, lang))
    by_year = [say("regionpage.reach.by", lang, year=year, p=chance(reach)) for year, reach in row["reach"]]
    yield Text(joined(by_year, lang) or NOTHING)


def _tier(given: RegionShown, tier: str | None, lang: Lang) -> str:
    if tier is None:
        return say("regionpage.tier.none", lang)
    code = f"regionpage.tier.{tier}"
    return say(code, lang) if has(code) else named(given, tier, lang)


def _paths(row: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """When the next tier is reached at each growth rate that was looked at."""
    for one in row["scenarios"]:
        reached = one["reached"]
        when = f"{reached:.1f}" if reached is not None else say("regionpage.never", lang)
        yield say("regionpage.years.at", lang, mean=pace(one["mean"]), when=when)


def _some(ids: list[str]) -> str:
    more = len(ids) - _NEEDS_NAMED
    return ", ".join(ids[:_NEEDS_NAMED]) + (f" +{more}" if more > 0 else "")
