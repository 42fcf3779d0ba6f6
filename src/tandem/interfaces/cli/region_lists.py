"""Lists of a register in a terminal: what it holds, its figures, its doubts, its quality indicators."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.hub.region_answers import RegionShown
from tandem.interfaces.cli.quantities import NOTHING, level, printed

_ASKED = ("quality", "structure")  # roles of which it matters that nobody measures an indicator
ROWS = 40  # lines of a long list; --json has all
_FIGURE = ("figure_id", "indicator", "value", "period", "geography", "kind", "source")


def table(*titles: str) -> Table:
    """A table of this terminal; a title that ends with '>' stands over numbers."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for title in titles:
        made.add_column(title.removesuffix(">"), justify="right" if title.endswith(">") else "left")
    return made


def cut(given: RegionShown, lang: Lang, out: Console) -> None:
    """Says how many rows stay unseen."""
    more = given.counts.get("figures", len(given.rows)) - ROWS
    if more > 0:
        out.print(say("cli.region.more", lang, n=f"{more:,}"))


def joined(sentences: Sequence[str], lang: Lang) -> str:
    """Several sentences as one, in the punctuation of the language."""
    return ("；" if lang == "zh" else "; ").join(one.rstrip(".。") for one in sentences if one)


def led(head: str, told: str, lang: Lang) -> str:
    """What is told after a colon."""
    return f"{head}：{told}" if lang == "zh" else f"{head}: {told}"


def named(given: RegionShown, id_: str | None, lang: Lang) -> str:
    """The words that an id stands for, else the id."""
    if id_ is None:
        return NOTHING
    known = given.names.get(id_)
    return id_ if known is None else known[lang]


def overview(given: RegionShown, lang: Lang, out: Console) -> None:
    """Kinds of figures, sources, vintages, and roles: quality before quantity."""
    counts = given.counts
    kinds = {say(f"regionpage.figure.{kind}", lang): n for kind, n in counts["kinds"].items()}
    listed = ("、" if lang == "zh" else ", ").join(f"{kind} {n:,}" for kind, n in kinds.items())
    out.print(say("cli.region.kinds", lang, kinds=listed or NOTHING), soft_wrap=True)
    out.print(say("cli.region.scope", lang, **{name: counts[name] for name in ("sources", "vintages", "places")},
                  first=counts["first"] or NOTHING, last=counts["last"] or NOTHING), soft_wrap=True)  # fmt: skip
    _roles(counts["roles"], lang, out)
    folder = given.register.folder
    register = "" if folder is None else f" --register {shlex.quote(str(folder))}"
    out.print(Text(say("cli.region.next", lang, register=register)), soft_wrap=True)


def figures(given: RegionShown, lang: Lang, out: Console) -> None:
    """Every figure as it was published."""
    vintages = any(row.get("vintage") for row in given.rows)
    columns = (*_FIGURE, "vintage") if vintages else _FIGURE
    made = table(
        *(say(f"column.figures.{name}", lang) + (">" if name == "value" else "") for name in columns)
    )
    for row in given.rows[:ROWS]:
        cells = {**row, "value": printed(row), "kind": say(f"regionpage.figure.{row['kind']}", lang)}
        made.add_row(*(Text(str(cells.get(name) or NOTHING)) for name in columns))
    out.print(made)
    cut(given, lang, out)


def doubts(given: RegionShown, lang: Lang, out: Console) -> None:
    """Class, sentence, and each figure with its source; nothing is called wrong that only wants a definition."""
    for kind, count in given.counts["kinds"].items():
        out.print(Text(led(say(f"regionpage.kind.{kind}", lang), str(count), lang), style="bold"))
        for row in [one for one in given.rows if one["kind"] == kind][:ROWS]:
            out.print(Text("  " + say(f"doubt.{row['rule']}", lang, **row["params"])), soft_wrap=True)
            for source in row["sources"]:
                out.print(Text("    " + _source(source, lang)), soft_wrap=True)


def quality(given: RegionShown, lang: Lang, out: Console) -> None:
    """Indicators by role; derived values beside the published ones."""
    _roles(given.counts["roles"], lang, out)
    for role in given.counts["roles"]:
        if role["unmeasured"] and role["role"] in _ASKED:
            names = [named(given, id_, lang) for id_ in role["unmeasured"]]
            said = say(f"regionpage.role.{role['role']}", lang)
            out.print(Text(say("cli.region.unmeasured", lang, role=said, names=names)), soft_wrap=True)
    if not given.rows:
        return
    made = table(*(say(f"cli.region.quality.{name}", lang)
                   for name in ("indicator", "where", "year", "value", "from", "published")))  # fmt: skip
    for row in given.rows[:ROWS]:
        made.add_row(
            Text(named(given, row["indicator_id"], lang)),
            Text(named(given, row["geo_id"], lang)),
            str(row["first_year"] or NOTHING),
            _derived(row, lang),
            Text(f"{row['numerator']} / {row['denominator']}"),
            Text(_beside(row, lang)),
        )
    out.print(made)
    cut(given, lang, out)


def _roles(roles: list[Mapping[str, Any]], lang: Lang, out: Console) -> None:
    made = table(say("cli.region.role", lang), *(say(f"cli.region.role.{name}", lang) + ">"
                                                 for name in ("indicators", "figures", "derived")))  # fmt: skip
    for row in roles:
        shown = (f"{row[name]:,}" for name in ("indicators", "figures", "derived"))
        made.add_row(say(f"regionpage.role.{row['role']}", lang), *shown)
    out.print(made)


def _source(row: Mapping[str, Any], lang: Lang) -> str:
    told = {
        name: row.get(name) or NOTHING for name in ("figure_id", "indicator", "period", "geography", "source")
    }
    return say("cli.region.source", lang, printed=printed(row), **told)


def _derived(row: Mapping[str, Any], lang: Lang) -> str:
    """The value and what the prints leave open."""
    like = {
        **row,
        "dimension": "money" if row["currency"] and row["dimension"] == "ratio" else row["dimension"],
    }
    low, high = (level(row[name], like, lang) for name in ("low", "high"))
    if row["value"] is None:
        return f"≥ {low}" if row["high"] is None else f"{low} - {high}"
    return f"{level(row['value'], like, lang)} ({low} - {high})"


def _beside(row: Mapping[str, Any], lang: Lang) -> str:
    if not row["published"]:
        return NOTHING
    verdict = "cli.region.agrees" if row["agrees"] else "cli.region.differs"
    return led(", ".join(row["published"]), say(verdict, lang), lang)
