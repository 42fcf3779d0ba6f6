"""The operator's first page: tiles that lead to the work, pictures with their tables, its state in the address."""

from __future__ import annotations

import re

import pytest
from tests.hub.overview.test_overview import GUANGZHOU, NOON, SHENZHEN, introduction, need, offer, put
from tests.interfaces.web.conftest import Site

from tandem.base.words import say
from tandem.domain.tables import TEXT_LANGUAGES
from tandem.hub.overview.inputs import STANDINGS
from tandem.storage.database import schema as s


@pytest.fixture
def busy(pages: Site) -> Site:
    """A hub with gaps, an overdue introduction and one that came to an outcome."""
    world = pages.web.world
    lab = world.organisation("Lab 一", city=SHENZHEN)
    given = offer(world, lab)
    first = need(world, "Drift below 8 µm", slots=3)
    introduction(world, first, lab, "invited", lease_until=NOON - 9, invited_at=NOON - 99, offer_id=given)
    need(world, "主轴温升", kind="technology", city=SHENZHEN)
    done = need(world, "Done", slots=1)
    introduction(
        world,
        done,
        lab,
        "outcome",
        invited_at=NOON - 80,
        introduced_at=NOON - 60,
        agreed_at=NOON - 40,
        ended_at=NOON,
    )
    pages.web.join("ada", "auditor")
    return pages


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["/", "/overview", "/?by=city&flows=1&shade=missing&all=1", "/?by=sector&kind=service"]
)
def test_the_overview_shows_what_waits_and_what_is_lacking(busy, lang, path):
    """Its parts, in the language of the reader, at each way to turn it."""
    text = busy.read("opal", path, lang).text
    for code in (
        "web.overview",
        "web.overview.waiting",
        "web.overview.gaps",
        "web.overview.map",
        "web.overview.times",
    ):
        assert say(code, lang) in text
    assert say("web.overview.wait.overdue.broker", lang) in text


def test_for_the_operator_and_the_auditor_it_is_the_start_page(busy):
    """Others have another start page, and are refused this one."""
    assert busy.read("opal", "/").text.count(say("web.overview.gaps", "en")) >= 1
    assert say("web.overview.gaps", "en") in busy.read("ada", "/").text
    assert say("web.overview.gaps", "en") not in busy.get("ann", "/").text
    assert busy.get("ann", "/overview").status_code == 403
    assert busy.get(None, "/overview").status_code == 401
    assert busy.get("ann", "/overview/needs").status_code == 403


def test_tiles_lead_to_the_lists_that_do_the_work(busy):
    """Each thing that waits is a link; what nothing waits of has no tile."""
    page = busy.read("opal", "/")
    assert "/organisations?state=claimed" in page.links
    assert "/overview/needs?about=unproposed" in page.links
    assert not [link for link in page.links if "about=past_due" in link]


def test_a_group_narrows_the_page_and_the_way_out_is_there(busy):
    """A kind's bar leads to the page of that kind; the filter is shown with a link that takes it out."""
    page = busy.read("opal", "/")
    inward = next(link for link in page.links if "kind=technology" in link and link.startswith("/?"))
    narrowed = busy.read("opal", inward.partition("#")[0])
    assert say("web.overview.unset", "en") in narrowed.text
    assert any(link.startswith("/?") and "kind=" not in link and "by=" in link for link in narrowed.links)
    assert "/overview/needs?about=open&kind=technology&service_code=" not in narrowed.html


def test_numbers_lead_to_the_needs_behind_them(busy):
    """The list of open needs of a city, its title as it was written and marked where it is in another language."""
    page = busy.read("opal", "/?by=city")
    assert f"/overview/needs?about=open&city={SHENZHEN}" in page.links
    listed = busy.read("opal", f"/overview/needs?about=open&city={SHENZHEN}")
    assert "主轴温升" in listed.text
    assert "Drift" not in listed.text
    assert '<span lang="zh-Hans">主轴温升</span>' in listed.html
    assert "/needs/" in "".join(listed.links)
    assert say("web.overview.needs.none", "en") in busy.read("opal", "/overview/needs?about=past_due").text


