"""A ranker as one portable JSON file. Reading believes nothing: every number is checked before LightGBM sees it.

LightGBM trusts the text of a model (a child that points outside a tree reads foreign memory), so the text is taken
apart here, line by line, and refused unless it is exactly what a model of ours looks like.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from tandem.base.errors import Invalid
from tandem.engine.matching.calibrate import Curve
from tandem.engine.matching.features import FEATURES
from tandem.engine.matching.ranker import Ranker
from tandem.storage import model_text

FORMAT, VERSION = "tandem-ranker", 1
_BYTES = 32 << 20
_POINTS = 100_000
_ENTRIES, _WORD = 50, 100
_KEYS = {"format", "version", "features", "blend", "model", "calibration", "data", "quality"}


def write(path: Path, ranker: Ranker) -> None:
    """Writes a ranker; equal rankers give equal bytes."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "data": dict(ranker.data),
        "quality": dict(ranker.quality),
        "features": list(ranker.features),
        "blend": ranker.blend,
        "calibration": {"score": list(ranker.calibration.score), "chance": list(ranker.calibration.chance)},
        "model": ranker.model,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read(path: Path) -> Ranker:
    """The ranker of a file.

    Raises Invalid ranker.missing without the file, ranker.file where it is not one of ours (`part` names what is
    wrong), ranker.features where it was trained on features that this version does not know.
    """
    found = _content(path)
    _require(set(found) == _KEYS, path, "keys")
    _require(found["format"] == FORMAT and found["version"] == VERSION, path, "version")
    features = found["features"]
    _require(isinstance(features, list) and all(isinstance(name, str) for name in features), path, "features")
    if tuple(features) != FEATURES:
        raise Invalid("ranker.features", unknown=sorted(set(features) ^ set(FEATURES)))
    blend = found["blend"]
    _require(_is_number(blend) and 0 <= blend < 1, path, "blend")
    model = found["model"]
    _require(isinstance(model, str), path, "model")
    if blend == 0:
        _require(model == "", path, "model")
    else:
        _require(model_text.sound(model, FEATURES), path, "model")
    curve = _curve(found["calibration"], path)
    for part in ("data", "quality"):
        _require(_is_plain(found[part]), path, part)
    return Ranker(model, FEATURES, float(blend), curve, found["data"], found["quality"])


def _content(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise Invalid("ranker.missing", path=str(path))
    if path.stat().st_size > _BYTES:
        _refuse(path, "size")
    try:
        found = json.loads(path.read_text("utf-8"), parse_constant=float)
    except (ValueError, RecursionError, OSError):
        _refuse(path, "json")
    if not isinstance(found, dict):
        _refuse(path, "json")
    return found


def _curve(found: Any, path: Path) -> Curve:
    """Points in order: scores ascending, chances from 0 to 1 that never fall."""
    _require(isinstance(found, dict) and set(found) == {"score", "chance"}, path, "calibration")
    score, chance = found["score"], found["chance"]
    for column in (score, chance):
        good = isinstance(column, list) and 0 < len(column) <= _POINTS and all(map(_is_number, column))
        _require(good, path, "calibration")
    ordered = all(a < b for a, b in pairwise(score)) and all(a <= b for a, b in pairwise(chance))
    _require(len(score) == len(chance) and ordered and 0 <= chance[0] <= chance[-1] <= 1, path, "calibration")
    return Curve(tuple(map(float, score)), tuple(map(float, chance)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_plain(found: Any) -> bool:
    """A few named figures and short words, to be shown only."""
    if not isinstance(found, Mapping) or len(found) > _ENTRIES:
        return False
    words = [*found, *(value for value in found.values() if isinstance(value, str))]
    known = all(isinstance(value, str) or _is_number(value) for value in found.values())
    return known and all(len(word) <= _WORD for word in words)


def _require(good: bool, path: Path, part: str) -> None:
    if not good:
        _refuse(path, part)


def _refuse(path: Path, part: str) -> NoReturn:
    raise Invalid("ranker.file", path=str(path), part=part)
