"""The glossary: what each word of Tandem means, in both languages, as the documents have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = "glossary.md"
_PACKAGE = Path(__file__).resolve().parents[1]


def text() -> str:
    """The glossary as Markdown: from the installed package, or from the documents of a clone."""
    installed = _PACKAGE / _FILE
    return (installed if installed.is_file() else _PACKAGE.parents[1] / "docs" / _FILE).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of Tandem in both languages, with what it means in both."""

    en: str
    zh: str
    meaning_en: str
    meaning_zh: str


@cache
def words() -> Sequence[Word]:
    """Every word, in the order of the document: the rows of its table."""
    rows = [line.strip().strip("|").split("|") for line in text().splitlines() if line.startswith("|")]
    return tuple(Word(*(cell.strip() for cell in row)) for row in rows[2:])
