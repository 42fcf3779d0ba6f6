"""Help is reviewed text: every page is as it was read and kept, in both languages."""

from __future__ import annotations

from tests.interfaces import help_pages

from tandem.interfaces.cli import wrapping


def test_every_page_is_as_it_was_reviewed(monkeypatch):
    """What stands under golden/ is what `--help` says; `make golden` writes it anew, and somebody reads the change."""
    monkeypatch.setenv("COLUMNS", help_pages.WIDTH)
    made = dict(help_pages.pages())
    assert set(help_pages.FOLDER.rglob("*.txt")) == set(made)
    changed = [
        str(path.relative_to(help_pages.FOLDER))
        for path, text in made.items()
        if path.read_text("utf-8") != text
    ]
    assert not changed, f"run: make golden, and read {changed}"


def test_the_first_page_fits_and_no_line_is_wider_than_the_screen(monkeypatch):
    """Chinese takes two cells a character, and is broken accordingly; the first page stays a page."""
    monkeypatch.setenv("COLUMNS", help_pages.WIDTH)
    for path, text in help_pages.pages():
        lines = text.splitlines()
        assert not [
            line for line in lines if wrapping.width(line) > int(help_pages.WIDTH) and "|" not in line
        ], path
        if path.name == "tandem.txt":
            assert len(lines) <= 64, path
