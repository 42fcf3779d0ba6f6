"""An empty workbook to fill in: guidance, one sheet per table with help and choices, one example row each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter.exceptions

from tandem.base.errors import Invalid
from tandem.base.words import Lang, say
from tandem.domain import credit_code
from tandem.domain.tables import INPUT_TABLES, Column, Table
from tandem.storage.exchange import write
from tandem.storage.exchange.book import EXAMPLE

_ROWS = 1_000  # rows that get choices and formats
_INTRODUCTION = 5
_WIDTHS = {
    "long_text": 60,
    "text": 26,
    "id": 16,
    "reference": 26,
    "references": 26,
    "cities": 22,
    "registration": 22,
}
_NUMBER = "91440300MAEXAMPL0"

_EXAMPLES: Mapping[Lang, Mapping[str, Mapping[str, Any]]] = {
    "zh": {
        "organisations": {
            "org_id": f"{EXAMPLE}O1", "name": "示例精密检测有限公司", "name_en": "Example Precision Testing",
            "type": "lab", "city": "深圳", "size": "small", "sector": "检验检测",
            "reg_no": _NUMBER + credit_code.check_character(_NUMBER),
        },
        "needs": {
            "need_id": f"{EXAMPLE}N1", "title": "示例：谐波减速器疲劳寿命测试", "kind": "service",
            "text": "为 20 台关节模组的谐波减速器做 2000 小时疲劳寿命测试，给出失效分析报告。", "lang": "zh",
            "city": "东莞",
            "sector": "人形机器人", "posted_on": date(2026, 3, 1), "due_on": date(2026, 9, 30), "slots": 1,
            "importance": 3, "budget_min": 200_000, "budget_max": 500_000, "currency": "CNY",
        },
        "offers": {
            "offer_id": f"{EXAMPLE}F1", "title": "示例：减速器与关节模组寿命测试",
            "organisation": "示例精密检测有限公司", "kind": "service", "capacity": 2,
            "text": "八个台架，可测扭矩、背隙、温升和寿命，出具认可的检测报告。",
            "price_from": 80_000, "currency": "CNY", "cities_served": "广东省;香港",
            "available_from": date(2026, 1, 1), "available_to": date(2026, 12, 31),
        },
        "deliveries": {
            "delivery_id": f"{EXAMPLE}D1", "title": "示例：协作机器人减速器 1500 小时寿命测试",
            "organisation": "示例精密检测有限公司", "text": "为一家协作机器人企业测试 12 台减速器，找出柔轮裂纹成因。",
            "delivered_on": date(2025, 11, 20), "rating": 0.9,
        },
        "truth": {"need": f"{EXAMPLE}N1", "organisation": f"{EXAMPLE}O1"},
    },
    "en": {
        "organisations": {
            "org_id": f"{EXAMPLE}O1", "name": "Example Precision Testing Ltd", "name_zh": "示例精密检测有限公司",
            "type": "lab", "city": "Shenzhen", "size": "small", "sector": "testing",
            "reg_no": _NUMBER + credit_code.check_character(_NUMBER),
        },
        "needs": {
            "need_id": f"{EXAMPLE}N1", "title": "Example: fatigue life test of harmonic reducers", "kind": "service",
            "text": "2,000-hour fatigue tests of the harmonic reducers of 20 joint modules, with a failure analysis.",
            "lang": "en", "city": "Dongguan", "sector": "humanoid robots", "posted_on": date(2026, 3, 1),
            "due_on": date(2026, 9, 30), "slots": 1, "importance": 3, "budget_min": 200_000, "budget_max": 500_000,
            "currency": "CNY",
        },
        "offers": {
            "offer_id": f"{EXAMPLE}F1", "title": "Example: life tests of reducers and joint modules",
            "organisation": "Example Precision Testing Ltd", "kind": "service", "capacity": 2,
            "text": "Eight rigs for torque, backlash, temperature and life, with accredited reports.",
            "price_from": 80_000, "currency": "CNY", "cities_served": "Guangdong;Hong Kong",
            "available_from": date(2026, 1, 1), "available_to": date(2026, 12, 31),
        },
        "deliveries": {
            "delivery_id": f"{EXAMPLE}D1", "title": "Example: 1,500-hour life test of cobot reducers",
            "organisation": "Example Precision Testing Ltd", "delivered_on": date(2025, 11, 20), "rating": 0.9,
            "text": "Tested 12 reducers for a maker of collaborative robots and found why the flexspline cracked.",
        },
        "truth": {"need": f"{EXAMPLE}N1", "organisation": f"{EXAMPLE}O1"},
    },
}  # fmt: skip


def write_template(path: Path, lang: Lang) -> None:
    """Writes the workbook in one language; Invalid where the path cannot be written or is no .xlsx."""
    path = Path(path)
    if path.suffix.casefold() != ".xlsx":
        raise Invalid("file.suffix_out", file=path.name, suffix=path.suffix or "-", known=[".xlsx"])
    try:
        with write.open_workbook(path) as book:
            formats = _formats(book)
            _guide(book, formats, lang)
            for table in INPUT_TABLES:
                _sheet(book, table, formats, lang)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise Invalid("file.not_written", file=str(path)) from error


def _formats(book: Any) -> dict[str, Any]:
    head = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter", "border": 1}
    example = {
        "italic": True,
        "font_color": "#6B7280",
        "bg_color": "#F3F4F6",
        "text_wrap": True,
        "valign": "top",
    }
    body = {"text_wrap": True, "valign": "top"}
    return {
        "required": book.add_format({**head, "bg_color": "#9A3412"}),
        "optional": book.add_format({**head, "bg_color": "#1F4E79"}),
        "example": {
            "wrap": book.add_format(example),
            "number": book.add_format(example),
            "date": book.add_format({**example, "num_format": "yyyy-mm-dd"}),
        },
        "body": book.add_format(body),
        "text": book.add_format({**body, "num_format": "@"}),
        "date": book.add_format({**body, "num_format": "yyyy-mm-dd"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
    }


def _guide(book: Any, formats: Mapping[str, Any], lang: Lang) -> None:
    """The first sheet: how to fill in the workbook, then every column of every table with its help."""
    sheet = book.add_worksheet(say("template.guide", lang))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2, 9)
    sheet.set_column(3, 3, 80, formats["body"])
    sheet.set_column(4, 4, 44, formats["body"])
    sheet.write_string(0, 0, say("template.intro.title", lang), formats["title"])
    for number in range(1, _INTRODUCTION + 1):
        sheet.write_string(number, 0, say(f"template.intro.{number}", lang))
    top = _INTRODUCTION + 2
    for position, part in enumerate(("table", "column", "required", "help", "choices")):
        sheet.write_string(top, position, say(f"template.head.{part}", lang), formats["optional"])
    row = top + 1
    for table in INPUT_TABLES:
        sheet.write_string(row, 0, say(f"table.{table.name}", lang), formats["bold"])
        sheet.write_string(row, 3, say(f"table.{table.name}.help", lang), formats["body"])
        for number, column in enumerate(table.columns, row + 1):
            sheet.write_string(number, 1, say(f"column.{table.name}.{column.name}", lang), formats["body"])
            sheet.write_string(
                number, 2, say("template.required", lang) if column.required else "", formats["body"]
            )
            sheet.write_string(number, 3, _help(table, column, lang), formats["body"])
            sheet.write_string(number, 4, " / ".join(_choices(column, lang)), formats["body"])
        row += len(table.columns) + 2


def _sheet(book: Any, table: Table, formats: Mapping[str, Any], lang: Lang) -> None:
    sheet = book.add_worksheet(say(f"table.{table.name}", lang))
    example = _EXAMPLES[lang][table.name]
    for position, column in enumerate(table.columns):
        name = say(f"column.{table.name}.{column.name}", lang)
        marked = f"{name}*" if column.required else name
        sheet.write_string(0, position, marked, formats["required" if column.required else "optional"])
        sheet.write_comment(0, position, _help(table, column, lang), {"x_scale": 2, "author": "Tandem"})
        kind = (
            column.type
            if column.type == "date"
            else "text"
            if column.type in ("id", "registration")
            else "body"
        )
        sheet.set_column(position, position, _WIDTHS.get(column.type, 14), formats[kind])
        if choices := _choices(column, lang):
            error = say("template.choice_error", lang)
            rule = {"validate": "list", "source": choices, "error_message": error, "error_type": "warning"}
            sheet.data_validation(1, position, _ROWS, position, rule)
        write.put(sheet, 1, position, _shown(column, example.get(column.name), lang), formats["example"])
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 30)


def _help(table: Table, column: Column, lang: Lang) -> str:
    return say(f"column.{table.name}.{column.name}.help", lang)


def _choices(column: Column, lang: Lang) -> list[str]:
    return [say(f"choice.{column.name}.{choice}", lang) for choice in column.choices]


def _shown(column: Column, value: Any, lang: Lang) -> Any:
    return say(f"choice.{column.name}.{value}", lang) if column.choices and value is not None else value
