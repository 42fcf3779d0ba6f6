"""Names that say what sort of unit they take, beside one of another sort: a length in passengers, an area in yuan."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, doubt
from tandem.engine.doubts.levels import sort_of, unit
from tandem.engine.doubts.panel import Panel

# The measure must be the head of the name: "Length of metro lines", "exhibition area", 公路里程; not "bay area".
_SAID = (
    (
        r"^(?:total )?(?:length|mileage) of\b|\b(?:route|line|track|road) (?:length|mileage)$|(?:里程|长度)$",
        "length",
    ),
    (r"^(?:total )?area of\b|\b(?:floor|sown|planted|forest|exhibition|built-up|green) area$|面积$", "area"),
    (r"\belectricity (?:consumption|use|generation|output)$|(?:用电量|发电量)$", "energy"),
    (r"\b(?:employees|employed persons|resident population)$|(?:从业人员|从业人数|常住人口)数?$", "people"),
)
_TOLD = frozenset(("people", "enterprise", "vehicle", "container", "mass", "length", "area", "money"))


def find(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """One doubt for each such text, about its latest figure."""
    for number, text in enumerate(panel.texts):
        if text.subject.quantity != "level" or text.dimension not in ("money", "count"):
            continue
        said = _said(text.indicator)
        its = "money" if text.dimension == "money" else sort_of(unit(panel, number)[2])
        if said and its in _TOLD - {said}:
            at = np.flatnonzero(panel.text == number)[-1:]
            yield from (doubt(panel, "unit_of_other_sort", [int(one)]) for one in at)


def _said(indicator: str) -> str:
    """The sort of unit that a name asks for; empty where it says nothing of it."""
    return next((sort for said, sort in _SAID if re.search(said, indicator.strip(), re.IGNORECASE)), "")
