"""Reading the rule files of a register (TOML): ladders and questionnaires, in one version or several."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tandem.base.errors import Invalid
from tandem.domain.region import ladder, maturity
from tandem.domain.region.ladder import Ladder
from tandem.domain.region.maturity import Questionnaire
from tandem.storage import staging

_BYTES = 4 << 20
_STEMS = ("ladder", "maturity")


def read_ladders(folder: Path) -> tuple[Ladder, ...]:
    """All ladders of a register's ladder*.toml, whichever version; none where there is no such file.

    Raises Invalid rule_file.toml where a file is not TOML, rule_file.size, rule_file.wrong with what is wrong, and
    rule_file.version where two files hold one version.
    """
    found = tuple(one for path in _files(folder, "ladder") for one in ladder.parse(content(path), path.name))
    _once([(one.ladder_id, one.version) for one in found], folder)
    return found


def read_questionnaires(folder: Path) -> tuple[Questionnaire, ...]:
    """All questionnaires of a register's maturity*.toml; raises as `read_ladders`."""
    found = tuple(
        one for path in _files(folder, "maturity") for one in maturity.parse(content(path), path.name)
    )
    _once([(one.questionnaire_id, one.version) for one in found], folder)
    return found


def given(source: Path | None) -> tuple[Path, ...]:
    """The rule files of an input: itself where it is one, or those in a folder."""
    if source is None:
        return ()
    if source.is_dir():
        return tuple(path for stem in _STEMS for path in _files(source, stem))
    return (source,) if source.suffix == ".toml" else ()


def admit(paths: Sequence[Path], register: Path) -> tuple[Path, ...]:
    """The rule files that a register does not hold yet, each read and found good beside those that it holds.

    Raises Invalid rule_file.name for a file that is neither ladder*.toml nor maturity*.toml, rule_file.exists where the
    register holds another file of that name, and as `read_ladders`.
    """
    fresh = []
    for path in paths:
        stem = next((stem for stem in _STEMS if path.name.startswith(stem)), None)
        if stem is None:
            raise Invalid("rule_file.name", path=path.name)
        held = register / path.name
        if not held.is_file():
            fresh.append(path)
        elif held.read_bytes() != path.read_bytes():
            raise Invalid("rule_file.exists", path=path.name, register=str(register))
        content(path)
    for stem, versions in (("ladder", _ladder_versions), ("maturity", _questionnaire_versions)):
        new = [path for path in fresh if path.name.startswith(stem)]
        _once([one for path in (*_files(register, stem), *new) for one in versions(path)], register)
    return tuple(fresh)


def keep(paths: Sequence[Path], register: Path) -> None:
    """Copies rule files into a register's folder, whole or not at all."""
    for path in paths:
        with staging.staged_file(register / path.name) as place:
            place.write_bytes(path.read_bytes())


def _ladder_versions(path: Path) -> list[tuple[str, str]]:
    return [(one.ladder_id, one.version) for one in ladder.parse(content(path), path.name)]


def _questionnaire_versions(path: Path) -> list[tuple[str, str]]:
    return [(one.questionnaire_id, one.version) for one in maturity.parse(content(path), path.name)]


def content(path: Path) -> dict[str, Any]:
    """A TOML file as plain values. Raises Invalid rule_file.missing, rule_file.size, rule_file.toml."""
    if not path.is_file():
        raise Invalid("rule_file.missing", path=str(path))
    if path.stat().st_size > _BYTES:
        raise Invalid("rule_file.size", path=str(path), most=_BYTES >> 20)
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (ValueError, ArithmeticError, RecursionError, OSError) as error:
        raise Invalid("rule_file.toml", path=str(path), why=str(error)[:200]) from error


def _files(folder: Path, stem: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"{stem}*.toml") if path.is_file())


def _once(versions: list[tuple[str, str]], folder: Path) -> None:
    """One version of one rule stands in one place only: else nobody knows which holds."""
    for rule, version in versions:
        if versions.count((rule, version)) > 1:
            raise Invalid("rule_file.version", rule=rule, version=version, path=str(folder))
