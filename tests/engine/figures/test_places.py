"""Places by id and name, and what they are part of."""

from __future__ import annotations

import polars as pl

from tandem.engine.figures import places

TABLE = pl.DataFrame(
    {
        "geo_id": ["440300", "PRD", "GBA", "440000", "CN"],
        "name": ["Shenzhen", "Pearl River Delta", "Greater Bay Area", "Guangdong", "China"],
        "part_of": ["PRD; Greater Bay Area", "440000", "CN", "China", None],
    }
)


def test_a_place_is_part_of_several() -> None:
    """What a place is part of is given by id or name."""
    above = places.parents(TABLE)
    assert above["440300"] == ("PRD", "GBA")
    assert above["440000"] == ("CN",)


def test_rings_are_found_once() -> None:
    """a in b, b in c, c in a is one ring."""
    ring = pl.DataFrame(
        {"geo_id": ["a", "b", "c", "d"], "name": ["A", "B", "C", "D"], "part_of": ["b", "c", "a", "a"]}
    )
    assert places.rings(ring) == (("a", "b", "c"),)
    assert places.rings(TABLE) == ()
