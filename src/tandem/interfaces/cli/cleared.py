"""A clearing in a terminal: what is proven, what it is worth against other ways, whether it was checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.hub.answers import Cleared

FEN = 100  # in a yuan
_COLUMNS = ("value", "served", "pairs")


def show(given: Cleared, lang: Lang, out: Console) -> None:
    """A headline, one short table, the proof."""
    out.print(Text(say("cli.clear.done", lang, served=f"{given.served:,}", **_counted(given)), style="bold"))
    out.print(_table(given, lang))
    for line in (*_proof(given, lang), *(_rule(one, given, lang) for one in given.rules)):
        out.print(Text(line), soft_wrap=True)


def _counted(given: Cleared) -> dict[str, str]:
    return {name: f"{count:,}" for name, count in given.rows.items()}


def _table(given: Cleared, lang: Lang) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column(say("cli.clear.plan", lang))
    for name in _COLUMNS:
        table.add_column(say(f"cli.clear.{name}", lang), justify="right")
    joint = {"value": given.certificate["value"], "served": given.served, "pairs": given.pairs}
    for plan, figures in {"joint": joint, **given.plans}.items():
        table.add_row(say(f"clearing.plan.{plan}", lang), *(f"{figures[name]:,}" for name in _COLUMNS))
    return table


def _proof(given: Cleared, lang: Lang) -> Iterator[str]:
    """What is certified, why it is not as much as was asked for, and that it was checked."""
    proof = given.certificate
    yield say("cli.clear.certified", lang, gap=f"{proof['gap']:.4%}", bound=f"{proof['bound']:,}")
    if proof["reason"] is not None:
        yield say(f"cli.clear.reason.{proof['reason']}", lang, wanted=f"{proof['wanted']:.4%}")
    if given.checked is not None:
        yield say("cli.clear.checked", lang, regret=f"{given.checked['regret']:,.2f}")


def _rule(one: Mapping[str, Any], given: Cleared, lang: Lang) -> str:
    """What became of a rule, in one paragraph."""
    if one["bound"] == "required":
        return say(f"rule.{one['reason']}", lang, need=one["need"], offer=one["offer"])
    shown = partial(_amount, one["bound"])
    parts = [say(f"rule.{one['bound']}", lang, name=one["name"], limit=shown(one["limit"])) + "."]
    if not one["kept"]:
        told = {"reached": shown(one["reached"]), "against": one["against"]}
        return " ".join([*parts, say(f"rule.{one['reason']}", lang, **told)])
    counted = one["units"] / max(1, one["pairs"]) if one["bound"].endswith("share") else one["units"]
    state = "rule.kept" if one["price"] or one["cost"] else "rule.slack"
    parts.append(say(state, lang, reached=shown(counted)))
    if one["price"]:
        money = one["bound"] == "max_cost"
        price = one["price"] * (FEN if money else 1)
        parts.append(say("rule.price.money" if money else "rule.price", lang, price=f"{price:,.2f}"))
    if one["cost"]:
        share = f"{one['cost'] / max(1, given.certificate['value'] + one['cost']):.2%}"
        cost = "rule.cost" if one["exact"] else "rule.cost.most"
        parts.append(say(cost, lang, cost=f"{one['cost']:,}", share=share))
    return " ".join(parts)


def _amount(bound: str, number: float | None) -> str:
    """Pairs as a number, shares in per cent, sums in yuan."""
    if number is None:
        return "-"
    if bound.endswith("share"):
        return f"{number:.2%}"
    return f"{number / FEN:,.2f}" if bound == "max_cost" else f"{number:,}"
