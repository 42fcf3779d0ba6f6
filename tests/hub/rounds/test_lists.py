"""Lists of a round: made in parts, kept while the job runs, found again by what they were made from."""

from __future__ import annotations

import pytest

from tandem.hub.rounds import lists, periodic, runner, tidying
from tandem.storage.database import schema as s
from tandem.storage.rounds import place

WANTED = ["谐波减速器寿命测试三", "谐波减速器寿命测试四", "谐波减速器寿命测试五"]


@pytest.fixture
def many(market, monkeypatch):
    """Five needs, two of them confidential, matched two at a time."""
    monkeypatch.setattr(lists, "PART", 2)
    for number, title in enumerate(WANTED):
        market.need("佛山机器人", title, visibility="public" if number == 0 else "confidential")
    return market


def found(market, round_id):
    names = ("need_id", "rank", "org_id", "score", "reasons", "cleared")
    rows = market.rows(s.assignments, s.assignments.c.round_id == round_id)
    return [tuple(row[name] for name in names) for row in rows]


def test_begun_again_a_job_matches_only_what_it_had_not(many, monkeypatch):
    """It breaks in the third part; the second attempt takes two parts from the disk, and comes to the same lists."""
    real, matched, broken = lists.match_corpus, [], []

    def counted(needs, *args, **more):
        if len(matched) == 3 and not broken:
            broken.append(True)
            raise ZeroDivisionError
        matched.extend(needs["need_id"].to_list())
        return real(needs, *args, **more)

    monkeypatch.setattr(lists, "match_corpus", counted)
    planned = many.ask("round.start", title="一")
    runner.work_off(many.world.hub)
    assert place.kept(many.world.hub.folder) == [planned.id]
    many.world.clock.now += 60
    runner.work_off(many.world.hub)
    shown = many.ask("round.show", id=planned.id)
    assert (shown.state, shown.job.attempts) == ("cleared", 2)
    assert sorted(matched) == sorted(many.needs.values())
    monkeypatch.setattr(lists, "match_corpus", real)
    assert found(many, planned.id) == found(many, many.clear(title="二").id)
    many.ask("round.drop", id=planned.id)  # a write later than those that removed the parts
    assert place.kept(many.world.hub.folder) == []


def test_a_part_of_other_needs_is_not_taken(many, monkeypatch):
    """A need that was edited between two attempts is matched anew."""
    planned = many.ask("round.start", title="一")
    real = lists.match_corpus
    matched = []

    def counted(needs, *args, **more):
        matched.append(needs.height)
        return real(needs, *args, **more)

    monkeypatch.setattr(lists, "match_corpus", counted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tandem.hub.rounds.saved.of", lambda *args: 1 / 0)
        runner.work_off(many.world.hub)
    once = sum(matched)
    many.world.hub.database.write(
        lambda tx: tx.execute(s.needs.update().where(s.needs.c.title == WANTED[1]).values(text="咖啡豆烘焙"))
    ).result()
    many.world.clock.now += 60
    runner.work_off(many.world.hub)
    assert many.ask("round.show", id=planned.id).state == "cleared"
    assert once == 5
    assert sum(matched) == 5 + 2


def test_confidential_needs_are_matched_alone(many, monkeypatch):
    """No list of a need that every member reads is made together with one that others may not see."""
    together = []
    real = lists.match_corpus

    def counted(needs, *args, **more):
        together.append(set(needs["title"].to_list()))
        return real(needs, *args, **more)

    monkeypatch.setattr(lists, "match_corpus", counted)
    many.clear()
    alone = [{title} for title in sorted(WANTED[1:], key=many.needs.get)]
    assert [one for one in together if one & set(WANTED[1:])] == alone


def test_what_a_stopped_job_left_is_removed(many, monkeypatch):
    """Parts of a round that is over go with the next sweep; those of a planned one stay."""
    planned = many.ask("round.start", title="一")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tandem.hub.rounds.saved.of", lambda *args: 1 / 0)
        runner.work_off(many.world.hub)
    assert tidying.left_parts(many.world.hub) == 0
    many.ask("round.drop", id=planned.id)
    assert tidying.left_parts(many.world.hub) == 1
    assert place.kept(many.world.hub.folder) == []


def test_old_answers_and_dead_keys_are_forgotten(market):
    """What is older than promised goes, what is younger stays; the journal tells how many."""
    from tandem.hub import repeats

    hub, now = market.world.hub, market.world.clock.now
    kept = [{"asker": "a", "key": str(at), "request": b"", "kind": "x", "body": b"", "created_at": now - at}
            for at in (0, repeats.KEPT - 1, repeats.KEPT + 1, repeats.KEPT + 2)]  # fmt: skip
    keys = [{"id": f"k{at}", "hash": str(at).encode(), "kind": "token", "account_id": "a", "label": None,
             "scopes": None, "created_at": 0, "expires_at": now - at, "used_at": None, "revoked_at": None}
            for at in (0, tidying.KEYS_KEPT - 1, tidying.KEYS_KEPT + 1)]  # fmt: skip
    hub.database.write(lambda tx: tx.insert(s.kept_answers, kept)).result()
    hub.database.write(lambda tx: tx.insert(s.keys, keys)).result()
    assert (tidying.old_answers(hub), tidying.dead_keys(hub)) == (2, 1)
    assert (tidying.old_answers(hub), tidying.dead_keys(hub)) == (0, 0)
    assert {row["key"] for row in market.rows(s.kept_answers)} == {"0", str(repeats.KEPT - 1)}
    assert len(market.rows(s.keys)) == 2
    assert market.entries("hub.forget_answers") == market.entries("hub.forget_keys") == 1


@pytest.mark.parametrize("sweep", periodic.TABLE, ids=lambda one: one.place)
def test_every_sweep_of_the_table_runs(market, sweep):
    """Each is there, and runs on a hub with little in it."""
    assert periodic.run(market.world.hub, sweep)


def test_a_sweep_that_fails_harms_nobody(market):
    """It is told in the log, and the next one tries again."""
    assert not periodic.run(market.world.hub, periodic.Sweep(1, "rounds.nowhere:nothing"))
