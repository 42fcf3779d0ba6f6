"""Compiled once, run often: the same rows as SQLAlchemy's own way, for every kind of actor, on both databases."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa

from tandem.base import words
from tandem.base.errors import Absent, Conflict, Invalid
from tandem.domain.people import ROLES, VISITOR, Actor
from tandem.domain.records import VISIBILITIES
from tandem.storage.database import schema as s
from tandem.storage.database.visible import bound, visible

STATES = ("draft", "posed", "withdrawn")


@pytest.fixture
def full(world):
    """Needs of two organisations, an anonymous one among them, in every visibility and state."""
    first, second = (world.organisation(name) for name in ("甲", "乙"))

    def work(tx):
        for number, (org, vis, state) in enumerate(itertools.product((first, second), VISIBILITIES, STATES)):
            row = {"title": f"n{number}", "org_id": org, "visibility": vis, "state": state,
                   "anonymous": number % 2 == 0, "slots": number, "currency": "CNY"}  # fmt: skip
            need = tx.add(s.needs, row)
            if vis == "named":
                tx.insert(s.named, {"record_id": need["id"], "org_id": second if org == first else first})
            tx.tell("test", VISITOR, "needs", need["id"], org=org, number=number)
            tx.insert(s.notices, {"id": tx.ids(), "account_id": f"a{number % 3}", "code": "x", "params": "{}",
                                  "created_at": number})  # fmt: skip

    world.hub.database.write(work).result()
    return world, first, second


def statements():
    """Statements of many forms, each in two versions that differ in values alone."""
    n, o = s.needs.c, s.organisations.c
    for at in (3, 17):
        yield sa.select(s.needs)
        yield sa.select(s.needs).where(n.title == f"n{at}")
        yield sa.select(s.needs).where(n.slots > at, n.anonymous.is_(True)).order_by(n.slots.desc()).limit(at)
        yield sa.select(n.id, n.title).where(n.title.in_([f"n{k}" for k in range(at)]))
        yield sa.select(n.id).where(n.title.in_([]))
        yield (
            sa.select(n.title, o.name)
            .join_from(s.needs, s.organisations, n.org_id == o.id)
            .where(n.slots < at)
        )
        yield sa.select(sa.func.count().label("many")).select_from(s.needs).where(n.slots < at)
        yield (
            sa.select(n.state, sa.func.count().label("many"))
            .group_by(n.state)
            .having(sa.func.count() > at % 3)
        )
        yield sa.select(n.title).where((n.slots == at) | n.title.like(f"%{at}"), n.org_id.is_not(None))
        yield sa.select(n.title).where(sa.tuple_(n.slots, n.title) < sa.tuple_(at, "n1")).offset(1)
        yield sa.select(n.title).where(
            n.id.in_(sa.select(s.named.c.record_id).where(s.named.c.org_id != str(at)))
        )
        yield sa.select(sa.case((n.slots > at, "many"), else_="few").label("how"), n.title)
        yield sa.select(s.journal).where(s.journal.c.seq > at)
        yield sa.select(s.notices).where(s.notices.c.created_at > at)
        yield sa.select(s.kept_answers)  # no rule: no rows
        others = s.needs.alias()
        yield (
            sa.select(n.id, others.c.title).join_from(s.needs, others, n.org_id == others.c.org_id).limit(500)
        )
        yield sa.select(others.c.title).where(others.c.slots == at)


def actors(first, second):
    for role in ROLES:
        for account, org in ((None, None), ("a0", None), ("a1", first), ("a2", second)):
            yield Actor(role, account, org)


def in_order(rows):
    return sorted(tuple(map(repr, dict(row).items())) for row in rows)


def test_the_same_rows_as_made_anew_each_time(full):
    """Every statement as every actor, twice over, so that each form is made once and used again."""
    world, first, second = full
    database = world.hub.database
    seen = set()
    with database.engine.connect() as plainly, database.reading() as tx:
        for actor in actors(first, second):
            for statement in statements():
                plain = plainly.execute(visible(statement, actor), bound(actor)).mappings().all()
                rows = tx.rows(statement, actor)
                assert in_order(rows) == in_order(plain), (actor, str(statement))
                seen.add((actor.role, len(rows)))
            rows = tx.rows(sa.select(s.needs), actor)
            for need in plainly.execute(sa.select(s.needs)).mappings().all():
                if need["id"] in {row["id"] for row in rows}:
                    assert tx.one(s.needs, need["id"], actor) == dict(need)
                else:
                    with pytest.raises(Absent):
                        tx.one(s.needs, need["id"], actor)
    assert len(seen) > 40  # the cases do differ


def test_a_table_under_another_name_is_limited_and_a_subquery_gives_nothing(full):
    """No way of writing a statement gets round `visible`."""
    world, _, _ = full
    others, inner = s.needs.alias("others"), sa.select(s.needs).subquery()
    union = sa.union_all(sa.select(s.needs.c.title), sa.select(s.needs.c.title))
    with world.hub.database.reading() as tx:
        assert len(tx.rows(sa.select(others), VISITOR)) == len(tx.rows(sa.select(s.needs), VISITOR)) == 2
        assert len(tx.unguarded(sa.select(others))) == 24
        assert tx.rows(sa.select(inner), VISITOR) == tx.rows(sa.select(inner), Actor("operator")) == []
        assert tx.rows(sa.select(sa.select(s.needs).cte()), VISITOR) == []
        assert tx.rows(sa.select(sa.func.count().label("n")).select_from(inner), VISITOR) == [{"n": 0}]
        with pytest.raises(TypeError):
            tx.rows(union, VISITOR)


def test_counts_are_of_what_the_asker_sees(full):
    """Functions pass through to their arguments; one that is read from gives nothing; no sum holds a hidden row."""
    world, first, second = full
    n, many = s.needs.c, sa.func.count().label("many")
    counted = (
        sa.select(many).select_from(s.needs),
        sa.select(sa.func.count(n.id).label("many")),
        sa.select(sa.func.count(sa.func.coalesce(n.text, n.title)).label("many")),
        sa.select(many).where(sa.func.length(n.title) > 0),
    )
    read = sa.func.json_each("[1, 2]")
    with world.hub.database.reading() as tx:
        for actor in actors(first, second):
            seen = tx.rows(sa.select(s.needs), actor)
            for statement in counted:
                assert tx.rows(statement, actor) == [{"many": len(seen)}], (actor, str(statement))
            highest = max((row["slots"] for row in seen), default=None)
            assert tx.rows(sa.select(sa.func.max(n.slots).label("m")), actor) == [{"m": highest}]
        if world.hub.database.embedded:
            for source in (read, read.table_valued("value")):
                assert len(tx.unguarded(sa.select(sa.literal(1).label("one")).select_from(source))) == 2
                assert (
                    tx.rows(sa.select(sa.literal(1).label("one")).select_from(source), Actor("operator"))
                    == []
                )


def test_one_form_serves_two_actors_and_each_sees_its_own(full):
    """What is kept is the text; whom it is run for is told anew each time, in any order."""
    world, first, second = full
    mine = sa.select(s.needs.c.org_id).where(s.needs.c.visibility == "confidential")
    with world.hub.database.reading() as tx:
        for org in (first, second, first, second):
            assert {row["org_id"] for row in tx.rows(mine, Actor("member", "a", org))} == {org}
        assert tx.rows(mine, Actor("member", "a", None)) == []


def test_a_lasting_statement_takes_its_values_by_name(full):
    """The same statement object with other values, also lists of other lengths, and as another actor."""
    world, _first, _second = full
    n = s.needs.c
    asked = sa.select(n.title).where(
        n.slots < sa.bindparam("most"), n.title.in_(sa.bindparam("names", expanding=True))
    )
    with world.hub.database.reading() as tx:
        for most, names in (
            (9, ["n1", "n2"]),
            (2, ["n1", "n2"]),
            (99, ["n1", "n2", "n20"]),
            (99, []),
            (9, ["n1"]),
        ):
            wanted = {f"n{k}" for k in range(24)} & set(names) & {f"n{k}" for k in range(most)}
            assert {row["title"] for row in tx.unguarded(asked, most=most, names=names)} == wanted
        everything = [f"n{k}" for k in range(24)]
        assert len(tx.rows(asked, Actor("operator"), most=99, names=everything)) == 24
        assert len(tx.rows(asked, VISITOR, most=99, names=everything)) == 2


def test_changes_of_every_kind(world):
    """insert, update, delete through their forms: values, conversions, counts of rows."""

    def work(tx):
        tx.insert(s.jobs, [job(tx, str(k)) for k in range(5)])
        counts = [
            tx.execute(
                sa.update(s.jobs)
                .where(s.jobs.c.done < most)
                .values(step=step, attempts=s.jobs.c.attempts + 1)
            )
            for most, step in ((3, "a"), (1, "b"))
        ]
        counts.append(tx.execute(sa.delete(s.jobs).where(s.jobs.c.id.in_(["3", "4", "9"]))))
        counts.append(tx.execute(sa.insert(s.meta).values(name="k", value="v")))
        counts.append(
            tx.execute(
                sa.insert(s.meta).from_select(["name", "value"], sa.select(s.jobs.c.id, s.jobs.c.kind))
            )
        )
        tx.tell("test", VISITOR)
        return counts

    def job(tx, id_):
        return {"id": id_, "version": 1, "kind": "k", "state": "waiting", "given": "{}", "role": "member",
                "done": int(id_), "total": 9, "attempts": 0, "created_at": 1, "changed_at": 1}  # fmt: skip

    assert world.hub.database.write(work).result() == [3, 1, 2, 1, 3]
    with world.hub.database.reading() as tx:
        rows = tx.unguarded(sa.select(s.jobs.c.id, s.jobs.c.step, s.jobs.c.attempts).order_by(s.jobs.c.id))
        assert [tuple(row.values()) for row in rows] == [("0", "b", 2), ("1", "a", 1), ("2", "a", 1)]


def test_a_record_changes_only_from_the_version_that_was_read(world):
    """The second of two changes from one version is refused, and leaves nothing."""
    org = world.organisation("甲")

    def twice(tx):
        row = tx.one(s.organisations, org, Actor("operator"))
        after = tx.change(s.organisations, row, {"city": "440300"})
        assert (after["version"], after["city"]) == (2, "440300")
        tx.change(s.organisations, row, {"city": "440100"})

    with pytest.raises(Conflict, match=r"record\.stale"):
        world.hub.database.write(twice).result()
    with world.hub.database.reading() as tx:
        assert tx.one(s.organisations, org, Actor("operator"))["version"] == 1


def test_readers_cannot_write(world):
    """What runs outside the writer is refused by the database itself."""
    with world.hub.database.reading() as tx, pytest.raises(Exception, match=r"(?i)read.?only"):
        tx.execute(sa.insert(s.meta).values(name="k", value="v"))


def test_a_reading_sees_one_state(world):
    """What is committed meanwhile is not in it, and is in the next."""
    with world.hub.database.reading() as tx:
        many = sa.select(sa.func.count().label("many")).select_from(s.organisations)
        before = tx.unguarded(many)
        world.organisation("later")
        assert tx.unguarded(many) == before
    with world.hub.database.reading() as tx:
        assert tx.unguarded(many)[0]["many"] == before[0]["many"] + 1


def test_a_value_that_the_driver_refuses_is_the_askers(world):
    """The driver's DataError is Invalid storage.value, with words; PostgreSQL has no text with NUL."""
    with world.hub.database.reading() as tx:
        session = tx._session
        ours = session._ours(session._errors.DataError("x"))
        assert isinstance(ours, Invalid)
        assert ours.code == "storage.value"
        assert words.has("error.storage.value")
