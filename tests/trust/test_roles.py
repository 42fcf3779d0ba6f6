"""Who may do what: every action x role x door, asked with a request that is good, and seen in the journal to be done.

policy.tsv is the reviewed policy: an action that is not in it fails. Interfaces, actions and settings come from the
registry, so that a new action is asked for as soon as it is declared and what it needs stands in seeds.py. Visitors
have no command line: whoever sits at the hub's own machine without a token is its operator.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from tests.interfaces.http.seeds import PASSWORD
from tests.trust import doors
from tests.trust.doors import Door, Told
from tests.trust.stage import Stage
from tests.trust.worlds import ROUTES, place

from tandem.domain.people import HERE, ROLES, VISITOR, Role
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.people import setup

POLICY = Path(__file__).parent / "policy.tsv"
LETTERS: Mapping[Role, str] = {"visitor": "v", "member": "m", "manager": "g", "analyst": "a", "reviewer": "r",
                               "auditor": "u", "operator": "o"}  # fmt: skip
WAYS: Mapping[str, Any] = {
    "http": lambda at: nullcontext(doors.http(at)),
    "mcp": doors.mcp,
    "terminal": lambda at: doors.terminal(at, "--json"),
}
# What is a person's alone, in a session: who may act for whom, by which keys, where news go, what is taken out of the
# journal. No program may, whatever its scopes; and all that comes by MCP is a program.
IN_PERSON = frozenset((
    "account.edit", "account.set", "account.erase", "account.reset", "session.revoke", "token.create",
    "confirmation.accept", "confirmation.refuse", "membership.invite", "membership.accept", "membership.decline",
    "membership.withdraw", "journal.erase", "webhook.add", "webhook.replay", "token.revoke",
))  # fmt: skip
# What else a program may not do: the action, the role that it acts for (any where none is named), the code.
NO_PROGRAM: Mapping[tuple[str, Role | None], str] = {
    ("records.import_later", None): "import.agent",
    ("register.import", None): "import.agent",
    ("records.import", None): "import.agent",  # hundreds of records at once are no single wish to say yes to
    ("introduction.propose", "operator"): "account.person",  # the poser reads it as the broker's own word
}
# What a hub does once, while it is new: asked for on a new one.
ONCE = ("setup.begin", "records.sample", "register.sample")
SAMPLES = ("records.sample", "register.sample")
ASKED = "confirmation.ask"  # what the journal tells of an agent's wish
# What a token of one scope may not do though the scope is the action's own.
NO_TOKEN: Mapping[str, str] = {
    "session.close": "record.absent",  # a token is no session
    "confirmation.accept": "action.scope",  # what is done then has to be in the scopes as well
}


def policy() -> Mapping[str, str]:
    """The letters of the roles that may ask for each action."""
    with POLICY.open(encoding="utf-8") as file:
        return {row["action"]: row["may"] for row in csv.DictReader(file, delimiter="\t")}


def admitted(action: str) -> list[Role]:
    """The roles that the policy admits."""
    return [role for role in ROLES if LETTERS[role] in policy()[action]]


@contextmanager
def staged(folder: Path, empty: Path) -> Iterator[Stage]:
    with place(folder / "hub", empty) as at:
        yield Stage(at)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("stage"), empty_file) as made:
        yield made


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest, stage: Stage) -> Iterator[tuple[str, Door]]:
    """A way in, by its name."""
    with WAYS[request.param](stage.at) as door:
        yield request.param, door


def outcome(
    stage: Stage, door: Door, who: str, action: str, given: Mapping[str, Any]
) -> tuple[Told, tuple[str, ...]]:
    """What came of a request, and what the journal tells of it."""
    before = stage.size()
    answer = door(who, action, **given)
    return answer, stage.told(before)


def expected(
    action: str, role: Role, *, agent: bool = False, token: bool = False
) -> tuple[str | None, str | None]:
    """The code of the refusal, and what the journal tells, of a good request by somebody who may ask for it.

    agent, token  whether a program asks, as an agent or with a token
    """
    if agent and ACTIONS[action].binds:
        return None, ASKED
    if token and action in NO_TOKEN:
        return NO_TOKEN[action], None
    if (agent or token) and action in IN_PERSON:
        return "account.person", None
    code = NO_PROGRAM.get((action, None)) or NO_PROGRAM.get((action, role))
    if agent and code is not None:
        return code, None
    return None, action if ACTIONS[action].does == "writes" else None


def judged(action: str, answer: Told, told: tuple[str, ...], wanted: tuple[str | None, str | None]) -> None:
    """Whether the answer is as it should be, and the journal tells of what was done and of nothing that was not."""
    code, entry = wanted
    assert (answer.code, answer.good) == (code, code is None), answer.text
    assert told == () if entry is None else entry in told, (told, answer.text)


def test_the_policy_names_every_action_and_no_other():
    """A new action needs a decision about who may ask for it; the registry says the same as the decision."""
    assert set(policy()) == set(ROUTES)
    for name in ROUTES:
        assert set(admitted(name)) == ACTIONS[name].may, name


@pytest.mark.parametrize("action", [name for name in ROUTES if name not in ONCE])
def test_whoever_may_is_served_and_nobody_else(stage, way, action):
    """The same good request: refused to each role that may not, for its role alone; done for each that may."""
    name, door = way
    people = [role for role in ROLES if (role, name) != ("visitor", "terminal")]
    for role in people:
        if role not in admitted(action):
            given = stage.valid(action, stage.somebody(admitted(action)[-1], action))
            answer, told = outcome(stage, door, stage.somebody(role, action), action, given)
            wanted = "action.sign_in" if role == "visitor" else "action.refused"
            judged(action, answer, told, (wanted, None))
    for role in people:
        if role in admitted(action):
            who = stage.somebody(role, action)
            answer, told = outcome(stage, door, who, action, stage.valid(action, who))
            judged(action, answer, told, expected(action, role, agent=name == "mcp" and role != "visitor"))


def test_what_a_hub_does_once_is_done_for_whom_the_policy_admits(tmp_path, empty_file):
    """The first operator is made by a visitor with the code of the folder, the sample brought by that operator."""
    for name, make in WAYS.items():
        with place(tmp_path / name, empty_file) as at, make(at) as door:
            at.people["visitor"] = VISITOR
            given = {"login": "first@example.org", "password": PASSWORD, "name": "First"}
            if name == "terminal":
                run("setup.begin", given, Asker(HERE, hub=at.hub))
            else:
                wrong = door("visitor", "setup.begin", **given, code="not the code")
                assert wrong.code == "setup.code"
                assert door("visitor", "setup.begin", **given, code=setup.code(at.hub)).good
            known = {name: given[name] for name in ("login", "password")}
            secret = run("session.open", known, Asker(VISITOR, hub=at.hub)).secret
            assert at.enter("operator", secret).role == "operator"
            for role in ROLES:
                if role != "operator" and (role, name) != ("visitor", "terminal"):
                    at.person(role, role)
                    wanted = "action.sign_in" if role == "visitor" else "action.refused"
                    assert {door(role, sample).code for sample in SAMPLES} == {wanted}
            assert all(door("operator", sample).good for sample in SAMPLES)
            assert door("operator", "setup.begin", **given).code == "setup.done"


@pytest.mark.parametrize("action", [name for name in ROUTES if name not in ONCE])
def test_a_program_keeps_within_its_scopes(stage, action):
    """A token for an action, or for its family, does it; one for all the others does not, and nothing happens."""
    role = next(role for role in reversed(ROLES) if role in ACTIONS[action].may and role != "visitor")
    door, family = doors.http(stage.at), ACTIONS[action].family
    own = {name for name in ROUTES if role in ACTIONS[name].may}  # beyond its role nobody can give a scope
    beside = {name for name in own if ACTIONS[name].family == family and name != action}
    refused = frozenset(beside | {ACTIONS[name].family for name in own} - {family})
    for scopes, wanted in (
        (frozenset((action,)), expected(action, role, token=True)),
        (frozenset((family,)), expected(action, role, token=True)),
        (refused, ("action.scope", None)),
        (
            frozenset(("read",)),
            expected(action, role) if ACTIONS[action].does == "reads" else ("action.scope", None),
        ),
    ):
        who = stage.somebody(role, action)
        given = stage.valid(action, who)
        answer, told = outcome(stage, door, stage.program(who, scopes), action, given)
        judged(action, answer, told, wanted)
