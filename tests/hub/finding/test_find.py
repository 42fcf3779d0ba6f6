"""Searching a hub: what is found, by whom, how soon after a change, and how a list goes on."""

from __future__ import annotations

import time

import pytest
from tests.hub.finding.filled import alter, named_id, put

from tandem.base.errors import Denied, Invalid
from tandem.domain.people import HERE, VISITOR, Actor
from tandem.hub.actions import Asker, run
from tandem.hub.finding import index
from tandem.hub.finding.asking import audience_of
from tandem.hub.finding.index import Index
from tandem.hub.installation import open_hub
from tandem.storage.database import schema as s


@pytest.fixture
def hub(world):
    maker = put(world.hub, "organisations", "东莞精密轴承有限公司", city="441900", type="maker")
    put(world.hub, "organisations", "Harbour Testing Laboratory", type="lab")
    more = {"org_id": maker, "city": "441900", "kind": "service"}
    text = "需要对谐波减速器做寿命与精度试验。"
    put(world.hub, "needs", "谐波减速器寿命检测", text=text, **more)
    put(world.hub, "needs", "harmonic reducer life test", text="for robots", visibility="members", **more)
    put(world.hub, "needs", "匿名的减速器需求", anonymous=True, **more)
    put(
        world.hub,
        "offers",
        "谐波减速器测试服务",
        org_id=maker,
        kind="service",
        cities_served='["440300","441900"]',
    )
    return world.hub


def find(hub, actor=VISITOR, **given):
    return run("search.find", given, Asker(actor, hub=hub))


def titles(found):
    return {one.title.text for one in found.items}


MEMBER = Actor("member", "somebody", "of-another")


def test_words_find_records_of_every_sort_in_both_languages(hub):
    """A Chinese question meets Chinese records, and for a member the English need; an English one meets both too."""
    assert titles(find(hub, text="谐波减速器")) == {"谐波减速器寿命检测", "谐波减速器测试服务"}
    assert titles(find(hub, MEMBER, text="harmonic reducer")) > {"harmonic reducer life test"}
    assert find(hub, MEMBER, text="harmonic reducer").items[0].title.text == "harmonic reducer life test"
    assert titles(find(hub, text="harbour laboratory")) == {"Harbour Testing Laboratory"}


def test_hits_are_marked_where_they_stand(hub):
    """The marks of a snippet cut the words that were asked for out of its text."""
    hit = find(hub, text="减速器 寿命", what="needs").items[0]
    assert [hit.said.text[a:b] for a, b in hit.said.marks] == ["减速器", "寿命"]
    assert [hit.title.text[a:b] for a, b in hit.title.marks] == ["减速器寿命"]


def test_an_anonymous_poser_is_not_found_by_its_name(hub):
    """The poser's name finds the organisation alone; its anonymous need shows a pseudonym to others, not the poser."""
    assert [one.what for one in find(hub, MEMBER, text="东莞精密轴承").items] == ["organisations"]
    others = next(one for one in find(hub, MEMBER, text="匿名 减速器").items)
    assert (others.organisation, others.pseudonym) == (None, named_id("匿名的减速器需求?"))
    own = Actor("member", "somebody", named_id("东莞精密轴承有限公司"))
    assert find(hub, own, text="匿名 减速器").items[0].organisation == own.org


def test_filters_and_counts_agree_with_the_list(hub):
    """Each filter keeps what carries the label, and the facets count the hits, offers in each city that they serve."""
    found = find(hub, MEMBER, text="减速器", kind="service")
    assert (
        found.total
        == len(found.items)
        == sum(found.facets["what"].values())
        == found.facets["kind"]["service"]
    )
    assert titles(find(hub, city="深圳")) == {"谐波减速器测试服务"}
    assert {one.what for one in find(hub, what="organisations").items} == {"organisations"}
    with pytest.raises(Invalid, match=r"city\.unknown"):
        find(hub, city="Atlantis")


def test_nothing_is_found_where_half_the_words_are_missing(hub):
    """Two words must both be met; of many, most."""
    assert not find(hub, text="减速器 火箭").items
    assert find(hub, text="谐波 减速器 寿命 火箭 检测", what="needs").items


def test_parts_of_a_list_meet_without_gap_or_repetition(hub):
    """Eleven equal records in parts of three: each once, in the order of the whole."""
    for number in range(11):
        put(hub, "offers", f"同样的供给 {number}", text="", org_id=named_id("东莞精密轴承有限公司"))
    for given in ({"text": "同样 供给"}, {}):
        whole = [one.id for one in find(hub, limit=100, **given).items]
        parts, after = [], None
        while True:
            part = find(hub, limit=3, after=after, **given)
            parts += [one.id for one in part.items]
            if (after := part.next) is None:
                break
        assert parts == whole
        assert len(set(whole)) == len(whole) >= 11


@pytest.mark.parametrize("cursor", ["x", "", "bmFuOng", "aW5mOng"])
def test_a_cursor_that_is_none_is_refused(hub, cursor):
    """Made-up cursors, also such as stand for no number."""
    with pytest.raises(Invalid, match=r"list\.cursor"):
        find(hub, text="减速器", after=cursor)


