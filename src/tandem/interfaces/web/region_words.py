"""Numbers and sentences of the register as a page shows them: each number leads to its figure or its computation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from tandem.base.words import Lang, catalogue, has, say
from tandem.hub.regional.answers import Computed, Number, Sentence, Text, Warned
from tandem.interfaces.web.write import NOTHING, day

_HAN, _WORD = re.compile("[\u3400-\u9fff]"), re.compile("[A-Za-z]{3,}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?(?: ?%)?|\d+(?:\.\d+)?(?: ?%)?")


def figure_page(figure: str) -> str:
    """Where a figure is shown: a page of its own, or the list where its id cannot stand in an address."""
    if "/" in figure or figure.strip(".") == "":
        return "/region/figures?" + urlencode({"text": figure})
    return f"/region/figures/{quote(figure, safe='')}"


def target_page(target: str) -> str:
    """Where a target is shown."""
    return f"/region/targets/{quote(target, safe='')}" if "/" not in target else figure_page(target)


def anchor(key: str) -> str:
    """A key as a place on a page: no space, nothing that an address would have to escape."""
    return "how-" + re.sub(r"[^A-Za-z0-9_.-]", lambda found: f"_{ord(found[0]):x}", key)


class Reader:
    """What one reader sees, in one language; `base` is the page on which computations are told, "" for the same."""

    def __init__(self, lang: Lang, base: str = "") -> None:
        self.lang, self.base = lang, base

    def at(self, base: str) -> Reader:
        """The same reader, where computations are told on another page."""
        return Reader(self.lang, base)

    def text(self, text: Text | None) -> str:
        """A text in the reader's language."""
        return NOTHING if text is None else text.zh if self.lang == "zh" else text.en

    def period(self, text: str | None) -> str:
        """A year or a quarter as the register has it; a day as the reader's language writes it."""
        try:
            is_day = bool(text and _DAY.fullmatch(text) and date.fromisoformat(text))
        except ValueError:
            is_day = False
        return day(text, self.lang) if is_day else text or NOTHING

    def name(self, text: Text | None) -> Markup:
        """A name: its digits are letters."""
        shown = self.text(text)
        return Markup('<span class="nm"{}>{}</span>').format(self._foreign(shown), shown)

    def _foreign(self, shown: str) -> Markup:
        """The mark of what a source wrote in another language than the page's: a term or a sign is none."""
        is_chinese = bool(_HAN.search(shown))
        if self.lang == "en" and is_chinese:
            return Markup(' lang="zh-Hans"')
        if self.lang == "zh" and not is_chinese and len(_WORD.findall(shown)) > 1:
            return Markup(' lang="en"')
        return Markup()

    def number(self, number: Number | None) -> Markup:
        """A number as a link to where it comes from."""
        if number is None:
            return escape(NOTHING)
        shown = self.text(number.text)
        if number.figure is not None:
            return Markup('<a href="{}"{}>{}</a>').format(
                figure_page(number.figure), self._foreign(shown), shown
            )
        if number.how is not None:
            return Markup('<a class="how" href="{}#{}">{}</a>').format(self.base, anchor(number.how), shown)
        return self.name(number.text)

    def sentence(self, said: Sentence) -> Markup:
        """A sentence whose numbers are links; the bare code where it has no words."""
        if not has(said.code):
            return escape(said.code)
        parts = {name: self._part(value) for name, value in said.params.items()}
        return escape(catalogue()[said.code][self.lang]).format(**parts)

    def _part(self, value: Number | tuple[Number, ...]) -> Markup:
        if isinstance(value, Number):
            return self.number(value)
        return escape("、" if self.lang == "zh" else ", ").join(self.number(one) for one in value)

    def warned(self, said: Warned) -> Markup:
        """A warning: its numbers lead to what it rests on."""
        link = (
            figure_page(said.figure) if said.figure is not None else f"{self.base}#{anchor(said.how or '')}"
        )
        return self._linked(say(said.code, self.lang, **dict(said.params)), link)

    def _linked(self, sentence: str, link: str) -> Markup:
        out, end = Markup(), 0
        for found in _NUMBER.finditer(sentence):
            out += escape(sentence[end : found.start()])
            out += Markup('<a href="{}">{}</a>').format(link, found[0])
            end = found.end()
        return out + escape(sentence[end:])

    def count(self, number: int | None, link: str) -> Markup:
        """A count that leads to the list of what it counts."""
        return escape(NOTHING) if number is None else Markup('<a href="{}">{:,}</a>').format(link, number)

    def how(self, one: Computed) -> Mapping[str, Any]:
        """A computation as a row: its place, what of, how, from which figures, what came out."""
        inputs = Markup(" · ").join(
            Markup('<a href="{}">{}</a>').format(figure_page(figure), figure) for figure in one.inputs
        )
        return {"anchor": anchor(one.key), "subject": self.name(one.subject), "how": self.sentence(one.how),
                "inputs": inputs, "result": self.text(one.result)}  # fmt: skip
