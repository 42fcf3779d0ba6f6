"""What became of a rule as a sentence: one place for terminals, files and pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from tandem.base.words import Lang, say

FEN = 100  # in a yuan


def sentence(one: Mapping[str, Any], value: int, lang: Lang) -> str:
    """What became of a rule, in one paragraph; value: that of the whole clearing under it."""
    if one["bound"] == "required":
        return say(f"rule.{one['reason']}", lang, need=one["need"], offer=one["offer"])
    end, between = ("。", "") if lang == "zh" else (".", " ")
    shown = partial(_amount, one["bound"])
    parts = [say(f"rule.{one['bound']}", lang, name=one["name"], limit=shown(one["limit"])) + end]
    if not one["kept"]:
        told = {"reached": shown(one["reached"]), "against": one["against"]}
        return between.join([*parts, say(f"rule.{one['reason']}", lang, **told)])
    counted = one["units"] / max(1, one["pairs"]) if one["bound"].endswith("share") else one["units"]
    state = "rule.kept" if one["price"] or one["cost"] else "rule.slack"
    parts.append(say(state, lang, reached=shown(counted)))
    if one["price"]:
        money = one["bound"] == "max_cost"
        price = one["price"] * (FEN if money else 1)
        parts.append(say("rule.price.money" if money else "rule.price", lang, price=f"{price:,.2f}"))
    if one["cost"]:
        share = f"{one['cost'] / max(1, value + one['cost']):.2%}"
        cost = "rule.cost" if one["exact"] else "rule.cost.most"
        parts.append(say(cost, lang, cost=f"{one['cost']:,}", share=share))
    return between.join(parts)


def _amount(bound: str, number: float | None) -> str:
    """Pairs as a number, shares in per cent, sums in yuan."""
    if number is None:
        return "-"
    if bound.endswith("share"):
        return f"{number:.2%}"
    return f"{number / FEN:,.2f}" if bound == "max_cost" else f"{number:,}"
