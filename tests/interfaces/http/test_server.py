"""The server as a process of its own: one on a data directory, patient with requests, and ending as it should."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

START = 60.0  # seconds, on a machine that does much else


class Server:
    """A running server and what it writes to stderr."""

    def __init__(self, *command: str) -> None:
        environment = {**os.environ, "TANDEM_LANG": "en"}
        self.process = subprocess.Popen(
            [sys.executable, *command], stderr=subprocess.PIPE, text=True, env=environment
        )
        self.told: list[str] = []
        self.port = self._ready()

    def _ready(self) -> int:
        for line in self.process.stderr or ():
            self.told.append(line)
            if '"event":"ready"' in line:
                return int(json.loads(line)["address"].rpartition(":")[2])
        raise AssertionError("".join(self.told))

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def begun(self) -> socket.socket:
        """A request whose body has not come whole."""
        held = socket.create_connection(("127.0.0.1", self.port), timeout=START)
        head = "POST /api/accounts HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{"
        held.sendall(head.encode())
        time.sleep(0.3)  # until the server has it
        return held

    def ended(self, *signals: signal.Signals) -> int:
        for one in signals:
            self.process.send_signal(one)
            time.sleep(0.2)
        code = self.process.wait(START)
        self.told += list(self.process.stderr or ())
        return code


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def start(*command: str) -> Server:
        running.append(
            Server(*(command or ("-m", "tandem.interfaces.web", f"data={tmp_path / 'hub'}", "port=0")))
        )
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.wait()


def test_one_server_on_a_data_directory(serve, tmp_path):
    """A second one says in words why not, and ends; the first goes on; when it has ended another may begin."""
    first = serve()
    again = subprocess.run(
        [sys.executable, "-m", "tandem.interfaces.web", f"data={tmp_path / 'hub'}", "port=0"],
        capture_output=True, text=True, check=False, timeout=START, env={**os.environ, "TANDEM_LANG": "zh"},
    )  # fmt: skip
    assert again.returncode == 2
    assert "已有服务器正在使用" in again.stderr
    assert first.get("/readyz")[0] == 200
    assert first.ended(signal.SIGTERM) == 0
    assert serve().get("/healthz") == (200, b'{"status":"ok"}')


def test_a_taken_port_is_said_so(serve, tmp_path):
    """Words and an exit code, not a trace."""
    first = serve()
    command = ["-m", "tandem.interfaces.web", f"data={tmp_path / 'other'}", f"port={first.port}"]
    again = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, timeout=START
    )
    assert again.returncode == 1
    assert str(first.port) in again.stderr
    assert "Traceback" not in again.stderr


def test_asked_to_end_it_finishes_what_runs(serve):
    """A request that has begun is answered, then the hub is closed and the process ends with 0."""
    server = serve()
    with server.begun() as held:
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        held.sendall(b"}")
        assert b"422" in held.recv(100)
    assert server.ended() == 0
    events = [json.loads(line)["event"] for line in server.told if line.startswith("{")]
    assert events == ["ready", "ending", "request", "ended"]


def test_asked_twice_it_ends_at_once(serve):
    """Whoever cannot wait for a request that never comes whole does not have to."""
    server = serve()
    with server.begun():
        begun = time.monotonic()
        server.ended(signal.SIGINT, signal.SIGINT)
        assert time.monotonic() - begun < 15


def test_a_head_that_never_comes_whole_is_not_waited_for(serve, tmp_path):
    """A connection that sends its headers drop by drop, or nothing, is closed; one that talks is not."""
    program = "from pathlib import Path; from tandem.interfaces.http import server; server.PATIENCE = 1.0\n"
    served = f"Path({str(tmp_path / 'hub')!r}), None, '127.0.0.1', 0, proxy=False, beside=print"
    server = serve("-c", f"{program}server.serve({served})")
    silent = socket.create_connection(("127.0.0.1", server.port), timeout=START)
    dripping = socket.create_connection(("127.0.0.1", server.port), timeout=START)
    talking = http.client.HTTPConnection("127.0.0.1", server.port, timeout=START)
    for letter in b"GET / HT":
        with contextlib.suppress(OSError):  # closed already, which is what is wanted
            dripping.sendall(bytes([letter]))
        talking.request("GET", "/healthz")
        assert talking.getresponse().read() == b'{"status":"ok"}'
        time.sleep(0.3)
    for held in (silent, dripping):
        with held:
            try:
                assert held.recv(10) == b""
            except ConnectionError:
                continue


def test_the_command_tells_a_newcomer_what_to_do(serve, tmp_path):
    """`tandem serve` on an empty folder: the address, the set-up code and its page, a first operator made with it."""
    server = serve("-m", "tandem.interfaces.cli", "serve", "--data", str(tmp_path / "hub"), "--port", "0")
    told = "".join(server.told)
    code = re.search(r"/set-up .*\b([a-z2-7]{26})\b", told)
    assert code is not None, told
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=START)
    first = {
        "code": code.group(1),
        "login": "op@example.org",
        "password": "correct horse battery",
        "name": "Op",
    }
    connection.request("POST", "/api/setup/begin", json.dumps(first), {"content-type": "application/json"})
    answer = connection.getresponse()
    assert (answer.status, bool(answer.read())) == (200, True)
    assert server.ended(signal.SIGINT) == 0
    again = serve("-m", "tandem.interfaces.cli", "serve", "--data", str(tmp_path / "hub"), "--port", "0")
    assert "code" not in "".join(again.told)
