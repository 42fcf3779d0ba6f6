"""Keeps a folder of results on a local address until Ctrl-C, or becomes a program of the hub."""

from __future__ import annotations

import http.server
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from tandem.base.words import Lang, say
from tandem.hub.answers import Attended, Served

HOST = "127.0.0.1"


def folder(path: Path, page: str, lang: Lang) -> None:
    """Serves the files of a folder on a free port and says where; returns when interrupted."""
    handler = partial(_Quiet, directory=str(path))
    with http.server.ThreadingHTTPServer((HOST, 0), handler) as server:
        address = f"http://{HOST}:{server.server_port}/{page}"
        sys.stderr.write(say("cli.serving", lang, address=address) + "\n")
        sys.stderr.flush()
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            sys.stderr.write("\n")


def hub(prepared: Served, lang: Lang) -> None:
    """This process becomes the server of a hub. Never returns."""
    _become("tandem.interfaces.web", lang, data=prepared.folder, host=prepared.host, port=prepared.port,
            url=prepared.url, proxy="true" if prepared.proxy else None)  # fmt: skip


def agents(prepared: Attended, lang: Lang) -> None:
    """This process speaks with one agent's program over its standard input and output. Never returns."""
    _become("tandem.interfaces.mcp", lang, data=prepared.folder, url=prepared.url)


def _become(module: str, lang: Lang, **told: Any) -> None:
    """What preparing needed is not kept in memory."""
    arguments = [f"{name}={value}" for name, value in told.items() if value is not None]
    sys.stdout.flush()
    sys.stderr.flush()
    program = [sys.executable, "-m", module, *arguments]
    os.execve(sys.executable, program, {**os.environ, "TANDEM_LANG": lang})  # noqa: S606  no shell is in between


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and nothing else: no listing of folders, no log line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def list_directory(self, path: Any) -> None:
        """Refuses: only named files are shown."""
        self.send_error(404)
