"""Needs on the web: found, posed from a text or a form, shown as each reader may see them, matched, changed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.interfaces.web.conftest import Read, Site
from tests.interfaces.web.test_asks import counted

from tandem.base.words import say
from tandem.hub.finding.index import Index
from tandem.hub.people import limits
from tandem.hub.records.inputs import MOST_OPENED_TO

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
TEXT = "我司拟在深圳寻找第三方检测机构，对主轴做温升测试，2027年3月底前完成，预算15万到25万元，需要2家。"
PART = {"hx-request": "true"}


def pose(pages: Site, who: str = "ann", **more: object) -> str:
    """The id of a need that somebody has posed."""
    given = {
        "title": "主轴温升测试",
        "text": "主轴温升与精度",
        "kind": "service",
        "visibility": "members",
        **more,
    }
    return str(pages.web.ask(who, "need.pose", **given).id)


def offer(pages: Site, who: str, **more: object) -> str:
    given = {
        "title": "主轴温升检测",
        "text": "主轴 温升 精度 检测",
        "kind": "service",
        "visibility": "members",
        **more,
    }
    return str(pages.web.ask(who, "offer.add", **given).id)


def filled(html: str, action: str = "/needs/new", **more: str) -> dict[str, str]:
    """What the page's form would send, with what is typed or clicked."""
    return {**Read(html).form(action), **more}


def read_text(pages: Site, text: str = TEXT) -> str:
    """The page after a text was pasted and read."""
    answer = pages.post("ann", "/needs/new", {"pasted": text, "_step": "read", "visibility": "members"}, "zh")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_search_marks_hits_and_counts_by_facet(pages: Site) -> None:
    """Words are marked where they were met; kinds and cities lead on with their counts."""
    pose(pages, city="深圳", due_on="2027-03-31", budget_max=25_000_000)
    pose(pages, title="法律咨询", text="合同", kind="finance")
    page = pages.read("bob", "/needs?text=主轴", "zh")
    assert "<mark>主轴</mark>" in page.html
    assert "法律咨询" not in page.text
    assert "2027年3月31日" in page.text
    assert "100,000 - 1,000,000 元" in page.text
    assert "甲厂" in page.text
    assert any("kind=service" in link and "text=" in link for link in page.links)


def test_without_words_the_newest_stand_first(pages: Site) -> None:
    """All that the reader may see, the newest at the top."""
    pose(pages, title="甲需求")
    pages.web.world.clock.now += 60
    pose(pages, title="乙需求")
    text = pages.read("bob", "/needs", "zh").text
    assert text.index("乙需求") < text.index("甲需求")


def test_ones_own_needs_are_asked_for_by_somebody(pages: Site) -> None:
    """A visitor, or somebody whose session is over, is asked to sign in, and comes back to the list."""
    own = pose(pages)
    for who in (None, "gone"):
        if who:
            pages.web.secrets[who] = "tds_" + "x" * 43
        answer = pages.get(who, "/needs?mine=on")
        assert answer.status_code == 401
        assert Read(answer.text).form("/sign-in")["_back"] == "/needs?mine=on"
        assert own not in answer.text
    assert f"/needs/{own}" in pages.read("ann", "/needs?mine=on").links


def test_typing_is_answered_with_the_results_alone(pages: Site) -> None:
    """A part holds no frame, and weighs little."""
    pose(pages)
    answer = pages.get("bob", "/needs?text=主轴", "zh", **PART)
    assert "<html" not in answer.text
    assert "<mark>" in answer.text
    assert len(answer.content) < 12_000


def test_nothing_found_says_what_to_do(pages: Site) -> None:
    """An empty list leads on."""
    page = pages.read("bob", "/needs?text=nothingofthekind", "en")
    assert "Try fewer words" in page.text
    assert "/needs" in page.links


