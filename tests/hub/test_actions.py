"""The registry of actions: complete, admitting, and the only door."""

from __future__ import annotations

import dataclasses
import inspect
import typing

import pytest

from tandem.base.errors import Denied, Invalid
from tandem.base.settings import settings_of
from tandem.domain.people import VISITOR, Actor
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.call import Call

ON_RECORDS = [name for name, action in ACTIONS.items() if action.does != "files"]
PREPARED = [name for name, action in ACTIONS.items() if action.before]


def given(work: object) -> tuple[list[object], set[object]]:
    """The types that a function takes, in order, and those that it may return."""
    hints = typing.get_type_hints(work)
    taken = [hints[name] for name in inspect.signature(work).parameters]
    returned = hints["return"]
    return taken, set(typing.get_args(returned) or (returned,))


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_does_what_it_declares(name):
    """Its place holds a function that takes and gives what is declared."""
    action = ACTIONS[name]
    taken, returned = given(action.work())
    wanted = [action.takes, Asker] if action.does == "files" else [Call, action.takes]
    assert [getattr(one, "__origin__", one) for one in taken[:2]] == wanted
    assert len(taken) == 2 + bool(action.before)
    assert returned == set(action.gives)


@pytest.mark.parametrize("name", PREPARED)
def test_what_is_prepared_is_what_the_work_takes(name):
    """What runs before the transaction takes the same input, and its result is the work's third argument."""
    action = ACTIONS[name]
    prepare = action.prepare()
    assert prepare is not None
    taken, _ = given(prepare)
    assert taken == [action.takes, Asker]
    assert typing.get_type_hints(prepare)["return"] == given(action.work())[0][2]


@pytest.mark.parametrize("name", ACTIONS)
def test_inputs_are_frozen_and_all_their_fields_are_settings(name):
    """No input can change on its way, and no field escapes the catalogue."""
    takes = ACTIONS[name].takes
    assert takes.__dataclass_params__.frozen
    assert len(settings_of(takes)) == len(dataclasses.fields(takes))
    assert all(given.__dataclass_params__.frozen for given in ACTIONS[name].gives)


@pytest.mark.parametrize("name", ON_RECORDS)
def test_nothing_but_a_command_line_is_given_paths(name):
    """An action on a hub's records takes no path: whoever asks over a network would name files of the hub's machine."""
    assert all(one.type != "path" for one in settings_of(ACTIONS[name].takes))


def test_a_registry_with_three_entries_or_more():
    """Law 10: fewer would not need a registry."""
    assert len(ACTIONS) >= 3


def test_an_unknown_action_is_refused():
    """The error names the actions there are."""
    with pytest.raises(Invalid, match=r"action\.unknown"):
        run("conquer", {})


def test_a_role_that_may_not_ask_is_refused():
    """A visitor may see the demo and not match somebody's book."""
    with pytest.raises(Denied, match=r"action\.sign_in"):
        run("match", {}, Asker(VISITOR))
    with pytest.raises(Denied, match=r"action\.refused"):
        run("match", {}, Asker(Actor("auditor")))
