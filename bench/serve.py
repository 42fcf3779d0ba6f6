"""What a request costs the server: CPU, time and memory of a real `tandem serve` process on this machine.

The load comes from this process over keep-alive connections, on the same cores, so that rates and times are those of a
loaded machine; CPU is the server process's own (user and system) divided by the requests it answered.

    python -m bench.serve [seconds per measure]
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tandem.domain.people import Actor
from tandem.hub.actions import Asker, run
from tandem.hub.call import Call
from tandem.hub.installation import Hub, open_hub
from tandem.hub.people import limits, sessions
from tandem.storage.database import schema as s

NEEDS = 5_000
CONNECTIONS = 16
TICK = os.sysconf("SC_CLK_TCK")
GOALS = {"get": "0.4 ms", "list of 20": "1.0 ms", "durable write": "1.5 ms, 800/s, p99 60 ms",
         "start to ready": "3 s", "idle memory": "250 MB"}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A hub that was made for the measurement: who asks, and a need that is there."""

    secret: str
    need: str


@dataclass(frozen=True)
class Measured:
    """One kind of request: how many were answered, seconds, the server's CPU seconds, times of each in order."""

    requests: int
    seconds: float
    cpu: float
    times: list[float]

    def row(self, name: str) -> str:
        p50, p99 = (1_000 * self.times[int(len(self.times) * share)] for share in (0.5, 0.99))
        each, rate = 1_000 * self.cpu / self.requests, self.requests / self.seconds
        return f"{name:22}{each:9.3f}{rate:10.0f}{p50:9.1f}{p99:9.1f}   {GOALS.get(name, '')}"


def filled(folder: Path) -> Known:
    """A hub with needs of one organisation, one of its members signed in, and nobody limited."""
    folder.mkdir()
    (folder / "settings.toml").write_text(
        "[limits]\n" + "".join(f"{kind} = [1, 0]\n" for kind in limits.RATES)
    )
    hub = open_hub(folder)
    try:
        org = {"name": "甲厂", "name_key": "甲厂", "visibility": "public"}
        org_id = str(hub.database.write(lambda tx: tx.add(s.organisations, org)).result()["id"])
        ann = _person(hub, org_id)
        for batch in range(0, NEEDS, 500):
            futures = [
                hub.database.write(lambda tx, n=n: _need(tx, org_id, n)) for n in range(batch, batch + 500)
            ]
            for future in futures:
                future.result()
        secret = hub.database.write(
            lambda tx: sessions.begin(Call(tx, ann, hub), str(ann.account), "active").secret
        )
        need = run("need.list", {"limit": 1}, Asker(ann, hub=hub)).items[0].id
        return Known(str(secret.result()), need)
    finally:
        hub.close()


def _person(hub: Hub, org: str) -> Actor:
    row = {"login": "ann", "name": "Ann", "lang": "zh", "role": "member", "org_id": org, "state": "active"}
    return Actor("member", str(hub.database.write(lambda tx: tx.add(s.accounts, row)).result()["id"]), org)


def _need(tx, org: str, n: int) -> None:
    tx.add(s.needs, {"title": f"泵阀低温密封检测 {n}", "text": "零下二十度的密封性能检测与报告。" * 5,
                     "kind": "service", "visibility": "members", "org_id": org, "anonymous": False, "slots": 1,
                     "importance": 1, "currency": "CNY", "posted_on": "2026-03-01", "city": "440300"})  # fmt: skip


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server process that is ready, and its port."""
    command = [sys.executable, "-m", "tandem.interfaces.web", f"data={folder}", "port=0"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stderr=log)
        try:
            yield process, _port(process, log)
        finally:
            process.terminate()
            process.wait(60)


def _port(process: subprocess.Popen[bytes], log) -> int:
    while process.poll() is None:
        log.seek(0)
        for line in log.read().splitlines():
            if b'"ready"' in line:
                return int(json.loads(line)["address"].rpartition(":")[2])
        time.sleep(0.01)
    raise SystemExit(log.read().decode())


def cpu(pid: int) -> float:
    """User and system seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid: int) -> float:
    """Resident MB of a process."""
    line = next(
        one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS")
    )
    return int(line.split()[1]) / 1_000


async def load(pid: int, port: int, request: bytes, seconds: float, status: bytes) -> Measured:
    """Sends one request again and again over several connections; every answer must have the status."""
    await asyncio.gather(*[_ask(port, request, 1.0, status) for _ in range(CONNECTIONS)])  # warm
    before, began = cpu(pid), time.perf_counter()
    times = await asyncio.gather(*[_ask(port, request, seconds, status) for _ in range(CONNECTIONS)])
    took = time.perf_counter() - began
    all_times = sorted(one for connection in times for one in connection)
    return Measured(len(all_times), took, cpu(pid) - before, all_times)


async def _ask(port: int, request: bytes, seconds: float, status: bytes) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times, until = [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 " + status):
            raise SystemExit(head.decode() + (await reader.read(2_000)).decode())
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - began)
    writer.close()
    return times


def asked(known: Known, method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {known.secret}\r\nAccept-Language: zh\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def written(folder: Path) -> int:
    """How many needs are in the database that the server left."""
    hub = open_hub(folder)
    with hub.database.reading() as tx:
        found = tx.unguarded(sa.select(sa.func.count().label("n")).select_from(s.needs))[0]["n"]
    hub.close()
    return int(found)


def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "hub"
        known = filled(folder)
        draft = {"title": "泵阀低温密封检测", "text": "零下二十度的密封性能检测。", "kind": "service"}
        kinds = {
            "ping (/healthz)": (asked(known, "GET", "/healthz"), b"200"),
            "get": (asked(known, "GET", f"/api/needs/{known.need}"), b"200"),
            "list of 20": (asked(known, "GET", "/api/needs"), b"200"),
            "durable write": (asked(known, "POST", "/api/needs", json.dumps(draft).encode()), b"201"),
        }
        began = time.perf_counter()
        with served(folder) as (process, port):
            ready, spent = time.perf_counter() - began, cpu(process.pid)
            time.sleep(2)
            print(f"{'start to ready':22}{ready:9.2f} s (CPU {spent:.2f} s)   goal {GOALS['start to ready']}")
            print(f"{'idle memory':22}{memory(process.pid):9.0f} MB             goal {GOALS['idle memory']}")
            print(f"\n{CONNECTIONS} connections{'CPU ms':>15}{'per s':>10}{'p50 ms':>9}{'p99 ms':>9}   goal")
            for name, (request, status) in kinds.items():
                measured = asyncio.run(load(process.pid, port, request, seconds, status))
                print(measured.row(name), flush=True)
            print(
                f"\nmemory after the load {memory(process.pid):.0f} MB; one-minute load {os.getloadavg()[0]:.1f}"
            )
        print(f"needs in the database: {written(folder)}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 8.0)
