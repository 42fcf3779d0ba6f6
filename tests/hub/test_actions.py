"""The registry of actions: complete, admitting, and the only door."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from importlib import import_module

import pytest

from tandem.base.errors import Invalid
from tandem.base.settings import settings_of
from tandem.hub.actions import ACTIONS, Asker, run


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_does_what_it_declares(name):
    """hub/<name>.py (a dot is written _) holds a function of that name that takes and gives what is declared."""
    action = ACTIONS[name]
    work = getattr(import_module(f"tandem.hub.{action.place}"), action.place)
    hints = typing.get_type_hints(work)
    parameters = list(inspect.signature(work).parameters)
    given = hints["return"]
    assert hints[parameters[0]] is action.takes
    assert hints[parameters[1]] is Asker
    assert (typing.get_args(given) or (given,)) == action.gives


@pytest.mark.parametrize("name", ACTIONS)
def test_inputs_are_frozen_and_all_their_fields_are_settings(name):
    """No input can change on its way, and no field escapes the catalogue."""
    takes = ACTIONS[name].takes
    assert takes.__dataclass_params__.frozen
    assert len(settings_of(takes)) == len(dataclasses.fields(takes))
    assert all(given.__dataclass_params__.frozen for given in ACTIONS[name].gives)


def test_a_registry_with_three_entries_or_more():
    """Law 10: fewer would not need a registry."""
    assert len(ACTIONS) >= 3


def test_an_unknown_action_is_refused():
    """The error names the actions there are."""
    with pytest.raises(Invalid, match=r"action\.unknown"):
        run("conquer", {})


def test_a_role_that_may_not_ask_is_refused():
    """A visitor may see the demo and not match somebody's book."""
    with pytest.raises(Invalid, match=r"action\.refused"):
        run("match", {}, Asker(role="visitor"))
