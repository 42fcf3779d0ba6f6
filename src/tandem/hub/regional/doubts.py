"""Doubts as answers: what figures say together, each side with its source, and the rule by which it was found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tandem.engine.doubts.find import Doubt
from tandem.hub.regional import answers
from tandem.hub.regional.answers import Number, Sentence, Text
from tandem.hub.regional.kept import State
from tandem.hub.regional.telling import Teller, text
from tandem.storage.region_report.cites import DOUBTS
from tandem.storage.region_report.doubts import KINDS, prints
from tandem.storage.region_report.numbers import published
from tandem.storage.report.two import Two

_DIGIT = re.compile(r"\d")


def doubts(state: State) -> answers.Doubts:
    """The doubts, those of the gravest class first."""
    teller = Teller(state.view)
    order = {kind: i for i, kind in enumerate(KINDS)}
    ranked = sorted(state.view.doubts, key=lambda one: order.get(one.kind, len(KINDS)))
    known = prints(ranked[:DOUBTS])
    items = tuple(_doubt(i, one, known, teller) for i, one in enumerate(ranked[:DOUBTS], 1))
    return answers.Doubts(state.about, dict(Counter(one.kind for one in ranked)), items)


def _doubt(i: int, one: Doubt, known: Mapping[str, Two], teller: Teller) -> answers.Doubt:
    key = f"doubt-{i}"
    subject = teller.indicator(one.figures[0]) if one.figures else Text(one.rule, one.rule)
    teller.compute(key, one.kind, subject=subject, how="doubt", inputs=one.figures, rule=one.rule)
    params = {name: _part(name, value, one, key, known, teller) for name, value in one.params.items()}
    sides = tuple(side for figure in one.figures if (side := _side(figure, teller)) is not None)
    return answers.Doubt(
        key, one.kind, one.rule, Sentence(f"doubt.{one.rule}", params), teller.computed[key], sides
    )


def _part(
    name: str, value: Any, one: Doubt, key: str, known: Mapping[str, Two], teller: Teller
) -> Number | tuple[Number, ...]:
    """One piece of a sentence: `a_name`, `a_value` and the like speak of a figure, anything else was computed."""
    letter, _, what = name.partition("_")
    figure = one.params.get(f"{letter}_id") if what else None
    if figure is not None and teller.cites.row(figure) is not None:
        if what == "name":
            return Number(teller.indicator(figure))
        if what == "place":
            return Number(teller.place(figure))
        if what in ("id", "value", "period"):
            return teller.certain(figure, None if what == "value" else str(value))
    if isinstance(value, tuple | list):
        return tuple(_listed(str(item), teller) for item in value)
    shown = known.get(str(value), Two(str(value), str(value)))
    is_number = bool(_DIGIT.search(shown.en)) and what != "source"
    return Number(text(shown), how=key if is_number else None)


def _listed(said: str, teller: Teller) -> Number:
    """A figure that a list names by its indicator and print; any other text as it stands."""
    figure = teller.cites.printed_as(said)
    row = teller.cites.row(figure)
    if row is None or figure is None:
        return Number(Text(said, said))
    name, shown = teller.indicator(figure), published(row)
    return Number(Text(f"{name.zh}{shown.zh}", f"{name.en} {shown.en}"), figure=figure)


def _side(figure: str, teller: Teller) -> answers.Side | None:
    row = teller.cites.row(figure)
    if row is None:
        return None
    return answers.Side(figure, teller.indicator(figure), teller.place(figure), row["period"] or "",
                        teller.certain(figure), row["source"] or "", row["vintage"] or "")  # fmt: skip