def test_changes_are_found_at_once_and_what_is_withdrawn_is_gone_at_once(hub):
    """The first search after a commit sees it: a new record, another text, a withdrawal, a narrower visibility."""
    assert not find(hub, text="陀螺仪").items
    id_ = put(hub, "needs", "陀螺仪标定", org_id=named_id("东莞精密轴承有限公司"))
    assert find(hub, text="陀螺仪").total == 1
    alter(hub, "needs", id_, title="加速度计标定")
    assert (find(hub, text="陀螺仪").total, find(hub, text="加速度计").total) == (0, 1)
    alter(hub, "needs", id_, visibility="confidential")
    assert (find(hub, text="加速度计").total, find(hub, HERE, text="加速度计").total) == (0, 1)
    alter(hub, "needs", id_, visibility="public")
    assert find(hub, text="加速度计").total == 1
    alter(hub, "needs", id_, state="withdrawn")
    assert find(hub, text="加速度计").total == 0


def test_what_is_removed_altogether_is_gone_at_once(hub):
    """A record whose row is deleted by an action that names it is no longer counted."""
    from tandem.storage.database import schema as s

    id_ = named_id("谐波减速器测试服务")
    assert find(hub, text="测试 服务").total == 1

    def work(tx):
        tx.execute(s.offers.delete().where(s.offers.c.id == id_))
        tx.tell("test.remove", HERE, "offers", id_)

    hub.database.write(work).result()
    found = find(hub, text="测试 服务")
    assert (found.total, found.facets["what"]) == (0, {})


def test_another_process_is_followed(hub, world, place):
    """What a second hub on the same directory writes is found by the first at its next search."""
    assert find(hub, text="振动台").total == 0
    second = open_hub(hub.folder, place, clock=world.clock)
    put(second, "offers", "振动台试验", org_id=named_id("东莞精密轴承有限公司"))
    second.close()
    assert find(hub, text="振动台").total == 1


def test_an_index_kept_on_disk_is_opened_and_brought_up_to_date(hub, world, place, monkeypatch):
    """Closed, changed behind its back, opened: answers equal those of an index made anew, and nothing was built."""
    monkeypatch.setattr(index, "SMALL", 0)
    hub.part(Index).rebuild()
    wait_for((hub.folder / index.FOLDER / "current").exists)
    hub.close()
    second = open_hub(hub.folder, place, clock=world.clock)
    put(second, "offers", "谐波减速器装配", org_id=named_id("东莞精密轴承有限公司"))
    alter(second, "needs", named_id("谐波减速器寿命检测"), state="withdrawn")
    monkeypatch.setattr(index.shelves, "build", lambda *_: pytest.fail("built anew"))
    kept = find(second, MEMBER, text="减速器", limit=100)
    second.close()
    monkeypatch.undo()
    for file in (hub.folder / index.FOLDER).glob("g-*/manifest.json"):
        file.write_text("{}")
    third = open_hub(hub.folder, place, clock=world.clock)
    assert find(third, MEMBER, text="减速器", limit=100) == kept
    assert "谐波减速器装配" in titles(kept)
    third.close()


def test_an_index_of_another_journal_is_not_used(hub, world, monkeypatch, tmp_path):
    """The files of one hub laid beside another's database: that hub's own records are found, and no others."""
    monkeypatch.setattr(index, "SMALL", 0)
    hub.part(Index).rebuild()
    wait_for((hub.folder / index.FOLDER / "current").exists)
    other = open_hub(tmp_path / "other", clock=world.clock)
    for number in range(20):
        put(other, "offers", f"别的供给 {number}", org_id="x")
    (hub.folder / index.FOLDER).rename(tmp_path / "other" / index.FOLDER)
    assert find(other, text="减速器").total == 0
    assert find(other, text="别的 供给").total == 20
    other.close()


def test_rebuilding_mends_a_wrong_index(hub):
    """An index that lost its documents is whole again after search.rebuild; only the operator may ask for it."""
    assert find(hub, text="减速器").total
    part = hub.part(Index)
    with part._lock:
        emptied = tuple(one.without(one.rows(one.ids)) for one in part._shelf.segments)
        part._shelf = index.shelves.Shelf(emptied, part._shelf.mark)
    assert find(hub, text="减速器").total == 0
    run("search.rebuild", {}, Asker(HERE, hub=hub))
    wait_for(lambda: find(hub, text="减速器").total)
    with pytest.raises(Denied):
        run("search.rebuild", {}, Asker(MEMBER, hub=hub))


def test_many_changes_at_once_are_read_in_the_background(hub, monkeypatch):
    """More changes than a search waits for: old texts are gone at once, new ones are there soon."""
    monkeypatch.setattr(index.shelves, "INLINE", 3)
    assert find(hub, text="减速器", what="needs").total == 2
    for number in range(10):
        put(hub, "needs", f"大批需求 {number}", org_id=named_id("东莞精密轴承有限公司"))
    wait_for(lambda: find(hub, text="大批 需求").total == 10)
    assert find(hub, text="减速器", what="needs").total == 2


