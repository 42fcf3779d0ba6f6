"""The shipped register (what the programme says): where it lies, in the package or beside a clone's sources."""

from __future__ import annotations

from pathlib import Path

from tandem.base.errors import Failed

TABLES = ("figures", "indicators", "geographies", "clusters", "links", "measures")


def folder() -> Path:
    """The folder with figures.csv and the other tables of the register. Raises Failed register.missing."""
    package = Path(__file__).parents[1]
    for place in (package / "register", package.parent.parent / "examples" / "register"):
        if (place / "figures.csv").is_file():
            return place
    raise Failed("register.missing", path=str(package / "register"))


def tables() -> dict[str, Path]:
    """The file of each shipped table."""
    found = folder()
    return {name: found / f"{name}.csv" for name in TABLES}
