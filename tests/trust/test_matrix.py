"""Who may do what, and who sees what: every action x role, every record x visibility x role, over HTTP.

policy.tsv is the reviewed policy: an action that is not in it fails. What may be seen is decided here once more, by
`may_see`, from the definition and not from the hub's code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.trust.worlds import ROUTES, Place, Seen, place

from tandem.base.settings import Setting
from tandem.domain.records import VISIBILITIES
from tandem.hub.actions import ACTIONS

POLICY = Path(__file__).parent / "policy.tsv"
LETTERS = {"visitor": "v", "member": "m", "manager": "g", "analyst": "a", "reviewer": "r", "auditor": "u",
           "operator": "o"}  # fmt: skip
# Everybody whose view is looked at: of the organisation that owns the records, of one that they name, of another.
OWN = ("owner member", "owner manager")
NAMED = ("named member", "named manager")
OTHER = ("other member", "other manager", "agent")
STAFF = ("analyst", "reviewer", "auditor", "operator")
EVERYBODY = ("visitor", *OWN, *NAMED, *OTHER, *STAFF)
OUTSIDE = ("visitor", *OTHER, "analyst", "reviewer")
TABLES = {"needs": "need", "offers": "offer", "deliveries": "delivery", "organisations": "organisation"}
STATES = {"needs": ("posed", "draft", "withdrawn"), "offers": ("open", "withdrawn"),
          "deliveries": ("stated", "withdrawn"), "organisations": ("claimed",)}  # fmt: skip


def policy() -> Mapping[str, str]:
    """The letters of the roles that may ask for each action."""
    with POLICY.open(encoding="utf-8") as file:
        return {row["action"]: row["may"] for row in csv.DictReader(file, delimiter="\t")}


def may_see(who: str, visibility: str, state: str) -> bool:
    """Whether somebody sees a record of the organisation `owner` that names the organisation `named`."""
    if who in (*OWN, "auditor", "operator"):
        return True
    if state in ("draft", "withdrawn"):
        return False
    if visibility == "named":
        return who in NAMED
    return visibility == "public" or (visibility == "members" and who != "visitor")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Place]:
    """A hub with one record of every table, visibility and state, and somebody of every role."""
    with place(tmp_path_factory.mktemp("matrix") / "hub", empty_file) as at:
        for name in ("owner", "named", "other"):
            at.organisation(name)
            at.person(f"{name} member", "member", at.ids[name])
            at.person(f"{name} manager", "manager", at.ids[name])
        at.person("agent", "member", at.ids["other"], agent=True, scopes=frozenset(("read",)))
        for role in STAFF:
            at.person(role, role)
        for visibility in VISIBILITIES:
            _records(at, visibility)
        yield at


def _records(at: Place, visibility: str) -> None:
    """One record of each table and state, its title a word of its own."""
    named = [":named"] if visibility == "named" else []
    for state in STATES["needs"]:
        label = f"needs {visibility} {state}"
        at.do("owner manager", "need.pose", label, title=sentinel(label), kind="service", visibility=visibility,
              named=named, draft=state == "draft")  # fmt: skip
    for state in STATES["offers"]:
        label = f"offers {visibility} {state}"
        at.do("owner manager", "offer.add", label, title=sentinel(label), kind="service", visibility=visibility,
              named=named)  # fmt: skip
    for state in STATES["deliveries"]:
        label = f"deliveries {visibility} {state}"
        at.do(
            "owner manager", "delivery.add", label, title=sentinel(label), visibility=visibility, named=named
        )
    at.do("owner manager", "need.withdraw", id=f":needs {visibility} withdrawn")
    at.do("owner manager", "offer.withdraw", id=f":offers {visibility} withdrawn")
    at.do("owner manager", "delivery.remove", id=f":deliveries {visibility} withdrawn")


def sentinel(label: str) -> str:
    """One word that stands nowhere else."""
    return "zq" + "".join(char for char in label if char.isalpha())


CELLS = [
    (table, visibility, state)
    for table in ("needs", "offers", "deliveries")
    for visibility in VISIBILITIES
    for state in STATES[table]
]


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


def asked(settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Something for every setting that has to be given."""
    made: dict[str, Any] = {}
    for name, one in settings.items():
        if not one.required or name == "id":
            continue
        if one.type == "choice":
            made[name] = one.choices[0]
        elif one.type in ("integer", "money"):
            made[name] = max(1, one.minimum or 0)
        elif one.type == "share":
            made[name] = 0.5
        elif one.type == "date":
            made[name] = "2027-01-01"
        elif one.type == "texts":
            made[name] = ["read"] * max(1, one.at_least)
        else:
            made[name] = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
    return made


def wanted(name: str, **given: Any) -> dict[str, Any]:
    """A request that an action can read."""
    settings = ROUTES[name].settings
    id_ = {"id": "aaaaaaaaaaaaaaaaaaaaaaaaaa"} if "id" in settings else {}
    return {**id_, **asked(settings), **given}


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


HIDDEN = ("needs confidential posed", "offers confidential open", "deliveries confidential stated")


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
