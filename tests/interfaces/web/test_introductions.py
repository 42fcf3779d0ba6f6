"""An introduction through the pages of both sides and the broker: each step, what is seen before it and what after."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from tests.hub.conftest import NOON
from tests.interfaces.web.conftest import Read, Site

from tandem.base.words import say
from tandem.storage.database import schema as s

POSER, PROVIDER, TITLE, TEXT = (
    "东莞精密机械",
    "Shenzhen Metrology Lab",
    "谐波减速器寿命测试",
    "机密型号 QX-7，疲劳两千小时",
)
SECRETS = {
    "poser": (POSER, "pia@poser.example", "Pia Poser"),
    "invited": (PROVIDER, "ivy@lab.example", "Ivy Lab"),
}


def add(pages: Site, table: Any, **values: object) -> str:
    return str(pages.web.world.hub.database.write(lambda tx: tx.add(table, values)).result()["id"])


def person(pages: Site, who: str, role: Any, org: str | None, name: str, email: str) -> None:
    actor = pages.web.join(who, role, org)
    told = {"name": name, "email": email}
    change = sa.update(s.accounts).where(s.accounts.c.id == actor.account).values(**told)
    pages.web.world.hub.database.write(lambda tx: tx.execute(change)).result()


class Story:
    """A confidential, anonymous need; a hidden organisation that could serve it; the introduction of both."""

    def __init__(self, pages: Site, *, staffed: bool = True, **need: object) -> None:
        self.pages, self.world = pages, pages.web.world
        self.orgs = {"poser": self.world.organisation(POSER, visibility="confidential"),
                     "invited": self.world.organisation(PROVIDER, visibility="confidential")}  # fmt: skip
        people = ("poser", "invited") if staffed else ("poser",)
        for who in people:
            person(pages, who, "member", self.orgs[who], SECRETS[who][2], SECRETS[who][1])
        self.need = add(pages, s.needs, **{
            "title": TITLE, "text": TEXT, "visibility": "confidential", "anonymous": True, "slots": 1, "importance": 1,
            "currency": "CNY", "budget_max": 25_000_000, "city": "441900", "kind": "service", "state": "posed",
            "org_id": self.orgs["poser"], "pseudonym": self.world.hub.database._ids(),
            "posted_on": "2027-01-15", **need,
        })  # fmt: skip
        self.offer = add(pages, s.offers, title="Life testing", org_id=self.orgs["invited"], capacity=2,
                         visibility="confidential", state="open")  # fmt: skip
        given = {
            "need": self.need,
            "organisation": self.orgs["invited"],
            "offer": self.offer,
            "why": "Known to the hub",
        }
        self.id = pages.web.ask("opal", "introduction.propose", **given).id

    def page(self, who: str, lang: str = "en") -> Read:
        return self.pages.read(who, f"/introductions/{self.id}", lang)

    def ways(self, who: str) -> set[str]:
        """The ways on that a page offers."""
        own = [
            form["action"] for form, _ in self.page(who).forms if form["action"].startswith("/introductions/")
        ]
        return {action.rpartition("/")[2] for action in own}

    def go(self, who: str, way: str, **typed: str) -> Any:
        """Takes a way as a browser does: its form as it stands, with what was typed."""
        path = f"/introductions/{self.id}/{way}"
        sent = {**self.page(who).form(path), **typed}
        return self.pages.post(who, path, sent)

    def done(self, who: str, way: str, **typed: str) -> str:
        """Takes a way, which must succeed; the page that follows."""
        answer = self.go(who, way, **typed)
        assert answer.status_code == 303, answer.text[:3000]
        return self.pages.read(who, answer.headers["location"]).html


@pytest.fixture
def story(pages: Site) -> Story:
    return Story(pages)


def hidden(html: str, *texts: str) -> None:
    assert [text for text in texts if text in html] == []


def shown(html: str, *texts: str) -> None:
    assert [text for text in texts if text not in html] == []


def test_the_whole_story_by_both_sides(story: Story) -> None:
    """From the proposal to the outcome through forms alone; no name, contact or text is in a page before its step."""
    pages, poser, invited = story.pages, SECRETS["poser"], SECRETS["invited"]
    hidden(story.page("poser").html, *invited, "Known to the hub", story.orgs["invited"])
    assert pages.get("invited", f"/introductions/{story.id}").status_code == 404
    hidden(pages.read("invited", "/introductions").html, TITLE)
    assert story.ways("poser") == {"invite", "reveal", "lose"}

    hidden(story.done("poser", "invite"), *invited)
    html = story.page("invited").html
    shown(html, TITLE, TEXT, "CNY 100,000 - 1,000,000", "Dongguan")
    hidden(html, *poser, "Known to the hub", story.need, story.orgs["poser"])
    assert story.ways("invited") == {"interested", "decline", "reveal"}
    assert story.ways("poser") == {"reveal", "lose"}

    html = story.done("invited", "interested", offer=story.offer, note="We can begin in May")
    hidden(html, *poser)
    html = story.page("poser").html
    shown(html, "We can begin in May")
    hidden(html, *invited)

    shown(story.done("poser", "introduce"), *invited)
    shown(story.page("invited").html, *poser)
    assert story.ways("invited") == {"quote", "lose"}

    shown(story.done("invited", "quote", amount="123456"), "CNY 123,456")
    html = story.page("poser").html
    shown(html, "CNY 123,456")
    shown(story.done("poser", "agree"), say("web.done.introduction.agreed", "en"))

    rated = {
        "rating": "0.75",
        "delivered_on": "2027-01-14",
        "title": "Gear life test",
        "text": "Two thousand hours",
    }
    shown(story.done("poser", "outcome", **rated), say("web.introduction.rating.2", "en"))
    seen = pages.web.ask("opal", "introduction.show", id=story.id)
    assert (seen.state, seen.quote, seen.rating, seen.offer_id) == ("outcome", 12_345_600, 0.75, story.offer)
    delivery = pages.web.ask("opal", "delivery.show", id=seen.delivery_id)
    assert (delivery.title, delivery.delivered_on, delivery.org_id) == (
        "Gear life test",
        "2027-01-14",
        story.orgs["invited"],
    )
    assert story.ways("poser") == story.ways("invited") == set()


def test_revealing_shows_the_name_and_not_the_contact(story: Story) -> None:
    """Whoever reveals itself is named to the other side at once; contacts wait for the introduction."""
    story.done("poser", "invite")
    story.done("poser", "reveal")
    html = story.page("invited").html
    shown(html, POSER)
    hidden(html, *SECRETS["poser"][1:])
    story.done("invited", "reveal")
    html = story.page("poser").html
    shown(html, PROVIDER)
    hidden(html, *SECRETS["invited"][1:])
    assert "reveal" not in story.ways("poser") | story.ways("invited")


def test_a_decline_tells_its_reason_and_ends(story: Story) -> None:
    """A decline without a reason is refused with the note kept; with one, the poser reads the reason, not the name."""
    story.done("poser", "invite")
    answer = story.go("invited", "decline", note="Not our field")
    assert answer.status_code == 422
    assert Read(answer.text).form(f"/introductions/{story.id}/decline")["note"] == "Not our field"
    assert '<details class="way" id="decline" open>' in answer.text
    html = story.done("invited", "decline", reason="scope", note="Not our field")
    hidden(html, TEXT, *SECRETS["poser"])
    html = story.page("poser").html
    shown(
        html,
        say("introduction.reason.scope", "en"),
        "Not our field",
        say("web.introduction.ended.declined", "en"),
    )
    hidden(html, *SECRETS["invited"])
    assert story.ways("poser") == set()


def test_losing_takes_the_contact_away(story: Story) -> None:
    """An end after the introduction leaves the names and takes the contacts and the brief."""
    story.done("poser", "invite")
    story.done("invited", "interested")
    story.done("poser", "introduce")
    story.done("invited", "lose", reason="capacity")
    html = story.page("poser").html
    shown(html, PROVIDER, say("introduction.reason.capacity", "en"))
    hidden(html, *SECRETS["invited"][1:])
    html = story.page("invited").html
    shown(html, POSER)
    hidden(html, TEXT, *SECRETS["poser"][1:])


def test_what_nobody_does_in_time_expires(story: Story) -> None:
    """The pages say by when, that it is overdue, and in the end that it has expired; the brief is read no more."""
    story.done("poser", "invite")
    shown(
        story.page("invited").html, say("web.in.days", "en", n=5), say("web.introduction.lapse.expired", "en")
    )
    story.world.clock.now = NOON + 6 * 86_400
    for who in ("poser", "invited", "opal"):  # a session ends when it rests for days
        story.pages.web.secrets[who] = story.pages.web.session(story.pages.web.actors[who])
    shown(story.page("invited").html, say("web.introduction.overdue", "en"))
    shown(story.pages.read("opal", "/worklist?overdue=on").html, TITLE)
    story.pages.web.ask("opal", "introduction.sweep")
    html = story.page("invited").html
    shown(html, say("web.introduction.ended.expired", "en"))
    hidden(html, TEXT)
    assert story.ways("invited") == set()
    assert story.ways("poser") == set()  # whom to propose again is not known to it
    assert story.ways("opal") == {"propose"}
    shown(
        story.done("opal", "propose", why="They ask for it"),
        say("web.done.introduction.proposed", "en"),
        "They ask for it",
    )


def test_a_page_that_is_out_of_date_does_nothing(story: Story) -> None:
    """A form of a page that was shown before the other side acted is refused, and the page says how it stands now."""
    story.done("poser", "invite")
    path = f"/introductions/{story.id}/decline"
    old = {**story.page("invited").form(path), "reason": "scope"}
    story.done("invited", "interested")
    answer = story.pages.post("invited", path, old)
    assert answer.status_code == 409
    shown(answer.text, "alert", say("introduction.state.interested", "en"))
    assert story.pages.web.ask("opal", "introduction.show", id=story.id).state == "interested"


def test_a_new_quote_is_never_agreed_to_unseen(story: Story) -> None:
    """Whoever agrees on an old page is shown the new price, and agrees to that by the next click."""
    story.done("poser", "invite")
    story.done("invited", "interested")
    story.done("poser", "introduce")
    story.done("invited", "quote", amount="100")
    path = f"/introductions/{story.id}/agree"
    old = story.page("poser").form(path)
    story.done("invited", "quote", amount="900")
    answer = story.pages.post("poser", path, old)
    assert answer.status_code in (409, 412)
    fresh = Read(answer.text).form(path)
    assert fresh["amount"] == "900"
    assert story.pages.post("poser", path, fresh).status_code == 303


def test_the_broker_sees_both_and_acts_for_whom_nobody_signs_in(pages: Site) -> None:
    """The operator's page names both sides and offers the moves of the side without an account; the auditor none."""
    story = Story(pages, staffed=False)
    story.done("poser", "invite")
    page = story.page("opal")
    shown(page.html, POSER, PROVIDER, "Known to the hub", say("web.introduction.nobody_signs_in", "en"))
    assert story.ways("opal") == {"interested", "decline", "reveal", "lose"}
    shown(pages.read("opal", "/worklist").html, TITLE, PROVIDER)
    pages.web.join("ada", "auditor")
    assert story.ways("ada") == set()
    assert f'value="{story.offer}"' in page.html
    story.done("opal", "interested", offer=story.offer)
    assert pages.web.ask("opal", "introduction.show", id=story.id).state == "interested"
    assert "introduce" not in story.ways("opal")
    story.done("poser", "reveal")
    assert "introduce" in story.ways("opal")


