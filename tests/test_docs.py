"""Nothing reaches a person without words, and the documents say what is there."""

from __future__ import annotations

import ast
import csv
import dataclasses
import json
import re
import runpy
import shlex
import tomllib
import typing
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tandem.base import words
from tandem.base.settings import ENVIRONMENT, settings_of
from tandem.domain.people import ROLES
from tandem.domain.reasons import CODES, EXCLUSIONS
from tandem.hub.actions import ACTIONS
from tandem.hub.people import limits
from tandem.interfaces.cli import layout
from tandem.interfaces.http.layout import routes

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tandem"
DOCS = ROOT / "docs"
CAPABILITIES = ROOT.parent / "shared" / "reference" / "capabilities.csv"
HAN = re.compile(r"[㐀-鿿]")
ERRORS = ("Invalid", "Denied", "Absent", "Conflict", "Limited", "Unavailable", "Missing", "Failed")
# Codes whose last part is put together at run time: the family is used as a whole.
COLON = "web.colon"  # between a label and its value: a mark in both languages
FAMILIES = (
    "finding.",
    "error.",
    "reason.",
    "exclusion.",
    "action.",
    "setting.",
    "environment.",
    "table.",
    "column.",
    "report.",
    "measure.",
    "choice.",
    "duplicate.",
    "service.",
    "problems.",
    "template.",
    "cli.reason.",
    "cli.why.",
    "cli.learn.",
    "cli.severity.",
    "clearing.",
    "rule.",
    "cli.clear.",
    "cli.group.",
    "cli.section.",
    "field.",
    "notice.",
    "cli.region.",
    "cli.round.",
    "ladder.",
    "maturity.",
    "doubt.",
    "region.",
    "regionpage.",
    "cluster.",
    "introduction.",
    "notice.",
    "http.status.",
    "disclosure.",
    "doctor.",
    "export.column.",
    "number.scale.",
)


@cache
def sources() -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in sorted(SOURCE.rglob("*.py"))}


@cache
def calls() -> dict[str, set[str]]:
    """The literal first arguments of all calls by the name that is called, over all sources."""
    found: dict[str, set[str]] = {}
    for text in sources().values():
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if isinstance(node.args[0].value, str):
                found.setdefault(called, set()).add(node.args[0].value)
    return found


def codes_raised(names: tuple[str, ...]) -> set[str]:
    """What calls of one of these names are given first."""
    return set().union(*(calls().get(name, set()) for name in names))


def declared() -> set[str]:
    """Every code that can reach a person."""
    codes = {f"reason.{code}" for code in CODES} | {f"exclusion.{code}" for code in EXCLUSIONS}
    codes |= {f"error.{code}" for code in codes_raised(ERRORS)}
    codes |= {
        f"{stem}{end}"
        for code in codes_raised(("Finding",))
        for stem in [f"finding.{code}"]
        for end in ("", ".fix")
    }
    codes |= {f"environment.{name}" for name in ENVIRONMENT}
    codes |= codes_raised(("say", "phrase", "progress"))
    for action in ACTIONS.values():
        codes.add(f"action.{action.name}")
        codes |= {words.of_setting(action.name, one.name) for one in settings_of(action.takes)}
        codes |= {f"cli.{flag}" for flag in (*layout.EXTRA.get(action.name, ()), *layout.own_options(action))}
    codes |= {f"cli.{part}" for part in ("json", "arguments", "options", "hub", "output")}
    codes |= {f"cli.section.{section}" for section in (*layout.SECTIONS, "other")}
    codes |= {f"choice.role.{role}" for role in ROLES}
    return codes


def shown_fields() -> set[str]:
    """Every field of every answer, also of records within them: what a terminal may have to name."""
    waiting: list[Any] = [kind for action in ACTIONS.values() for kind in action.gives]
    names, seen = set(), set()
    while waiting:
        kind = waiting.pop()
        waiting += typing.get_args(kind)
        if not dataclasses.is_dataclass(kind) or kind in seen:
            continue
        seen.add(kind)
        hints = typing.get_type_hints(kind)
        names |= set(hints)
        waiting += hints.values()
    return names


def test_nothing_reaches_a_person_without_words():
    """Every action, setting, error, finding, reason and exclusion has its sentence in the catalogue."""
    assert declared() - set(words.catalogue()) == set()


