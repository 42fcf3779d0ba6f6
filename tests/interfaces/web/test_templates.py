"""Templates and their style hold nothing that no page uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tandem.interfaces.web import assets, markup

FILES = sorted(markup.TEMPLATES.rglob("*.html"))
WEB = Path(markup.__file__).parent
IMPORT = re.compile(r'\{% from "[^"]+" import ([\w, ]+?) with context %\}')
# Classes whose names are put together where they are used, and those that scripts set.
COMPOSED = re.compile(r"on\d|band\d|htmx-request")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(markup.TEMPLATES).as_posix())
def test_every_macro_that_is_imported_is_used(file):
    """A name after `import` is called somewhere in that template."""
    text = file.read_text("utf-8")
    rest = IMPORT.sub("", text)
    names = [name.split(" as ")[-1] for found in IMPORT.findall(text) for name in found.split(", ")]
    assert not [name for name in names if not re.search(rf"\b{name}\(", rest)]


def test_every_macro_is_used():
    """By its own template or by one that imports it."""
    every = "\n".join(file.read_text("utf-8") for file in FILES)
    unused = [name for name in re.findall(r"\{% macro (\w+)\(", every)
              if len(re.findall(rf"\b{name}\b(?:\(| as )", every)) < 2]  # fmt: skip
    assert not unused


def test_every_class_of_the_style_is_used():
    """In a template, a picture that is drawn, or the script."""
    sheet = re.sub(
        r"/\*.*?\*/", "", (Path(assets.__file__).parent / "assets/hub.css").read_text("utf-8"), flags=re.S
    )
    chosen = [one for one in re.findall(r"([^{}]+)\{", sheet) if not one.strip().startswith("@")]
    classes = {name for one in chosen for name in re.findall(r"\.([a-zA-Z][\w-]*)", one)}
    told = [path.read_text("utf-8") for path in (*FILES, *WEB.glob("*.py"), WEB / "assets/hub.js")]
    words = set(re.findall(r"[\w-]+", "\n".join(told)))
    assert classes > {"card", "chip", "menu"}
    assert not sorted(name for name in classes - words if not COMPOSED.fullmatch(name))