def test_what_others_may_not_do_is_refused(story: Story) -> None:
    """The other side's way, guessed, is refused and changes nothing; a stranger finds no introduction at all."""
    path = f"/introductions/{story.id}/invite"
    sent = story.page("poser").form(path)
    assert story.pages.post("bob", path, {**sent, "_csrf": ""}).status_code == 409
    assert story.pages.post("bob", path, {k: v for k, v in sent.items() if k != "_csrf"}).status_code == 404
    assert story.pages.get("bob", f"/introductions/{story.id}").status_code == 404
    story.done("poser", "invite")
    answer = story.pages.post("poser", f"/introductions/{story.id}/interested", {"answer": "interested"})
    assert answer.status_code == 403
    assert story.pages.web.ask("opal", "introduction.show", id=story.id).state == "invited"
    assert story.pages.get(None, "/introductions").status_code == 401


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_side_is_told_who_sees_what_and_what_comes_next(story: Story, lang: Any) -> None:
    """Steps, whose turn, what the next step shows, in one language; a way's address shows it open."""
    page = story.page("poser", lang)
    turn = say("web.introduction.your_turn", lang, step=say("introduction.step.invite", lang))
    later = say("web.introduction.sight.contact.later", lang)
    shown(page.text, turn, say("web.introduction.reveals.invite.poser", lang), later)
    assert 'aria-current="step"' in page.html
    opened = story.pages.read("poser", f"/introductions/{story.id}/invite", lang)
    assert '<details class="way" id="invite" open>' in opened.html
    shown(opened.text, say("web.introduction.way.invite.poser", lang))
    story.done("poser", "invite")
    shown(story.page("invited", lang).text, say("web.introduction.reveals.answer.invited", lang))
    shown(
        story.page("poser", lang).text,
        say("introduction.side.invited", lang),
        say("web.introduction.way.lose", lang),
    )


