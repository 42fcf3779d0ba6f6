"""Outcomes: the delivery that an agreement became, and the book from which `tandem learn` learns."""

from __future__ import annotations

import itertools
import json

import pytest

from tandem.base.clock import day
from tandem.base.errors import Absent, Invalid
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.storage.database import schema as s

NAMES = (f"检验集团{n}" for n in itertools.count())


def agreed(story, provider=None, **need):
    """An agreement over a need of that kind with a public provider; the provider's member."""
    actor, offered = provider or story.provider(next(NAMES), 9)
    posed = story.pose(**need)
    story.id = story.ask("broker", "propose", need=posed, organisation=actor.org, offer=offered).id
    story.do("poser", "invite")
    story.world.ask(actor, "introduction.answer", id=story.id, answer="interested")
    story.do("poser", "introduce")
    story.world.ask(actor, "introduction.quote", id=story.id, amount=1)
    story.do("poser", "agree")
    return actor


def delivery(story):
    return story.row(s.deliveries, story.show("broker").delivery_id)


@pytest.mark.parametrize(
    ("need", "visibility"),
    [({"visibility": "public", "anonymous": False}, "public"), ({"visibility": "public"}, "confidential"),
     ({"visibility": "named", "anonymous": False}, "confidential"), ({}, "confidential")],
)  # fmt: skip
def test_a_delivery_is_open_to_no_more_than_its_need(story, need, visibility):
    """The provider keeps it; of an anonymous, named or confidential need it is confidential."""
    actor = agreed(story, **need)
    story.do("poser", "outcome", rating=0.8)
    row = delivery(story)
    assert (row["visibility"], row["org_id"], json.loads(row["org_ids"]), row["rating"]) == (
        visibility, actor.org, [actor.org], 0.8)  # fmt: skip
    assert row["need_id"] is not None
    assert story.actors["poser"].org not in repr(dict(row))


def test_a_wider_delivery_needs_a_title_of_its_own(story):
    """Without one it is refused; with one it does not point at the need."""
    agreed(story)
    with pytest.raises(Invalid, match=r"introduction\.wider"):
        story.do("poser", "outcome", rating=1, visibility="public")
    story.do("poser", "outcome", rating=1, visibility="public", title="寿命测试（某客户）")
    assert (delivery(story)["title"], delivery(story)["need_id"]) == ("寿命测试（某客户）", None)


def test_a_delivery_on_record_is_linked(story):
    """Only one of the organisation's own."""
    actor = agreed(story)
    own, other = (
        story.add(
            s.deliveries,
            title="既有业绩",
            org_id=org,
            org_ids=json.dumps([org]),
            visibility="public",
            state="stated",
        )
        for org in (actor.org, story.actors["stranger"].org)
    )
    with pytest.raises(Invalid, match=r"introduction\.delivery"):
        story.do("poser", "outcome", rating=1, delivery=other)
    with pytest.raises(Absent):
        story.do("poser", "outcome", rating=1, delivery="x")
    assert story.do("poser", "outcome", rating=1, delivery=own).delivery_id == own


def test_the_export_holds_what_members_see_and_served(story, tmp_path):
    """A served public need is truth; a badly rated and a confidential one are not; the book is read without a fault."""
    served = agreed(story, visibility="public", anonymous=False, title="公开需求")
    with pytest.raises(Invalid, match=r"outcome\.none"):
        story.world.ask(story.actors["broker"], "outcome.export")
    story.do("poser", "outcome", rating=0.9)
    good = story.show("broker").need_id
    agreed(story, visibility="members", anonymous=False)
    story.do("poser", "outcome", rating=0.1)
    agreed(story, text="绝密内容")
    story.do("poser", "outcome", rating=1)
    book = story.world.ask(story.actors["broker"], "outcome.export")
    path = tmp_path / book.name
    path.write_bytes(book.content)
    read = run("check", {"book": path}, Asker(HERE))
    assert not read.reading.faulty
    assert {one.table: one.accepted for one in read.reading.tables}["truth"] == 1
    tables = frames(story)
    assert tables["truth"].rows() == [(good, served.org)]
    assert tables["needs"].height == 2
    assert "绝密内容" not in str(tables["needs"].to_dicts())


def frames(story):
    from tandem.hub.call import Call
    from tandem.hub.introductions import outcomes

    with story.world.hub.database.reading() as tx:
        return outcomes.frames(Call(tx, story.actors["broker"], story.world.hub))


def test_learning_takes_the_export(story, tmp_path):
    """`tandem learn` reads the book of a hub as it is."""
    providers = [
        story.provider("广州检验集团", 99),
        story.provider("珠海检验", 99),
        story.provider("中山材料", 99),
    ]
    for n in range(24):
        agreed(story, providers[n % 3], visibility="public", anonymous=False, title=f"减速器检测服务 {n}", city=None,
               text="减速器 寿命 检测服务", posted_on=day(story.world.clock.now))  # fmt: skip
        story.do("poser", "outcome", rating=0.9)
        story.world.clock.now += 86_400
    book = story.world.ask(story.actors["broker"], "outcome.export")
    path = tmp_path / book.name
    path.write_bytes(book.content)
    learned = run("learn", {"book": path, "out": tmp_path / "ranker.json"}, Asker(HERE))
    assert learned.file.is_file()
    assert not learned.reading.faulty


def test_the_export_is_a_book_without_a_fault(story, tmp_path):
    """An offer that serves two cities is read again as it is; a need that was taken back is neither need nor truth."""
    agreed(story, visibility="public", anonymous=False)
    story.do("poser", "outcome", rating=0.9)
    story.add(s.offers, title="检测服务", org_id=story.actors["stranger"].org, visibility="public", state="open",
              cities_served=json.dumps(["440300", "440100"]))  # fmt: skip
    agreed(story, visibility="public", anonymous=False)
    story.do("poser", "outcome", rating=0.9)
    story.world.ask(story.actors["poser"], "need.withdraw", id=story.show("broker").need_id)
    assert [frames(story)[name].height for name in ("needs", "truth")] == [1, 1]
    book = story.world.ask(story.actors["broker"], "outcome.export")
    path = tmp_path / book.name
    path.write_bytes(book.content)
    read = run("check", {"book": path}, Asker(HERE))
    assert not read.reading.faulty
    assert {one.table: one.accepted for one in read.reading.tables}["offers"] == 3
