"""What each side sees in each state, field by field; and what never reaches a side that may not know it."""

from __future__ import annotations

import dataclasses
import json

import pytest
import sqlalchemy as sa
from tests.hub.conftest import NOON
from tests.hub.introductions.conftest import PATHS, TEXT, TITLE, stage

from tandem.base.errors import Absent, Conflict, Denied
from tandem.domain.introductions import LEASES, STEPS, WAITS_ON
from tandem.domain.people import VISITOR
from tandem.hub.introductions import answers
from tandem.storage.database import schema as s

STATES = (*PATHS, "expired")
MET = {"introduced", "quoted", "agreed", "outcome", "lost_late"}
TOUCHING = MET - {"lost_late"}
QUOTED = {"quoted", "agreed", "outcome", "lost_late"}
ENDED = {"declined", "expired", "lost", "lost_late", "outcome"}
BRIEFED = {"invited", "interested", "introduced", "quoted", "agreed", "outcome"}
ANSWERED = {"interested", "declined", "lost"} | MET
AGAIN = {"expired": "propose", "lost": "propose", "lost_late": "propose"}
POSER_MOVES = {"proposed": "invite lose reveal", "invited": "lose reveal", "interested": "introduce lose reveal",
               "introduced": "lose", "quoted": "agree lose", "agreed": "outcome lose", **AGAIN}  # fmt: skip
INVITED_MOVES = {"invited": "answer reveal", "interested": "lose reveal", "introduced": "quote lose",
                 "quoted": "quote lose", "agreed": "lose"}  # fmt: skip
BROKER_MOVES = {"proposed": "invite lose", "invited": "lose", "interested": "lose", "introduced": "lose",
                "quoted": "lose", "agreed": "outcome lose", **AGAIN}  # fmt: skip
REASONS = {"declined": "scope", "lost": "timing", "lost_late": "capacity"}


def expected(story, at, view):
    """What both sides see alike, from the state alone."""
    state = view.state
    late = NOON + 6 * 86_400
    return {
        "id": story.id,
        "version": view.version,
        "state": "lost" if at == "lost_late" else at,
        "reason": REASONS.get(at),
        "note": None,
        "self_known": "yes" if at in MET else "no",
        "self_revealed": at in MET,
        "other_revealed": at in MET,
        "quote": 12_345_600 if at in QUOTED else None,
        "currency": "CNY" if at in QUOTED else None,
        "rating": 0.9 if at == "outcome" else None,
        "delivery_id": story.row(s.introductions, story.id)["delivery_id"] if at == "outcome" else None,
        "waits_on": WAITS_ON.get(state),
        "step": STEPS.get(state),
        "due_at": NOON + LEASES[state] if state in LEASES else None,
        "changed_at": late if at == "expired" else NOON,
        "invited_at": None if at == "proposed" else NOON,
        "answered_at": NOON if at in ANSWERED else None,
        "introduced_at": NOON if at in MET else None,
        "agreed_at": NOON if at in ("agreed", "outcome") else None,
        "ended_at": None if at not in ENDED else late if at == "expired" else NOON,
    }


def moves(told, at):
    """What a side may ask for, written down by hand."""
    return tuple(f"introduction.{verb}" for verb in told.get(at, "").split())


def named(story, side):
    row = story.row(s.organisations, story.actors[side].org)
    return answers.Organisation(row["id"], row["name"], None, None)


def contact(story, side):
    return answers.Contact(story.row(s.accounts, story.actors[side].account)["name"], None)


@pytest.mark.parametrize("at", STATES)
def test_the_poser_sees(story, at):
    """The hidden organisation has no name before both are introduced, and a contact only while both have to do."""
    story.reach(at)
    view = story.show("poser")
    assert isinstance(view, answers.PosedIntroduction)
    assert dataclasses.asdict(view) == dataclasses.asdict(
        answers.PosedIntroduction(
            **expected(story, at, view),
            moves=moves(POSER_MOVES, at),
            need_id=story.need,
            title=TITLE,
            organisation=named(story, "invited") if at in MET else None,
            contact=contact(story, "invited") if at in TOUCHING else None,
            offer_id=None,  # a confidential offer
            reasons=(),
            created_at=NOON,
        )
    )


