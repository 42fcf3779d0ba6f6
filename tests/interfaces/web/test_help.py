"""Help, the tour, a new hub's first steps and error pages: every link leads somewhere, every error says what to do."""

from __future__ import annotations

import re

import pytest
from tests.interfaces.http.conftest import opened
from tests.interfaces.web.conftest import Read, Site, _site
from tests.interfaces.web.test_signing import PASSWORD

from tandem.base.errors import Limited, Unavailable
from tandem.domain.people import ROLES
from tandem.hub import glossary
from tandem.hub.installation import Hub
from tandem.hub.people import setup
from tandem.interfaces.web import help_pages as helping
from tandem.storage.database import schema as s

HAN = re.compile(r"[㐀-鿿]")
PEOPLE = {"visitor": None, "member": "ann", "manager": "max", "operator": "opal"}


def test_every_role_has_its_five_tasks_with_words() -> None:
    """Five for each, and each has a place."""
    for role in ROLES:
        assert len(helping.tasks(role)) == 5, role


def inside(page: Read) -> Read:
    """What a page says itself, without the frame that all have."""
    return Read(page.html.partition("<main")[2].partition("</main>")[0])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("role", PEOPLE)
def test_every_link_of_the_help_leads_to_a_page(pages: Site, role: str, lang: str) -> None:
    """What help sends somebody to is there for them, or asks a visitor to sign in."""
    who = PEOPLE[role]
    links = [one for path in ("/help", "/help/tour", "/help/agents", "/help/visibility")
             for one in inside(pages.read(who, path, lang)).links]  # fmt: skip
    for link in sorted(
        {one for one in links if one.startswith("/") and not one.startswith(("/language", "#"))}
    ):
        status = pages.get(who, link.replace("&amp;", "&"), lang).status_code
        assert status == 200 or (who is None and status == 401), (link, status)


def test_the_tour_shows_what_is_there_to_whoever_takes_it(pages: Site) -> None:
    """Six steps; its need is one that this visitor sees, the own first; nothing hidden is in it."""
    hidden = pages.web.ask("bob", "need.pose", title="保密的主轴", visibility="confidential").id
    shown = pages.web.ask("bob", "need.pose", title="公开的主轴", text="测试", visibility="public").id
    assert f"/needs/{shown}" in pages.read(None, "/help/tour").links
    for who in (None, "ann", "max"):
        page = pages.read(who, "/help/tour")
        assert "保密的主轴" not in page.text
        assert str(hidden) not in page.html
    own = pages.web.ask("ann", "need.pose", title="自己的需求", visibility="members").id
    tour = pages.read("ann", "/help/tour")
    assert f"/needs/{own}" in tour.links
    assert '<span lang="zh-Hans">自己的需求</span>' in tour.html
    assert pages.read("ann", "/help/tour", "zh").html.count('<li class="card">') == 6


def test_the_tour_of_an_empty_hub_says_what_to_do(pages: Site) -> None:
    """Nothing to look at: whoever runs the hub is sent to the sample world, others are told."""
    assert "Load the sample world" in pages.read("opal", "/help/tour").text
    assert "Nothing is on this hub yet" in pages.read("ann", "/help/tour").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_glossary_is_in_its_readers_language(pages: Site, lang: str) -> None:
    """Every word with its meaning; found by a part of it in either language."""
    page = pages.read(None, "/help/glossary", lang)
    for one in glossary.words():
        meaning = one.meaning_zh if lang == "zh" else one.meaning_en
        assert " ".join(meaning.split()) in page.text, one.en
        assert bool(HAN.search(meaning)) == (lang == "zh"), one.en
    found = pages.read(None, "/help/glossary?word=对接", lang).html.count("<strong>")
    assert 0 < found < len(glossary.words())


def test_a_new_hub_leads_from_its_code_to_its_first_steps(tmp_path, empty_file) -> None:
    """Signing in tells that nobody runs it; the code makes the operator, who is offered the next steps."""
    with opened(tmp_path / "hub", empty_file) as made:
        pages, hub = _site(made), made.world.hub
        hub.part(setup.SetUp).done = False
        _emptied(hub)
        assert "/set-up" in pages.read(None, "/sign-in").links
        page = pages.read(None, "/set-up", "zh")
        assert "setup-code" in page.text
        form = {**page.form("/set-up"), "login": "li.wei", "name": "李伟", "password": PASSWORD}
        wrong = pages.post(None, "/set-up", {**form, "code": "guessed"}, "zh")
        assert wrong.status_code in (401, 403)
        assert Read(wrong.text).form("/set-up")["login"] == "li.wei"
        done = pages.post(None, "/set-up", {**form, "code": setup.code(hub)}, "zh")
        assert done.status_code == 303
        made.secrets["li"] = re.search(r"tandem_session=([^;]+)", done.headers["set-cookie"])[1]  # type: ignore[index]
        first = pages.read("li", "/", "zh")
        for path in ("/organisations/new", "/people#invite"):
            assert path in first.links
        assert any(own.get("action") == "/overview/sample" for own, _ in first.forms)
        assert "/sign-in" in pages.read(None, "/set-up").links
        assert not any(own.get("action") == "/set-up" for own, _ in pages.read(None, "/set-up").forms)


def _emptied(hub: Hub) -> None:
    """Without an operator and without records, as it is before its first run."""
    hub.database.write(
        lambda tx: tx.execute(
            s.accounts.update().where(s.accounts.c.role == "operator").values(role="member")
        )
    ).result()
    hub.database.write(lambda tx: tx.execute(s.organisations.delete())).result()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (None, "/nowhere", 404), ("ann", "/needs/aaaaaaaaaaaaaaaaaaaaaaaaaa", 404), ("ann", "/settings", 403),
        ("ann", "/people", 403), ("bob", "/journal/aaaaaaaaaaaaaaaaaaaaaaaaaa", 403), (None, "/account", 401),
        ("opal", "/people/aaaaaaaaaaaaaaaaaaaaaaaaaa", 404), ("ann", "/account?after=nonsense", 200),
        ("opal", "/journal?after=nonsense", 422), (None, "/login/oidc", 422),
    ],
)  # fmt: skip
def test_errors_are_pages_that_say_what_to_do(
    pages: Site, who: str | None, path: str, status: int, lang: str
) -> None:
    """Words in the reader's language, a way on, and no code where a sentence should stand."""
    answer = pages.get(who, path, lang)
    assert answer.status_code in (status, 400 if status == 422 else status)
    assert "text/html" in answer.headers["content-type"]
    page = Read(answer.text)
    assert "/help" in page.links
    if status in (404, 403, 422):
        sentence = re.search(r'role="alert"><p>(.+?)</p>', answer.text, re.DOTALL)[1]  # type: ignore[index]
        assert bool(HAN.search(sentence)) == (lang == "zh"), sentence
        assert not re.search(r"\b[a-z]+\.[a-z_]+\(", sentence)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("error", "status"),
    [(Limited("limit.reached", seconds=7), 429), (Unavailable("http.busy", seconds=1), 503),
     (Unavailable("storage.busy", seconds=1), 503), (ValueError("a bug"), 500)],
)  # fmt: skip
def test_when_it_is_the_hub_the_page_offers_to_try_again(
    pages: Site, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, lang: str
) -> None:
    """Too many requests, no answer, a bug: a page with words and a button that asks the same again."""

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(glossary, "words", fails)
    answer = pages.get("ann", "/help/glossary", lang)
    assert answer.status_code == status
    assert "/help/glossary" in Read(answer.text).links
    assert "a bug" not in answer.text