def test_the_search_over_everything_finds_offers_and_organisations(pages: Site) -> None:
    """Each hit leads to its own page."""
    made = offer(pages, "bob")
    page = pages.read("ann", "/search?text=检测", "zh")
    assert f"/offers/{made}" in page.links
    organisation = pages.web.actors["bob"].org
    assert (
        f"/organisations/{organisation}"
        in pages.read("ann", "/search?text=乙所&what=organisations", "zh").links
    )
    assert ">Offers <" in pages.read("ann", "/search?text=检测").html


@pytest.mark.parametrize("who", [None, "bob"])
def test_a_confidential_need_leaves_no_trace_for_others(pages: Site, who: str | None) -> None:
    """The pages of others are the same with and without it, and its own address is none."""
    pose(pages, title="公开需求", visibility="public")
    paths = ("/needs", "/needs?text=绝密合金", "/search?text=绝密合金", "/needs?text=需求")
    before = [pages.get(who, path, "zh").text for path in paths]
    hidden = pose(pages, title="绝密合金需求", visibility="confidential")
    after = [pages.get(who, path, "zh").text for path in paths]
    assert [_same(one) for one in before] == [_same(one) for one in after]
    assert pages.get(who, f"/needs/{hidden}").status_code == 404
    absent = pages.get(who, "/needs/" + "z" * 26)
    shown = pages.get(who, f"/needs/{hidden}")
    assert _same(absent.text).replace("z" * 26, "ID") == _same(shown.text).replace(hidden, "ID")


def _same(html: str) -> str:
    """A page without what differs each time: keys of forms, the request's number."""
    return re.sub(r'name="_key" value="\w+"|[0-9a-f]{24}', "", html)


def test_an_anonymous_poser_is_nowhere_named(pages: Site) -> None:
    """Others read a pseudonym in lists and on the page; the poser itself and the operator read the name."""
    need = pose(pages, anonymous=True, visibility="public")
    org = pages.web.actors["ann"].org
    for who in (None, "bob"):
        for path in ("/needs", "/needs?text=主轴", f"/needs/{need}", "/search?text=主轴&what=needs"):
            html = pages.get(who, path, "zh").text
            assert "主轴温升测试" in re.sub("</?mark>", "", html)
            assert "甲厂" not in html
            assert org not in html
    assert "甲厂" in pages.get("ann", f"/needs/{need}", "zh").text
    assert "甲厂" in pages.get("opal", f"/needs/{need}", "zh").text


def test_others_read_a_band_and_not_the_budget(pages: Site) -> None:
    """Exact amounts and importance stay with the poser."""
    need = pose(pages, budget_min=12_345_600, budget_max=23_456_700, importance=77, visibility="public")
    for who in (None, "bob"):
        html = pages.get(who, f"/needs/{need}").text
        assert "CNY 100,000 - 1,000,000" in html
        assert "234,567" not in html
        assert "77" not in Read(html).text
    assert "CNY 234,567" in pages.get("ann", f"/needs/{need}").text


def test_a_text_is_read_into_the_form(pages: Site) -> None:
    """Fields are filled in, each with the words that it rests on; the text itself is the description."""
    html = read_text(pages)
    form = filled(html)
    assert (form["kind"], form["city"], form["due_on"]) == ("service", "深圳", "2027-03-31")
    assert (form["budget_min"], form["budget_max"], form["slots"]) == ("150000", "250000", "2")
    assert form["text"] == TEXT
    assert "2027年3月底" in re.sub("<[^>]+>", "", html)
    assert not pages.web.ask("ann", "need.list", mine=True).items


