"""report.html: both languages, nothing from outside, nothing lost, nothing executed, the same bytes every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from tests.storage.report.sample_result import sample, view_of

from tandem.base.words import LANGUAGES, catalogue
from tandem.domain.reasons import CODES, EXCLUSIONS
from tandem.storage.report import write_report
from tandem.storage.report.page import render
from tandem.storage.report.two import Two, counted, html, percent, phrase, weave

HAN = re.compile(r"[㐀-鿿]")
VOID = {"meta", "input", "br", "link", "img", "rect", "circle", "polygon"}


class Reader(HTMLParser):
    """What a reader of one language sees: visible texts, headings, ids, links, unbalanced tags."""

    def __init__(self, hidden: str) -> None:
        super().__init__()
        self.hidden, self.open = hidden, list[tuple[str, bool]]()
        self.texts, self.levels, self.ids = list[str](), list[int](), list[str]()
        self.links, self.outside, self.wrong = list[str](), list[str](), list[str]()
        self.own = list[str]()  # texts announced in no language of their own

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if tag == "a" else []
        far = [value for name, value in attrs if name in ("src", "href", "srcset", "action") and value]
        self.outside += [value for value in far if not value.startswith("#")]
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag in VOID:
            return
        off = self.hidden in (given.get("class") or "").split() or tag in ("script", "style", "title")
        self.open.append((tag, off or bool(self.open and self.open[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            self.wrong.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and not self.open[-1][1]:
            self.texts.append(data.strip())


def read(page: str, lang: str) -> Reader:
    reader = Reader(hidden="e" if lang == "zh" else "z")
    reader.feed(page)
    return reader


@pytest.fixture(scope="module", params=[False, True], ids=["ranked", "cleared"])
def page(request: pytest.FixtureRequest) -> str:
    return render(view_of(cleared=request.param))


def test_every_reason_and_exclusion_has_words() -> None:
    """A code without a sentence would stop a report; Chinese sentences are Chinese."""
    for code in [*(f"reason.{code}" for code in CODES), *(f"exclusion.{code}" for code in EXCLUSIONS)]:
        assert HAN.search(catalogue()[code]["zh"])
        assert not HAN.search(catalogue()[code]["en"])


def test_words_of_the_report_hold_no_markup_and_ask_for_the_same_figures() -> None:
    """Sentences are escaped when woven; both languages must be given the same parameters."""
    for code, words in catalogue().items():
        if code.startswith(("report.", "reason.", "exclusion.", "clearing.")):
            zh, en = ({*re.findall(r"{(\w+)}", words[lang])} for lang in LANGUAGES)
            assert zh == en, code
            assert not re.search(r"[<>&]", words["zh"] + words["en"]), code


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    """No clock and no chance reach the page; a rewritten file is replaced whole."""
    for name in ("a.html", "b.html", "b.html"):
        write_report(tmp_path / name, view_of())
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_well_formed_and_its_links_lead_somewhere(page: str, lang: str) -> None:
    """Tags balance, ids are unique, every link has its target, headings do not skip a level, one h1."""
    reader = read(page, lang)
    assert reader.wrong == []
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert reader.levels[0] == 1
    assert reader.levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(reader.levels, reader.levels[1:], strict=False))


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    """No address of another file in any attribute or style, and a policy that forbids it."""
    assert read(page, "en").outside == []
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"https?://", page)


@pytest.mark.parametrize(
    ("lang", "headline"),
    [("en", "13 needs want the same 2 providers"), ("zh", "13 项需求都想找同样的 2 家机构")],
)
def test_both_languages_tell_the_story(page: str, lang: str, headline: str) -> None:
    """One document holds both; each reader finds the headline and a reason with its evidence and date."""
    text = " ".join(read(page, lang).texts)
    assert headline in text
    assert ("Delivered “" if lang == "en" else "曾交付“") in text
    assert ("Stated, not yet delivered" if lang == "en" else "已声明、尚未交付") in text
    assert "(2019-05-01)" in text or "（2019-05-01）" in text
    assert ("Offers another kind" if lang == "en" else "供给类别与需求要求的不同") in text


def test_a_reader_of_english_meets_no_words_of_ours_in_chinese_and_the_other_way_round(page: str) -> None:
    """Texts of the catalogue (longer than what a user may write too) appear in one language; no raw code is shown."""
    zh, en = read(page, "zh"), read(page, "en")
    shown = {"zh": set(zh.texts), "en": set(en.texts)}
    for code, words in catalogue().items():
        if code.startswith(("report.", "clearing.")) and len(words["zh"]) > 3 and "{" not in words["zh"]:
            assert words["zh"] not in shown["en"], code
            assert words["en"] not in shown["zh"], code
    for texts in shown.values():
        assert not any(re.search(r"\b(report|reason|exclusion|clearing)\.[a-z]", text) for text in texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_default_language_needs_no_script(lang: str) -> None:
    """The language shown first is a checked radio button and the document's lang."""
    page = render(view_of(lang=lang))
    assert f'<html lang="{lang}">' in page
    assert re.findall(r'id="(zh|en)"[^>]* checked', page) == [lang]


