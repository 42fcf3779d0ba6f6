"""The one place where matching reads files: word data that is installed with a package, never a user's."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def read(package: str, name: str) -> str | None:
    """The text of a data file inside an installed package, found without importing it; None where it is missing."""
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        return None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place) / name
        if file.is_file():
            return file.read_text(encoding="utf-8")
    return None
