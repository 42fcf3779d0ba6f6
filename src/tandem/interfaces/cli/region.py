"""What the actions on a region's register answer, in a terminal; each view of `region show` has its own lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.hub.region_answers import RegionExported, RegionImported, RegionReported, RegionShown, Register
from tandem.interfaces.cli import region_ladder, region_lists, region_targets

_WITHOUT_ROWS = ("overview", "quality", "ladder", "measures")  # views that say something without any row
_FROM = {"figures": "figures", "clusters": "clusters", "chains": "links"}  # the table that fills a view
_VIEWS: Mapping[str, Callable[[RegionShown, Lang, Console], None]] = {
    "overview": region_lists.overview,
    "figures": region_lists.figures,
    "doubts": region_lists.doubts,
    "quality": region_lists.quality,
    "targets": region_targets.targets,
    "clusters": region_targets.clusters,
    "chains": region_targets.chains,
    "ladder": region_ladder.ladder,
    "measures": region_ladder.measures,
}


def shown(given: RegionShown, lang: Lang, out: Console) -> None:
    """One view of a register: where it lies, its rows, how many there are."""
    out.print(Text(where(given.register, lang)), soft_wrap=True)
    if not given.rows and given.what not in _WITHOUT_ROWS:
        out.print(_nothing(given, lang), soft_wrap=True)
    _VIEWS[given.what](given, lang, out)


def _nothing(given: RegionShown, lang: Lang) -> str:
    """That a view has no rows; and which table would fill it, where the register has none of it."""
    table = _FROM.get(given.what)
    if table is None or given.register.rows.get(table):
        return say("cli.region.nothing", lang)
    return say("cli.region.without", lang, table=say(f"table.{table}", lang))


def imported(given: RegionImported, lang: Lang, out: Console) -> None:
    """What came in, what the register held already, which vintages are new."""
    out.print(Text(where(given.register, lang)), soft_wrap=True)
    added, unchanged = sum(given.added.values()), sum(given.unchanged.values())
    out.print(
        Text(say("cli.region.imported", lang, n=f"{added:,}", unchanged=f"{unchanged:,}"), style="bold")
    )
    for vintage, count in given.vintages:
        out.print(
            say(
                "cli.region.vintage", lang, vintage=vintage or say("cli.region.undated", lang), n=f"{count:,}"
            )
        )
    if given.rules:
        out.print(say("cli.region.rules", lang, n=given.rules))


def exported(given: RegionExported, lang: Lang, out: Console) -> None:
    """Rows by table."""
    out.print(Text(where(given.register, lang)), soft_wrap=True)
    out.print(Text(_rows(given.rows, lang)), soft_wrap=True)


def reported(given: RegionReported, lang: Lang, out: Console) -> None:
    """What stands on the page, in the order of the page."""
    out.print(Text(where(given.register, lang)), soft_wrap=True)
    counts = given.counts
    out.print(
        Text(say("cli.region.reported", lang, as_of=given.as_of, **counts["tiles"]), style="bold"),
        soft_wrap=True,
    )
    gaps = counts["gaps"]
    if given.illustrative:
        out.print(say("cli.region.sample", lang), soft_wrap=True)
    if counts["organisations"]:
        out.print(
            say("cli.region.gaps", lang, organisations=f"{counts['organisations']:,}", **gaps), soft_wrap=True
        )
    else:
        out.print(say("cli.region.nobody", lang), soft_wrap=True)


def where(register: Register, lang: Lang) -> str:
    """Which register this is, in one line."""
    rows = _rows(register.rows, lang)
    if register.folder is None:
        return say("cli.region.shipped", lang, rows=rows)
    return say("cli.region.register", lang, path=register.folder, imports=register.imports, rows=rows)


def _rows(rows: Mapping[str, int], lang: Lang) -> str:
    parts: Sequence[str] = [
        say("cli.region.rows", lang, table=say(f"table.{name}", lang), n=f"{count:,}")
        for name, count in rows.items()
        if count
    ]
    return ("、" if lang == "zh" else ", ").join(parts) or say("cli.region.empty", lang)
