"""Parts of the page as the engines really feed them: ladders, maturity, measures, doubts, the shipped register."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest
from tests.storage.region_report.sample_region import sample
from tests.storage.region_report.walk import Page, table, walk

from tandem.engine.chains import gaps as chains
from tandem.engine.doubts import find as doubts
from tandem.engine.ladder import maturity
from tandem.engine.ladder import standings as ladder
from tandem.engine.region import cascade, clusters, measures, quality, targets
from tandem.storage import region_rules, register_data, world
from tandem.storage.exchange.read import read_book
from tandem.storage.region import Register, open_register
from tandem.storage.region_report import RegionView
from tandem.storage.region_report.page import render

DAY = date(2026, 3, 1)


def untraced(page: str, lang: str) -> Sequence[str]:
    """Numbers that lead nowhere."""
    reader = walk(page, lang)
    known = {f"#{one}" for one in reader.ids}
    assert set(reader.links) <= known
    return [text.said for text in reader.numbers if text.link not in known]


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register(None)


@pytest.fixture(scope="module")
def shipped(register: Register) -> RegionView:
    """The shipped register judged, with the sample world's organisations."""
    own, figures = register.tables, register.figures
    book = read_book(tables=world.tables())
    states = targets.judge_targets(figures, register.indicators)
    names = {
        row["org_id"]: (row["name_zh"] or row["name"], row["name_en"] or row["name"])
        for row in book.organisations.iter_rows(named=True)
    }
    return RegionView(
        name=("广东省", "Guangdong"),
        as_of=DAY,
        figures=figures,
        tables=own,
        targets=states,
        cascades=cascade.cascades(states, figures, register.geographies, register.indicators),
        clusters=clusters.judge_clusters(own["clusters"], figures, register.indicators),
        links=chains.chain_state(
            own["links"],
            book.organisations,
            book.offers,
            book.deliveries,
            book.needs,
            chains.chain_cities(own["clusters"]),
        ),
        doubts=doubts.find_doubts(figures, register.indicators, register.geographies),
        derived=quality.derive(figures, register.indicators),
        measures=measures.progress(own["measures"], figures, DAY, 32),
        illustrative=True,
        organisations=names,
        needs={one: (title, title) for one, title in book.needs.select("need_id", "title").iter_rows()},
        offers={one: (title, title) for one, title in book.offers.select("offer_id", "title").iter_rows()},
    )


@pytest.fixture(scope="module")
def page(shipped: RegionView) -> str:
    return render(shipped, "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_of_the_shipped_register_is_traced(page: str, lang: str) -> None:
    """All 92 figures stand there with a source; 100 % of the numbers lead to a figure, a computation or their list."""
    assert untraced(page, lang) == []
    rows = {row[0]: row for row in table(walk(page, lang).downloads["figures.csv"])[1:]}
    assert len(rows) == 92
    assert all(row[8] for row in rows.values())
    assert set(rows) <= set(walk(page, lang).ids)


def test_the_shipped_register_fits_a_mail(page: str) -> None:
    """Two languages, three chain maps, all figures and their CSVs: not above 2 MB."""
    assert len(page.encode()) <= 2_000_000


def test_the_gdp_target_reads_as_published(page: str) -> None:
    """Required growth 5.9 % (5.87 with one digit more), way-point 19.39 in 2030, about 2 %, moderate."""
    reader = walk(page, "en")
    words = reader.words
    assert re.search(r"5\.87 %", words)
    assert "15th Five-Year Plan 2030 19.39" in words
    row = words.split("Regional GDP (Guangdong) F004", 1)[1][:200]
    assert re.search(r"25\.8 trillion yuan 2035 14\.58 trillion yuan 2025 5\.9 %", row)
    assert re.search(r"3\.9 % on the year before as published moderate 2\.\d % ± 0\.1", row)
    assert table(reader.downloads["fan-F004.csv"])[1][0] == "2025"


def test_each_doubt_names_its_figures_and_its_class(page: str, shipped: RegionView) -> None:
    """Every doubt of the finder stands there with all its sides, links to them, and how to settle its class."""
    assert {one.kind for one in shipped.doubts} >= {
        "conflict",
        "denominator_missing",
        "classes_overlap",
        "base_implied",
    }
    text = page.split('id="s-doubts"')[1].split("</section>", maxsplit=1)[0]
    cards = re.findall(r'<li id="(d-\d+)">(.*?)</ul></li>', text, re.S)
    assert len(cards) == len(shipped.doubts)
    linked = {frozenset(re.findall(r'href="#(F\d+)"', card)) for _, card in cards}
    assert all(any(set(one.figures) <= found for found in linked) for one in shipped.doubts)
    zh = walk(page, "zh").words
    assert "研发经费支出 5,350 亿元" in zh
    assert "如何了结" in zh
    assert "R&D expenditure 535 billion yuan" in walk(page, "en").words


def test_the_open_cluster_has_bounds_not_points(page: str) -> None:
    """UHD video is > 900 billion: at most 100 billion to go, odds at least, growth needed at most."""
    row = walk(page, "en").words.split("Ultra-high-definition video", 2)[1]
    assert "> 900 billion yuan 2024" in row
    assert "< 100 billion yuan" in row
    assert "≥" in row
    assert "≤" in row


def test_invented_organisations_are_called_so(page: str) -> None:
    """Maps made from the sample world say that its organisations are made up."""
    assert "invented" in walk(page, "en").words
    assert "纯属虚构" in walk(page, "zh").words


def facts(rows: Sequence[tuple[str, str, str, str | None]]) -> pl.DataFrame:
    names = ("organisation", "criterion", "value", "evidence")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").with_columns(
        year=pl.lit(2025, pl.Int64)
    )


def test_ladders_tell_counts_of_a_base_and_no_certificate() -> None:
    """Three organisations that state little: n of 3 on each rung, what is open, no certificate implied."""
    stated = facts(
        [(f"O{i}", "is_sme", "yes", "http") for i in range(3)] + [("O1", "dm_plan", "3", "plan.pdf")]
    )
    known = region_rules.read_ladders(register_data.folder())
    found = ladder.standings(stated, known)
    forms = region_rules.read_questionnaires(register_data.folder())
    view = sample(
        ladders=tuple(
            (one, tuple(s for s in found if (s.ladder_id, s.version) == (one.ladder_id, one.version)))
            for one in known
        ),
        maturity=tuple((one, maturity.count(maturity.assess(stated, one), 3)) for one in forms),
    )
    page = render(view, "en")
    words = walk(page, "en").words
    assert "no certificate is implied" in words
    assert "0 of 3" in words
    assert "3 of 3" in words
    text = page.split('id="s-ladder"')[1].split("</section>", maxsplit=1)[0]
    unnamed = re.sub(r"<span class=nm>.*?</span>", "", text.split("<table", 1)[1])
    assert "%" not in re.sub(r"<[^>]+>", "", unnamed)
    assert untraced(page, "zh") == untraced(page, "en") == []


def test_measures_stand_with_what_nobody_owns(page: str, register: Register) -> None:
    """Each pillar counts items with an owner as n of all; promised beside delivered, item by item."""
    words = walk(page, "en").words
    items = register.tables["measures"].height
    assert f"0 of {items}" in words
    assert "4 of 32" in words
    assert len(table(walk(page, "en").downloads["measures.csv"])) == items + 1


def test_a_register_without_measures_has_no_such_section() -> None:
    """No facts and no measures: no empty sections, and none in the contents."""
    reader: Page = walk(render(sample(), "en"), "en")
    assert not {"s-ladder", "s-measures"} & set(reader.ids)