def test_both_languages_are_there_and_are_what_they_say():
    """Every entry has zh and en; a Chinese sentence contains Chinese."""
    for code, sentences in words.catalogue().items():
        assert set(sentences) == {"zh", "en"}, code
        assert sentences["en"].strip(), code
        assert re.search(r"[A-Za-z]|\{", sentences["en"]) or code == COLON, code
        plain = re.sub(r"\{[^}]*\}", "", sentences["zh"])
        assert HAN.search(plain) or not re.search(r"[A-Za-z]{4}", plain), f"{code}: {plain}"


def test_sentences_ask_for_the_same_figures():
    """A figure that one language shows is not lost in the other (`missing_zh` is the Chinese form of `missing`)."""
    dropped = {"finding.dates.order"}  # Chinese has the word "start date" where English names the column
    for code, sentences in words.catalogue().items():
        zh, en = (
            {name.removesuffix("_zh") for name in re.findall(r"\{(\w+)", sentences[lang])}
            for lang in ("zh", "en")
        )
        assert zh == en or code in dropped, code


def put_together() -> tuple[str, ...]:
    """What codes begin with whose end the source adds: `"web.tour." ~ step` in a template, f"web.tour.{step}"."""
    pages = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.html"))
    code = "\n".join(sources().values())
    found = re.findall(r'"(web\.[a-z_.]+[._])"', pages + code) + re.findall(r'f"(web\.[a-z_.]+[._])\{', code)
    return tuple(sorted(set(found)))


def test_no_words_without_use():
    """Every code of the catalogue stands in the source, or belongs to a family that is put together."""
    everything = "\n".join(sources().values()) + "\n".join(
        path.read_text("utf-8") for path in SOURCE.rglob("*") if path.suffix in (".html", ".js", ".j2")
    )
    families = FAMILIES + put_together()
    used = declared() | {f"field.{name}" for name in shown_fields()}
    unused = [
        code
        for code in words.catalogue()
        if code not in everything and code not in used and not code.startswith(families)
    ]
    assert unused == []


def test_errors_have_no_words_without_use():
    """An error that nobody raises any more has no words left behind."""
    raised = codes_raised((*ERRORS, "Finding"))
    everything = "\n".join(sources().values())
    own = [code.removeprefix("error.") for code in words.catalogue() if code.startswith("error.")]
    assert [
        code for code in own if code not in raised and f'"{code}"' not in everything and code != "unexpected"
    ] == []


def test_the_map_is_complete():
    """docs/map.md has one line for each source file with something in it, and none for files that are gone.

    Templates of the hub's pages and what others made are told of elsewhere.
    """
    listed = re.findall(r"^- `([^`]+)` - \S.*$", (DOCS / "map.md").read_text("utf-8"), re.MULTILINE)
    there = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*")
        if path.suffix in (".py", ".toml", ".tsv", ".html", ".css", ".js")
        and path.read_text("utf-8").strip()
        and ".min." not in path.name
        and "web/templates" not in path.as_posix()
    }
    assert len(listed) == len(set(listed))
    assert set(listed) == there


def action_of(words: str) -> str | None:
    """The action that the first words after `tandem` mean: a command, or a family and one of its commands."""
    first, _, second = words.replace("-", "_").partition(" ")
    both = f"{first}.{second.split(' ')[0]}" if second else first
    return both if both in ACTIONS else first if first in ACTIONS else None


def test_every_command_is_documented_and_every_documented_command_exists():
    """README and docs name each command with what it is for; every `tandem ...` line in them can be run."""
    text = "\n".join(
        path.read_text("utf-8")
        for path in [ROOT / "README.md", *DOCS.glob("*.md"), *ROOT.glob("examples/*.md")]
    )
    code = "\n".join(re.findall(r"`[^`\n]+`|^(?:    |\$ ).+$", text, re.M))
    named = {action_of(words) for words in re.findall(r"\btandem ([a-z]+(?: [a-z-]+)?)\b(?! *=)", code)}
    assert set(ACTIONS) <= named