def test_the_inbox_is_filtered_by_its_address(story: Story) -> None:
    """Waiting, state and need stand in the address; each side sees its own introductions alone."""
    read = story.pages.read
    shown(read("poser", "/introductions").html, TITLE)
    shown(read("poser", "/introductions?waiting=on").html, TITLE)
    shown(read("poser", f"/introductions?need={story.need}").html, TITLE)
    hidden(read("poser", "/introductions?state=quoted").html, TITLE)
    story.done("poser", "invite")
    hidden(read("poser", "/introductions?waiting=on").html, TITLE)
    html = read("invited", "/introductions?waiting=on").html
    shown(html, TITLE)
    hidden(html, *SECRETS["poser"])
    hidden(read("bob", "/introductions").html, TITLE)
    shown(read("opal", "/introductions").html, POSER, PROVIDER)


def test_reasons_come_with_their_evidence(pages: Site) -> None:
    """A reason is a sentence, with the record that it cites as its owner wrote it; hidden records are only counted."""
    story = Story(pages)
    open_, shut = (
        add(pages, s.deliveries, title=title, text=f"{title}, at length", org_id=story.orgs["invited"], org_ids="[]",
            visibility=seen, state="stated", delivered_on="2026-03-01")
        for title, seen in (("Open gears", "public"), ("Shut gears", "confidential"))
    )  # fmt: skip
    told = [{"code": "delivery", "weight": 1, "evidence": [id_],
             "params": {"delivery_id": id_, "title": title, "terms": ["gear"], "delivered_on": "2026-03-01"}}
            for id_, title in ((open_, "Open gears"), (shut, "Shut gears"))]  # fmt: skip
    told.append({"code": "newcomer", "weight": 0, "params": {}, "evidence": []})
    told.append({"code": "weak", "weight": 0, "params": {"coverage": 0.1}, "evidence": []})
    change = (
        sa.update(s.introductions).where(s.introductions.c.id == story.id).values(reasons=json.dumps(told))
    )
    pages.web.world.hub.database.write(lambda tx: tx.execute(change)).result()
    html = story.page("poser").html
    shown(html, "Open gears, at length", say("reason.newcomer", "en"), say("web.reasons.alone", "en", n=1))
    hidden(html, "Shut gears")
    shown(story.page("opal").html, "Shut gears, at length")


