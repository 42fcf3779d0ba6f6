"""The region's pages on the shipped register: every number leads to its row, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from tests.hub.conftest import empty_file  # noqa: F401  a fixture
from tests.interfaces.http.conftest import opened
from tests.interfaces.web.conftest import Read, Site, _site

PAGES = (
    "/region",
    "/region/targets/F004",
    "/region/targets/F008",
    "/region/clusters",
    "/region/chains",
    "/region/doubts",
    "/region/figures",
    "/region/figures/F001",
    "/region/measures",
)
# Where digits are no numbers of the register: names and texts as written, headings, pictures with their table, days,
# our own explanations, the choices of a form, the list of computations that numbers lead to.
FREE_TAGS = frozenset(
    (
        "svg",
        "thead",
        "caption",
        "style",
        "script",
        "title",
        "time",
        "option",
        "header",
        "nav",
        "footer",
        "form",
    )
)
FREE_CLASSES = frozenset(("nm", "static", "legend", "facets", "meta-own"))
FREE_IDS = frozenset(("hows",))
VOID = frozenset(("meta", "input", "br", "link", "img", "hr", "path", "rect", "line", "circle"))
HAN = re.compile("[\u3400-\u9fff]")


@dataclass
class Walk(HTMLParser):
    """Texts with digits outside what is free, with the link that they stand in; ids; texts by language."""

    html: str
    lost: list[str] = field(default_factory=list)
    linked: list[tuple[str, str]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    own: list[str] = field(default_factory=list)
    stack: list[tuple[str, bool, str | None, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
        if tag in VOID:
            return
        _, free, link, foreign = self.stack[-1] if self.stack else ("", False, None, False)
        free = free or tag in FREE_TAGS or bool(set(given.get("class", "").split()) & FREE_CLASSES)
        free = free or given.get("id") in FREE_IDS
        link = given.get("href", "") if tag == "a" else link
        self.stack.append((tag, free, link, foreign or ("lang" in given and tag != "html")))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.stack and self.stack[-1][0] == tag:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if not self.stack or not data.strip():
            return
        _, free, link, foreign = self.stack[-1]
        if not foreign and not {"script", "style", "title", "code"} & {one[0] for one in self.stack}:
            self.own.append(data.strip())
        if re.search(r"\d", data) and not free:
            if link is None:
                self.lost.append(data.strip())
            else:
                self.linked.append((data.strip(), link))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Site]:  # noqa: F811
    """A hub that has loaded the shipped register by a click."""
    with opened(tmp_path_factory.mktemp("region") / "hub", empty_file) as made:
        pages = _site(made)
        form = pages.read("opal", "/region").form("/region/sample")
        answer = pages.post("opal", "/region/sample", form)
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == "/region"
        yield pages


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_number_leads_to_its_row(shipped: Site, path: str, lang: str) -> None:
    """No digit without a link; every link of a number goes to a page, and to a place on it, that are there."""
    page = Walk(shipped.get(None, path, lang).text)
    assert page.lost == []
    assert page.linked or path in ("/region/figures/F001",)
    for _, link in page.linked:
        split = urlsplit(link)
        target = split.path + (f"?{split.query}" if split.query else "")
        if target.startswith(("/search", "/organisations", "/offers")):
            continue  # another room's pages
        answer = shipped.get(None, target or path, lang)
        assert answer.status_code == 200, link
        if split.fragment:
            assert unquote(split.fragment) in Walk(answer.text).ids, link


def test_all_figures_have_a_page_with_their_source(shipped: Site) -> None:
    """92 figures, each with its print and its source."""
    rows = shipped.web(None, "GET", "/api/register/figures?limit=200").json()
    assert rows["total"] == len(rows["items"]) == 92
    assert rows["next"] is None
    for one in rows["items"]:
        page = Read(shipped.get(None, f"/region/figures/{one['id']}").text)
        assert one["source"]
        assert one["source"] in page.text
        assert f"{one['value']} {one['unit']}".strip() in page.text


@pytest.mark.parametrize("path", PAGES)
def test_a_chinese_page_is_chinese(shipped: Site, path: str) -> None:
    """What is not marked as written in another language holds no English sentence."""
    page = Walk(shipped.get(None, path, "zh").text)
    english = [one for one in page.own if not HAN.search(one) and len(re.findall(r"[A-Za-z]{2,}", one)) > 3]
    assert english == []


def test_the_target_reads_as_published(shipped: Site) -> None:
    """25.8 trillion by 2035 from 14.58: 5.9 % a year against 3.9 %, moderate, 2.4 % likely, 19.39 on the way."""
    english, chinese = shipped.read(None, "/region").text, shipped.read(None, "/region", "zh").text
    for said in (
        "25.8 trillion yuan",
        "5.9 %",
        "3.9 % on the year before",
        "2.4 % ± 0.1",
        "19.39 trillion yuan",
        "moderate",
    ):
        assert said in english
    for said in ("25.8 万亿元", "同比 3.9 %", "19.39 万亿元", "进展一般", "“十五五”规划"):
        assert said in chinese


def test_doubts_say_what_is_to_be_decided(shipped: Site) -> None:
    """Each doubt names its figures with their sources, and the decision that it needs."""
    page = shipped.read(None, "/region/doubts")
    assert page.text.count("Decision needed:") == 5
    for figure in ("F036", "F037", "F001", "F031", "F051", "F060", "F046", "F063", "F064"):
        assert f"/region/figures/{figure}" in page.links
    narrowed = shipped.read(None, "/region/doubts?sort=conflict").text
    assert narrowed.count("Decision needed:") == 1


def test_gaps_lead_to_a_search(shipped: Site) -> None:
    """Two organisations without offers supply nothing: every link is missing here, and leads to a search."""
    page = shipped.read(None, "/region/chains?gap=missing")
    assert "missing 111" in page.text
    assert "/search?text=Image+sensors&what=offers" in page.links
    assert (
        "/search?text=%E5%9B%BE%E5%83%8F%E4%BC%A0%E6%84%9F%E5%99%A8&what=offers"
        in shipped.read(None, "/region/chains", "zh").links
    )
    assert "Image sensors" not in shipped.read(None, "/region/chains?gap=covered").text


def test_figures_are_found_and_kept_in_the_address(shipped: Site) -> None:
    """By words in either language, by source, by kind."""
    assert "F001" in shipped.read(None, "/region/figures?text=地区生产总值", "zh").text
    thresholds = shipped.read(None, "/region/figures?sort=threshold").text
    assert "F006" in thresholds
    assert "F001" not in thresholds
    part = shipped.get(None, "/region/figures?text=robot", **{"hx-request": "true"})
    assert "<html" not in part.text
    assert "F031" in part.text
    assert "No figure fits this." in shipped.read(None, "/region/figures?text=zzz").text


def test_the_export_is_what_an_import_takes(shipped: Site) -> None:
    """A workbook of all, or one table; an unknown format is refused."""
    book = shipped.get(None, "/region/export")
    assert book.content.startswith(b"PK")
    assert "register.xlsx" in book.headers["content-disposition"]
    table = shipped.get(None, "/region/export?format=csv&table=figures")
    assert table.text.count("\n") == 93
    assert shipped.get(None, "/region/export?format=exe").status_code == 422


def test_only_operators_import(shipped: Site) -> None:
    """Others are shown no button, and are refused at the door."""
    assert "/region/import" not in shipped.read("ann", "/region").links
    assert "/region/import" in shipped.read("opal", "/region").links
    assert shipped.get("ann", "/region/import").status_code == 403
    assert shipped.get(None, "/region/import").status_code == 401
    assert shipped.post("ann", "/region/import", {}).status_code == 403


def test_what_is_not_there_says_so(shipped: Site) -> None:
    """An unknown figure and an unknown target are pages that say so."""
    for path in ("/region/figures/F999", "/region/targets/F001"):
        assert shipped.get(None, path).status_code == 404


GOOD = "indicator,value,unit,year,geography,source,vintage\nHubs,3,count,2026,Guangdong,our own count,June\n"
FAULTY = GOOD + "Hubs,4,count,2027,,our own count,June\n"


def test_an_empty_register_says_what_to_do(pages: Site) -> None:
    """The operator gets both ways to begin; everybody else is told who can."""
    assert "An operator of this hub can import it." in pages.read(None, "/region").text
    assert {"/region/import"} <= set(pages.read("opal", "/region").links)
    for path in (
        "/region/clusters",
        "/region/chains",
        "/region/doubts",
        "/region/figures",
        "/region/measures",
    ):
        assert "The register is empty." in pages.read(None, path).text
        assert "台账还是空的" in pages.read(None, path, "zh").text


def test_faults_are_shown_where_they_stand(pages: Site) -> None:
    """Checking stores nothing; importing stores the good row; the faulty one is told with its row."""
    form = pages.read("opal", "/region/import").form("/region/import")
    file = {"file": ("figures.csv", FAULTY.encode(), "text/csv")}
    checked = pages.post("opal", "/region/import", {**form, "_do": "check"}, files=file)
    assert checked.status_code == 200
    assert "nothing was stored yet" in checked.text
    assert "Row 3" in checked.text
    assert "The register is empty." in pages.read(None, "/region").text
    marked = pages.post("opal", "/region/import", {**form, "_do": "copy"}, files=file)
    assert marked.content.startswith(b"PK")
    stored = pages.post("opal", "/region/import", {**form, "_do": "store"}, "zh", files=file)
    assert stored.status_code == 200
    assert "第 3 行" in stored.text
    assert "正确的行已入库" in stored.text
    assert "our own count" in pages.read(None, "/region/figures").text


def test_nothing_is_overwritten(pages: Site) -> None:
    """Another print of a figure is refused without another vintage, and kept beside with one."""
    for name, content, said in (
        ("figures.csv", GOOD, None),
        ("again.csv", GOOD, "Nothing was new"),
        ("other.csv", GOOD.replace(",3,", ",5,"), "under the same vintage"),
        ("later.csv", GOOD.replace(",3,", ",5,").replace("June", "July"), None),
    ):
        form = pages.read("opal", "/region/import").form("/region/import")
        answer = pages.post(
            "opal",
            "/region/import",
            {**form, "_do": "store"},
            files={"file": (name, content.encode(), "text/csv")},
        )
        if answer.status_code == 303:
            answer = pages.get("opal", answer.headers["location"])
        assert answer.status_code == 200
        assert said is None or said in answer.text, (name, answer.text)
    rows = pages.web(None, "GET", "/api/register/figures").json()["items"]
    assert [(one["value"], one["vintage"]) for one in rows] == [("5", "July")]
    page = pages.read(None, f"/region/figures/{rows[0]['id']}").text
    assert "June" in page
    assert "July" in page


def test_a_file_that_cannot_be_read_keeps_the_form(pages: Site) -> None:
    """What is wrong is said beside it, and the rest of what was filled in stays."""
    form = pages.read("opal", "/region/import").form("/region/import")
    file = {"file": ("figures.xlsx", b"no workbook", "application/octet-stream")}
    answer = pages.post("opal", "/region/import", {**form, "vintage": "June", "_do": "store"}, files=file)
    assert answer.status_code == 422
    assert 'value="June"' in answer.text
    assert 'role="alert"' in answer.text


def test_texts_of_a_register_stay_texts(pages: Site) -> None:
    """No name, source or unit of a file becomes markup, on any page."""
    evil = "<script>alert(1)</script>"
    content = f"id,indicator,value,unit,year,geography,source\nE1,{evil},3,{evil},2026,{evil},{evil}\n"
    form = pages.read("opal", "/region/import").form("/region/import")
    pages.post(
        "opal",
        "/region/import",
        {**form, "_do": "store"},
        files={"file": ("figures.csv", content.encode(), "text/csv")},
    )
    for path in ("/region", "/region/figures", "/region/figures/E1"):
        answer = pages.get(None, path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
