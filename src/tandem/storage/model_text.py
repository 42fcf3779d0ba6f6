"""Whether the text of a LightGBM model is one that may be loaded: only what our own training writes is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_TREES, _LEAVES = 1_000, 64
_LARGEST = 1e6  # of what one leaf adds
_END = "end of trees\n"
_RANGE = re.compile(r"none|\[-?[0-9.e+-]{1,40}:-?[0-9.e+-]{1,40}\]")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?(e[+-]?[0-9]{1,3})?")
_THRESHOLD = re.compile(rf"{_NUMBER.pattern}|-?inf")  # infinite where only the unknown go another way
_INNER = ("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child",
          "internal_value", "internal_weight", "internal_count")  # fmt: skip
_OUTER = ("leaf_value", "leaf_weight", "leaf_count")
_WHOLE = {"split_feature", "decision_type", "left_child", "right_child", "internal_count", "leaf_count"}
_TREE_KEYS = ["num_leaves", "num_cat", *_INNER[:6], *_OUTER, *_INNER[6:], "is_linear", "shrinkage"]


def sound(model: str, features: Sequence[str]) -> bool:
    """Whether the text ends with its trees and every number in it is in place: sizes, features, children, counts."""
    if not model.endswith("\n" + _END) or not model.isascii():
        return False
    header, *trees = model[: -len(_END)].split("Tree=")
    if not 0 < len(trees) <= _TREES or not _sound_header(header, features, [len(t) + 5 for t in trees]):
        return False
    return all(_sound_tree(tree, number, len(features)) for number, tree in enumerate(trees))


def _sound_header(header: str, features: Sequence[str], sizes: Sequence[int]) -> bool:
    wanted = [
        "tree",
        "version=v4",
        "num_class=1",
        "num_tree_per_iteration=1",
        "label_index=0",
        f"max_feature_idx={len(features) - 1}",
        "objective=lambdarank",
        f"feature_names={' '.join(features)}",
        None,
        f"tree_sizes={' '.join(map(str, sizes))}",
        "",
        "",
    ]
    found = header.split("\n")
    if len(found) != len(wanted) or any(w not in (f, None) for w, f in zip(wanted, found, strict=True)):
        return False
    name, _, ranges = found[8].partition("=")
    own = ranges.split(" ")
    return name == "feature_infos" and len(own) == len(features) and all(map(_RANGE.fullmatch, own))


def _sound_tree(tree: str, number: int, features: int) -> bool:
    first, *lines = tree.rstrip("\n").split("\n")
    pairs = [line.partition("=") for line in lines]
    if first != str(number) or [key for key, _, _ in pairs] != _TREE_KEYS:
        return False
    fields = {key: value for key, _, value in pairs}
    if fields["num_cat"] != "0" or fields["is_linear"] != "0" or not _NUMBER.fullmatch(fields["shrinkage"]):
        return False
    if not _INTEGER.fullmatch(fields["num_leaves"]) or not 1 <= int(fields["num_leaves"]) <= _LEAVES:
        return False
    leaves = int(fields["num_leaves"])
    columns = {key: _numbers(key, fields[key]) for key in (*_INNER, *_OUTER)}
    if any(columns[key] is None or len(columns[key] or ()) != leaves - 1 for key in _INNER):
        return False
    known = {key: column for key, column in columns.items() if column is not None}
    if leaves == 1:  # a tree that splits nothing has a value and perhaps no more
        return len(known.get("leaf_value", ())) == 1
    return all(len(known.get(key, ())) == leaves for key in _OUTER) and _sound_shape(known, leaves, features)


def _numbers(key: str, text: str) -> list[float] | None:
    """The numbers of one line; None where something else stands there."""
    parts = text.split(" ") if text else []
    pattern = _INTEGER if key in _WHOLE else _THRESHOLD if key == "threshold" else _NUMBER
    return [float(part) for part in parts] if all(map(pattern.fullmatch, parts)) else None


def _sound_shape(columns: Mapping[str, Sequence[float]], leaves: int, features: int) -> bool:
    """Every inner node but the root and every leaf has one parent, and the parent stands before its node."""
    inside = all(0 <= number < features for number in columns["split_feature"])
    numeric = all(0 <= kind < 16 and int(kind) % 2 == 0 for kind in columns["decision_type"])
    bounded = all(abs(value) < _LARGEST for value in columns["leaf_value"])
    counted = all(count >= 1 for key in ("internal_count", "leaf_count") for count in columns[key])
    children = [
        (int(child), parent)
        for side in ("left_child", "right_child")
        for parent, child in enumerate(columns[side])
    ]
    once = sorted(child for child, _ in children) == [*range(-leaves, 0), *range(1, leaves - 1)]
    ordered = all(child < 0 or child > parent for child, parent in children)
    return inside and numeric and bounded and counted and once and ordered
