"""What clearing decided, as codes and rounded figures for sentences: one place for terminals, files and pages.

Words stand in the catalogue under `clearing.need.*`, `clearing.missed.*` and `clearing.pair.*`; `name` in them is the
organisation, which only the edge can name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Told = tuple[str, dict[str, Any]]  # a code of the catalogue, and the figures that its words ask for


def told_need(row: Mapping[str, Any]) -> list[Told]:
    """What a need got and, where it missed a better choice, why: from a row of Cleared.needs (engine)."""
    code = row["code"]
    if code in ("first", "later") and row["slots"] > 1:
        code += "s"
    if code == "outbid" and row["missed"] in ("forbidden", "rule"):
        code = "ruled"
    told: list[Told] = [(f"clearing.need.{code}", {"got": row["got"], "slots": row["slots"]})]
    if row["missed"] is not None and row["code"] != "first":
        told.append((f"clearing.missed.{row['missed']}", _figures(row)))
    return told


def told_pair(row: Mapping[str, Any] | None) -> Told:
    """Why one pair was accepted or not: from a row of Cleared.pairs; None where it is not listed."""
    if row is None:
        return "clearing.pair.unlisted", {}
    if row["code"] in ("outbid", "tie", "closed", "rule", "forbidden"):
        return f"clearing.missed.{row['code']}", _figures(row)
    return f"clearing.pair.{row['code']}", {
        "choice": row["choice"],
        "value": round(row["value"]),
        "price": round(row["price"]),
    }


def _figures(row: Mapping[str, Any]) -> dict[str, Any]:
    """Points as whole numbers that agree with each other: what is short is the difference of the two that are shown."""
    bid, lowest = round(row["bid"]), round(row["lowest"] or 0)
    return {"bid": bid, "lowest": lowest, "short": lowest - bid}
