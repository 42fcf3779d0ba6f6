"""What a hub does now and then, each as often as the table says; every sweep may run twice at once, or not at all."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import import_module

from tandem.base.clock import HOUR, MINUTE
from tandem.hub.installation import Hub

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sweep:
    """One of them: how often at most, in seconds, and where its function(Hub) stands under tandem.hub."""

    seconds: int
    place: str


TABLE: tuple[Sweep, ...] = (
    Sweep(MINUTE, "introductions.sweep:sweep"),
    Sweep(MINUTE, "finding.news:sweep"),
    Sweep(10 * MINUTE, "records.held:sweep"),
    Sweep(HOUR, "rounds.tidying:old_answers"),
    Sweep(HOUR, "rounds.tidying:dead_keys"),
    Sweep(HOUR, "rounds.tidying:left_parts"),
)


def run(hub: Hub, sweep: Sweep) -> bool:
    """Runs one sweep; False where it failed: the next one tries again."""
    module, _, name = sweep.place.partition(":")
    try:
        getattr(import_module(f"tandem.hub.{module}"), name)(hub)
    except Exception as error:  # one sweep's trouble is not the others'
        _log.warning("sweep %s: %s", sweep.place, type(error).__name__)
        return False
    return True