@pytest.mark.parametrize("at", STATES)
def test_the_invited_organisation_sees(story, at):
    """Nothing before the invitation; then the brief of a confidential need, and its poser once both are introduced."""
    story.reach(at)
    if at == "proposed":
        with pytest.raises(Absent):
            story.show("invited")
        assert story.ask("invited", "list").items == ()
        return
    view = story.show("invited")
    assert isinstance(view, answers.InvitedIntroduction)
    brief = answers.Brief(
        TITLE, TEXT, "service", "441900", None, None, "2027-01-15", None, 1, "100000-1000000", "CNY"
    )
    assert dataclasses.asdict(view) == dataclasses.asdict(
        answers.InvitedIntroduction(
            **expected(story, at, view),
            moves=moves(INVITED_MOVES, at),
            title=TITLE,
            brief=brief if at in BRIEFED else None,
            need_id=None,
            organisation=named(story, "poser") if at in MET else None,
            pseudonym=None if at in MET else story.row(s.needs, story.need)["pseudonym"],
            contact=contact(story, "poser") if at in TOUCHING else None,
            offer_id=story.offer,
            reasons=(),
        )
    )


@pytest.mark.parametrize("at", STATES)
def test_the_broker_sees(story, at):
    """Both sides and every step, in every state."""
    view = story.reach(at)
    assert isinstance(view, answers.BrokeredIntroduction)
    known = expected(story, at, view)
    del known["self_revealed"], known["other_revealed"], known["self_known"]
    assert dataclasses.asdict(view) == dataclasses.asdict(
        answers.BrokeredIntroduction(
            **known,
            moves=moves(BROKER_MOVES, at),
            poser_known="yes" if at in MET else "no",
            org_known="yes" if at in MET else "no",
            need_id=story.need,
            title=TITLE,
            poser=named(story, "poser"),
            organisation=named(story, "invited"),
            poser_contact=contact(story, "poser") if at in MET else None,
            contact=contact(story, "invited") if at in ANSWERED - {"declined"} else None,
            offer_id=story.offer,
            round_id=None,
            reasons=(),
            poser_revealed=False,
            org_revealed=False,
            reminded_at=None,
            created_at=NOON,
        )
    )


def read_by(story, side):
    """Everything that a side can read of the introduction: views, lists, notices, its journal."""
    org = story.actors[side].org
    held = [repr(story.ask(side, "list", limit=200)), repr(story.ask(side, "figures"))]
    held.append(repr(story.world.ask(story.actors[side], "notice.list", limit=200)))
    with story.world.hub.database.reading() as tx:
        told = sa.select(s.journal.c.leaf, s.journal_contents.c.body).join(
            s.journal_contents, s.journal_contents.c.seq == s.journal.c.seq
        )
        held += [f"{bytes(row['leaf']).decode()} {bytes(row['body']).decode()}"
                 for row in tx.unguarded(told.where(s.journal.c.org_id == org))]  # fmt: skip
    return "\n".join(held)


def secrets(story, side):
    """What tells who a side is."""
    actor = story.actors[side]
    account = story.row(s.accounts, actor.account)
    return {
        actor.org,
        story.row(s.organisations, actor.org)["name"],
        actor.account,
        account["name"],
        account["login"],
    }


@pytest.mark.parametrize("at", STATES)
def test_nothing_that_a_side_reads_names_the_other_too_early(story, at):
    """No view, list, notice, figure or journal entry names a hidden side before both are introduced."""
    story.reach(at)
    for side, other in (("poser", "invited"), ("invited", "poser")):
        held = read_by(story, side)
        assert story.id in held or (side, at) == ("invited", "proposed")
        if at not in MET:
            assert not {one for one in secrets(story, other) if one in held}
    assert story.need not in read_by(story, "invited")
    assert story.offer not in read_by(story, "poser")


