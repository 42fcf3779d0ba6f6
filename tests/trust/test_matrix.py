"""Who may do what, and who sees what: every action x role, every record x visibility x role, over HTTP.

policy.tsv is the reviewed policy: an action that is not in it fails. test_doors.py asks the same by the other ways in.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.trust.roles import CELLS, EVERYBODY, HIDDEN, OUTSIDE, STAFF, TABLES, may_see, sentinel, wanted
from tests.trust.worlds import ROUTES, Seen

from tandem.hub.actions import ACTIONS

POLICY = Path(__file__).parent / "policy.tsv"
LETTERS = {"visitor": "v", "member": "m", "manager": "g", "analyst": "a", "reviewer": "r", "auditor": "u",
           "operator": "o"}  # fmt: skip


def policy() -> Mapping[str, str]:
    """The letters of the roles that may ask for each action."""
    with POLICY.open(encoding="utf-8") as file:
        return {row["action"]: row["may"] for row in csv.DictReader(file, delimiter="\t")}


@pytest.mark.parametrize(("table", "visibility", "state"), CELLS)
def test_a_record_is_shown_to_whom_it_is_open(filled, table, visibility, state):
    """show, list, export and search give a record to exactly those who may see it."""
    label = f"{table} {visibility} {state}"
    word, id_ = sentinel(label).encode(), filled.ids[label].encode()
    for who in EVERYBODY:
        wanted = may_see(who, visibility, state)
        shown = filled.ask(who, f"{TABLES[table]}.show", id=f":{label}")
        assert (shown.status, word in shown.body) == ((200, True) if wanted else (404, False)), (who, shown)
        listed = filled.ask(who, f"{TABLES[table]}.list", limit=200)
        assert (id_ in listed.body) == wanted, who
        exported = [
            filled.ask(who, "records.export", format="jsonl", table=table, others=one)
            for one in (True, False)
        ]
        assert any(word in one.body for one in exported) == wanted, who
        if table in ("needs", "offers"):
            found = filled.ask(who, "search.find", text=sentinel(label))
            hit = id_ in found.body
            assert hit == wanted if state in ("posed", "open") else hit <= wanted, who


def refused(answer: Seen) -> bool:
    """Whether the role, and nothing else, was the reason."""
    return (answer.status == 401 and b'"action.sign_in"' in answer.body) or (
        answer.status == 403 and b'"action.refused"' in answer.body
    )


@pytest.mark.parametrize("name", [name for name in ROUTES if not ROUTES[name].upload])
def test_roles_are_admitted_by_the_policy(filled, name):
    """Every role that the policy admits gets past admission, every other is refused; without an entry, nobody is."""
    admitted = policy()[name]
    people = {"visitor": "visitor", "member": "other member", "manager": "other manager"} | {
        one: one for one in STAFF
    }
    for role, who in people.items():
        if LETTERS[role] in admitted and ACTIONS[name].does == "writes" and "id" not in ROUTES[name].settings:
            assert role in ACTIONS[name].may  # what has no record to miss would be done
            continue
        assert refused(filled.ask(who, name, **wanted(name))) == (LETTERS[role] not in admitted), role


def test_the_policy_names_every_action_and_no_other():
    """A new action needs a decision about who may ask for it."""
    assert set(policy()) == set(ROUTES)


@pytest.mark.parametrize("name", [name for name in ROUTES if ACTIONS[name].does == "writes"])
def test_a_program_keeps_within_its_scopes(filled, name):
    """With scopes for reading alone nothing is written."""
    if "m" in policy()[name] and not ROUTES[name].upload:
        answer = filled.ask("agent", name, **wanted(name))
        assert (answer.status, b'"action.scope"' in answer.body) == (403, True)


@pytest.mark.parametrize("name", [name for name in ROUTES if "id" in ROUTES[name].settings])
def test_what_is_hidden_is_told_like_what_is_not_there(filled, name):
    """Every action that names a record answers the same to a hidden id and to one that never was."""
    never = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
    for who in OUTSIDE:
        missing = filled.ask(who, name, **wanted(name, id=never))
        for label in HIDDEN:
            id_ = filled.ids[label]
            answer = filled.ask(who, name, **wanted(name, id=id_))
            told = answer.body.replace(id_.encode(), never.encode())
            assert (answer.status, told) == (missing.status, missing.body), (who, label)
            assert answer.status >= 400 or ACTIONS[name].does == "reads"
