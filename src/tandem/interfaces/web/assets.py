"""What pages load: styles and scripts that lie in the package, each at an address that changes with its content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tandem.base.errors import Absent
from tandem.interfaces.http.request import Request
from tandem.interfaces.http.response import Response

FOLDER = Path(__file__).parent / "assets"
ROOT = "/assets"
_MEDIA = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes as they are and packed."""

    media: bytes
    plain: bytes
    packed: bytes


@cache
def _all() -> tuple[Mapping[str, str], Mapping[str, Asset]]:
    """The addresses by file name, and the files by what their addresses end with."""
    addresses, files = {}, {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix not in _MEDIA:
            continue
        content = path.read_bytes()
        name = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        addresses[path.name] = f"{ROOT}/{name}"
        files[name] = Asset(_MEDIA[path.suffix], content, gzip.compress(content, 9, mtime=0))
    return addresses, files


def address(name: str) -> str:
    """Where a file of the package is served."""
    return _all()[0][name]


async def served(request: Request) -> Response:
    """One file, to be kept for good: another content has another address. Raises Absent http.nowhere."""
    found = _all()[1].get(request.named or "")
    if found is None:
        raise Absent("http.nowhere")
    packed = "gzip" in request.header(b"accept-encoding")
    headers = [
        (b"content-type", found.media),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"vary", b"accept-encoding"),
    ]
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    return Response(200, headers, found.packed if packed else found.plain)