PAGES = [ROOT / "README.md", *sorted(ROOT.glob("examples/*.md")), *sorted(DOCS.glob("*.md"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_documented_commands_exist(path):
    """Every command line shown is a command and options that exist."""
    for line in re.findall(
        r"^(?:\$ |    )?(?:\.venv/bin/)?(tandem [a-z].*)$", path.read_text("utf-8"), re.MULTILINE
    ):
        rest = shlex.split(line)[1:]
        name = action_of(" ".join(rest))
        assert name is not None, line
        known = {layout.flag(one.name) for one in settings_of(ACTIONS[name].takes) if not one.positional}
        own = (*layout.EXTRA.get(name, ()), *layout.own_options(ACTIONS[name]))
        known |= {"--json", "--lang", "--help", *(f"--{flag.replace('_', '-')}" for flag in own)}
        assert {part.split("=")[0] for part in rest if part.startswith("--")} <= known, line
        more = len(rest) > 1 + name.count(".") and not rest[1 + name.count(".")].startswith("-")
        takes = any(one.positional for one in settings_of(ACTIONS[name].takes))
        assert takes or not more, line


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_documented_requests_exist(path):
    """Every curl line shown asks an address that a hub has, with settings that its action takes."""
    places = {(one.method, one.path): one for one in routes()}
    for line in re.findall(r"^    (curl .*)$", path.read_text("utf-8"), re.MULTILINE):
        parts = shlex.split(line)
        body = json.loads(parts[parts.index("-d") + 1]) if "-d" in parts else {}
        address = next(urlsplit(f"http://{part}") for part in parts if part.startswith("localhost:"))
        route = places.get(("POST" if body else "GET", address.path))
        assert route is not None, line
        assert set(body) | set(parse_qs(address.query)) <= set(route.settings), line


def test_the_settings_of_a_hub_are_shown_as_they_are_read():
    """The settings.toml of docs/hub.md has every table that is read, and the limits that hold without it."""
    shown = re.search(r"```toml\n(.+?)```", (DOCS / "hub.md").read_text("utf-8"), re.DOTALL)
    assert shown is not None
    told = tomllib.loads(shown[1])
    assert set(told) == set(re.findall(r'\.section\("(\w+)"\)', "\n".join(sources().values())))
    assert {kind: limits.Rate(*rate) for kind, rate in told["limits"].items()} == limits.RATES


def test_every_capability_has_its_row():
    """docs/capabilities.md has one row for each capability asked of Tandem, with an honest state."""
    if not CAPABILITIES.is_file():
        pytest.skip("needs ../shared/reference/capabilities.csv")
    with CAPABILITIES.open(encoding="utf-8") as handle:
        asked = [row["id"] for row in csv.DictReader(handle)]
    rows = re.findall(
        r"^\| (C\d+) \| .+ \| (works|partly|not built) \| .+ \|$",
        (DOCS / "capabilities.md").read_text("utf-8"),
        re.M,
    )
    assert [row for row, _ in rows] == asked


def test_decisions_are_numbered_once_and_name_their_guard():
    """Every decision record has its own number and says what keeps it true, by tests and measures that exist."""
    records = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in records]
    assert numbers
    assert len(set(numbers)) == len(numbers)
    files = [path for part in ("tests", "bench") for path in (ROOT / part).rglob("*.py")]
    there = {path.name for path in files}
    there |= set(re.findall(r"^def (test_\w+)\(", "\n".join(path.read_text("utf-8") for path in files), re.M))
    for path in records:
        _, found, guard = path.read_text("utf-8").partition("Guarded by")
        assert found, path.name
        assert re.search(r"\b(tests|bench)/|\btest_", guard), path.name
        paths = re.findall(r"\b(?:tests|bench)/[\w/]+\b(?:\.py)?", guard)
        assert [one for one in paths if not (ROOT / one).exists()] == [], path.name
        assert set(re.findall(r"\btest_\w+(?:\.py)?", guard)) - there == set(), path.name


def test_the_page_of_commands_is_current():
    """docs/commands.md is what docs/commands.py writes from the registry."""
    page = runpy.run_path(str(DOCS / "commands.py"))["page"]()
    assert page == (DOCS / "commands.md").read_text("utf-8")
    for action in ACTIONS.values():
        assert f"`tandem {action.name.replace('.', ' ').replace('_', '-')}`" in page


def test_the_glossary_gives_each_word_once_in_each_language():
    """One word, one meaning: no term of the glossary stands twice in either language."""
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
        (DOCS / "glossary.md").read_text("utf-8"),
        re.MULTILINE,
    )[1:]
    assert all(HAN.search(in_chinese) and not HAN.search(meaning) for _, _, meaning, in_chinese in rows)
    english, chinese = zip(*((en.strip(), zh.strip()) for en, zh, _, _ in rows), strict=True)
    assert len(set(english)) == len(english)
    assert len(set(chinese)) == len(chinese)
