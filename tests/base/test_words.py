"""Every code has words in Chinese and English, and words are only there for codes that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import tandem
from tandem.base import words
from tandem.domain.region.tables import REGISTER_TABLES
from tandem.domain.tables import TABLES

_SOURCE = Path(tandem.__file__).parent
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _strings(folder: str) -> set[str]:
    """All string constants of the source below a folder."""
    files = (_SOURCE / folder).rglob("*.py")
    trees = (ast.parse(file.read_text("utf-8")) for file in files)
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _findings() -> set[str]:
    """Codes of findings that have words."""
    own = (code for code in words.catalogue() if code.startswith("finding.") and ".severity." not in code)
    return {code.removeprefix("finding.").removesuffix(".alone").removesuffix(".fix") for code in own}


def _at_fault(entry: Mapping[str, str]) -> bool:
    bare = re.sub(r"\{[^}]*\}|\W", "", entry.get("zh", ""))
    chinese = bool(_HAN.search(bare)) or not bare or entry["zh"] == entry["en"]
    return set(entry) != {"zh", "en"} or not entry["zh"] or not entry["en"] or not chinese


def test_every_code_speaks_both_languages() -> None:
    """A code has a zh and an en sentence, and the zh one is Chinese wherever it has words of its own."""
    assert not [code for code, entry in words.catalogue().items() if _at_fault(entry)]


def test_every_finding_of_reading_has_words_and_a_remedy() -> None:
    """Codes given in storage/exchange have `finding.CODE` and `finding.CODE.fix`, in every area of findings."""
    areas = {code.partition(".")[0] for code in _findings()}
    given = {text for text in _strings("storage/exchange") if re.fullmatch(r"[a-z]+\.[a-z_]+", text)}
    codes = {code for code in given if code.partition(".")[0] in areas} | {"required"}
    assert len(codes) > 60
    assert not [code for code in codes for end in ("", ".fix") if not words.has(f"finding.{code}{end}")]
    others = {code.partition(".")[0] for code in given} - areas
    assert others <= {"template", "problems"}


def test_every_refusal_has_words_as_an_error() -> None:
    """Codes raised as Invalid in storage/exchange have `error.CODE`."""
    text = "\n".join(file.read_text("utf-8") for file in (_SOURCE / "storage" / "exchange").glob("*.py"))
    refusals = set(re.findall(r"Invalid\(\s*\"([a-z_.]+)\"", text)) | {
        "workbook.protected",
        "workbook.unreadable",
    }
    assert len(refusals) > 25
    assert not [code for code in refusals if not words.has(f"error.{code}")]


def test_no_finding_has_words_and_no_use() -> None:
    """Words for findings that nothing gives are taken out with the code."""
    built = {"workbook.protected", "workbook.unreadable"}  # the parser's answers, put together from parts
    built |= {
        code for code in _findings() if code.startswith(("rules.", "rule_file."))
    }  # put together in domain
    assert not _findings() - built - _strings("storage") - _strings("engine") - _strings("hub")


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_every_table_column_and_choice_has_words(lang: words.Lang) -> None:
    """Sheets, headers, help and choices speak both languages."""
    for table in TABLES.values():
        assert words.say(f"table.{table.name}", lang)
        for column in table.columns:
            assert words.say(f"column.{table.name}.{column.name}", lang)
            if table not in REGISTER_TABLES:  # there is no template of these
                assert words.say(f"column.{table.name}.{column.name}.help", lang)
            for choice in column.choices:
                assert words.say(f"choice.{column.name}.{choice}", lang)


def test_lists_and_dates_are_shown_in_the_language() -> None:
    """Figures are filled in: lists joined as the language does."""
    assert "必填" in words.say(
        "finding.columns.missing", "zh", missing=[], missing_zh=["名称", "需求名称"], found=["a"]
    )
    assert "名称、需求名称" in words.say(
        "finding.columns.missing", "zh", missing=[], missing_zh=["名称", "需求名称"], found=[]
    )


def test_language_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An explicit wish wins, then the locale, then English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert words.language() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert words.language() == "zh"
    assert words.language("en") == "en"


def test_figures_stand_bare() -> None:
    """No sentence writes an option's dashes before a figure: a name comes as its surface spells it."""
    assert not [
        code for code, entry in words.catalogue().items() if any("--{" in text for text in entry.values())
    ]
