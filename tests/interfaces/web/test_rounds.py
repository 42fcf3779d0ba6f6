"""Rounds in the browser: planned with rules that are checked, followed, looked at, compared, published, dropped."""

from __future__ import annotations

import json

import pytest
from tests.hub.rounds.market import stage
from tests.interfaces.web.conftest import Read, Site

from tandem.base.words import say
from tandem.hub.rounds import planning
from tandem.hub.rounds.runner import work_off
from tandem.interfaces.web import rule_form

NEW = "/rounds/new"


@pytest.fixture
def market(pages: Site) -> Site:
    """Two test houses, two needs that both fit best to the one with one place."""
    pages.market = stage(pages.web.world)
    pages.web.join("ada", "auditor")
    return pages


def planned(market, **more):
    """A round planned by its form; the page that it leads to."""
    sent = {**market.read("opal", NEW).form(NEW), "title": "第一轮", "_some": "all", **more}
    answer = market.post("opal", NEW, sent)
    assert answer.status_code == 303, answer.text[:3000]
    return answer.headers["location"].partition("?")[0]


def cleared(market, **more):
    at = planned(market, **more)
    work_off(market.web.world.hub)
    return at


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_round_is_planned_followed_and_looked_at(market, lang):
    """Its progress while it waits; then tiles, the ways beside each other, prices, exposure, who was left out."""
    at = planned(market)
    waiting = market.read("opal", at, lang)
    assert f'hx-get="{at}/progress"' in waiting.html
    assert 'hx-trigger="every 2s"' in waiting.html
    part = market.get("opal", f"{at}/progress", lang, **{"hx-request": "true"})
    assert "<html" not in part.text
    assert "hx-refresh" not in part.headers
    work_off(market.web.world.hub)
    done = market.get("opal", f"{at}/progress", lang, **{"hx-request": "true"})
    assert done.headers["hx-refresh"] == "true"
    assert "hx-trigger" not in done.text
    page = market.read("opal", at, lang)
    for code in ("ways", "way.greedy", "way.joint", "places", "exposure", "publish"):
        assert say(f"web.round.{code}", lang) in page.text
    assert "hx-trigger" not in page.html
    assert say("clearing.proof.exact", lang) in page.text
    assert f"{at}/assignments?organisation={market.market.people['深圳检测研究院'].org}" in page.links


def test_progress_without_a_script_leads_to_the_page(market):
    """The address of the part is no page of its own."""
    at = planned(market)
    answer = market.get("opal", f"{at}/progress")
    assert (answer.status_code, answer.headers["location"]) == (303, at)


def test_rules_are_written_from_fields_and_checked(market):
    """The text comes back in its field, read aloud as rules; more is put behind what is there."""
    sent = {
        **market.read("opal", NEW).form(NEW),
        "title": "轮",
        "_small": "30",
        "_city": "深圳",
        "_city_most": "1",
    }
    page = market.post("opal", NEW, {**sent, "_step": "write"})
    text = Read(page.text).form(NEW)["rules"]
    assert 'min_share = "30%"' in text
    assert 'values = ["440300"]' in text
    assert (
        say("rule.min_share", "en", name=say("web.rule.name.small", "en"), limit="30.0%")
        in Read(page.text).text
    )
    more = market.post("opal", NEW, {**sent, "rules": text, "_small": "", "_city": "", "_city_most": "",
                                     "_orgs": "广州质检中心", "_org_most": "1", "_step": "write"})  # fmt: skip
    both = Read(more.text).form(NEW)["rules"]
    assert both.count("[[rule]]") == 3
    assert market.market.people["广州质检中心"].org in both
    at = cleared(market, rules=both)
    shown = market.read("opal", at, "zh")
    assert say("web.rule.kept", "zh") in shown.text or say("web.rule.aside", "zh") in shown.text


