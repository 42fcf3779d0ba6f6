"""Cursors: of one form, good for the list that gave them alone; anything else is refused before the database hears."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from hypothesis import given as every
from hypothesis import strategies as st

from tandem.base.errors import Invalid
from tandem.base.ids import written as id_of
from tandem.hub.actions import ACTIONS
from tandem.hub.call import Call
from tandem.hub.records import cursor
from tandem.storage.database import schema as s

ID = id_of(bytes(range(16)))
LISTS = sorted(name for name, action in ACTIONS.items() if "after" in action.takes.__dataclass_fields__)
# What a list needs beside a cursor to be asked at all.
ASKED = {"round.assignments": {"id": "round"}, "round.compare": {"id": "round", "other": "round"}}


@dataclass(frozen=True)
class _Part:
    after: str
    limit: int = 10


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


@pytest.mark.parametrize("id", ["", "x", "a\0" * 13, "A" * 26, "é" * 26, "a" * 27])
@pytest.mark.parametrize("at", ["1", "9" * 30, "１", "+1", " 1", "1_0", ""])
def test_a_cursor_holds_a_place(world, id, at):
    """A number of another spelling, or an id of another length or of other characters, is no place in a list."""
    actor = world.person("member", world.organisation("甲厂"))
    for told in ((at, id), (at, ID), ("1", id)):
        if told == ("1", ID):
            continue
        given = _Part(encoded(":".join(("need.list", *told))))
        with world.hub.database.reading() as tx:
            call = Call(tx, actor, world.hub, action="need.list")
            with pytest.raises(Invalid, match=r"list\.cursor"):
                cursor.part(call, sa.select(s.needs), s.needs, given)


@every(
    st.sampled_from(LISTS), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
def test_a_place_comes_back_as_it_was(name, number, score):
    """To the last bit, and for its own list alone."""
    text = cursor.written(name, number, float(score), ID)
    kinds = (cursor.number, cursor.score, cursor.record)
    back = cursor.read(name, text, *kinds)
    assert back == (number, score, ID)
    assert math.copysign(1, back[1]) == math.copysign(1, score)
    for other in (*(one for one in LISTS if one != name), "", f"{name}x"):
        with pytest.raises(Invalid):
            cursor.read(other, text, *kinds)
    for fewer in (kinds[:2], (*kinds, cursor.number), (cursor.number, cursor.number, cursor.record)):
        with pytest.raises(Invalid):
            cursor.read(name, text, *fewer)


@every(st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_what_nobody_gave_is_refused(text):
    """Any text at all: either the very cursor that this list writes, or Invalid."""
    try:
        place = cursor.read("need.list", text, cursor.number, cursor.record)
    except Invalid:
        return
    assert cursor.written("need.list", *place) == text


@pytest.mark.parametrize("name", LISTS)
def test_no_list_takes_the_cursor_of_another(world, name):
    """Nor a NUL, a lone surrogate, nor its own with something behind it: on both databases a refusal with its code."""
    round_ = {"state": "cleared", "given": '{"title": null}', "summary": None, "job_id": None}
    id_ = world.hub.database.write(lambda tx: tx.add(s.rounds, round_)).result()["id"]
    given = dict.fromkeys(ASKED.get(name, ()), id_)
    others = [encoded(f"{other}:1:{ID}") for other in ("need.list", "offer.list") if other != name]
    strange = ["", "x", "\0", encoded("\0"), encoded(f"{name}:1:{ID[:-1]}\0"), encoded(f"{name}:1:\ud800"), "%%",
               encoded(f"{name}:1:{ID}:1:1"), encoded(f"{name}"), ID, f"1:{ID}"]  # fmt: skip
    actor = world.person("operator")
    for after in (*others, *strange):
        with pytest.raises(Invalid, match=r"list\.cursor|setting\."):
            world.ask(actor, name, after=after, **given)
    assert ACTIONS[name].does == "reads"
    assert world.ask(actor, name, **given) is not None


def test_a_cursor_of_one_list_does_not_go_on_in_another(world):
    """The second part of needs is no part of offers, though both are ordered by time and id."""
    member = world.person("member", world.organisation("甲厂"))
    for n in range(3):
        world.ask(member, "need.pose", title=str(n))
        world.ask(member, "offer.add", title=str(n))
    needs = world.ask(member, "need.list", limit=1)
    assert world.ask(member, "need.list", limit=5, after=needs.next).items
    with pytest.raises(Invalid, match=r"list\.cursor"):
        world.ask(member, "offer.list", limit=1, after=needs.next)
