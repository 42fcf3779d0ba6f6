"""`python -m tandem.interfaces.mcp`: speaks MCP over standard input and output, as `tandem mcp` starts it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from tandem.base import error_words, settings, words
from tandem.base.errors import TandemError
from tandem.hub import attend
from tandem.hub.inputs import McpInput
from tandem.hub.installation import Hub, open_hub
from tandem.hub.people import admission


def main(arguments: Sequence[str]) -> int:
    """Speaks until the other side hangs up; arguments are `name=value`, as McpInput has them. Returns the exit code."""
    lang = words.language(os.environ.get("TANDEM_LANG"))
    try:
        attend.present()
        told = settings.parse(McpInput, dict(one.partition("=")[::2] for one in arguments))
        hub = open_hub(told.data, told.url)
    except TandemError as error:
        sys.stderr.write(error_words.sentence(error, lang) + "\n")
        return error.exit_code
    try:
        _speak(hub)
    except KeyboardInterrupt:
        return 0
    finally:
        hub.close()
    return 0


def _speak(hub: Hub) -> None:
    import anyio  # noqa: PLC0415  comes with the extra
    from mcp.server.stdio import stdio_server  # noqa: PLC0415

    from tandem.interfaces.mcp.server import Agents, Caller  # noqa: PLC0415

    secret, wanted = settings.environment("TANDEM_TOKEN"), os.environ.get("TANDEM_LANG")

    def caller(_: Any) -> Caller:
        actor = admission.who(hub, secret)
        return actor, words.language(wanted or actor.lang), None

    server = Agents(hub, caller).server()

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            options: Any = server.create_initialization_options()
            await server.run(incoming, outgoing, options)

    anyio.run(run)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
