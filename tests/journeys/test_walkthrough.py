"""examples/walkthrough.md is true: its commands run in order and print what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tandem.interfaces.cli import main, progress

PAGE = Path(__file__).resolve().parents[2] / "examples" / "walkthrough.md"


STEP = re.compile(r"^    (tandem [^\n]+)\n\n```\n(.+?)\n```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, list[str]]]:
    """(command, lines of output that are shown) in the order of the page."""
    page = PAGE.read_text("utf-8")
    found = STEP.findall(page)
    assert len(found) == page.count("\n    tandem ")
    return [(command, shown.splitlines()) for command, shown in found]


def expression(shown: list[str]) -> str:
    """The shown lines as a pattern: `...` stands for any lines, or within one for any text, `<need>` for an id."""
    parts = []
    for line in shown:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*")
        else:
            parts.append(
                r"[ ]*" + re.escape(line.strip()).replace(r"\.\.\.", ".*").replace(r"\ ", " +") + r"[ ]*\n"
            )
    return re.sub(r"<(\w+)>", r"(?P<\1>\\S+)", "".join(parts))


def test_the_walkthrough_runs_as_written(tmp_path, monkeypatch, capfd):
    """A newcomer who types what the page says sees what the page shows."""
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "TANDEM_LANG", "TANDEM_DATA", "TANDEM_URL", "TANDEM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress, "PATIENCE", 600.0)
    ids: dict[str, str] = {}
    for command, shown in steps():
        capfd.readouterr()
        code = main.run(shlex.split(_filled(command, ids))[1:])
        told = capfd.readouterr()
        assert code == 0, (command, told.err)
        found = re.match(expression([_filled(line, ids) for line in shown]), told.out)
        assert found, (command, told.out[:2000])
        ids |= found.groupdict()


def _filled(line: str, ids: dict[str, str]) -> str:
    """A line of the page with the ids that were shown before."""
    return re.sub(r"<(\w+)>", lambda found: ids.get(found[1], found[0]), line)