@pytest.mark.parametrize(("fields", "wrong"), [
    ({"_small": "130"}, "percent"), ({"_cross": "x"}, "percent"), ({"_city": "Atlantis", "_city_most": "1"}, "city"),
    ({"_city": "深圳", "_city_most": "many"}, "number"), ({"_orgs": "无此机构", "_org_most": "1"}, "orgs"),
])  # fmt: skip
def test_what_is_wrong_with_a_rule_stands_beside_its_field(market, fields, wrong):
    """Nothing is written then, and nothing is lost."""
    sent = {**market.read("opal", NEW).form(NEW), "title": "轮", **fields, "_step": "write"}
    page = Read(market.post("opal", NEW, sent).text)
    assert say(f"web.rule.wrong.{wrong}", "en") in page.text
    form = page.form(NEW)
    assert {name: form[name] for name in fields} == fields
    assert not form["rules"].strip()


def test_mistakes_in_the_text_are_listed_before_planning(market):
    """Each with its entry; planning is refused for the same reason and keeps the text."""
    bad = '[[rule]]\nname = "x"\ncolumn = "size"\nvalues = ["small"]\nmin_share = 3\nmax_units = 2\n'
    sent = {**market.read("opal", NEW).form(NEW), "title": "轮", "rules": bad}
    checked = market.post("opal", NEW, {**sent, "_step": "check"})
    assert 'role="alert"' in checked.text
    refused = market.post("opal", NEW, {**sent, "_key": "other"})
    assert refused.status_code == 422
    assert Read(refused.text).form(NEW)["rules"].strip() == bad.strip()
    assert market.web.ask("opal", "round.list").items == ()


def test_needs_are_picked_and_weighed(market):
    """Only ticked needs take part; their importance is kept with the needs."""
    (one, other) = market.market.needs.values()
    page = market.read("opal", NEW)
    form = page.form(NEW)
    weights = [name for name in form if name.startswith(f"_importance-{other}")]
    kept = market.post("opal", NEW, {**form, weights[0]: "7", "_step": "importance"})
    assert kept.status_code == 200
    assert market.web.ask("opal", "need.show", id=other).importance == 7
    none = market.post("opal", NEW, {**form, "title": "轮", "_some": "some"})
    assert say("web.round.none_picked", "en") in Read(none.text).text
    at = cleared(market, _some="some", needs=one)
    assert market.web.ask("opal", "round.show", id=at.rpartition("/")[2]).totals.rows["needs"] == 1


def test_every_pair_is_explained(market):
    """The list says in words why; one need's list has reasons and what was decided for it."""
    at = cleared(market)
    need = market.market.needs["谐波减速器寿命测试二"]
    listed = market.read("opal", f"{at}/assignments?assigned=1")
    assert say("web.round.assigned", "en") in listed.text
    assert f"{at}/assignments?need={need}" in listed.links
    one = market.read("opal", f"{at}/assignments?need={need}", "zh")
    assert say("web.round.not_assigned", "zh") in one.text
    assert say("web.round.need.slots", "zh", got=1, slots=1) in one.text
    found = market.read("opal", f"{at}/assignments?name=广州质检中心")
    assert "深圳检测研究院" not in found.text.replace("深圳检测研究院 ·", "")


def test_two_rule_sets_side_by_side(market):
    """What differs by need, with the rules of each and what they cost."""
    first = cleared(market)
    org = market.market.people["深圳检测研究院"].org
    second = cleared(
        market, rules=f'[[rule]]\nname = "轮空"\ncolumn = "org_id"\nvalues = ["{org}"]\nmax_units = 0\n'
    )
    other = second.rpartition("/")[2]
    page = market.read("opal", f"{first}/compare?other={other}")
    assert say("web.round.differences", "en") in page.text
    assert "轮空" in page.text
    assert "深圳检测研究院" in page.text
    assert say("web.round.way.last", "en") in market.read("opal", second).text
    assert (
        say("web.round.same", "en")
        in market.read("opal", f"{first}/compare?other={first.rpartition('/')[2]}").text
    )


