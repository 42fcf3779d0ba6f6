"""A file of rules is read, or refused with the place where it is wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tandem.base.errors import Invalid
from tandem.storage import rules

DOCS = Path(__file__).parents[2] / "docs" / "rules.md"


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_in_chinese(tmp_path):
    """Quoted Chinese keys, values as people write them, decimals exactly as written, a byte order mark."""
    text = '﻿[["规则"]]\n"名称" = "小微"\n"列" = "size"\n"取值" = ["微型企业", "小型"]\n"最低占比" = 0.3\n'
    (rule,) = rules.read(written(tmp_path, text)).rules
    assert (rule.name, rule.limit) == ("小微", Fraction(3, 10))
    assert rule.group.values == ("微型企业", "小型")
    assert rule.group.meaning == ("micro", "small")


def test_examples_of_the_documentation(tmp_path):
    """Every example of docs/rules.md is a file of rules."""
    blocks = DOCS.read_text("utf-8").split("```toml\n")[1:]
    assert len(blocks) > 5
    for block in blocks:
        found = rules.read(written(tmp_path, block.split("```")[0]))
        assert found.rules or found.pairs


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[[rule]\n", "rules.toml"),
        (b"\xff\xfe\x00", "rules.toml"),
        (b"a = " + b"[" * 5000, "rules.toml"),
        (b"x = 1\n" * 800_000, "rules.size"),
        (b"[[rule]]\ncolour = 1\n", "rules.wrong"),
        (b"rule = 5\n", "rules.wrong"),
    ],
)
def test_hostile_files(tmp_path, content, code):
    """Broken, deep, large and foreign files are refused, whatever they hold."""
    path = tmp_path / "rules.toml"
    path.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        rules.read(path)
    assert caught.value.code == code


def test_where_it_is_wrong(tmp_path):
    """A broken file names the line; a wrong entry names file, list, entry and key; a missing file is said."""
    with pytest.raises(Invalid) as caught:
        rules.read(written(tmp_path, "[[rule]]\nname = oops\n"))
    assert "line 2" in caught.value.params["why"]
    with pytest.raises(Invalid) as caught:
        rules.read(written(tmp_path, '[[rule]]\ncolumn = "size"\nvalues = ["small"]\nmin_units = -4\n'))
    (one,) = caught.value.findings
    assert (one.code, one.file, one.sheet, one.row, one.column, one.value) == (
        "rules.number", "rules.toml", "rule", 1, "min_units", "-4",
    )  # fmt: skip
    with pytest.raises(Invalid, match=r"rules\.missing"):
        rules.read(tmp_path / "none.toml")
