"""Every page of help in both languages, as it is kept under golden/: one file for each family and language.

python -m tests.interfaces.help_pages        writes them anew (make golden); read what has changed
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from tandem.base.words import LANGUAGES, Lang
from tandem.hub.actions import ACTIONS
from tandem.interfaces.cli import commands

FOLDER = Path(__file__).parent / "golden"
WIDTH = "92"


def pages() -> Iterator[tuple[Path, str]]:
    """Each golden file with what should be in it."""
    os.environ["COLUMNS"] = WIDTH
    families = dict.fromkeys(action.family for action in ACTIONS.values())
    for lang in LANGUAGES:
        yield FOLDER / lang / "tandem.txt", _page([], lang)
        for family in families:
            asked = [
                [family],
                *(name.replace("_", "-").split(".") for name in ACTIONS if name.startswith(f"{family}.")),
            ]
            yield FOLDER / lang / f"{family}.txt", "\n".join(_page(one, lang) for one in asked)


def _page(arguments: list[str], lang: Lang) -> str:
    written = io.StringIO()
    with redirect_stdout(written):
        assert commands.call([*arguments, "--help"], lang) == 0
    return f"$ {' '.join(['tandem', *arguments, '--help'])}\n{written.getvalue()}"


def main() -> None:
    """Writes all of them, and removes those of families that are gone."""
    made = dict(pages())
    for path in [path for path in FOLDER.rglob("*.txt") if path not in made]:
        path.unlink()
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
