"""What clearing all lists jointly came to, in a terminal: three ways of assigning, what is gained, what is proven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.domain import rule_words

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
