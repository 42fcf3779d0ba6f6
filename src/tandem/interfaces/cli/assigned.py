"""What clearing all lists jointly came to, in a terminal: three ways of assigning, what is gained, what is proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.domain import rule_words

# How many needs, and offers in all, one cause kept out: (code, needs, offers).
Kept = tuple[str, int, int]
COLUMNS = ("served", "firsts", "pairs", "small", "value")


def show(given: Mapping[str, Any], lang: Lang, out: Console) -> None:
    """One short table and two sentences."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column(say("clearing.plan", lang))
    for name in COLUMNS:
        table.add_column(say(f"clearing.column.{name}", lang), justify="right")
    for plan in given["plans"]:
        cells = {**plan, "small": f"{plan['small_share']:.0%}"}
        shown = (str(cells[name]) if name == "small" else f"{cells[name]:,}" for name in COLUMNS)
        table.add_row(say(f"clearing.plan.{plan['name']}", lang), *shown)
    out.print(table)
    out.print(say(f"clearing.verdict.{given['verdict']}", lang, share=f"{abs(given['gain']):.1%}"))
    out.print(say(f"clearing.proof.{given['proof']}", lang, gap=f"{given['gap']:.3%}"))
    value = next(plan["value"] for plan in given["plans"] if plan["name"] == "joint")
    for one in given["rules"]:
        out.print(Text(rule_words.sentence(one, value, lang)), soft_wrap=True)


def supply(states: Mapping[str, int], excluded: Sequence[Kept], lang: Lang, out: Console) -> None:
    """How many needs are well supplied, weakly, or not at all; and what kept offers out."""
    out.print(say("cli.match.states", lang, **states))
    for code, needs, offers in excluded:
        what = say(f"exclusion.{code}", lang)
        out.print(say("cli.match.excluded", lang, what=what, needs=needs, offers=f"{offers:,}"))


def exposure(given: Mapping[str, Any], lang: Lang, out: Console) -> None:
    """How many of the first places organisations with few deliveries hold."""
    if given["places"]:
        share = f"{given['small'] / given['places']:.1%}"
        floor = f"{given['floor']:.0%}"
        out.print(say("cli.match.exposure", lang, share=share, lifted=given["lifted"], floor=floor))