def test_both_sides_read_their_own_journal(story):
    """Each side reads every step since it knows of the introduction; its own steps with the account that made them."""
    story.reach("outcome")
    assert [action for action, _ in journal(story, "poser")].count(
        "introduction.agree"
    ) == 2  # and of its need
    invited = journal(story, "invited")
    assert "introduction.propose" not in dict(invited)
    assert dict(invited)["introduction.quote"] == story.actors["invited"].account
    assert dict(invited)["introduction.agree"] is None


def journal(story, side):
    with story.world.hub.database.reading() as tx:
        mine = sa.select(s.journal.c.action, s.journal.c.account_id).where(
            s.journal.c.org_id == story.actors[side].org
        )
        return [(row["action"], row["account_id"]) for row in tx.unguarded(mine.order_by(s.journal.c.seq))]


def test_others_hear_that_there_is_no_such_introduction(story):
    """A stranger and a visitor learn nothing, in any list."""
    story.reach("agreed")
    with pytest.raises(Absent):
        story.show("stranger")
    assert story.ask("stranger", "list").items == ()
    assert not {one for side in ("poser", "invited") for one in secrets(story, side)
                if one in read_by(story, "stranger")}  # fmt: skip
    with pytest.raises(Exception, match=r"action\.sign_in"):
        story.world.ask(VISITOR, "introduction.list")


def test_a_side_reveals_itself_alone(story):
    """The poser's name goes to the invited; the invited stays hidden until it does the same; no contact yet."""
    story.reach("invited")
    story.do("poser", "reveal")
    seen = story.show("invited")
    assert (seen.organisation.id, seen.pseudonym, seen.contact) == (story.actors["poser"].org, None, None)
    assert story.show("poser").organisation is None
    story.do("invited", "reveal")
    assert story.show("poser").organisation.id == story.actors["invited"].org
    assert story.show("poser").contact is None


def test_what_is_open_anyway_is_named_from_the_beginning(story):
    """A public organisation and a public need with its poser are no secret."""
    helper, offered = story.provider("广州检验集团")
    need = story.pose(visibility="public", anonymous=False)
    story.id = story.ask("poser", "propose", need=need, organisation=helper.org, offer=offered).id
    assert story.show("poser").organisation.id == helper.org
    assert story.show("poser").offer_id == offered
    story.do("poser", "invite")
    seen = story.world.ask(helper, "introduction.show", id=story.id)
    assert (seen.organisation.id, seen.need_id, seen.pseudonym) == (story.actors["poser"].org, need, None)


def test_a_brief_is_read_no_more_once_it_has_ended(story):
    """What the poser writes after a decline does not reach who declined."""
    story.reach("declined")
    edited = sa.update(s.needs).where(s.needs.c.id == story.need).values(title="另一项", text="新的机密")
    story.world.hub.database.write(lambda tx: tx.execute(edited)).result()
    seen = story.show("invited")
    assert (seen.title, seen.brief) == (TITLE, None)
    assert "机密" not in repr(story.ask("invited", "list"))


def test_reasons_are_told_of_a_hidden_organisation_too(story):
    """The poser decides by them before it knows whom; what a person wrote waits until it does."""
    story.publish(("kind_met", story.actors["invited"], story.offer, False))
    asked = {"need": story.need, "organisation": story.actors["invited"].org}
    story.id = story.ask("broker", "propose", **asked, why="深圳检测研究院值得一试").id
    assert [one["code"] for one in story.show("poser").reasons] == ["kind_met"]
    assert "深圳检测研究院" not in read_by(story, "poser")


