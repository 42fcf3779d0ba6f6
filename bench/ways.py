"""How fast the ways to a hub are: MCP calls by the protocol's own client, webhooks delivered, events told."""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from mcp import Client, StdioServerParameters, stdio_client
from tests.hub.conftest import World
from tests.hub.feeds.receiver import receiving

from tandem.hub.feeds import events
from tandem.hub.feeds.deliverer import Deliverer
from tandem.hub.installation import open_hub
from tandem.hub.people.configured import FILE

CALLS, MESSAGES, LISTENERS = 300, 200, 8


async def calls(folder: Path) -> list[float]:
    """Milliseconds of each of many calls over standard input and output."""
    command = ["-m", "tandem.interfaces.mcp", f"data={folder}"]
    taken = []
    program = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))
    async with Client(stdio_client(program)) as client:
        for _ in range(CALLS):
            begun = time.perf_counter()
            await client.call_tool("need_list", {"limit": 20})
            taken.append((time.perf_counter() - begun) * 1_000)
    return taken[20:]


async def told(world: World, actor) -> float:
    """Seconds from a write until the last of several listeners has heard of it, the median of ten writes."""
    sources = [events.events(world.hub, actor, None) for _ in range(LISTENERS)]
    taken = []
    for n in range(10):
        coming = [asyncio.ensure_future(anext(one)) for one in sources]
        await asyncio.sleep(0.1)
        begun = time.perf_counter()
        await asyncio.to_thread(world.ask, actor, "need.pose", title=str(n))
        await asyncio.gather(*coming)
        taken.append(time.perf_counter() - begun)
    for one in sources:
        await one.aclose()
    return statistics.median(taken)


def delivered(world: World, actor) -> tuple[float, float]:
    """Seconds and CPU seconds for many messages to one receiver, in order, each acknowledged before the next."""
    with receiving() as receiver:
        (world.hub.folder / FILE).write_text(f'[webhooks]\nallow = ["http://127.0.0.1:{receiver.port}"]\n')
        world.ask(actor, "webhook.add", address=receiver.address, actions=("need",))
        for n in range(MESSAGES):
            world.ask(actor, "need.pose", title=str(n))
        begun, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
        world.hub.part(Deliverer)
        while len(receiver.got) < MESSAGES:
            time.sleep(0.01)
        return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_utime - cpu


def main() -> None:
    """Prints a table."""
    with tempfile.TemporaryDirectory() as folder:
        hub = open_hub(Path(folder))
        world = World(hub, hub.clock)
        manager = world.person("manager", world.organisation("A"))
        for n in range(20):
            world.ask(manager, "need.pose", title=f"need {n}", visibility="public")
        taken = asyncio.run(calls(Path(folder)))
        print(f"MCP need_list of 20 over stdio: p50 {statistics.median(taken):.1f} ms, "
              f"p95 {statistics.quantiles(taken, n=20)[-1]:.1f} ms (goal: p50 <= 10)")  # fmt: skip
        heard = asyncio.run(told(world, manager))
        print(f"event heard by {LISTENERS} listeners: median {heard:.2f} s after the write began")
        seconds, cpu = delivered(world, manager)
        each = cpu / MESSAGES * 1_000
        print(
            f"webhook messages to one receiver, in order: {MESSAGES / seconds:.0f}/s, {each:.1f} ms CPU each"
        )
        hub.close()


if __name__ == "__main__":
    main()
