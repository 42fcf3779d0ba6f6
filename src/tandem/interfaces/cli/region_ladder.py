"""Ladders, maturity and measures in a terminal; no certificate is implied, and every count has its base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.hub.region_answers import RegionShown
from tandem.interfaces.cli.quantities import NOTHING, percent, scaled
from tandem.interfaces.cli.region_lists import ROWS, cut, joined, led, named, table

_SHARES = ("share", "%")


def ladder(given: RegionShown, lang: Lang, out: Console) -> None:
    """Each ladder: how many stand where, then each organisation with what its next rung wants; then maturity."""
    out.print(say("ladder.no_certificate", lang), soft_wrap=True)
    for one in given.counts["ladders"]:
        title = f"{one[lang]} ({one['version']})"
        if not one["official"]:
            title = led(title, say("ladder.illustrative", lang), lang)
        out.print(Text(title, style="bold"))
        out.print(Text(f"  {say('cli.region.rule_source', lang, source=one['source'])}"), soft_wrap=True)
        rungs = joined([_rung(rung, lang) for rung in one["rungs"]], lang)
        base = {"stated": one["stated"], "registered": _registered(one["registered"], lang)}
        out.print(Text("  " + say("cli.region.on_rungs", lang, rungs=rungs, **base)), soft_wrap=True)
        held = (one["ladder_id"], one["version"])
        own = [row for row in given.rows if (row["ladder_id"], row["version"]) == held]
        for row in own[:ROWS]:
            _standing(given, row, lang, out)
    for one in given.counts["maturity"]:
        _maturity(given, one, lang, out)


def measures(given: RegionShown, lang: Lang, out: Console) -> None:
    """What is loaded and owned; statuses by pillar; each item with promised beside delivered."""
    counts = given.counts
    if counts["expected"] is not None:
        told = {"n": counts["recommendations"], "expected": counts["expected"]}
        out.print(say("cli.region.loaded", lang, **told), soft_wrap=True)
    out.print(
        say("cli.region.owned", lang, n=counts["targets_owned"], targets=counts["targets"]), soft_wrap=True
    )
    out.print(say("cli.region.absent", lang, items=counts["items"], **counts["absent"]), soft_wrap=True)
    for group in counts["pillars"]:
        said = [
            f"{say(f'regionpage.item.status.{status}', lang)} {n}"
            for status, n in group["statuses"].items()
            if n
        ]
        name = group["name"] or say("cli.region.no_pillar", lang)
        money = ""
        if group["with_budget"]:
            money = " " + say("cli.region.money", lang, spent=_yuan(group["spent"]), budget=_yuan(group["budget"]),
                              n=group["with_budget"], items=group["items"])  # fmt: skip
        out.print(Text(f"  {name}: {', '.join(said)}.{money}"), soft_wrap=True)
    made = table(*(say(f"cli.region.item.{name}", lang) for name in (
        "id", "title", "status", "owner", "delivered", "spent", "due")))  # fmt: skip
    for row in given.rows[:ROWS]:
        made.add_row(*(Text(cell) for cell in _item(row, lang)))
    if given.rows:
        out.print(made)
    cut(given, lang, out)


def _rung(rung: Mapping[str, Any], lang: Lang) -> str:
    return f"{rung[lang] if rung['rung_id'] != '-' else say('cli.region.no_rung', lang)} {rung['n']}"


def _registered(registered: int | None, lang: Lang) -> str:
    return say("cli.region.unknown", lang) if registered is None else f"{registered:,}"


def _standing(given: RegionShown, row: Mapping[str, Any], lang: Lang, out: Console) -> None:
    """One organisation: the rung reached, and each open criterion of the next one."""
    reached = named(given, row["reached"], lang) if row["reached"] else say("cli.region.no_rung", lang)
    line = say("cli.region.reached", lang, organisation=row["organisation"], rung=reached)
    if row["supported"] != row["reached"]:
        line += " " + say("cli.region.supported", lang, rung=named(given, row["supported"], lang))
    if row["next_rung"]:
        line += " " + say("cli.region.next_rung", lang, rung=named(given, row["next_rung"], lang))
    out.print(Text("  " + line), soft_wrap=True)
    for one in row["open"]:
        parts = [_gap(given, row["ladder_id"], gap, lang) for gap in one["gaps"]]
        parts += [
            say("ladder.unknown", lang, field=_field(given, row["ladder_id"], name, lang))
            for name in one["unknown"]
        ]
        parts += [
            say("ladder.unproven", lang, field=_field(given, row["ladder_id"], name, lang))
            for name in one["unproven"]
        ]
        state = say(f"ladder.state.{one['state']}", lang)
        out.print(Text("    " + led(one[lang], joined([state, *parts], lang), lang)), soft_wrap=True)


def _field(given: RegionShown, ladder_id: str, name: str, lang: Lang) -> str:
    known = given.names.get(f"field:{ladder_id}:{name}")
    return name if known is None else known[lang]


def _gap(given: RegionShown, ladder_id: str, gap: Mapping[str, Any], lang: Lang) -> str:
    unit = given.names.get(f"field:{ladder_id}:{gap['field']}", {}).get("unit", "")
    wanted = [_value(one, unit, lang) for one in gap["wanted"]]
    told = say(f"ladder.wanted.{gap['operator']}", lang, low=wanted[0], high=wanted[-1], all=wanted)
    params = {
        "field": _field(given, ladder_id, gap["field"], lang),
        "value": _value(gap["value"], unit, lang),
    }
    if gap["distance"] is None:
        return say("ladder.gap", lang, wanted=told, **params)
    return say("ladder.gap_far", lang, wanted=told, distance=f"{gap['distance']:.0%}", **params)


def _value(value: Any, unit: str, lang: Lang) -> str:
    """A stated or wanted value in its unit."""
    if isinstance(value, bool):
        return say("ladder.yes" if value else "ladder.no", lang)
    if value is None:
        return NOTHING
    if not isinstance(value, int | float):
        return str(value)
    if unit in _SHARES:
        return percent(value)
    return scaled(value, lang) + (say("cli.region.yuan", lang) if unit == "yuan" else "")


def _maturity(given: RegionShown, one: Mapping[str, Any], lang: Lang, out: Console) -> None:
    """How many stand at each level, of how many; then each organisation."""
    out.print(Text(one[lang], style="bold"))
    base = {"assessed": one["assessed"], "answered": one["answered"]}
    if one["registered"] is None:
        out.print("  " + say("maturity.counted_alone", lang, **base), soft_wrap=True)
    else:
        out.print(
            "  " + say("maturity.counted", lang, registered=f"{one['registered']:,}", **base), soft_wrap=True
        )
    for level, (n, name) in enumerate(zip(one["levels"], one["names"], strict=True)):
        if n:
            said = say("maturity.at_level", lang, level=level, name=name[lang], n=n, assessed=one["assessed"])
            out.print("  " + said, soft_wrap=True)
    if one["capped"]:
        out.print(
            "  " + say("maturity.capped", lang, n=one["capped"], level=one["unproven_level"]), soft_wrap=True
        )
    for row in one["organisations"][:ROWS]:
        means = ", ".join(
            f"{dimension[lang]} {NOTHING if dimension['mean'] is None else format(dimension['mean'], '.1f')}"
            for dimension in row["dimensions"]
        )
        level_ = NOTHING if row["level"] is None else str(row["level"])
        out.print(Text(f"    {row['organisation']}: {level_} ({means})"), soft_wrap=True)


def _item(row: Mapping[str, Any], lang: Lang) -> tuple[str, ...]:
    promised, delivered = row["promised"], row["delivered"]
    said = NOTHING
    if promised is not None:
        got = NOTHING if delivered is None else scaled(delivered, lang)
        said = f"{got} / {scaled(promised, lang)} {row['unit'] or ''}".strip()
    spent = NOTHING
    if row["budget"] is not None:
        spent = f"{NOTHING if row['spent'] is None else _yuan(row['spent'])} / {_yuan(row['budget'])}"
    late = "" if row["overdue"] is None else " " + say("cli.region.overdue", lang, days=row["overdue"])
    return (row["item_id"], row[f"title_{lang}"], say(f"regionpage.item.status.{row['status']}", lang),
            row["owner"] or NOTHING, said, spent, (row["due_on"] or NOTHING) + late)  # fmt: skip


def _yuan(fen: int) -> str:
    """Minor units in major ones."""
    return f"{fen / 100:,.2f}"
