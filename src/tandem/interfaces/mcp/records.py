"""What an agent can read without calling a tool: the glossary, and every record that can be shown by its id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from tandem.base.settings import settings_of
from tandem.hub.action import Action
from tandem.hub.actions import ACTIONS

GLOSSARY = "tandem://glossary"
_ADDRESS = re.compile(r"tandem://([a-z]+)/([A-Za-z0-9_.:-]{1,200})")


@cache
def families() -> Mapping[str, Action]:
    """The action that shows one record, by what such records are called in addresses: needs, deliveries."""
    return {
        _many(name.partition(".")[0]): action for name, action in ACTIONS.items()
        if name.endswith(".show") and "id" in {one.name for one in settings_of(action.takes) if one.required}
    }  # fmt: skip


def meant(address: str) -> tuple[Action, str] | None:
    """The action and the id that an address means."""
    found = _ADDRESS.fullmatch(address)
    if found is None or found.group(1) not in families():
        return None
    return families()[found.group(1)], found.group(2)


def _many(family: str) -> str:
    return family[:-1] + "ies" if family.endswith("y") else family + "s"
