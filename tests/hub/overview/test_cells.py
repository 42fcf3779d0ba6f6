"""An operator's own map: read from the data directory, and told what is wrong with it by file and line."""

from __future__ import annotations

import pytest

from tandem.base.errors import Invalid
from tandem.domain import map_cells
from tandem.domain.cities import cities
from tandem.hub.overview import cells

OWN = "code\tcolumn\trow\tzh\ten\n110000\t1\t0\t北京\tBJ\n120000\t2\t0\t天津\tTJ\n"


def test_the_built_in_map_has_every_city_once():
    """The 21 cities of Guangdong, Hong Kong and Macao, each in a place of its own."""
    found = map_cells.cells()
    assert set(found) == {code for code in cities() if code.startswith("44")} | {"810000", "820000"}
    assert len({(cell.column, cell.row) for cell in found.values()}) == 23


def test_own_cells_are_read_and_a_changed_file_shows(world):
    """Without the file the built-in map; with it the operator's, at once."""
    assert cells.of(world.hub) is map_cells.cells()
    path = world.hub.folder / cells.FILE
    path.write_text(OWN, "utf-8")
    assert list(cells.of(world.hub)) == ["110000", "120000"]
    path.write_text(OWN + "130100\t3\t0\t石家庄\tSJZ\n", "utf-8")
    assert list(cells.of(world.hub)) == ["110000", "120000", "130100"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("code,column\n", "map.header"),
        ("", "map.header"),
        (OWN + "999999\t3\t0\t无\tNo\n", "map.row"),
        (OWN + "130100\t2\t0\t石家庄\tSJZ\n", "map.row"),
        (OWN + "110000\t9\t0\t北京\tBJ\n", "map.row"),
        (OWN + "130100\t-1\t0\t石家庄\tSJZ\n", "map.row"),
        (OWN + "130100\t40\t0\t石家庄\tSJZ\n", "map.row"),
        (OWN + "130100\t3\t0\t\tSJZ\n", "map.row"),
        (OWN + "x" * 70_000, "map.file"),
    ],
)
def test_what_is_wrong_is_told(world, text, code):
    """Another header, an unknown city, a place or a code twice, a place outside, a missing name, too large a file."""
    (world.hub.folder / cells.FILE).write_text(text, "utf-8")
    with pytest.raises(Invalid, match=code) as told:
        cells.of(world.hub)
    if code == "map.row":
        assert told.value.params["line"] == 4


def test_a_file_that_is_no_text_is_told(world):
    (world.hub.folder / cells.FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match=r"map\.file"):
        cells.of(world.hub)
