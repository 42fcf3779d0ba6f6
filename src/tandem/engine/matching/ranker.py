"""A trained ranker as a plain value: what storage keeps in one file and matching is told to use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tandem.engine.matching.calibrate import Curve


@dataclass(frozen=True)
class Ranker:
    """What learning gives.

    model        the trees as LightGBM writes them; empty where learning found nothing worth keeping
    features     names in the order in which the trees know them
    blend        share of the learned score in the score, 0..1; 0 keeps the untrained order
    calibration  score -> probability of success
    data         what it was made from: needs, pairs, first and last day, organisations, deliveries
    quality      what it was measured to reach on needs that it had not seen
    """

    model: str
    features: tuple[str, ...]
    blend: float
    calibration: Curve
    data: Mapping[str, Any] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)
