"""Places inside places."""

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
    """Parents are given by id or name; ancestors come nearest first, each once."""
    above = places.parents(TABLE)
    assert above["440300"] == ("PRD", "GBA")
    assert places.ancestors("440300", above) == ("PRD", "GBA", "440000", "CN")
    assert places.ancestors("CN", above) == ()


def test_a_city_that_is_not_listed_is_in_its_province() -> None:
    """Guangzhou by its GB/T code, without a row of its own; an unknown place is in nothing."""
    above = places.parents(TABLE)
    assert places.ancestors("440100", above) == ("440000", "CN")
    assert places.ancestors("810000", above) == ()
    assert places.ancestors("Atlantis", above) == ()


def test_rings_are_found_once() -> None:
    """a in b, b in c, c in a is one ring, and ancestors still end."""
    ring = pl.DataFrame(
        {"geo_id": ["a", "b", "c", "d"], "name": ["A", "B", "C", "D"], "part_of": ["b", "c", "a", "a"]}
    )
    assert places.rings(ring) == (("a", "b", "c"),)
    assert places.ancestors("d", places.parents(ring)) == ("a", "b", "c")
    assert places.rings(TABLE) == ()