def test_the_work_list_leads_to_proposing_by_hand(story: Story) -> None:
    """A need whose list holds nobody more is on the work list; an organisation is found by name and proposed."""
    pages = story.pages
    story.done("poser", "invite")
    story.done("invited", "decline", reason="scope")
    path = f"/introductions/new?need={story.need}"
    assert path in pages.read("opal", "/worklist").links
    page = pages.read("opal", f"{path}&name=乙")
    wanted = pages.web.actors["bob"].org
    assert wanted in page.html
    sent = {**page.form("/introductions/new"), "why": "Near by"}
    assert pages.post("opal", "/introductions/new", sent).status_code == 422  # nobody chosen
    answer = pages.post("opal", "/introductions/new", {**sent, "organisation": wanted})
    assert answer.status_code == 303
    shown(pages.read("opal", answer.headers["location"]).html, "乙所", "Near by")
    assert pages.get("ann", "/worklist").status_code == 403


def test_leases_are_shown_and_changed(pages: Site) -> None:
    """The operator changes how long a state waits; a number without a state is refused and kept."""
    page = pages.read("opal", "/leases")
    sent = page.form("/leases")
    wrong = pages.post("opal", "/leases", {**sent, "hours": "48"})
    assert wrong.status_code == 422
    assert Read(wrong.text).form("/leases")["hours"] == "48"
    assert pages.post("opal", "/leases", {**sent, "hours": "48", "state": "invited"}).status_code == 303
    assert pages.web.ask("opal", "introduction.lease").hours["invited"] == 48
    assert pages.get("ann", "/leases").status_code == 403


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_response_figures(story: Story, lang: Any) -> None:
    """One's own figures; the hub's are hidden where too few stand behind them; the operator sees each organisation."""
    story.done("poser", "invite")
    story.done("invited", "interested")
    text = story.pages.read("invited", "/response?days=30", lang).text
    shown(text, say("web.response.own", lang), say("web.response.too_few", lang))
    hidden(text, POSER)
    text = story.pages.read("opal", "/response", lang).text
    shown(text, PROVIDER, say("web.response.hub", lang))
