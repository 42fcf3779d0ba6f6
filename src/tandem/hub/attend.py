"""Prepare a data directory for an agent's program, so that what is wrong is told before the two begin to speak."""

from __future__ import annotations

from importlib.util import find_spec

from tandem.base import settings
from tandem.base.errors import Missing
from tandem.hub.actions import Asker
from tandem.hub.answers import Attended
from tandem.hub.inputs import McpInput
from tandem.hub.installation import open_hub
from tandem.hub.people import admission

INSTALL = "pip install 'tandem-hub[agents]'"


def attend(given: McpInput, asker: Asker) -> Attended:
    """A hub that can be spoken with, by whoever TANDEM_TOKEN belongs to.

    Raises  Missing agents.extra, Denied session.unknown, what open_hub raises
    """
    present()
    hub = open_hub(given.data, given.url)
    try:
        admission.who(hub, settings.environment("TANDEM_TOKEN"))
    finally:
        hub.close()
    return Attended(given.data, given.url)


def present() -> None:
    """Raises Missing agents.extra where the library that speaks MCP is not installed."""
    if find_spec("mcp") is None:
        raise Missing("agents.extra", extra="agents", install=INSTALL)
