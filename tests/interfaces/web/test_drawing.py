"""Pictures: what is drawn is what the numbers say, every text is escaped, and letters can be read on every shade."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tandem.domain.map_cells import cells
from tandem.interfaces.web import assets, city_map, design_pictures, drawing, plots, write
from tandem.interfaces.web.drawing import Bar, Part, Range, Slot, Strip
from tandem.interfaces.web.plots import Band, Mark

EVIL = '<script>"x"</script>&'


def tree(markup: str) -> ElementTree.Element:
    """The markup as a browser's strictest reader has it."""
    return ElementTree.fromstring(f"<all>{markup}</all>")


def colours() -> dict[str, str]:
    """The colours that hub.css names."""
    css = (assets.FOLDER / "hub.css").read_text("utf-8")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css))


def contrast(one: str, other: str) -> float:
    """As WCAG 2 has it: (L1 + 0.05) / (L2 + 0.05)."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_it_should_be():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("shade", range(city_map.SHADES))
def test_letters_can_be_read_on_every_shade(shade):
    """Dark letters on the light shades, white ones on those that hub.css names; at least 4.5 to 1."""
    css = (assets.FOLDER / "hub.css").read_text("utf-8")
    white = f"text.on{shade}" in css
    assert white == (f"td.h{shade} {{ background: var(--h{shade}); color: #fff; }}" in css)
    known = colours()
    assert contrast("#ffffff" if white else known["ink"], known[f"h{shade}"]) >= 4.5


def test_bars_and_flows_stand_out():
    """What is drawn has at least 3 to 1 against the card that it is drawn on."""
    known = colours()
    assert contrast(known["accent"], known["card"]) >= 3
    assert contrast(known["flow"], known["card"]) >= 3
    assert contrast(known["dim"], known["card"]) >= 4.5


def test_bars_are_as_long_as_their_numbers_say():
    """Half of the most is half a bar; nothing is no bar; the number stands in the row."""
    drawn = tree(
        drawing.bars([Bar("a", 50, "50", "/a", behind=100), Bar("b", 0, "0")], "Bars", ["Name", "Much"])
    )
    rows = drawn.findall(".//tbody/tr")
    assert [(r.get("class"), float(r.get("width"))) for r in rows[0].iter("rect")] == [
        ("bar2", 100),
        ("bar", 50),
    ]
    assert rows[0].find(".//a").get("href") == "/a"
    assert "".join(rows[0].itertext()) == "a50"
    assert not list(rows[1].iter("rect"))
    assert drawn.find(".//caption").text == "Bars"


def test_strips_share_out_their_whole():
    """Parts lie end to end and fill the strip; each has its column."""
    drawn = tree(drawing.strips([Strip("s", (Part("bar", "x", 1), Part("bar2", "y", 3)))], "Strips", "Of"))
    assert [(float(r.get("x")), float(r.get("width"))) for r in drawn.iter("rect")] == [(0, 25), (25, 75)]
    assert [cell.text for cell in drawn.findall(".//tbody//td[@class='number']")] == ["1", "3"]


def test_ranges_lie_where_they_should():
    """On one scale from nothing to the highest."""
    drawn = tree(drawing.ranges([Range("r", 10, 20, 40, ("20",))], "Ranges", ["Step", "Median"]))
    assert [(float(r.get("x")), float(r.get("width"))) for r in drawn.iter("rect")] == [(25, 75), (50, 1.4)]


def test_a_fan_has_its_bands_its_median_and_its_target():
    past, ahead = [Mark(1, 5, "1", "5"), Mark(2, 6, "2", "6")], [Mark(2, 6, "2", ""), Mark(3, 7, "3", "")]
    bands = [[Band(2, 6, 6), Band(3, 5, 9)], [Band(2, 6, 6), Band(3, 6, 8)]]
    drawn = tree(plots.fan(past, ahead, bands, Mark(3, 9, "3", "aim"), "Fan", "en"))
    assert [one.get("class") for one in drawn.iter("polygon")] == ["band0", "band1", "aim"]
    assert [one.get("class") for one in drawn.iter("polyline")] == ["line", "line dashed"]


@pytest.mark.parametrize("values", [[], [Mark(1, 0, "a", "0")], [Mark(1, 5, "a", "5"), Mark(1, 5, "b", "5")]])
def test_too_few_numbers_still_make_a_picture(values):
    tree(plots.fan(values, [], [], None, "Fan", "en"))
    tree(
        drawing.bars([], "Bars", ["a", "b"])
        + drawing.strips([], "Strips", "a")
        + drawing.ranges([], "Ranges", ["a"])
    )


def test_the_map_shades_links_and_tells_each_city():
    """The most is darkest, nothing is plain; a city leads to its list and says its number; others have neither."""
    cities = {
        "440100": city_map.City(8, "8", "Guangzhou: 8", "/g"),
        "440300": city_map.City(0, "·", "Shenzhen: 0"),
    }
    drawn = tree(city_map.cartogram(cells(), cities, "Map", "zh"))
    link = drawn.find(".//a")
    assert (link.get("href"), link.get("aria-label"), link.find("polygon").get("class")) == (
        "/g",
        "Guangzhou: 8",
        "h4",
    )
    assert len(drawn.findall(".//polygon")) == 23
    assert len(drawn.findall(".//a")) == 1
    assert "广州" in [text.text for text in drawn.iter("text")]
    assert "GZ" in [text.text for text in tree(city_map.cartogram(cells(), cities, "Map", "en")).iter("text")]


def test_cities_are_wide_enough_for_a_finger_on_a_phone():
    """326 pixels are left for the map at 390: a cell is 24 wide at least."""
    places = [cell.column + cell.row % 2 / 2 for cell in cells().values()]
    assert 326 / (max(places) - min(places) + 1) >= 24


def test_flows_are_as_thick_as_they_are_large():
    """Twice an amount is thicker; flows within a city are rings; those with an end elsewhere are left out."""
    flows = [
        city_map.Flow("440100", "440300", 100, "a"),
        city_map.Flow("440300", "440100", 25, "b"),
        city_map.Flow("440100", "440100", 4, "c"),
        city_map.Flow("440100", "310000", 90, "d"),
    ]
    drawn = tree(city_map.cartogram(cells(), {}, "Map", "en", flows))
    thick = [float(one.get("stroke-width")) for one in drawn.findall(".//path")]
    assert thick == [4.5, pytest.approx(2.2, abs=0.1)]
    assert len(drawn.findall(".//circle")) == 1
    assert "d" not in [one.text for one in drawn.iter("title")]


def test_what_people_wrote_is_never_markup():
    """Labels, titles and links of every kind."""
    mark, flow = Mark(1, 1, EVIL, EVIL), city_map.Flow("440100", "440300", 1, EVIL)
    whole = "".join((
        drawing.bars([Bar(EVIL, 1, EVIL, f"/{EVIL}", more=(EVIL,))], EVIL, [EVIL, EVIL]),
        drawing.strips([Strip(EVIL, (Part("bar", EVIL, 1, EVIL),))], EVIL, EVIL),
        drawing.ranges([Range(EVIL, 1, 2, 3, (EVIL,))], EVIL, [EVIL, EVIL]),
        drawing.calendar([(EVIL, [Slot(1, EVIL, EVIL)])], [EVIL], EVIL),
        drawing.legend([("bar", EVIL)]), drawing.shades(EVIL),
        plots.fan([mark], [mark], [[Band(1, 0, 2)]], mark, EVIL, "en"),
        city_map.cartogram(cells(), {"440100": city_map.City(1, EVIL, EVIL, EVIL)}, EVIL, "en", [flow]),
    ))  # fmt: skip
    assert not list(tree(whole).iter("script"))
    assert "<script" not in whole


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_stands_on_the_design_page(lang):
    """Well formed, without script or style; what stands alone has a name, what stands in a table is not read out."""
    for name, drawn in design_pictures.all_of(lang):
        whole = tree(drawn)
        pictures = list(whole.iter("svg"))
        assert pictures or name == "calendar", name
        assert all(one.get("aria-hidden") == "true" or one.get("aria-label") for one in pictures)
        assert not [one for one in whole.iter() if "style" in one.attrib or one.tag in ("script", "style")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_large_number_of_the_map_is_short(lang):
    """Few letters up to hundred millions, and within one in twenty of the number."""
    sizes = {"万": 1e4, "亿": 1e8, "k": 1e3, "M": 1e6, "G": 1e9}
    for n in (1, 999, 1_000, 9_949, 9_960, 12_345, 99_960, 123_456, 1_049_999, 9_999_999, 99_999_999):
        shown = write.brief(n, lang)
        sign = shown[-1] if shown[-1] in sizes else ""
        assert len(shown) <= 5
        assert float(shown.removesuffix(sign)) * sizes.get(sign, 1) == pytest.approx(n, rel=0.05)