def test_whoever_sees_what_is_yet_to_be_read_is_told_so(hub, monkeypatch):
    """And nobody else: a visitor learns nothing of what members see."""
    monkeypatch.setattr(index.shelves, "INLINE", 3)
    monkeypatch.setattr(index.shelves, "read_on", lambda now, database: lambda latest: latest)
    assert not find(hub, MEMBER, text="减速器").behind
    many(hub, [(f"大批需求 {n}", {"visibility": "members", "org_id": None}) for n in range(9)])
    assert [find(hub, actor, text="减速器").behind for actor in (MEMBER, VISITOR)] == [True, False]


def many(hub, rows):
    """Needs written at once."""

    def work(tx):
        for name, more in rows:
            row = {"id": named_id(name), "version": 1, "state": "posed", "title": name, "anonymous": False,
                   "pseudonym": None, "created_at": tx.now, "changed_at": tx.now, **more}  # fmt: skip
            tx.insert(s.needs, row)
            tx.tell("test.put", HERE, "needs", row["id"])

    hub.database.write(work).result()


@pytest.mark.parametrize("how", ["visitor", "member", "owner", "named"])
@pytest.mark.parametrize("hidden", [0, 2_000])
def test_hidden_changes_delay_nothing_that_is_seen(hub, hidden, how, monkeypatch):
    """With 2,000 changes that the asker may not see, or none: what they see is found by the very next search."""
    monkeypatch.setattr(
        index.shelves, "read_on", lambda now, database: lambda latest: latest
    )  # nobody tidies up
    maker, other = named_id("东莞精密轴承有限公司"), named_id("别家")
    seen = {"visitor": "public", "member": "members", "owner": "confidential", "named": "named"}[how]
    actor = VISITOR if how == "visitor" else Actor("member", "m", maker if how == "owner" else other)
    assert find(hub, actor, text="电主轴").total == 0
    name = named_id("电主轴 振动")
    if how == "named":
        hub.database.write(lambda tx: tx.insert(s.named, {"record_id": name, "org_id": other})).result()
    secret = {"visibility": "confidential", "org_id": maker if how == "named" else named_id("第三家")}
    many(hub, [(f"保密需求 {n}", secret) for n in range(hidden)]
         + [("电主轴 振动", {"visibility": seen, "org_id": maker})])  # fmt: skip
    found = find(hub, actor, text="电主轴")
    assert (found.total, found.behind) == (1, False)
    assert find(hub, actor, text="保密 需求").total == 0


def test_a_reading_that_began_earlier_finds_what_is_seen(hub):
    """Somebody else brings the index past one's own reading, with many changes: nothing that stood there is missing."""
    maker = named_id("东莞精密轴承有限公司")
    part = hub.part(Index)
    with hub.database.reading() as tx:
        tx.unguarded(s.journal.select().limit(1))  # the reading sees the hub as it is now
        alter(hub, "needs", named_id("谐波减速器寿命检测"), text="谐波减速器的新说法")
        many(hub, [(f"保密需求 {n}", {"visibility": "confidential", "org_id": maker}) for n in range(600)])
        with part._lock, hub.database.reading() as later:
            part._shelf = index.shelves.caught_up(part._shelf, later, index.rows.mark(later))
            assert part._shelf.waiting
        segments = part.shelf(tx, audience_of(VISITOR))
    ids = {one.decode() for segment in segments for one in segment.ids[segment.alive]}
    assert named_id("谐波减速器寿命检测") in ids


def test_suggestions_are_titles_that_the_asker_sees(hub):
    """Typed within a Chinese title or at the beginning of a Latin word; members' titles are told to members only."""
    suggest = lambda actor, text: run("search.suggest", {"text": text}, Asker(actor, hub=hub)).items  # noqa: E731
    assert suggest(VISITOR, "谐波") == ("谐波减速器寿命检测", "谐波减速器测试服务")
    assert suggest(VISITOR, "寿命") == ("谐波减速器寿命检测",)
    assert suggest(VISITOR, "harmo") == ()
    assert suggest(MEMBER, "Redu") == ("harmonic reducer life test",)
    assert suggest(MEMBER, "armonic") == ()


def test_a_draft_finds_the_needs_that_it_repeats(hub):
    """Nearly the same words are near; another subject is not; and a need that the asker does not see is never told."""
    like = lambda actor, **given: run("need.similar", given, Asker(actor, hub=hub)).items  # noqa: E731
    near = like(MEMBER, title="谐波减速器寿命检测需求", text="需要对谐波减速器做寿命与精度的试验。")
    assert [one.id for one in near] == [named_id("谐波减速器寿命检测")]
    assert 0.5 <= near[0].likeness <= 1
    assert like(MEMBER, title="冷链物流园区规划") == ()
    alter(hub, "needs", named_id("谐波减速器寿命检测"), visibility="confidential")
    assert like(MEMBER, title="谐波减速器寿命检测需求", text="需要对谐波减速器做寿命与精度的试验。") == ()


def wait_for(done):
    """Until it is so; ten seconds at most."""
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)