@pytest.fixture
def standing(busy: Site) -> Site:
    """Needs of every standing, in every language that a text can be of and one of none."""
    world = busy.web.world
    lab = world.organisation("Lab 二", city=SHENZHEN)
    round_id = put(world, s.rounds, state="cleared", given="{}", created_at=NOON)
    row = {
        "round_id": round_id,
        "code": "x",
        "slots": 1,
        "got": 0,
        "listed": 0,
        "candidates": 0,
        "told": "[]",
    }
    rows = []
    for lang in (*TEXT_LANGUAGES, None):
        need(world, f"unproposed {lang}", lang=lang, slots=None, city=None, sector=None)
        refused = need(world, f"unfilled {lang}", lang=lang, due_on="2030-01-01")
        introduction(world, refused, lab, "declined")
        need(world, f"past_due {lang}", lang=lang, due_on="2020-01-01")
        rows += [{**row, "need_id": need(world, f"unmatched {supply} {lang}", lang=lang), "supply": supply}
                 for supply in ("served", "weak", "none")]  # fmt: skip
    world.hub.database.write(lambda tx: tx.insert(s.round_needs, rows)).result()
    return busy


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("who", ["opal", "ada"])
@pytest.mark.parametrize("about", STANDINGS)
def test_needs_of_every_standing_are_listed_in_every_language(standing, about, who, lang):
    """For the operator and the auditor; a text of both languages stands under the one of its title."""
    page = standing.read(who, f"/overview/needs?about={about}", lang)
    assert say(f"web.overview.about.{about}", lang) in page.text
    text = page.text
    while further := [link for link in page.links if "after=" in link]:
        page = standing.read(who, further[-1], lang)
        text += page.text
    for of in (*TEXT_LANGUAGES, None):
        title = {"open": f"unproposed {of}", "unmatched": f"unmatched weak {of}"}.get(about, f"{about} {of}")
        assert title in text


def test_flows_are_drawn_where_the_address_asks_for_them(busy):
    """On the map as a curve with its number, beside it as a row."""
    plain, flowing = busy.read("opal", "/"), busy.read("opal", "/?flows=1")
    said = say("web.overview.flow.title", "en", origin="Guangzhou", to="Shenzhen", n="1")
    assert said not in plain.html
    assert said in flowing.html
    assert '<path class="flow"' in flowing.html
    assert '<path class="flow"' not in plain.html
    row = re.search(r"<tr><td>Guangzhou</td><td>Shenzhen</td>(.*?)</tr>", flowing.html)
    assert row
    assert re.findall(r">(\d+)<", row.group(1)) == ["2", "1", "1", "1"]


def test_the_map_and_its_table_have_the_same_numbers(busy):
    """Open slots of each city: two left in Guangzhou's picture and in its row."""
    html = busy.read("opal", "/").html
    assert f'aria-label="Guangzhou: {say("web.overview.gap.slots", "en")} 3"' in html
    assert re.search(
        rf'city={GUANGZHOU}">Guangzhou</a></td><td class="number">1</td><td class="number">3</td>', html
    )


def test_an_operators_own_map_is_drawn_and_what_is_wrong_with_it_told(busy):
    """Another region's table; a wrong line is named, and the page goes on without a map."""
    path = busy.web.world.hub.folder / "map.tsv"
    path.write_text("code\tcolumn\trow\tzh\ten\n110000\t0\t0\t北京\tBJ\n", "utf-8")
    assert ">BJ</text>" in busy.read("opal", "/").html
    path.write_text("code\tcolumn\trow\tzh\ten\nnowhere\t0\t0\tx\tx\n", "utf-8")
    page = busy.read("opal", "/")
    assert say("error.map.row", "en", file="map.tsv", line=2) in page.text
    assert say("web.overview.times", "en") in page.text


@pytest.mark.parametrize(
    "query",
    ["?by=nothing", "?shade=<script>", "?all=x&flows=&days=30", "?sector=%3Cscript%3Ealert(1)%3C/script%3E"],
)
def test_any_address_gives_a_page_without_foreign_markup(busy, query):
    page = busy.read("opal", f"/{query}")
    assert "<script>" not in page.html


def test_a_wrong_filter_is_an_error_page(busy):
    """An unknown city, kind or number of days."""
    for query in ("?city=Atlantis", "?kind=x", "?days=0"):
        assert busy.get("opal", f"/overview{query}").status_code == 422


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_hub_says_what_to_do_first(pages, lang):
    """Only the two organisations of the tests are taken out again; then three ways to begin, one of them a form."""
    pages.web.world.hub.database.write(lambda tx: tx.execute(s.organisations.delete())).result()
    page = pages.read("opal", "/", lang)
    assert say("web.overview.first", lang) in page.text
    fields = page.form("/overview/sample")
    answer = pages.post("opal", "/overview/sample", fields, lang)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    after = pages.read("opal", "/", lang)
    assert say("web.done.sample", lang) in after.text
    assert say("web.overview.first", lang) not in after.text


def test_only_the_operator_loads_the_sample_world(pages):
    assert pages.post("ann", "/overview/sample", {}).status_code == 403