def test_reasons_that_rest_on_hidden_texts_are_not_told(story):
    """A reason with hidden evidence is left out, one that may rest on hidden texts is a bare code, others are whole."""
    helper, offered = story.provider("广州检验集团")
    hidden = story.add(s.deliveries, title="秘密业绩", org_id=helper.org, org_ids="[]", visibility="confidential",
                       state="stated")  # fmt: skip
    told = [
        {"code": "delivery", "weight": 0.5, "params": {"title": "秘密业绩"}, "evidence": [hidden]},
        {"code": "offer", "weight": 0.2, "params": {"title": "检测服务"}, "evidence": [offered]},
        {"code": "profile", "weight": 0.1, "params": {"terms": ["秘密"]}, "evidence": []},
        {"code": "kind_met", "weight": 0, "params": {"kind": "service"}, "evidence": []},
    ]
    story.publish(("offer", helper, offered, False))
    change = sa.update(s.assignments).values(reasons=json.dumps(told))
    story.world.hub.database.write(lambda tx: tx.execute(change)).result()
    view = story.ask(
        "poser", "propose", need=story.need, organisation=helper.org, offer=offered, why="老客户推荐"
    )
    bare = {"code": "profile", "weight": 0, "params": {}, "evidence": []}
    said = {"code": "said", "weight": 0, "params": {"text": "老客户推荐"}, "evidence": []}
    assert view.reasons == (told[1], bare, told[3], said)
    story.id = view.id
    story.do("poser", "invite")
    own = story.world.ask(helper, "introduction.show", id=story.id)
    assert [one["code"] for one in own.reasons] == ["delivery", "offer", "profile", "kind_met"]
    assert "老客户推荐" not in repr(own)


@pytest.mark.parametrize("side", ["poser", "invited", "broker"])
@pytest.mark.parametrize("at", STATES)
def test_the_moves_told_are_those_that_are_admitted(story, at, side):
    """Each action that a view names is let through by the one place that judges moves, and each other is not."""
    story.reach(at)
    if (at, side) == ("proposed", "invited"):
        return
    told = story.show(side).moves
    given = {"answer": {"answer": "declined", "reason": "scope"}, "quote": {"amount": 5}, "lose": {"reason": "other"},
             "outcome": {"rating": 0.5}}  # fmt: skip
    for verb in ("invite", "answer", "reveal", "introduce", "quote", "agree", "outcome", "lose"):
        if f"introduction.{verb}" not in told and not (
            verb == "reveal" and story.show(side).state not in ENDED
        ):
            with pytest.raises((Conflict, Denied)):
                story.do(side, verb, **given.get(verb, {}))
    for name in told[:1]:  # the first changes the state
        if name != "introduction.propose":
            story.do(side, name.partition(".")[2], **given.get(name.partition(".")[2], {}))


def test_a_broker_moves_for_those_who_have_no_account(story):
    """The broker is told the moves of a side that nobody can sign in for, and that the step is the broker's."""
    actor, offered = story.provider("惠州检测所", visibility="public")
    story.world.hub.database.write(
        lambda tx: tx.execute(
            sa.update(s.accounts).where(s.accounts.c.id == actor.account).values(state="blocked")
        )
    ).result()
    story.id = story.ask("broker", "propose", need=story.need, organisation=actor.org, offer=offered).id
    story.do("poser", "invite")
    view = story.show("broker")
    assert view.waits_on == "broker"
    assert "introduction.answer" in view.moves
    assert story.show("poser").waits_on == "invited"


@pytest.mark.parametrize("visibility", ["public", "members", "named", "confidential"])
@pytest.mark.parametrize("anonymous", [False, True])
def test_each_side_is_told_whether_the_other_knows_it(world, visibility, anonymous):
    """What a side is told of itself is what the other side's view holds; where it depends on names, it says so."""
    story = stage(world, visibility=visibility, anonymous=anonymous)
    story.reach("invited")
    poser, invited = story.show("poser"), story.show("invited")
    assert poser.self_known == (
        "no" if anonymous else {"named": "named", "confidential": "no"}.get(visibility, "yes")
    )
    assert (invited.organisation is not None) == (poser.self_known == "yes")
    assert invited.self_known == "no"
    assert poser.organisation is None
