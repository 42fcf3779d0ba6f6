"""Two worlds: what is hidden changes nothing that outsiders are told, not a byte, a header, a number or an id.

Leaks planted on purpose (leaks.py) must be caught by the same comparison.
"""

from __future__ import annotations

import json
import shutil

import pytest
from tests.trust.leaks import LEAKS, planted
from tests.trust.two_worlds import HOOKED, OUTSIDERS, SECRET, WORDS, differing, world
from tests.trust.worlds import ROUTES, Seen, reads

from tandem.hub.actions import ACTIONS

SHORT, LONG = 50, 1_000  # pairs
AT_ONCE = 10  # pairs of one test
# Actions that are only refused to outsiders here, each with the reason.
NOT_ANSWERED = {
    "job.show": "jobs are the operator's; what clearing lets others learn is in tests/hub/rounds/test_disclosures.py",
}


def compared(folder, empty, seeds):
    """What differs, by seed."""
    found = {}
    for seed in seeds:
        if keys := differing(folder / str(seed), empty, seed):
            found[seed] = keys
        shutil.rmtree(folder / str(seed))
    return found


@pytest.mark.parametrize("first", range(0, SHORT, AT_ONCE))
def test_what_is_hidden_changes_nothing_outside(tmp_path, empty_file, first):
    """Pairs of worlds: hundreds of questions each, events and webhooks, all told alike to the byte."""
    assert compared(tmp_path, empty_file, range(first, first + AT_ONCE)) == {}


@pytest.mark.long
@pytest.mark.parametrize("first", range(1_000, 1_000 + LONG, AT_ONCE))
def test_what_is_hidden_changes_nothing_outside_in_a_thousand_worlds(tmp_path, empty_file, first):
    """The same for a thousand pairs."""
    assert compared(tmp_path, empty_file, range(first, first + AT_ONCE)) == {}


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_planted_leaks_are_caught(tmp_path, empty_file, leak):
    """A hub that leaks on purpose tells two worlds differently, in one of the first pairs."""
    with planted(leak):
        assert any(compared(tmp_path, empty_file, [seed]) for seed in range(1, 5))


@pytest.fixture(scope="module")
def told(tmp_path_factory, empty_file):
    """What is told in some worlds in which hidden things have happened, and what is hidden there."""
    folder = tmp_path_factory.mktemp("told")
    return [world(folder / str(seed), empty_file, seed, None) for seed in range(1, 5)]


def test_the_questions_are_answered(told):
    """Comparing refusals proves nothing: every action that an outsider may ask for is answered to one."""
    good = {
        key[1]
        for one in told
        for key, parts in one.told.items()
        if key[1] in ROUTES and parts[0].status == 200
    }
    roles = {"visitor", "member", "manager", "analyst", "reviewer"}
    asked = {name for name in reads() if roles & ACTIONS[name].may}
    assert asked - good == set(NOT_ANSWERED)
    assert len(asked) > 25
    hits = [parts for one in told for key, parts in one.told.items()
            if key[1:] == ("search.find", str({"text": WORDS[0]}))]  # fmt: skip
    assert any(b'"items":[{' in parts[0].body for parts in hits)
    walked = [
        parts for one in told for parts in one.told.values() if len(parts) > 1 and isinstance(parts[0], Seen)
    ]
    assert len(walked) > 10
    assert {key[0] for one in told for key in one.told} >= set(OUTSIDERS)


def test_nothing_hidden_is_told(told):
    """No answer, event or message holds an id or a word of what is hidden, but where the asker's own is given back."""
    for one in told:
        assert one.hidden
        for key, parts in one.told.items():
            text = "".join(
                part.body.decode("utf-8", "replace") if isinstance(part, Seen) else str(part)
                for part in parts
            )
            assert not [id_ for id_ in one.hidden.values() if id_ in text and id_ not in key[2]], key
            if key[0] != "named" and key[1] not in ("records.problems", "records.columns"):
                assert not [word for word in SECRET if word in text and word not in key[2]], key


def test_there_is_news(told):
    """Comparing silence proves nothing: a manager hears of its organisation's records, by both ways the same."""
    invited = False
    for one in told:
        assert one.told["visitor", "events", ""] == ["action.sign_in"]
        own = [said for _, name, said in one.told["manager", "events", ""] if name == "need.pose"]
        assert own
        bodies = [json.loads(row["body"]) for row in one.told["manager", "messages", ""]]
        assert [body["data"] for body in bodies if body["type"] == "need.pose"] == own
        assert all(one.told[who, "messages", ""] for who in HOOKED)
        invited |= any(name == "introduction.invite" for _, name, _ in one.told["named", "events", ""])
        notices = [parts[0].body for key, parts in one.told.items() if key[1] == "notice.list"]
        assert any(b'"items":[{' in body for body in notices)
    assert invited