def test_shares_of_a_match_add_up(page: str) -> None:
    """The reasons' percentages of each fully shown match come to 100, give or take rounding."""
    sums = [
        sum(int(share) for share in re.findall(r"<li><b>(\d+)%</b>", reasons))
        for reasons in re.findall(r"<ul class=why>(.*?)</ul>", page, re.S)
    ]
    assert len(sums) == 27 * 5 + 1
    assert all(abs(total - 100) <= 2 for total in sums)


def test_text_of_the_user_stays_text() -> None:
    """A title with markup, a script, a quote and a formula is shown and does nothing."""
    made = sample()
    nasty = '<script>alert("x")</script><img src=x onerror=alert(1)> =1+1 \' {{ 7*7 }} {title}'
    needs = made.needs.with_columns(
        title=pl.when(pl.col("need_id") == "N01").then(pl.lit(nasty)).otherwise("title"), text=pl.lit(nasty)
    )
    deliveries = made.deliveries.with_columns(title=pl.lit(nasty), text=pl.lit(nasty))
    named = made.organisations.with_columns(name=pl.lit(nasty), name_zh=pl.lit(nasty), name_en=pl.lit(nasty))
    reasons = made.matches.with_columns(pl.col("reasons").str.replace_all("谐波减速器", "<b>谐波</b>"))
    page = render(
        view_of(type(made)(named, needs, made.offers, deliveries, reasons, made.excluded, made.supply))
    )
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert "<b>谐波</b>" not in page
    assert "{{ 7*7 }} {title}" in page
    assert read(page, "en").wrong == []


def test_needs_without_supply_and_the_never_proposed_are_named(page: str) -> None:
    """Each gap with its reason, each unseen organisation by name."""
    gaps = page.split('id="unserved"')[1].split('id="never"', maxsplit=1)[0]
    assert "Solid electrolyte film under 20 µm" in gaps
    assert "Serves other cities only" in gaps
    assert "Only weakly supplied" in gaps
    unseen = page.split('id="never" ')[1].split('id="excluded" ', maxsplit=1)[0]
    assert all(f"示例机构{n}号有限公司" in unseen for n in (37, 38, 39, 40))


def test_150_needs_stay_under_3_megabytes() -> None:
    """The size of the sample world, eight matches a need, all with reasons in two languages."""
    assert len(render(view_of(sample(5))).encode()) < 3_000_000


@pytest.mark.long
def test_4000_needs_stay_readable() -> None:
    """Only the first 300 are shown in detail; the others are rows, and a sentence says so."""
    page = render(view_of(sample(134)))
    assert len(page.encode()) < 7_000_000
    assert page.count('<details class="need"') == 300
    assert page.count('<tr data-state="') == 4020 - 300
    assert "3,720" in page


def test_beyond_the_detailed_needs_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule on a small result: 20 in detail, 5 as rows, 5 only in the workbook."""
    monkeypatch.setattr("tandem.storage.report.needs.DETAILED", 20)
    monkeypatch.setattr("tandem.storage.report.needs.COMPACT", 5)
    page = render(view_of())
    assert page.count('<details class="need"') == 20
    assert page.count('<tr data-state="') == 5
    text = " ".join(read(page, "en").texts)
    assert "The first 20 needs are shown with their reasons; the other 10 follow as a table." in text
    assert "A further 5 needs are only in matches.xlsx." in text


def test_an_empty_result_is_a_page_too() -> None:
    """No need, no match: a page that says so."""
    made = sample()
    empty = type(made)(
        made.organisations.head(0), made.needs.head(0), made.offers.head(0), made.deliveries.head(0),
        made.matches.head(0), made.excluded.head(0), made.supply.head(0),
    )  # fmt: skip
    page = render(view_of(empty, demo=False))
    assert "There is no need to match yet" in page
    assert read(page, "zh").wrong == []


def test_woven_sentences_share_what_both_languages_share() -> None:
    """A long shared piece is written once; bilingual pieces stand in their own language; all is escaped."""
    title = "a very long title that is the same in both languages & more"
    woven = weave("reason.offer", title=title, terms=Two("<甲>", "<a>"))
    assert woven.count("a very long title") == 1
    assert "&amp; more" in woven
    assert "&lt;甲&gt;" in woven
    assert weave("reason.deliveries_more", n=3) == html(phrase("reason.deliveries_more", n=3))


def test_numbers_as_people_write_them() -> None:
    """One is singular, thousands are grouped, a small share is not nothing."""
    assert counted("needs", 1) == Two("1 项需求", "1 need")
    assert counted("needs", 4000) == Two("4,000 项需求", "4,000 needs")
    assert (percent(0.0), percent(0.001), percent(0.126)) == ("0%", "<1%", "13%")
