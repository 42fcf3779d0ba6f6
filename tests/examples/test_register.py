"""The shipped register is what its page says: figures as published, every reference resolved, nothing settled."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from tandem.domain import cities
from tandem.domain.region.tables import REGISTER_TABLES
from tandem.engine.figures.frame import understand
from tandem.storage import register_data

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "examples" / "register"
PUBLISHED = ROOT.parent / "shared" / "reference" / "figures.csv"
PAGE = (REGISTER / "README.md").read_text("utf-8")
HAN = re.compile(r"[㐀-鿿]")
DELTA = {"440100", "440300", "440400", "440600", "440700", "441200", "441300", "441900", "442000"}


def rows(name: str) -> list[dict[str, str]]:
    with (REGISTER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def frame(name: str) -> pl.DataFrame:
    return pl.read_csv(REGISTER / f"{name}.csv", infer_schema=False)


def several(text: str) -> list[str]:
    return [one for one in text.split(";") if one]


def members(area: str) -> set[str]:
    return {
        row["geo_id"]
        for row in rows("geographies")
        if row["level"] == "city" and area in several(row["part_of"])
    }


def test_the_register_is_found_with_its_tables():
    """The folder is found from the package, and every table of it is a file there."""
    assert (
        register_data.folder().joinpath("figures.csv").read_bytes() == (REGISTER / "figures.csv").read_bytes()
    )
    assert all(path.is_file() for path in register_data.tables().values())


def test_headers_are_those_of_the_exchange_tables():
    """Each file's headers are names or aliases of its table's columns, and no required column is missing."""
    tables = {table.name: table for table in REGISTER_TABLES}
    for name in register_data.tables():
        known = {alias: one.name for one in tables[name].columns for alias in (one.name, *one.aliases)}
        given = [known.get(header) for header in rows(name)[0]]
        extra = {header for header in rows(name)[0] if header not in known}
        assert extra <= ({"note"} if name == "geographies" else set())
        assert {one.name for one in tables[name].columns if one.required} <= set(given), name


def test_choices_are_allowed_ones():
    """Kinds, levels, roles, stages and the like are words that the tables know."""
    for table in REGISTER_TABLES:
        if table.name not in register_data.tables():
            continue
        for column in (one for one in table.columns if one.choices):
            found = {row.get(column.name) or "" for row in rows(table.name)} - {""}
            assert found <= set(column.choices), (table.name, column.name)


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the published figures are kept beside the checkout only")
def test_figures_are_the_published_ones():
    """All 92 rows stand as published: every value and text but the remarks on what the figures say together."""
    with PUBLISHED.open(encoding="utf-8-sig", newline="") as file:
        published = list(csv.DictReader(file))
    bare = [{key: value for key, value in row.items() if key != "note"} for row in rows("figures")]
    assert bare == [{key: value for key, value in row.items() if key != "note"} for row in published]


def test_every_figure_has_a_source_and_none_gives_an_answer_away():
    """A source stands beside each figure; no note compares it with another or says what follows from it."""
    for row in rows("figures"):
        assert row["source"].strip(), row["id"]
        assert not re.search(r"F0\d\d|conflict|implies|overlap|gap|needs|/", row["note"]), row["id"]


def test_every_figure_is_understood():
    """Each figure's indicator and geography are rows of the register, and each unit and period has a meaning."""
    texts = frame("figures").rename({"id": "figure_id", "year": "period"})
    parsed = understand(texts, frame("indicators"), frame("geographies"))
    assert parsed.height == 92
    assert set(parsed["indicator_id"]) <= set(frame("indicators")["indicator_id"])
    assert set(parsed["geo_id"]) <= set(frame("geographies")["geo_id"])
    assert parsed["first_year"].null_count() == 0
    numbers = parsed.filter(pl.col("lower").is_null())["value"].to_list()
    assert all(not re.fullmatch(r"[<>]?\d+(\.\d+)?", value) for value in numbers)


def test_one_quantity_is_one_indicator():
    """GDP and its target under three prints are one indicator; the two tiers are two."""
    parsed = understand(
        frame("figures").rename({"id": "figure_id", "year": "period"}),
        frame("indicators"),
        frame("geographies"),
    )
    of = dict(parsed.select("figure_id", "indicator_id").iter_rows())
    assert of["F001"] == of["F004"] == of["F005"] == "gdp"
    assert of["F008"] == of["F013"]
    assert of["F006"] != of["F007"]


def test_names_mean_one_row_each():
    """No id, name or alias stands for two indicators or two geographies."""
    for name, key in (("indicators", "indicator_id"), ("geographies", "geo_id")):
        said = Counter(
            text.casefold()
            for row in rows(name)
            for text in {
                one.casefold() for one in (row[key], row["name"], row["name_zh"], *several(row["aliases"]))
            }
        )
        assert [text for text, times in said.items() if times > 1] == []


def test_indicators_are_defined_in_both_languages():
    """Every indicator has a name and a definition of one sentence in Chinese and in English, and a role."""
    for row in rows("indicators"):
        assert HAN.search(row["name_zh"]), row["indicator_id"]
        assert HAN.search(row["definition_zh"]), row["indicator_id"]
        assert (row["definition"][-1], row["definition_zh"][-1]) == (".", "。"), row["indicator_id"]
        assert row["role"], row["indicator_id"]


def test_indicators_refer_to_indicators():
    """Growth, numerator and denominator name indicators of the register."""
    known = {row["indicator_id"] for row in rows("indicators")}
    for row in rows("indicators"):
        named = {row[column] for column in ("growth_of", "numerator", "denominator_id", "part_of")} - {""}
        assert named <= known, row["indicator_id"]


