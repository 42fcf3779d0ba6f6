"""Places inside places: the table's word, else GB/T 2260."""

from __future__ import annotations

import polars as pl

from tandem.engine.figures import geography_tree

TABLE = pl.DataFrame(
    {
        "geo_id": ["440300", "PRD", "GBA", "440000", "CN"],
        "name": ["Shenzhen", "Pearl River Delta", "Greater Bay Area", "Guangdong", "China"],
        "level": ["city", "region", "region", "province", "country"],
        "part_of": ["PRD; Greater Bay Area", "440000", "CN", "China", None],
    }
)


def wider(place: str, ids: list[str], table: pl.DataFrame | None = TABLE) -> tuple[str, ...]:
    tree = geography_tree.build(ids, table)
    return tuple(tree.names[up] for up in tree.wider[tree.names.index(place)])


def test_wider_places_come_nearest_first_each_once() -> None:
    """A table says by id or name what a place is part of."""
    ids = TABLE["geo_id"].to_list()
    assert wider("440300", ids) == ("PRD", "GBA", "440000", "CN")
    assert wider("CN", ids) == ()


def test_a_city_that_is_not_listed_is_in_its_province() -> None:
    """Guangzhou by its GB/T code, with a table that does not list it and with none; an unknown place is in nothing."""
    assert wider("440100", ["440100", "440000", "CN"]) == ("440000", "CN")
    assert wider("440100", ["440100", "440000", "China"], None) == ("440000", "China")
    assert wider("440100", ["440100", "China"], None) == ("China",)
    assert wider("Atlantis", ["Atlantis", "440000"]) == ()


def test_a_ring_ends() -> None:
    """a in b, b in c, c in a: each has the two others above it."""
    ring = pl.DataFrame(
        {"geo_id": ["a", "b", "c", "d"], "name": ["A", "B", "C", "D"], "part_of": [*"bca", "a"]}
    )
    assert wider("a", ["a", "b", "c", "d"], ring) == ("b", "c")
    assert wider("d", ["a", "b", "c", "d"], ring) == ("a", "b", "c")


def test_known_places_inside() -> None:
    """21 cities of Guangdong; 31 provinces and their cities of China; nothing in a city or a place without a code."""
    assert len(geography_tree.known_inside("440000")) == 21
    inside = geography_tree.known_inside("China")
    assert len([code for code in inside if code.endswith("0000")]) == 31
    assert len(inside) == len(set(inside))
    for place in ("440100", "110000", "Atlantis"):
        assert geography_tree.known_inside(place) == ()