def test_another_value_is_one_click_away(pages: Site) -> None:
    """With a script only the field comes back, without one the page; what else was typed stays."""
    html = read_text(pages)
    taken = re.search(r'name="_take" value="(kind:\w+)"', html)
    assert taken is not None
    wanted = taken[1].partition(":")[2]
    form = filled(html, title="我改过的标题", _take=taken[1])
    page = pages.post("ann", "/needs/new", form, "zh")
    assert filled(page.text)["kind"] == wanted
    assert filled(page.text)["title"] == "我改过的标题"
    token = pages.web.client.post("/needs/new", data={"_csrf": filled(html)["_csrf"], **form},
                                  headers={**pages.headers("ann", "zh"), **PART})  # fmt: skip
    assert "<html" not in token.text
    assert f'value="{wanted}" selected' in token.text
    assert "我改过的标题" not in token.text


def test_a_read_need_is_posed(pages: Site) -> None:
    """What stands in the form is what is posed, money in minor units."""
    answer = pages.post(
        "ann", "/needs/new", filled(read_text(pages), title="主轴温升测试", _step="post"), "zh"
    )
    assert answer.status_code == 303, answer.text
    (need,) = pages.web.ask("ann", "need.list", mine=True).items
    assert answer.headers["location"].startswith(f"/needs/{need.id}")
    assert (need.title, need.budget_min, need.budget_max, need.city, need.slots) == (
        "主轴温升测试", 15_000_000, 25_000_000, "440300", 2)  # fmt: skip
    assert need.state == "posed"


def test_a_draft_is_kept_and_posed_later(pages: Site) -> None:
    """Nobody else sees it before."""
    form = filled(pages.get("ann", "/needs/new?form=1").text, title="草稿需求", _step="draft")
    where = pages.post("ann", "/needs/new", form).headers["location"].partition("?")[0]
    assert pages.get("bob", where).status_code == 404
    page = pages.read("ann", where)
    answer = pages.post("ann", f"{where}/publish", page.form(f"{where}/publish"))
    assert answer.status_code == 303
    assert pages.get("bob", where).status_code == 200


def test_needs_that_say_the_same_are_shown_before_posing(pages: Site) -> None:
    """First they are shown and nothing is posed; a second click poses all the same."""
    before = pose(pages, who="bob", title="主轴温升与精度漂移测试", text="主轴温升与精度漂移")
    form = filled(pages.get("ann", "/needs/new?form=1").text, title="主轴温升与精度漂移测试", text="主轴温升与精度漂移",
                  _step="post")  # fmt: skip
    shown = pages.post("ann", "/needs/new", form, "zh")
    assert shown.status_code == 200
    assert f"/needs/{before}" in Read(shown.text).links
    assert not pages.web.ask("ann", "need.list", mine=True).items
    again = pages.post("ann", "/needs/new", filled(shown.text, _step="post"), "zh")
    assert again.status_code == 303
    assert len(pages.web.ask("ann", "need.list", mine=True).items) == 1


def test_errors_stand_beside_their_fields_and_nothing_is_lost(pages: Site) -> None:
    """Every faulty field says what to mend; all that was typed stays."""
    form = filled(pages.get("ann", "/needs/new?form=1").text, title="主轴", text="保留我", city="Atlantis",
                  budget_min="9", budget_max="3", _step="post")  # fmt: skip
    answer = pages.post("ann", "/needs/new", form, "en")
    assert answer.status_code == 422
    kept = filled(answer.text)
    assert (kept["title"], kept["text"], kept["city"], kept["budget_max"]) == (
        "主轴",
        "保留我",
        "Atlantis",
        "3",
    )
    assert "Atlantis" in Read(answer.text).text
    assert answer.text.count('class="wrong"') >= 1
    missing = pages.post("ann", "/needs/new", {**form, "title": "", "city": ""}, "en")
    assert missing.status_code == 422
    assert 'aria-invalid="true"' in missing.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_preview_shows_what_others_get(pages: Site, lang: str) -> None:
    """A part that follows the choice; a confidential need is nothing to others, an invited one reads a pseudonym."""
    form = filled(pages.get("ann", "/needs/new?form=1").text, title="主轴测试", budget_max="250000")
    headers = {**pages.headers("ann", lang), **PART}

    def part(**more: str) -> Read:
        data = {**form, "_step": "look", **more}
        return Read(pages.web.client.post("/needs/new", data=data, headers=headers).text)

    nothing = "sees nothing of it" if lang == "en" else "完全看不到"
    assert part(visibility="public").text.count(nothing) == 0
    assert part(visibility="members").text.count(nothing) == 1
    hidden = part(visibility="confidential", anonymous="on")
    assert hidden.text.count(nothing) == 2
    assert "甲厂" not in hidden.html
    assert "甲厂" in part(visibility="public").html


