"""Parts of a round's lists on disk while its job runs, so that a job that is begun again need not match them again.

A part is kept under a hash of all that it was made from; it is found again by exactly that, and by nothing else.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from tandem.engine.matching.expose import Exposure
from tandem.storage import staging
from tandem.storage.finding.supply import Supply
from tandem.storage.search import content

_TABLES = ("matches", "supply", "excluded")
_WHOLE = "whole.json"  # the last file of a part to be there


class Part(NamedTuple):
    """Lists of some needs, with whom they show."""

    matches: pl.DataFrame
    supply: pl.DataFrame
    excluded: pl.DataFrame
    exposure: Exposure


class Kept:
    """The parts of one round.

    supply  what all parts are matched with
    """

    def __init__(self, folder: Path, supply: Supply) -> None:
        self._folder = folder
        texts = content.of_texts(supply.offers, supply.deliveries)
        self._supply = content.of_tables(tuple(supply), texts) + content.of_analysis()

    def key(self, needs: pl.DataFrame, *more: Any) -> str:
        """What a part is kept under: its needs, and whatever else its lists rest on."""
        told = [self._supply, needs.write_json(), [repr(one) for one in more]]
        return blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()

    def part(self, key: str) -> Part | None:
        """The part, where it is there as a whole."""
        place = self._folder / key
        try:
            exposure = Exposure(**json.loads((place / _WHOLE).read_text("utf-8")))
            matches, supply, excluded = (pl.read_parquet(place / f"{name}.parquet") for name in _TABLES)
            return Part(matches, supply, excluded, exposure)
        except (OSError, ValueError, TypeError, pl.exceptions.PolarsError):
            return None

    def keep(self, key: str, part: Part) -> None:
        """Writes a part. Raises Failed out.write."""
        with staging.staged(self._folder / key) as place:
            for name in _TABLES:
                getattr(part, name).write_parquet(place / f"{name}.parquet")
            (place / _WHOLE).write_text(json.dumps(asdict(part.exposure)), "utf-8")
