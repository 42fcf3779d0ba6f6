"""Settings declared on dataclasses: what is read, and what is refused with which code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tandem.base.errors import Invalid
from tandem.base.settings import parse, setting, settings_of


@dataclass(frozen=True, kw_only=True)
class Asked:
    file: Path = setting("path")
    on: date | None = setting("date", None)
    top: int = setting("integer", 10, minimum=1)
    colour: str = setting("choice", "red", choices=("red", "blue"))
    strict: bool = setting("flag", False)
    gap: float = setting("percent", 0.1)
    ids: tuple[str, ...] = setting("texts", (), at_least=2, at_most=3)


def test_text_is_read_as_the_settings_type():
    """What a command line or a form gives as text arrives typed; what is not given has its default."""
    asked = parse(Asked, {"file": "a.csv", "on": "2026-09-30", "top": "3", "ids": ["x", "y"], "colour": None})
    assert asked == Asked(file=Path("a.csv"), on=date(2026, 9, 30), top=3, ids=("x", "y"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "setting.required"),
        ({"file": ""}, "setting.path"),
        ({"file": "a", "on": "30.9.2026"}, "setting.date"),
        ({"file": "a", "top": "many"}, "setting.integer"),
        ({"file": "a", "top": 0}, "setting.minimum"),
        ({"file": "a", "gap": "101"}, "setting.percent"),
        ({"file": "a", "gap": "-1%"}, "setting.percent"),
        ({"file": "a", "gap": "nan"}, "setting.percent"),
        ({"file": "a", "colour": "green"}, "setting.choice"),
        ({"file": "a", "strict": "yes"}, "setting.flag"),
        ({"file": "a", "ids": ["x"]}, "setting.many"),
        ({"file": "a", "hue": 1}, "setting.unknown"),
    ],
)
def test_what_cannot_be_meant_is_refused(given, code):
    """Each wrong value has its own code and names the setting."""
    with pytest.raises(Invalid) as refused:
        parse(Asked, given)
    assert refused.value.code == code
    assert "name" in refused.value.params


def test_a_percentage_may_carry_its_sign():
    """0.1 and 0.1 % are the same."""
    assert (
        parse(Asked, {"file": "a", "gap": "0.1"}).gap
        == parse(Asked, {"file": "a", "gap": "0.1 %"}).gap
        == 0.1
    )


def test_declarations_can_be_listed():
    """An interface sees type, default and bounds of every field in order."""
    shown = settings_of(Asked)
    assert [one.name for one in shown] == ["file", "on", "top", "colour", "strict", "gap", "ids"]
    assert (shown[0].required, shown[2].default, shown[2].minimum) == (True, 10, 1)
