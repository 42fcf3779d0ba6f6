"""The glossary: what each word of Tandem means, in both languages, as the documents have it."""

from __future__ import annotations

from pathlib import Path

_FILE = "glossary.md"
_PACKAGE = Path(__file__).resolve().parents[1]


def text() -> str:
    """The glossary as Markdown: from the installed package, or from the documents of a clone."""
    installed = _PACKAGE / _FILE
    return (installed if installed.is_file() else _PACKAGE.parents[1] / "docs" / _FILE).read_text("utf-8")