def test_nothing_is_settled_that_the_documents_leave_open():
    """Indicators of figures declare no base, no parts and no classes: what does not fit must remain to be found."""
    printed = {row["indicator"].casefold() for row in rows("figures")}
    for row in rows("indicators"):
        if {text.casefold() for text in (row["name"], *several(row["aliases"]))} & printed:
            left_open = ("denominator", "part_of", "classes", "numerator", "denominator_id")
            assert [column for column in left_open if row[column]] == [], row["indicator_id"]


def test_quality_is_wanted_and_not_measured_yet():
    """The four quality indicators are rows without figures; counts of firms are context only."""
    parsed = understand(frame("figures").rename({"id": "figure_id", "year": "period"}), frame("indicators"))
    quality = {row["indicator_id"] for row in rows("indicators") if row["role"] == "quality"}
    assert quality == {
        "value_added_per_employee",
        "service_input_share",
        "good_outcome_share",
        "days_to_contract",
    }
    assert quality.isdisjoint(parsed["indicator_id"])
    firms = parsed.filter(pl.col("thing").is_in(["enterprise", "firm"]))["indicator_id"].unique().to_list()
    roles = {row["indicator_id"]: row["role"] for row in rows("indicators")}
    assert len(firms) >= 4
    assert {roles[one] for one in firms} == {"context"}


def test_geographies_are_a_tree_of_known_places():
    """All 21 cities of Guangdong, Hong Kong and Macao carry their own codes; every parent is a row."""
    known = {row["geo_id"]: row for row in rows("geographies")}
    assert members("440000") == {code for code in cities.cities() if code.startswith("44")}
    for row in known.values():
        assert set(several(row["part_of"])) <= set(known), row["geo_id"]
        if row["level"] == "city":
            assert cities.cities()[row["geo_id"]].en == row["name_en"]
    assert known["810000"]["currency"] == "HKD"
    assert known["820000"]["currency"] == "MOP"


def test_areas_hold_the_cities_they_should():
    """Four regions divide the province; the Bay Area is nine delta cities, Hong Kong and Macao; parts are said."""
    regions = [members(one) for one in ("GD-PRD", "GD-EAST", "GD-WEST", "GD-NORTH")]
    assert members("GD-PRD") == DELTA
    assert members("GBA") == DELTA | {"810000", "820000"}
    assert sum(map(len, regions)) == len(set().union(*regions)) == 21
    areas = {
        row["geo_id"]: members(row["geo_id"])
        for row in rows("geographies")
        if row["level"] == "metropolitan_area"
    }
    assert {key: len(found) for key, found in areas.items()} == {
        "GD-MA-GZ": 2, "GD-MA-SZ": 3, "GD-MA-WB": 4, "GD-MA-SCJ": 3, "GD-MA-ZM": 2,
    }  # fmt: skip
    notes = {row["geo_id"]: row["note"] for row in rows("geographies")}
    assert all("metropolitan area" in notes[code] for code in ("441200", "441800", "441500"))


def test_clusters_name_revenue_only_where_it_is_published():
    """A cluster's revenue is an indicator with a figure or nothing; its chain has links."""
    figured = set(
        understand(frame("figures").rename({"id": "figure_id", "year": "period"}), frame("indicators"))[
            "indicator_id"
        ]
    )
    chains = {row["chain"] for row in rows("links")}
    named = {row["cluster_id"]: row["revenue"] for row in rows("clusters")}
    assert {one for one in named.values() if one} <= figured
    assert {key for key, revenue in named.items() if not revenue} == {
        "semiconductors_ic",
        "new_energy_storage",
        "robotics",
    }
    assert {row["chain"] for row in rows("clusters")} - {""} == chains


def test_chains_are_complete():
    """Each of three chains has up, mid and down links, each with Chinese and English terms and a class."""
    counts = Counter((row["chain"], row["stage"]) for row in rows("links"))
    assert {chain for chain, _ in counts} == {"uhd_video", "low_altitude", "robotics"}
    assert min(counts.values()) >= 7
    for row in rows("links"):
        terms = several(row["terms"])
        assert any(HAN.search(one) for one in terms), row["link_id"]
        assert any(not HAN.search(one) for one in terms), row["link_id"]
        assert len(terms) == len(set(terms)), row["link_id"]
        assert re.match(r"GB/T 4754:\d{4}", row["codes"]), row["link_id"]
        assert 1 <= int(row["importance"]) <= 5


def test_measures_claim_nothing_that_is_not_known():
    """No owner, clause, money or pillar is filled in, nothing is reported; recommendations are a few themes."""
    for row in rows("measures"):
        claimed = ("pillar", "owner", "clause", "budget_line", "budget", "spent", "delivered", "evidence")
        assert [column for column in claimed if row[column]] == [], row["item_id"]
        assert row["status"] == "not_reported"
        assert row["source"]
    themes = [row for row in rows("measures") if row["type"] == "recommendation"]
    assert 0 < len(themes) < 32
    assert all(
        row["title_en"].startswith("Theme:") and row["title_zh"].startswith("主题：") for row in themes
    )


def test_the_page_tells_the_true_numbers():
    """README.md counts the rows of every file as they are."""
    told = dict(re.findall(r"^\| `(\w+)\.csv` \| (\d+) \|", PAGE, re.MULTILINE))
    assert {name: int(count) for name, count in told.items()} == {
        name: len(rows(name)) for name in register_data.tables()
    }
    chains = Counter(row["chain"] for row in rows("links"))
    said = "video ({uhd_video} links), low-altitude economy ({low_altitude}), robotics ({robotics})"
    assert said.format(**chains) in PAGE
    kinds = Counter(row["kind"] for row in rows("figures"))
    said = (
        "{baseline} baselines, {target} targets, {date} dates, {context} of context, {threshold} thresholds"
    )
    assert said.format(**kinds) in PAGE
