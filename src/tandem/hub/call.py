"""One action being done on a hub's records: who asks, in which transaction, in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tandem.base.words import Lang
from tandem.domain.people import Actor

if TYPE_CHECKING:  # a declaration needs neither a database nor a hub
    from tandem.hub.installation import Hub
    from tandem.storage.database.transaction import Tx


@dataclass(frozen=True, slots=True)
class Call:
    """What the work of an action is handed beside its input.

    tx       the transaction that holds the whole action; nobody but actions.start begins or ends one
    version  the version of the record that the asker has seen (If-Match); None where none was told
    action   its name, which a list's cursors bear
    hub      what lasts from action to action: the search index, jobs, settings
    """

    tx: Tx
    actor: Actor
    hub: Hub
    lang: Lang = "en"
    version: int | None = None
    progress: Callable[[str], None] = lambda code: None
    action: str = ""

    @property
    def now(self) -> int:
        """The instant of this action, seconds UTC."""
        return self.tx.now
