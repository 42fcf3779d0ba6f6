"""The words of a page as its reader meets them: each piece of the interface's own text, and in which language it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from re import Pattern

from tandem.base import words

HAN = re.compile(r"[\u3400-\u9fff]")
_VOID = frozenset(("br", "hr", "img", "input", "meta", "link", "path", "circle", "rect", "line", "use", "col",
                   "wbr", "polygon", "polyline", "ellipse", "source"))  # fmt: skip
# Elements that stand within a sentence; all others end it.
_WITHIN = frozenset(("a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "mark", "samp", "small", "span", "strong",
                     "sub", "sup", "time", "tspan", "label", "button", "wbr"))  # fmt: skip
_CODE = frozenset(("code", "pre", "samp", "kbd", "script", "style", "textarea", "datalist"))
_TOLD = ("aria-label", "placeholder", "title", "alt", "aria-roledescription")
_LATIN = re.compile(r"[A-Za-z0-9]*[A-Za-z]{2,}[A-Za-z0-9]*")
# What a sentence cites stands as it was written: between quotation marks, or as the gloss of a term in its title.
_CITED = re.compile(r"https?://\S+|“[^”]*”|「[^」]*」|(?<=language: ).*$|(?<=for example ).*$")
# Latin words that a Chinese reader reads as they stand: names, formats, abbreviations, keys.
AS_THEY_STAND = frozenset(
    [
        "tandem",
        "csv",
        "xlsx",
        "json",
        "jsonl",
        "parquet",
        "mcp",
        "api",
        "http",
        "https",
        "url",
        "id",
        "ids",
        "english",
        "ai",
        "b2b",
        "gb",
        "isic",
        "cny",
        "hkd",
        "mop",
        "usd",
        "sha",
        "utc",
        "tsv",
        "svg",
        "xls",
        "excel",
        "mb",
        "kb",
        "gb18030",
        "zh",
        "en",
        "claude",
        "px",
        "ip",
        "cpu",
        "csrf",
        "sqlite",
        "postgresql",
        "webhook",
        "webhooks",
        "oidc",
        "ok",
        "hash",
        "github",
        "gps",
        "iso",
        "cnas",
        "cma",
        "nda",
        "hhi",
        "merkle",
        "rfc",
        "nb",
        "html",
        "python",
        "xml",
        "kg",
        "mm",
        "kwh",
        "mw",
        "pcb",
        "cnc",
        "cad",
        "cae",
        "plc",
        "mes",
        "erp",
        "led",
    ]
)


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of text: its language as the page marks it ("zh", "en"), its words, and where it stands.

    cited  whether its language is marked at the text itself, as it is where people's own words stand
    """

    lang: str
    text: str
    where: str
    cited: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[Said] = []
        self._open: list[tuple[str, str, bool, bool]] = []  # tag, language, whether code, whether cited
        self._piece: dict[tuple[str, bool], list[str]] = {}

    @property
    def _lang(self) -> str:
        return self._open[-1][1] if self._open else ""

    def _end(self) -> None:
        where = "/".join(one[0] for one in self._open[-3:])
        for (lang, cited), texts in self._piece.items():
            if text := " ".join("".join(texts).split()):
                self.said.append(Said(lang, text, where, cited))
        self._piece = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag not in _WITHIN:
            self._end()
        lang = (own.get("lang") or self._lang)[:2]
        for name in _TOLD:
            if text := own.get(name):
                self.said.append(Said(lang, text, f"{tag}[{name}]"))
        if tag == "input" and own.get("type") in ("submit", "button"):
            self.said.append(Said(lang, own.get("value") or "", "input[value]"))
        if tag == "meta" and own.get("name") == "description":
            self.said.append(Said(lang, own.get("content") or "", "meta"))
        if tag not in _VOID:
            code = tag in _CODE or (bool(self._open) and self._open[-1][2])
            cited = tag != "html" and ("lang" in own or (bool(self._open) and self._open[-1][3]))
            self._open.append((tag, lang, code, cited))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _WITHIN:
            self._end()
        if tag in (one[0] for one in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][2]):
            cited = bool(self._open) and self._open[-1][3]
            self._piece.setdefault((self._lang, cited), []).append(data)


def said(html: str) -> list[Said]:
    """All that a page says, without what somebody typed into its fields."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.said


def foreign(html: str, lang: str, names: Pattern[str] | None = None) -> list[str]:
    """What a page says in the other language without marking it so; `names` are proper ones, which have none.

    The window's title cannot mark anything, and names the record whose heading is marked.
    """
    told = []
    for one in said(html):
        text = _CITED.sub(" ", one.text)
        text = names.sub(" ", text) if names else text
        if one.lang == lang and not one.where.endswith("head/title") and _foreign(text, lang):
            told.append(f"{one.where}: {one.text[:90]}")
    return told


def _foreign(text: str, lang: str) -> bool:
    if lang == "en":
        return bool(HAN.search(text))
    latin = [one for one in _LATIN.findall(text) if one.lower() not in AS_THEY_STAND and not _id(one)]
    return bool(latin) and not HAN.search(text)


def _id(word: str) -> bool:
    return any(char.isdigit() for char in word)


def names(known: Iterable[str]) -> Pattern[str]:
    """A pattern that finds proper names, the longer before those that they begin with."""
    return re.compile("|".join(re.escape(one) for one in sorted(set(known), key=len, reverse=True) if one))


@cache
def _families() -> frozenset[str]:
    return frozenset(code.partition(".")[0] for code in words.catalogue())


_CODELIKE = re.compile(r"(?<![\w@/.-])[a-z][a-z_]+(?:\.[a-z_0-9]+)+(?![\w/@-])")


def codes(html: str) -> Iterator[str]:
    """What looks like a code of the catalogues where words should stand."""
    for one in said(html):
        for found in _CODELIKE.findall(one.text):
            if found.partition(".")[0] in _families():
                yield f"{one.where}: {found}"


_ISO = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_ENGLISH_DAY = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4}\b")
_CHINESE_DAY = re.compile(r"\d{4}年\d{1,2}月")
_UNGROUPED = re.compile(r"(?<![\w.,/:-])\d{5,}(?![\w,:/-])")
# How a value is to be written down in a file, and what names a run of a simulation: neither counts anything.
_WRITTEN_DOWN = re.compile(r"\bGB(?:/T)? \d+|(?:for example|例如) .*$|(?:seed|随机种子) \d+")
_MONEY = {"zh": re.compile(r"\b(?:CNY|HKD|MOP) ?\d"), "en": re.compile(r"\d ?(?:元|港元|澳门元)")}


def misformed(html: str, lang: str) -> list[str]:
    """Days, numbers and money that are not written as this language writes them."""
    wrong = (_ISO, _UNGROUPED, _MONEY[lang], _ENGLISH_DAY if lang == "zh" else _CHINESE_DAY)
    return [f"{one.where}: {one.text[:90]}" for one in said(html) if one.lang == lang and not one.cited
            for each in wrong if each.search(_WRITTEN_DOWN.sub(" ", one.text))]  # fmt: skip