def test_publishing_says_what_will_happen_and_does_it(market):
    """How many proposals, who sees what; then it is published, and the posers are told."""
    at = cleared(market)
    page = market.read("opal", at)
    assert say("web.round.publish.what", "en", n=2, needs=2) in page.text
    assert "/rounds/disclosures" in page.links
    assert market.post("opal", f"{at}/publish", page.form(f"{at}/publish")).status_code == 303
    assert say("web.round.published", "en") in market.read("opal", at).text
    assert len(market.web.ask("opal", "introduction.list").items) == 2


def test_a_round_can_be_dropped(market):
    """Its job stops."""
    at = planned(market)
    page = market.read("opal", at)
    assert market.post("opal", f"{at}/drop", page.form(f"{at}/drop")).status_code == 303
    assert market.web.ask("opal", "round.show", id=at.rpartition("/")[2]).state == "dropped"


def test_who_may_see_rounds(market):
    """The auditor reads; members are refused; everybody reads what clearing discloses."""
    at = cleared(market)
    for path in ("/rounds", at, f"{at}/assignments", f"{at}/compare"):
        market.read("ada", path)
        assert market.get("ann", path).status_code == 403
    assert not [own for own, _ in market.read("ada", at).forms if own.get("action", "").startswith("/rounds")
                and own.get("method") == "post"]  # fmt: skip
    assert market.get("ada", NEW).status_code == 403
    assert say("web.rounds.disclosures.more", "zh") in market.read(None, "/rounds/disclosures", "zh").text
    assert say("disclosure.place_taken", "en") in market.read("ann", "/rounds/disclosures").text


def test_a_failed_round_says_why(market):
    """Nobody has anything to offer any more."""
    for title, offer in market.market.offers.items():
        assert title
        market.web.ask("opal", "offer.withdraw", id=offer)
    page = market.read("opal", cleared(market))
    assert say("error.match.no_supply", "en") in page.text


def test_fields_as_text():
    """Names are quoted so that they stay one line of text, whatever is typed."""
    made = rule_form.written({"_org_most": "2"}, [("o1", 'A "B"\\C')], "en")
    assert made.wrong == {}
    assert made.text.splitlines()[1] == "name = \"at most for A 'B' C\""
    assert rule_form.written({}, [], "zh").text == ""


def test_strange_values_of_fields_write_no_rule(market):
    """A kind that there is not, and numerals that are no digits, change nothing and break nothing."""
    page = market.read("opal", NEW)
    sent = {**page.form(NEW), "_kind": 'zzz"]', "_kind_least": "1", "_step": "write", "_version": "²"}
    assert not Read(market.post("opal", NEW, sent).text).form(NEW)["rules"].strip()
    weight = next(name for name in sent if name.startswith("_importance-"))
    assert market.post("opal", NEW, {**sent, weight: "²", "_step": "importance"}).status_code == 200
    assert market.get("opal", "/response?days=²").status_code == 200


def test_a_round_that_failed_can_be_dropped(market):
    """What the hub says may be done with a round is what its page offers, in every state."""
    at = planned(market)
    id_, hub = at.rpartition("/")[2], market.web.world.hub
    hub.database.write(lambda tx: planning.over(tx, {"given": json.dumps({"round": id_})}, "failed")).result()
    shown = market.web.ask("opal", "round.show", id=id_)
    assert (shown.state, shown.moves) == ("failed", ("round.drop",))
    page = market.read("opal", at)
    assert market.post("opal", f"{at}/drop", page.form(f"{at}/drop")).status_code == 303
    gone = market.web.ask("opal", "round.show", id=id_)
    assert (gone.state, gone.moves) == ("dropped", ())
    assert not [own for own, _ in market.read("opal", at).forms if own["action"].startswith(at)]


def test_the_auditor_is_offered_nothing_of_a_round(market):
    """It reads."""
    at = planned(market)
    assert market.web.ask("ada", "round.show", id=at.rpartition("/")[2]).moves == ()
    assert not [own for own, _ in market.read("ada", at).forms if own["action"].startswith(at)]
