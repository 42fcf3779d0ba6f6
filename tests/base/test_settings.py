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


@dataclass(frozen=True, kw_only=True)
class Typed:
    amount: int | None = setting("money", None, minimum=0)
    title: str | None = setting("text", None)
    many: tuple[str, ...] = setting("texts", ())


@pytest.mark.parametrize(
    ("given", "minor"), [(1234, 1234), ("12.34", 1234), ("1,234.5", 123450), ("0", 0), (2**63 - 1, 2**63 - 1)]
)
def test_money_is_minor_units_as_a_number_and_major_units_as_text(given, minor):
    """An interface with numbers and one with text mean the same amounts, to the last unit."""
    assert parse(Typed, {"amount": given}).amount == minor


@pytest.mark.parametrize(
    "given", [True, 1.5, "1.234", "1e999999999", "1e400", "-1", "nan", "inf", "", "zehn", 2**63, "9" * 5000]
)
def test_what_is_no_amount_is_refused_at_once(given):
    """Fractions of a unit, floats, exponents that would fill the memory: refused with the setting's name."""
    with pytest.raises(Invalid, match=r"setting\.(money|minimum|maximum|integer)"):
        parse(Typed, {"amount": given})


@pytest.mark.parametrize("given", ["a\0b", "half \ud800 a character", 5, ["x"], {"x": 1}, True])
def test_text_is_text_that_every_database_keeps(given):
    """No zero bytes, no half characters, nothing that is no text."""
    with pytest.raises(Invalid, match=r"setting\.text"):
        parse(Typed, {"title": given})
    with pytest.raises(Invalid, match=r"setting\.texts?"):
        parse(Typed, {"many": [given]})