def test_a_look_counts_as_what_it_asks(pages: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many organisations a form names, their names are one asking; all that it asks is counted."""
    form = filled(pages.get("ann", "/needs/new?form=1").text, title="指定需求", visibility="named")
    bob, admitted, admit = pages.web.actors["bob"].org, [], limits.admit

    def noted(hub: Any, action: Any, *more: Any) -> None:
        admitted.append(action.name)
        admit(hub, action, *more)

    monkeypatch.setattr(limits, "admit", noted)
    sent = {**form, "pasted": "主轴温升测试", "_step": "look"}
    with counted(pages) as asked:
        answer = pages.post(
            "ann", "/needs/new", {**sent, "named": [bob, *(["z" * 26] * (MOST_OPENED_TO - 1))]}, "zh"
        )
        assert answer.status_code == 200
    assert sorted(asked) == sorted(admitted) == ["need.preview", "need.read", "records.names"]
    admitted.clear()
    many = [f"{n:z>26}" for n in range(MOST_OPENED_TO + 1)]
    with counted(pages) as asked:
        answer = pages.post("ann", "/needs/new", {**sent, "named": many}, "zh")
    assert asked.count("records.names") == admitted.count("records.names") == 1
    assert f"{MOST_OPENED_TO}" in "".join(re.findall(r'class="wrong" role="alert">([^<]*)', answer.text))
    refused = pages.web("ann", "POST", "/api/needs", json={"title": "x", "named": many})
    assert (refused.status_code, refused.json()["code"]) == (422, "setting.many")


def test_organisations_are_named_by_searching_them(pages: Site) -> None:
    """Found ones can be ticked; the need is then theirs to see, and nobody else's."""
    form = filled(pages.get("ann", "/needs/new?form=1").text, title="指定需求", visibility="named")
    found = pages.post("ann", "/needs/new", {**form, "_find": "乙", "_step": "find"}, "zh")
    bob = pages.web.actors["bob"].org
    assert f'name="named" value="{bob}"' in found.text
    made = pages.post("ann", "/needs/new", {**form, "named": bob, "_step": "post"}, "zh")
    where = made.headers["location"].partition("?")[0]
    assert pages.get("bob", where).status_code == 200
    assert pages.get(None, where).status_code == 404


def test_hostile_text_is_shown_and_never_run(pages: Site) -> None:
    """In every field, in the form, in lists, on the page and in what a search says."""
    form = filled(pages.get("ann", "/needs/new?form=1").text, title=HOSTILE, text=HOSTILE, sector=HOSTILE,
                  visibility="public", _despite="1")  # fmt: skip
    for step in ("look", "find", "post"):
        wrong = pages.post("ann", "/needs/new", {**form, "city": HOSTILE, "_find": HOSTILE, "_step": step})
        assert "<script>alert" not in wrong.text
        assert "<img src=x" not in wrong.text
    pasted = pages.post("ann", "/needs/new", {"pasted": HOSTILE + TEXT, "_step": "read"})
    where = pages.post("ann", "/needs/new", {**form, "_step": "post"}).headers["location"].partition("?")[0]
    offer(pages, "bob", title=HOSTILE, text=HOSTILE)
    texts = [pasted.text, *(pages.get("ann", path).text for path in (
        where, f"{where}/edit", "/needs", "/needs?mine=1", f"/needs?text={HOSTILE}", "/search?text=script",
        f"{where}?why={HOSTILE}", f"{where}?who={HOSTILE}", f"/needs?kind={HOSTILE}"))]  # fmt: skip
    for text in texts:
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;" in texts[1]


def test_who_may_answer_is_ranked_with_evidence_beside_the_need(pages: Site) -> None:
    """Reasons in the reader's language, texts as written with matched terms marked, causes for those left out."""
    need = pose(pages, city="深圳")
    offer(pages, "bob")
    other = pages.web.world.organisation("丙厂")
    pages.web.join("cid", "member", other)
    offer(pages, "cid", kind="finance", title="融资租赁", text="设备融资")
    page = pages.read("ann", f"/needs/{need}", "en")
    assert "乙所" in page.text
    assert "Stated, not yet delivered" in page.text
    assert "<mark>主轴</mark>" in page.html
    assert "主轴 温升 精度 检测" in page.text.replace(" ", "") or "检测" in page.text
    assert "Offers another kind than the need asks for" in page.text
    assert "丙厂" in page.text
    assert 'lang="zh-Hans"' in page.html
    for who in (None, "bob"):
        assert "Who may answer it" not in pages.get(who, f"/needs/{need}").text


def test_why_an_organisation_is_not_listed_is_told(pages: Site) -> None:
    """Asked by a part of its name; several are offered to choose from."""
    need = pose(pages)
    offer(pages, "bob", kind="finance")
    assert "Offers another kind" in pages.read("ann", f"/needs/{need}?why=乙所").text
    pages.web.world.organisation("乙所二")
    pages.web.world.organisation("乙所三")
    several = pages.read("ann", f"/needs/{need}?why=所")
    assert sum("who=" in link for link in several.links) == 3
    hidden = pages.web.world.organisation("看不见的厂", visibility="confidential")
    assert "No organisation that you may see" in pages.read("ann", f"/needs/{need}?why=看不见").text
    assert "No organisation that you may see" in pages.read("ann", f"/needs/{need}?who={hidden}").text


def test_inviting_is_one_click(pages: Site) -> None:
    """It says what the other side will see, proposes and invites; a second click does nothing twice."""
    need = pose(pages, anonymous=True, budget_max=25_000_000)
    offer(pages, "bob")
    page = pages.read("ann", f"/needs/{need}")
    assert "It sees a pseudonym until" in page.text
    form = page.form(f"/needs/{need}/invite")
    for _ in range(2):
        assert pages.post("ann", f"/needs/{need}/invite", form).status_code in (303, 409)
    (made,) = pages.web.ask("ann", "introduction.list", need=need).items
    assert made.state == "invited"
    assert made.offer_id is not None
    after = pages.read("ann", f"/needs/{need}")
    assert f"/introductions/{made.id}" in after.links
    assert "invited already" in after.text
    shown = pages.web.ask("bob", "introduction.show", id=made.id)
    assert shown.organisation is None


def test_an_invited_organisation_is_let_go_with_a_reason(pages: Site) -> None:
    """Without a reason nothing happens and the page says so."""
    need = pose(pages)
    offer(pages, "bob")
    pages.post(
        "ann", f"/needs/{need}/invite", pages.read("ann", f"/needs/{need}").form(f"/needs/{need}/invite")
    )
    form = pages.read("ann", f"/needs/{need}").form(f"/needs/{need}/lose")
    assert pages.post("ann", f"/needs/{need}/lose", form).status_code == 422
    assert pages.post("ann", f"/needs/{need}/lose", {**form, "reason": "price"}).status_code == 303
    (one,) = pages.web.ask("ann", "introduction.list", need=need).items
    assert (one.state, one.reason) == ("lost", "price")


def test_others_can_neither_change_nor_invite(pages: Site) -> None:
    """The buttons are not there, and what is sent all the same is refused."""
    need = pose(pages, visibility="public")
    page = pages.read("bob", f"/needs/{need}")
    assert not any(own.get("action", "").startswith("/needs/") for own, _ in page.forms)
    for path in ("close", "withdraw", "edit", "invite", "lose"):
        data = {"organisation": pages.web.actors["bob"].org, "_key": "k" * 24, "reason": "price"}
        assert pages.post("bob", f"/needs/{need}/{path}", data).status_code in (403, 404, 422), path
    assert pages.get(None, f"/needs/{need}/edit").status_code == 401
    assert pages.web.ask("ann", "need.show", id=need).state == "posed"


def test_closing_and_opening_again(pages: Site) -> None:
    """By the buttons of the page, with the version that it showed."""
    need = pose(pages)
    stale = pages.read("ann", f"/needs/{need}").form(f"/needs/{need}/withdraw")
    close = pages.read("ann", f"/needs/{need}").form(f"/needs/{need}/close")
    assert pages.post("ann", f"/needs/{need}/close", close).status_code == 303
    assert pages.post("ann", f"/needs/{need}/withdraw", stale).status_code in (409, 412)
    again = pages.read("ann", f"/needs/{need}").form(f"/needs/{need}/reopen")
    assert pages.post("ann", f"/needs/{need}/reopen", again).status_code == 303
    page = pages.read("ann", f"/needs/{need}", "en")
    assert "Opened again" in page.text
    assert "Closed" in page.text


def test_a_change_is_saved_and_empty_fields_are_emptied(pages: Site) -> None:
    """What is the same stays the same."""
    need = pose(pages, city="深圳", sector="机床", budget_max=25_000_000)
    at = f"/needs/{need}/edit"
    form = pages.read("ann", at, "zh").form(at)
    assert (form["city"], form["budget_max"]) == ("深圳", "250000")
    assert pages.post("ann", at, {**form, "title": "新标题", "sector": ""}, "zh").status_code == 303
    shown = pages.web.ask("ann", "need.show", id=need)
    assert (shown.title, shown.sector, shown.city, shown.budget_max) == ("新标题", None, "440300", 25_000_000)


def test_two_who_change_at_once_lose_nothing(pages: Site) -> None:
    """The second sees what the first changed, keeps what was typed, and saves it by a second click."""
    need = pose(pages, city="深圳", sector="机床")
    at = f"/needs/{need}/edit"
    form = pages.read("max", at, "zh").form(at)
    pages.web.ask("ann", "need.edit", id=need, title="别人的标题", sector="轴承")
    refused = pages.post("max", at, {**form, "title": "我的标题"}, "zh")
    assert refused.status_code == 412
    assert "别人的标题" in refused.text
    kept = Read(refused.text).form(at)
    assert (kept["title"], kept["sector"]) == ("我的标题", "轴承")
    assert pages.post("max", at, kept, "zh").status_code == 303
    shown = pages.web.ask("ann", "need.show", id=need)
    assert (shown.title, shown.sector, shown.city) == ("我的标题", "轴承", "440300")


def test_a_search_is_kept_and_forgotten(pages: Site) -> None:
    """It leads back to the same question; a visitor is offered none."""
    page = pages.read("bob", "/needs?text=主轴&kind=service", "zh")
    form = page.form("/searches")
    assert pages.post("bob", "/searches", {**form, "name": ""}, "zh").status_code == 422
    assert pages.post("bob", "/searches", form, "zh").status_code == 303
    kept = pages.read("bob", "/searches", "zh")
    assert any(link.startswith("/needs?") and "kind=service" in link for link in kept.links)
    (one,) = pages.web.ask("bob", "search.saved").items
    assert pages.post("bob", f"/searches/{one.id}/forget", {}).status_code == 303
    assert not pages.web.ask("bob", "search.saved").items
    assert 'action="/searches"' not in pages.get(None, "/needs?text=主轴").text


def test_a_member_without_an_organisation_is_told_what_to_do(pages: Site) -> None:
    """Posing needs one; what was typed stays."""
    pages.web.join("eve", "member")
    page = pages.read("eve", "/needs/new?form=1")
    assert "/organisations/new" in page.links
    answer = pages.post("eve", "/needs/new", {**page.form("/needs/new"), "title": "需求", "_step": "post"})
    assert answer.status_code == 403
    assert Read(answer.text).form("/needs/new")["title"] == "需求"


def test_the_operator_says_for_whom(pages: Site) -> None:
    """An organisation is found by its name and chosen; the need is its own."""
    page = pages.read("opal", "/needs/new?form=1")
    form = {**page.form("/needs/new"), "title": "代发需求"}
    found = pages.post("opal", "/needs/new", {**form, "_whose": "甲", "_step": "whose"}, "zh")
    org = pages.web.actors["ann"].org
    assert f'name="organisation" value="{org}"' in found.text
    assert pages.post("opal", "/needs/new", {**form, "organisation": org, "_step": "post"}).status_code == 303
    assert [one.title for one in pages.web.ask("ann", "need.list", mine=True).items] == ["代发需求"]


def test_the_auditor_reads_and_has_no_buttons(pages: Site) -> None:
    """Everything of the need and what happened, nothing to press."""
    pages.web.join("ada", "auditor")
    need = pose(pages, visibility="confidential", budget_max=23_456_700)
    page = pages.read("ada", f"/needs/{need}", "en")
    assert "CNY 234,567" in page.text
    assert "Posted, or kept as a draft" in page.text
    assert not any(own.get("action", "").startswith("/needs/") for own, _ in page.forms)


def test_nobody_gets_a_form_that_they_cannot_send(pages: Site) -> None:
    """Whoever may read everything and change nothing has no form of a change; pages that only may hold one stay."""
    pages.web.join("ada", "auditor")
    made = {"needs": pose(pages), "offers": offer(pages, "bob"), "organisations": pages.web.actors["ann"].org}
    for place, id_ in made.items():
        assert pages.get("ada", f"/{place}/{id_}").status_code == 200
        assert pages.get("ada", f"/{place}/{id_}/edit").status_code == 403, place
    for path in (
        "/needs/new",
        "/offers/new",
        "/introductions/new",
        "/organisations/new",
        "/import",
        "/rounds/new",
    ):
        assert pages.get("ada", path).status_code == 403, path
    for who in ("ada", "ann", None):
        for path in ("/overview", "/region", "/set-up", "/search?text=x", "/people"):
            wanted = {"/overview": ("ada",), "/people": ()}.get(path, ("ada", "ann", None))
            assert pages.get(who, path).status_code == (
                200 if who in wanted else 401 if who is None else 403
            ), path


@pytest.mark.parametrize("who", ["ann", "opal"])
def test_pages_know_both_languages(pages: Site, who: str) -> None:
    """No code is left where a sentence should stand."""
    need = pose(pages, anonymous=True, visibility="named", named=[pages.web.actors["bob"].org])
    offer(pages, "bob")
    for path in ("/needs", "/needs?mine=1", "/search", "/searches", "/needs/new", "/needs/new?form=1",
                 f"/needs/{need}", f"/needs/{need}/edit"):  # fmt: skip
        for lang in ("zh", "en"):
            text = pages.read(who, path, lang).text
            assert not re.search(r"\b(web|field|choice|action|reason|exclusion)\.[a-z_]+", text), (path, lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_that_is_not_whole_yet_says_so(pages: Site, lang, monkeypatch) -> None:
    """After many changes at once, instead of saying that there is nothing."""
    monkeypatch.setattr(Index, "behind", lambda self, who: True)
    text = pages.read("ann", "/needs?text=没有这种东西", lang).text
    assert say("web.search.behind", lang) in text
    assert say("web.search.nothing", lang) not in text
