"""Move a hub's data to the version of this code."""

from __future__ import annotations

from tandem.hub.actions import Asker
from tandem.hub.keeping import places
from tandem.hub.keeping.answers import Migrated
from tandem.hub.keeping.inputs import Place
from tandem.storage.database import migrate as migrations


def migrate(given: Place, asker: Asker) -> Migrated:
    """All missing migrations in one transaction. Raises Invalid data.newer, data.foreign; Absent data.absent"""
    with places.opened(given, current=False) as held:
        before, after = migrations.upgrade(held.engine)
    return Migrated(before, after)
