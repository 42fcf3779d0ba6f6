"""The one place where codes become sentences, in Chinese and English.

Each file of base/catalogue holds one area; an entry is a code with its `zh` and `en` sentence, written with
str.format fields. Codes travel through the house; only interfaces and writers of files call `say`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
_FOLDER = Path(__file__).parent / "catalogue"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All codes with their sentences; a code that stands in two files is an error of ours and raises."""
    entries: dict[str, Mapping[str, str]] = {}
    for file in sorted(_FOLDER.glob("*.toml")):
        for code, sentences in tomllib.loads(file.read_text("utf-8")).items():
            if code in entries:
                raise KeyError(f"{code} stands twice in the catalogue (again in {file.name})")
            entries[code] = sentences
    return entries


def say(code: str, lang: Lang, /, **params: Any) -> str:
    """The sentence of a code in one language, its figures filled in."""
    shown = {name: _shown(value, lang) for name, value in params.items()}
    return catalogue()[code][lang].format(**shown)


def has(code: str) -> bool:
    """Whether a code has words."""
    return code in catalogue()


def of_setting(action: str, name: str) -> str:
    """The code of a setting's words: the action's own where it has them, else those that actions share."""
    family = action.partition(".")[0]
    codes = (f"setting.{action}.{name}", f"setting.{family}.{name}", f"setting.{name}")
    return next((code for code in codes if has(code)), codes[-1])


def language(wanted: str | None = None) -> Lang:
    """The language to speak: the one asked for, else from the environment's locale, else English."""
    if wanted in LANGUAGES:
        return wanted
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _shown(value: Any, lang: Lang) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return ("、" if lang == "zh" else ", ").join(str(_shown(item, lang)) for item in value)
    return value
