"""Who sees what: every record x visibility x role, and every action that names one, over HTTP.

test_doors.py asks the same by the other ways in; test_roles.py asks who may do what.
"""

from __future__ import annotations

import pytest
from tests.trust.roles import CELLS, EVERYBODY, HIDDEN, OUTSIDE, TABLES, may_see, sentinel, wanted
from tests.trust.worlds import ROUTES

from tandem.hub.actions import ACTIONS


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
