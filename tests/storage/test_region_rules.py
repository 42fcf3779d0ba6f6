"""Rule files of a register: the shipped ones load, versions add up over files, broken ones say where."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tandem.base.errors import Invalid
from tandem.domain.region import ladder
from tandem.storage import region_rules

SHIPPED = Path(__file__).resolve().parents[2] / "examples" / "register"


def test_the_shipped_rules_load():
    """Four rungs of the issue are there, each rule names its source; only the hub's own is not official."""
    ladders = region_rules.read_ladders(SHIPPED)
    rungs = {rung.rung_id for one in ladders for rung in one.rungs}
    assert {"specialised_sme", "little_giant", "single_product_champion", "benchmark_service"} <= rungs
    assert {one.ladder_id: one.official for one in ladders} == {
        "sme": True,
        "champion": True,
        "service": False,
    }
    assert all(one.source and all(one.note) for one in ladders)
    (questionnaire,) = region_rules.read_questionnaires(SHIPPED)
    assert not questionnaire.official
    assert len(questionnaire.levels) == 5


def test_no_rules_are_no_error(tmp_path):
    """A register without rule files has no ladders."""
    assert region_rules.read_ladders(tmp_path) == ()
    assert region_rules.read_questionnaires(tmp_path) == ()


def test_versions_come_from_several_files(tmp_path):
    """A further file adds a version, valid from its day; the same version twice is refused."""
    text = (SHIPPED / "ladder.toml").read_text("utf-8")
    (tmp_path / "ladder.toml").write_text(text, "utf-8")
    later = text.replace('version = "2022"', 'version = "2027"').replace("2022-", "2027-")
    later = later.replace('version = "2026-illustrative"', 'version = "2027"')
    (tmp_path / "ladder-2027.toml").write_text(later, "utf-8")
    both = region_rules.read_ladders(tmp_path)
    assert len(both) == 6
    versions = {one.ladder_id: one.version for one in ladder.valid_on(both, date(2026, 12, 31))}
    assert (versions["sme"], versions["champion"]) == ("2022", "2022")
    assert {one.version for one in ladder.valid_on(both, date(2028, 1, 1))} >= {"2027"}
    (tmp_path / "ladder-again.toml").write_text(text, "utf-8")
    with pytest.raises(Invalid, match=r"rule_file\.version"):
        region_rules.read_ladders(tmp_path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[[ladder]\n", "rule_file.toml"),
        (b"\xff\xfe\x00", "rule_file.toml"),
        (b"a = " + b"[" * 5000, "rule_file.toml"),
        (b"x = 1\n" * 800_000, "rule_file.size"),
        (b"ladder = 5\n", "rule_file.wrong"),
        (b"[[ladder]]\nid = 3\n", "rule_file.wrong"),
        (b"[[questionnaire]]\n", "rule_file.wrong"),
    ],
)
def test_hostile_files(tmp_path, content, code):
    """Broken, deep, large and foreign files are refused, whatever they hold."""
    (tmp_path / "ladder.toml").write_bytes(content)
    with pytest.raises(Invalid) as caught:
        region_rules.read_ladders(tmp_path)
    assert caught.value.code == code


def test_where_it_is_wrong(tmp_path):
    """A file that is not TOML names the line; a wrong key names file, entry, key and value."""
    (tmp_path / "ladder.toml").write_text("[[ladder]]\nid = oops\n", "utf-8")
    with pytest.raises(Invalid) as caught:
        region_rules.read_ladders(tmp_path)
    assert "line 2" in caught.value.params["why"]
    text = (SHIPPED / "maturity.toml").read_text("utf-8").replace("unproven_level = 1", "unproven_level = 7")
    (tmp_path / "maturity.toml").write_text(text, "utf-8")
    with pytest.raises(Invalid) as caught:
        region_rules.read_questionnaires(tmp_path)
    (one,) = caught.value.findings
    assert (one.code, one.file, one.sheet, one.column, one.value) == (
        "rule_file.level", "maturity.toml", "digital", "unproven_level", "7.0",
    )  # fmt: skip
