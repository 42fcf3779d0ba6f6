"""What an action is: one thing that a person or a program can ask of the hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from tandem.domain.people import Role


@dataclass(frozen=True, slots=True)
class Action:
    """One declared action; its words stand under `action.<name>` and `action.<name>.more`.

    name   family and verb: "need.pose"
    may    the roles that may ask for it; someone at the command line of the hub's own machine is its operator
    takes  a frozen dataclass whose fields are settings (base/settings.py); a field `id` names the record meant
    gives  a frozen dataclass of plain values, or the several that it may be
    place  "module:function" under tandem.hub; from the name where it is not told ("region.import": region_import)
    does   files: reads and writes files of the asker's own machine, so that only a command line offers it;
           reads or writes: works on the hub's records, inside one transaction
    before what a write does before its transaction begins, as `place` is written: reading a file, hashing a password;
           a function of (input, asker) whose result the work gets as its third argument; where that result has an
           `over`, it is called with the answer once the asking has ended, with None where it was refused
    binds  it commits the member to something towards others: an agent's wish waits for the member's own word
    heavy  it may take longer than a moment: interfaces that serve many run it aside
    """

    name: str
    may: frozenset[Role]
    takes: type
    gives: tuple[type, ...]
    place: str = ""
    does: Literal["files", "reads", "writes"] = "files"
    before: str = ""
    binds: bool = False
    heavy: bool = False

    @property
    def family(self) -> str:
        """What the action is about: the name before the dot."""
        return self.name.partition(".")[0]

    def work(self) -> Callable[..., Any]:
        """The function that does it: of (input, asker) for files, of (call, input) for the hub's records."""
        own = self.name.replace(".", "_")
        return _function(self.place or f"{own}:{own}")

    def prepare(self) -> Callable[..., Any] | None:
        """The function that runs before the transaction, if there is one."""
        return _function(self.before) if self.before else None


def _function(place: str) -> Callable[..., Any]:
    module, _, function = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"tandem.hub.{module}"), function)
    return found
