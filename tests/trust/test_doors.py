"""What is hidden appears nowhere, whichever way one comes in: every reading action x visibility x role.

HTTP and MCP are asked by everybody, the command line by one of each kind; a visitor has no command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from tests.trust import doors
from tests.trust.doors import Door
from tests.trust.leaks import needs_for_everybody, planted
from tests.trust.roles import CELLS, EVERYBODY, TABLES, fill, may_see, sentinel, wanted
from tests.trust.worlds import ROUTES, Place, place, reads

SAMPLE = ("owner member", "named manager", "other member", "analyst")
WAYS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "http": (lambda at: nullcontext(doors.http(at)), EVERYBODY),
    "mcp": (doors.mcp, EVERYBODY),
    "terminal": (lambda at: doors.terminal(at, "--json"), SAMPLE),
    "terminal as people read it": (doors.terminal, SAMPLE[1:3]),
}
NEVER = "bbbbbbbbbbbbbbbbbbbbbbbbbb"


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest, filled: Place) -> Iterator[tuple[Door, tuple[str, ...]]]:
    """A way in, and who comes by it."""
    make, people = WAYS[request.param]
    with make(filled) as door:
        yield door, people


def labels(who: str, *, seen: bool) -> list[str]:
    """What somebody sees, or what is hidden from it."""
    return [
        f"{table} {visibility} {state}" for table, visibility, state in CELLS
        if may_see(who, visibility, state) == seen
    ]  # fmt: skip


def whole(name: str) -> list[dict[str, Any]]:
    """Requests that bring out all that a reading action has."""
    settings = ROUTES[name].settings
    if name == "search.find":
        return [{"text": " ".join(sentinel(f"{table} {visibility} {state}")
                                  for table, visibility, state in CELLS if table == one), "limit": 200}
                for one in TABLES]  # fmt: skip
    if name == "search.suggest":
        return [{"text": "zq"}]
    if name == "need.similar":
        return [{"title": sentinel(f"{table} {visibility} {state}")} for table, visibility, state in CELLS]
    if name == "records.export":
        tables = [one for one in TABLES if one != "organisations"]
        return [
            {"format": "jsonl", "table": one, "others": others} for one in tables for others in (True, False)
        ]
    return [{**wanted(name), **({"limit": 200} if "limit" in settings else {})}]


PARTS = [name for name in reads() if "id" not in ROUTES[name].settings and not ROUTES[name].upload]
NAMED = [name for name in reads() if "id" in ROUTES[name].settings]


def test_lists_searches_and_files_hold_what_may_be_seen_and_no_more(filled, way):
    """All that can be asked without an id: together it holds everything that is open to somebody, nothing else."""
    ask, people = way
    for who in people:
        answers = {f"{name} {given}": ask(who, name, **given) for name in PARTS for given in whole(name)}
        told = "\n".join(answer.text for answer in answers.values() if answer.good)
        for label in labels(who, seen=True):
            assert filled.ids[label] in told, (who, label)
            assert sentinel(label) in told, (who, label)
        for label in labels(who, seen=False):
            for asked, answer in answers.items():
                assert filled.ids[label] not in answer.text, (who, label, asked)
                assert sentinel(label) not in answer.text, (who, label, asked)


@pytest.mark.parametrize("name", [f"{family}.show" for family in TABLES.values() if family != "organisation"])
def test_a_record_is_shown_to_whom_it_is_open(filled, way, name):
    """By its id a record is shown to exactly those who may see it."""
    ask, people = way
    for table, visibility, state in CELLS:
        label = f"{table} {visibility} {state}"
        if name == f"{TABLES[table]}.show":
            for who in people:
                answer = ask(who, name, id=f":{label}")
                open_to = may_see(who, visibility, state)
                assert (answer.good, sentinel(label) in answer.text) == (open_to, open_to), (who, label)


@pytest.mark.parametrize("name", NAMED)
def test_what_is_hidden_is_told_like_what_never_was(filled, way, name):
    """Every reading action answers a hidden id as it answers one that there never was, to the byte."""
    ask, people = way
    for who in people:
        never = ask(who, name, **wanted(name, id=NEVER))
        assert not never.good, who
        for label in labels(who, seen=False):
            answer = ask(who, name, **wanted(name, id=filled.ids[label]))
            assert answer.text.replace(filled.ids[label], NEVER) == never.text, (who, label)


@pytest.mark.parametrize("family", ["needs", "offers", "deliveries"])
def test_addresses_that_agents_read_show_what_is_open(filled, family):
    """A record is read by its address by those who see it; for others its address is one that never was."""
    with doors.resources(filled) as read:
        for who in EVERYBODY:
            never = read(who, f"tandem://{family}/{NEVER}")
            for label in labels(who, seen=False):
                id_ = filled.ids[label]
                answer = read(who, f"tandem://{family}/{id_}")
                assert (answer.good, answer.text.replace(id_, NEVER)) == (False, never.text), (who, label)
            for label in labels(who, seen=True):
                if label.startswith(family):
                    assert sentinel(label) in read(who, f"tandem://{family}/{filled.ids[label]}").text, (
                        who,
                        label,
                    )


@pytest.mark.parametrize("name", WAYS)
def test_a_leak_would_be_heard(tmp_path, empty_file, name):
    """A hub that shows needs to everybody tells them by each way in: what is asked here is the hub's own answer."""
    label = "needs confidential posed"
    make, _ = WAYS[name]
    with planted(needs_for_everybody), place(tmp_path / "hub", empty_file) as at:
        fill(at)
        with make(at) as ask:
            assert sentinel(label) in ask("analyst", "need.show", id=f":{label}").text
            assert at.ids[label] in ask("analyst", "need.list", limit=200).text


def test_the_reading_actions_are_asked():
    """Comparing nothing proves nothing: every reading action but those that want a file is asked, by id or without."""
    assert {*PARTS, *NAMED} == {name for name in reads() if not ROUTES[name].upload}
    assert len(NAMED) >= 8
    assert len(PARTS) >= 20
