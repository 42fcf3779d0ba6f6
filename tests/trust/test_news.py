"""Two worlds once more, for what the hub sends by itself: events and webhooks tell outsiders nothing of what is hidden.

A listener stands for each outsider from before the first record on, and webhooks of those who may have them.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.trust.test_two_worlds import people, story
from tests.trust.worlds import Place, place

from tandem.base.errors import Denied
from tandem.hub.feeds import entries, events, outbox
from tandem.storage.database import schema as s
from tandem.storage.database import visible

LISTENERS = ("visitor", "member", "manager", "analyst", "reviewer", "program", "named")
HOOKED = ("manager", "named")
Said = dict[str, list[Any]]


class Heard(Exception):
    """All that there is has been heard."""


async def _no_more(_: asyncio.Event) -> None:
    raise Heard


def listening(at: Place) -> dict[str, Any]:
    """A listener for each outsider who may listen, from now on."""
    found: dict[str, Any] = {}
    for who in LISTENERS:
        try:
            found[who] = events.events(at.hub, at.people[who], None)
        except Denied as refused:
            found[who] = refused.code
    return found


async def heard(source: Any) -> list[Any]:
    """Everything that a listener is told until there is nothing new."""
    told = []
    try:
        async for one in source:
            told.append(one)
    except Heard:
        return told
    return [*told, "ended"]


def sent(at: Place) -> Said:
    """The messages of each webhook, as they would go out: id, body, and when."""
    o = s.outbox.c
    for who in HOOKED:
        while at.hub.database.write(lambda tx, one=at.ids[f"hook {who}"]: outbox.fill(tx, one)).result():
            pass
    asked = sa.select(o.id, o.webhook_id, o.entry_id, o.body, o.due_at, o.state).order_by(o.seq)
    with at.hub.database.reading() as tx:
        rows = [dict(row) for row in tx.unguarded(asked)]
    return {who: [row for row in rows if row["webhook_id"] == at.ids[f"hook {who}"]] for who in HOOKED}


def world(folder: Path, empty: Path, seed: int, *, with_hidden: bool) -> tuple[Said, Said, set[str]]:
    """What listeners hear, what webhooks send, and the ids of what is hidden."""
    with place(folder, empty) as at:
        sources: dict[str, Any] = {}

        def begin(at: Place) -> None:
            people(at)
            sources.update(listening(at))
            for who in HOOKED:
                at.do(who, "webhook.add", f"hook {who}", address=f"https://hooks.example/{who}")

        story(at, seed, with_hidden=with_hidden, begin=begin)
        events_ = {
            who: [one] if isinstance(one, str) else asyncio.run(heard(one)) for who, one in sources.items()
        }
        return events_, sent(at), {id_ for label, id_ in at.ids.items() if label.startswith("hidden")}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has heard everything waits for nothing more."""
    monkeypatch.setattr(events, "_heard", _no_more)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_hidden_is_no_news(tmp_path, empty_file, seed):
    """Events and messages are the same, ids and order and all, whether or not hidden things have happened."""
    events_a, sent_a, _ = world(tmp_path / "a", empty_file, seed, with_hidden=False)
    events_b, sent_b, hidden = world(tmp_path / "b", empty_file, seed, with_hidden=True)
    for who in LISTENERS:
        if who != "named":  # to whom introductions of hidden needs are proposed; what it may hear is below
            assert events_a[who] == events_b[who], who
    assert sent_a["manager"] == sent_b["manager"]
    assert hidden
    told = json.dumps([events_b, sent_b], default=str)
    assert not [one for one in hidden if one in told]


def test_there_is_news(tmp_path, empty_file):
    """Comparing silence proves nothing: a manager hears of its organisation's records, by both ways the same."""
    events_, sent_, _ = world(tmp_path / "one", empty_file, 0, with_hidden=True)
    assert events_["visitor"] == ["action.sign_in"]
    own = [told for _, name, told in events_["manager"] if name == "need.pose"]
    assert own
    bodies = [json.loads(row["body"]) for row in sent_["manager"]]
    assert [one["data"] for one in bodies if one["type"] == "need.pose"] == own
    assert any(name == "introduction.invite" for _, name, _ in events_["named"])


def _everybody(patch: pytest.MonkeyPatch) -> None:
    """Entries are shown to everybody."""
    patch.setitem(visible.RULES, "journal", lambda shape, table: sa.true())


def _numbered(patch: pytest.MonkeyPatch) -> None:
    """What is sent tells the number of its entry, which counts what is hidden."""
    shown = entries.shown
    patch.setattr(entries, "shown", lambda entry, actor: {**shown(entry, actor), "seq": entry["seq"]})


@pytest.mark.parametrize("leak", [_everybody, _numbered], ids=lambda leak: leak.__name__.strip("_"))
def test_planted_leaks_are_caught(tmp_path, empty_file, monkeypatch, leak):
    """A hub that leaks on purpose has different news in two worlds, for listeners and for webhooks."""
    visible._of_table.cache_clear()
    leak(monkeypatch)
    try:
        events_a, sent_a, _ = world(tmp_path / "a", empty_file, 1, with_hidden=False)
        events_b, sent_b, _ = world(tmp_path / "b", empty_file, 1, with_hidden=True)
    finally:
        monkeypatch.undo()
        visible._of_table.cache_clear()
    assert events_a["manager"] != events_b["manager"]
    assert sent_a["manager"] != sent_b["manager"]
