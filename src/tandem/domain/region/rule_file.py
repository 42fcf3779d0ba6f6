"""Believing nothing of a rule file: each key is read with what it must be, and everything wrong is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any

from tandem.base.errors import Finding, Invalid

TEXT, LONG_TEXT, MOST = 200, 2_000, 1_000


@dataclass
class Reading:
    """What was found wrong in one file; `kind` names the family of its findings: "ladder" or "maturity"."""

    kind: str
    file: str | None
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, code: str, place: str, key: str | None, value: Any = None, **params: Any) -> None:
        """Remembers one thing that is wrong, with the entry and the key where it stands."""
        shown = None if value is None else str(value)[:TEXT]
        self.findings.append(
            Finding(f"rule_file.{code}", table=self.kind, file=self.file, sheet=place or None, column=key,
                    value=shown, params=params)
        )  # fmt: skip

    def entries(self, given: Mapping[str, Any], key: str, place: str = "") -> Iterator[Mapping[str, Any]]:
        """The entries of a list of tables; anything else is told."""
        value = given.get(key, ())
        if not isinstance(value, Sequence) or not all(isinstance(one, Mapping) for one in value):
            self.wrong("list", place, key)
        elif len(value) > MOST:
            self.wrong("many", place, key, most=MOST)
        else:
            yield from value

    def finish(self) -> None:
        """Raises Invalid rule_file.wrong with a finding for each thing that is wrong, where there is one."""
        if self.findings:
            raise Invalid(
                "rule_file.wrong", tuple(self.findings), n=len(self.findings), path=self.file or "-"
            )


class Entry:
    """One table of a rule file, read key by key; `good` until something in it is wrong."""

    def __init__(self, reading: Reading, given: Mapping[str, Any], place: str, keys: Sequence[str]) -> None:
        self.reading, self.given, self.place, self.good = reading, given, place, True
        for key in given:
            if key not in keys:
                self.wrong("key", str(key)[:TEXT], known=list(keys))

    def wrong(self, code: str, key: str | None, value: Any = None, **params: Any) -> None:
        """Remembers what is wrong with one key."""
        self.good = False
        self.reading.wrong(code, self.place, key, value, **params)

    def text(self, key: str, default: str | None = None, most: int = TEXT) -> str:
        """A text on one or several lines; required unless there is a default."""
        value = self.given.get(key, default)
        if value is None:
            self.wrong("missing", key)
        elif not isinstance(value, str) or (not value.strip() and default is None) or len(value) > most:
            self.wrong("text", key, value, most=most)
        else:
            return value.strip()
        return ""

    def both(self, stem: str = "", *, required: bool = True) -> tuple[str, str]:
        """The Chinese and the English words: keys `zh`, `en`, or `<stem>_zh`, `<stem>_en`."""
        default = None if required else ""
        names = [f"{stem}_{lang}" if stem else lang for lang in ("zh", "en")]
        zh, en = (self.text(name, default, LONG_TEXT) for name in names)
        return zh, en

    def number(self, key: str, default: float | None = None, least: float | None = None) -> float:
        """A finite number, not below `least`; required unless there is a default."""
        value = self.given.get(key, default)
        if value is None:
            self.wrong("missing", key)
        elif not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
            self.wrong("number", key, value)
        elif least is not None and value < least:
            self.wrong("least", key, value, least=least)
        else:
            return float(value)
        return 0.0

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.given.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong("flag", key, value)
        return default

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of a few words."""
        value = self.given.get(key)
        if value is None:
            self.wrong("missing", key)
        elif value in allowed:
            return str(value)
        else:
            self.wrong("choice", key, value, known=list(allowed))
        return allowed[0]

    def day(self, key: str, *, required: bool) -> date | None:
        """A date, as TOML has it (2022-08-01) or as text."""
        value = self.given.get(key)
        if value is None and required:
            self.wrong("missing", key)
        if value is None:
            return None
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.wrong("date", key, value)
            return None
