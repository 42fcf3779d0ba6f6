"""The region's page: every number leads to a source, both languages, nothing from outside, nothing executed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.storage.region_report.sample_region import FIGURES, GDP, REACH, figures, indicators, sample
from tests.storage.region_report.walk import Page, table, walk

from tandem.base.words import LANGUAGES, catalogue
from tandem.engine.chains.gaps import LinkState
from tandem.engine.region.quality import derive
from tandem.storage.region_report import write_report
from tandem.storage.region_report.page import render

HAN = re.compile(r"[\u3400-\u9fff]")
NASTY = '<script>alert("x")</script><img src=x onerror=alert(1)> =1+1 {{ 7*7 }} {title} \' & </style>'


@pytest.fixture(scope="module")
def page() -> str:
    return render(sample(), "en")


@pytest.fixture(scope="module", params=LANGUAGES)
def read(request: pytest.FixtureRequest, page: str) -> Page:
    return walk(page, request.param)


def traced(reader: Page) -> tuple[int, list[str]]:
    """How many numbers stand on the page outside the lists of sources, and those that lead nowhere."""
    known = {f"#{one}" for one in reader.ids}
    lost = [text.said for text in reader.numbers if text.link not in known]
    return len(reader.numbers), lost


def test_every_number_leads_somewhere(read: Page) -> None:
    """Each digit outside names, headings, pictures and the source lists stands in a link whose target exists."""
    count, lost = traced(read)
    assert count > 100
    assert lost == []


def test_every_figure_row_names_its_source_and_every_computation_its_figures(page: str) -> None:
    """All rows of the register are there with a source; what was computed lists formula and inputs that are rows."""
    rows = re.findall(r'<tr id="([^"]+)">(.*?)</tr>', page, re.S)
    printed = {name: row for name, row in rows if not re.fullmatch(r"k\d+", name)}
    computed = {name: row for name, row in rows if re.fullmatch(r"k\d+", name)}
    assert set(printed) == {row[0] for row in FIGURES}
    for figure_id, _, value, unit, *_, source in FIGURES:
        assert source in printed[figure_id]
        assert f"{value.replace('>', '&gt;')} <small>{unit}</small>" in printed[figure_id]
    assert len(computed) > 15
    for row in computed.values():
        inputs = re.findall(r'href="#([^"]+)"', row)
        assert inputs
        assert set(inputs) <= set(printed)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_well_formed(page: str, lang: str) -> None:
    """Tags balance, ids are unique, links have targets, headings do not skip a level, there is one h1."""
    reader = walk(page, lang)
    assert reader.wrong == []
    assert reader.stack == []
    assert len(reader.ids) == len(set(reader.ids))
    assert {link for link in reader.links if not link.startswith("#")} == set()
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert reader.levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(reader.levels, reader.levels[1:], strict=False))


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    """No script, no handler, no address of another file, and a policy that forbids all of it."""
    reader = walk(page, "en")
    assert reader.outside == []
    assert reader.handlers == []
    assert "<script" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"https?://", page)


def test_money_and_shares_read_as_planners_write_them(page: str) -> None:
    """The same figures in 万亿元 and 亿元, trillion and billion yuan; open values stay open."""
    zh, en = walk(page, "zh").words, walk(page, "en").words
    for chinese, english in (
        ("14.58 万亿元", "14.58 trillion yuan"),
        ("25.8 万亿元", "25.8 trillion yuan"),
        ("> 9,000 亿元", "> 900 billion yuan"),
        ("< 1,000 亿元", "< 100 billion yuan"),
        ("5,350 亿元", "535 billion yuan"),
        ("> 4.4 万家企业", "> 44,000 enterprises"),
        ("100 万人", "1,000,000 people"),
        ("占 GDP 的 3.6 %", "3.6 % of GDP"),
        ("同比 3.9 %", "3.9 % on the year before"),
        ("1/3（分母未注明）", "1/3 (of what is not stated)"),
    ):
        assert chinese in zh
        assert chinese not in en
        assert english in en
    assert "2.3 % ± 0.1" in zh
    assert "5.9 %" in en
    assert "−1.0 %" in en


def test_a_reader_of_one_language_meets_no_words_of_ours_in_the_other(page: str) -> None:
    """Sentences of the catalogue appear in one language, and no raw code of the page is shown."""
    zh, en = walk(page, "zh"), walk(page, "en")
    shown = {"zh": {text.said for text in zh.texts}, "en": {text.said for text in en.texts}}
    for code, words in catalogue().items():
        if (
            code.startswith("regionpage.")
            and "{" not in words["zh"]
            and HAN.search(words["zh"])
            and len(words["zh"]) > 3
        ):
            assert words["zh"] not in shown["en"], code
            assert words["en"] not in shown["zh"], code
    assert "regionpage." not in zh.words + en.words


def test_judged_targets_have_their_fan_and_the_others_what_they_lack(page: str) -> None:
    """Two targets that say the same share one fan; a target that cannot be judged names what is missing."""
    assert page.count('<article class="fan-card"') == 1
    assert page.count('<svg class="chart fan"') == 1
    fan = page.split('<article class="fan-card"')[1].split("</article>", maxsplit=1)[0]
    assert {'href="#F004"', 'href="#F005"'} <= set(re.findall(r'href="#F\d+"', fan))
    assert all(f'class="{tone}"' in fan for tone in ("b80", "b90", "median", "required", "way", "target"))
    unjudged = page.split('id="s-targets-not"')[1].split("</dl>", maxsplit=1)[0]
    assert unjudged.count("<dt>") == 2
    assert "made.no_horizon" in unjudged


def test_the_statuses_and_gaps_are_told_by_word_and_shape_too(page: str) -> None:
    """Colour is never alone: each status and each gap class has a word, and a mark of its own in the style sheet."""
    marks = re.findall(r'\.(st|gap)-(\w+)::before \{ content: "(.)"', page)
    for family, codes in (
        ("st", {"achieved", "on_track", "moderate", "limited", "deterioration", "not_available"}),
        ("gap", {"missing", "single", "few", "covered"}),
    ):
        own = {code: mark for kind, code, mark in marks if kind == family}
        assert set(own) == codes
        assert len(set(own.values())) == len(codes)
    assert 'class="st st-moderate"' in page


def test_gaps_come_by_importance_and_open_on_suppliers_and_needs(page: str) -> None:
    """The list starts with the most important missing link; its box names the need, others their evidence."""
    gaps = page.split('id="s-gaps"')[1].split("</table>", maxsplit=1)[0]
    assert re.findall(r'href="#(l-\w+)"', gaps)[::5] == ["l-sensor", "l-lens", "l-panel"]
    words = walk(page, "en").words
    assert "Sensors wanted" in words
    assert "Candidates elsewhere" in words
    assert "8 more, all of them in the CSV" in words.replace(" more,", " more,")


def test_without_organisations_nobody_is_called_missing() -> None:
    """Where no organisation was read the maps show links only: an empty list is no gap."""
    page = render(
        sample(organisations={}, links=(LinkState("c", "sensor", "up", (), 0, "missing", (), ()),)), "en"
    )
    body = page.split("<body>")[1]
    assert 'class="gap gap-missing"' not in body
    assert "No organisations were read" in walk(page, "en").words


def test_what_was_not_measured_says_so_and_comes_first(page: str) -> None:
    """A quality indicator without a figure is 'not measured yet'; counts of firms stand last, as context."""
    text = page.split('id="s-quality"')[1].split("</section>", maxsplit=1)[0]
    assert "not measured yet" in text
    roles = re.findall(r'id="role-(\w+)"', text)
    assert roles == ["quality", "structure", "quantity", "context"]
    assert text.index("not measured yet") < text.index("Digitally transformed enterprises")


def test_a_derived_ratio_stands_beside_what_was_published() -> None:
    """R&D 535 bn over GDP 14.58 trn is 3.7 %, beside the published 3.6 %, both leading to where they come from."""
    known = figures()
    page = render(sample(derived=derive(known.with_columns(source=pl.lit("one")), indicators())), "en")
    text = page.split('id="role-structure"')[1].split("</table>")[0]
    assert "3.7 %" in text
    assert 'published: <a class=f href="#F037">' in re.sub(
        r"<i class=[ze][^>]*>[^<]*</i>(?= <a)", "published:", text
    )
    assert traced(walk(page, "en"))[1] == []


def test_csvs_hold_exactly_the_rows_behind_the_tables(page: str) -> None:
    """Each table's download: its header, one line a row, base units; figures all of them, a row's own alone."""
    downloads = walk(page, "en").downloads
    targets = table(downloads["targets.csv"])
    assert [row[0] for row in targets] == ["figure_id", "F004", "F005", "F008", "F089"]
    assert targets[1][3:5] == ["2.58e+13", "2035"]
    fan = table(downloads["fan-F004.csv"])
    assert fan[0] == ["year", "p5", "p10", "p50", "p90", "p95", "required"]
    assert [row[0] for row in fan[1:]] == [str(year) for year in range(2025, 2036)]
    assert [row[0] for row in table(downloads["figures.csv"])[1:]] == [row[0] for row in FIGURES]
    own = dict(zip(*table(downloads["figure-F069.csv"]), strict=True))
    assert own["value"] == ">900"
    assert own["source"] == "press B"
    assert len(table(downloads["chains.csv"])) == 1 + 1 + 2 + 2 + 20
    assert len(table(downloads["computed.csv"])) == 1 + len(re.findall(r'<tr id="k\d+"', page))


def test_text_of_the_user_stays_text() -> None:
    """Markup, scripts, template fields and formulas in any cell are shown, and do nothing in page or CSV."""
    hostile = [
        (
            f'{one[0]}" onmouseover="x',
            NASTY,
            one[2],
            one[3],
            NASTY,
            NASTY,
            one[6],
            "=cmd|' /C calc'!A0",
            "@" + NASTY,
        )
        for one in FIGURES
    ]
    names = indicators().with_columns(
        pl.lit(NASTY).alias("name"), pl.lit(NASTY).alias("name_zh"), pl.lit(NASTY).alias("name_en")
    )
    links = sample().links
    view = sample(
        figures=figures(hostile),
        tables={**sample().tables, "indicators": names},
        targets=(replace(GDP, figure_id=hostile[2][0], base=replace(GDP.base, figure_id=hostile[0][0])),),
        links=tuple(
            replace(link, link_id=f'{link.link_id}"><b>', chain=NASTY, needs=(NASTY,)) for link in links
        ),
        name=(NASTY, NASTY),
        organisations={f"O{i}": (NASTY, NASTY) for i in range(30)},
    )
    page = render(view, "zh")
    reader = walk(page, "zh")
    assert "<script" not in page
    assert "<img" not in page
    assert reader.handlers == []
    assert reader.wrong == []
    assert "{{ 7*7 }} {title}" in page
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    cells = [cell for address in reader.downloads.values() for row in table(address) for cell in row]
    assert any("cmd|" in cell for cell in cells)
    assert not [cell for cell in cells if re.match(r"[=@\t\r]|[+-](?!\d+(\.\d+)?(e[+-]?\d+)?$)", cell)]


def test_figures_may_be_called_as_parts_of_the_page_are(page: str) -> None:
    """Ids like 'main' or 'k1', in many scripts, twice in two vintages, each get one row with an id of its own."""
    named = [
        ("main", *FIGURES[0][1:]),
        ("k1", *FIGURES[1][1:]),
        ("地区 生产", *FIGURES[2][1:]),
        ("s-targets", *FIGURES[3][1:]),
    ]
    made = figures([*named, named[0]]).with_columns(vintage=pl.Series([None, None, None, None, "2027"]))
    reader = walk(render(sample(figures=made, targets=(), cascades=(), clusters=(), doubts=()), "en"), "en")
    assert len(reader.ids) == len(set(reader.ids))
    assert sum(name.startswith("figure-") for name in reader.downloads) == 4
    assert {row[0]: row[7] for row in table(reader.downloads["figures.csv"])}["main"] == "2027"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_register_gives_a_page(lang: str) -> None:
    """No figures, no tables, no judgements: the page says so instead of failing."""
    view = sample(figures=figures([]), tables={}, targets=(), cascades=(), clusters=(), links=(), doubts=())
    page = render(view, lang)
    assert f'<html lang="{lang}">' in page
    assert re.findall(r'id="(zh|en)"[^>]* checked', page) == [lang]
    assert {link[1:] for link in walk(page, lang).links} <= set(walk(page, lang).ids)


def test_the_same_view_gives_the_same_bytes(tmp_path: Path) -> None:
    """No clock and no chance reach the page; a rewritten file is replaced whole."""
    for name in ("a.html", "b.html", "b.html"):
        write_report(tmp_path / name, sample(), "en")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_paper_shows_ids_and_no_buttons(page: str) -> None:
    """In print links carry the id of their row; downloads and the language switch are gone; parts start a page."""
    printed = page.split("@media print")[1]
    assert 'a.f::after, a.k::after { content: " [" attr(href) "]"' in printed
    assert re.search(r"\.langs[^{]*\.get, \.csv[^{]*\{ display: none; \}", printed)
    assert "break-before: page" in printed


def many(count: int) -> list[tuple[str, ...]]:
    """`count` targets, each with its base."""
    rows = []
    for i in range(count):
        rows.append(
            (
                f"B{i}",
                f"Output {i}",
                "14.58",
                "trillion CNY",
                "2025",
                "Guangdong",
                "baseline",
                None,
                "press A",
            )
        )
        rows.append(
            (f"T{i}", f"Output {i}", "25.8", "trillion CNY", "2035", "Guangdong", "target", None, "press A")
        )
    return rows


def test_a_thousand_targets_stay_readable() -> None:
    """24 fans, the other targets in the table, every number still traced; figures shown are those that are used."""
    rows = [
        *many(1000),
        *(
            ("U" + str(i), "Unused", "1", "persons", "2025", "Guangdong", "context", None, "press D")
            for i in range(50)
        ),
    ]
    states = tuple(
        replace(
            GDP,
            figure_id=f"T{i}",
            base=replace(GDP.base, figure_id=f"B{i}"),
            recent=replace(GDP.recent, figures=()),
            reach=REACH,
        )
        for i in range(1000)
    )
    page = render(
        sample(
            figures=figures(rows), targets=states, cascades=(), clusters=(), doubts=(), tables={}, links=()
        ),
        "en",
    )
    assert page.count('<article class="fan-card"') == 24
    assert "976" in walk(page, "en").words
    assert '<tr id="T999">' in page
    assert '<tr id="U1">' not in page
    assert traced(walk(page, "en"))[1] == []
