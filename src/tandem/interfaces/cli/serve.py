"""Keeps a folder of results on a local address until Ctrl-C; only this machine can reach it."""

from __future__ import annotations

import http.server
import sys
from functools import partial
from pathlib import Path
from typing import Any

from tandem.base.words import Lang, say

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


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and nothing else: no listing of folders, no log line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def list_directory(self, path: Any) -> None:
        """Refuses: only named files are shown."""
        self.send_error(404)
