"""Bilingual pieces: one value in both languages, as plain text for a cell or woven into HTML.

A page holds both languages and shows one. To keep it small, `weave` writes what both sentences share (a title, a
number) once and only the words around it twice; where word order differs, it writes two whole sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from string import Formatter
from typing import NamedTuple

from markupsafe import Markup, escape

from tandem.base.words import Lang, catalogue, has, say

_INLINE = 44  # bytes up to which repeating a shared piece is cheaper than closing and opening two spans


class Two(NamedTuple):
    """The same thing said in Chinese and in English; parts are escaped when woven unless they are Markup."""

    zh: str
    en: str

    def get(self, lang: Lang) -> str:
        """What to say in one language."""
        return self.zh if lang == "zh" else self.en


_HAN = re.compile(r"[㐀-鿿]")

Piece = Two | str | int | float


def phrase(code: str, /, **params: Piece) -> Two:
    """A code's sentence in both languages as plain text."""
    return Two(line(code, "zh", **params), line(code, "en", **params))


def line(code: str, lang: Lang, /, **params: Piece) -> str:
    """A code's sentence in one language as plain text; bilingual parameters give that language's part."""
    return say(
        code, lang, **{k: v.get(lang) if isinstance(v, Two) else _number(v) for k, v in params.items()}
    )


def counted(name: str, n: int) -> Two:
    """A number with its noun, e.g. '1 need', '12 needs', '12 项需求'."""
    code = f"report.count.{name}"
    return phrase(f"{code}.one" if n == 1 and has(f"{code}.one") else code, n=n)


def percent(share: float) -> str:
    """A share (0..1) as a whole percentage; what is above nothing never reads as 0 %."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def listed(items: Iterable[Piece]) -> Two:
    """Items in a row, with each language's comma."""
    known = [item if isinstance(item, Two) else Two(str(item), str(item)) for item in items]
    return Two("、".join(item.zh for item in known), ", ".join(item.en for item in known))


def tongue(text: str) -> Lang:
    """The language to announce a text in: Chinese as soon as it holds a Han letter."""
    return "zh" if _HAN.search(text) else "en"


def html(piece: Piece) -> Markup:
    """A piece in HTML: bare where both languages are the same, else one span for each."""
    if not isinstance(piece, Two):
        return escape(_number(piece))
    zh, en = escape(piece.zh), escape(piece.en)
    if zh == en:
        return Markup("<i lang=zh>{}</i>").format(zh) if tongue(zh) == "zh" else zh
    return Markup("<i class=z lang=zh>{}</i><i class=e lang=en>{}</i>").format(zh, en)


def weave(code: str, /, **params: Piece) -> Markup:
    """A code's sentence in HTML in both languages, what they share written once; parameters are escaped."""
    zh, en = _parts(catalogue()[code]["zh"]), _parts(catalogue()[code]["en"])
    if [name for _, name in zh] != [name for _, name in en]:
        return html(Two(_fill(zh, "zh", params), _fill(en, "en", params)))
    out, left, right = Markup(), Markup(), Markup()
    for (zh_text, name), (en_text, _) in zip(zh, en, strict=True):
        left, right = left + zh_text, right + en_text
        if name is None:
            continue
        value = params[name]
        shared = None if isinstance(value, Two) else escape(_number(value))
        if shared is not None and len(shared.encode()) > _INLINE:
            out, left, right = out + html(Two(left, right)) + shared, Markup(), Markup()
        else:
            left, right = left + _of(value, "zh"), right + _of(value, "en")
    return out + html(Two(left, right))


def _fill(parts: tuple[tuple[str, str | None], ...], lang: Lang, params: dict[str, Piece]) -> Markup:
    filled = Markup()
    for text, name in parts:
        filled += text
        if name is not None:
            filled += _of(params[name], lang)
    return filled


def _of(value: Piece, lang: Lang) -> Markup:
    return escape(value.get(lang) if isinstance(value, Two) else _number(value))


def _number(value: str | int | float) -> str:
    return f"{value:,}" if isinstance(value, int) else value if isinstance(value, str) else f"{value:.2f}"


@lru_cache(maxsize=1024)
def _parts(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((text, name) for text, name, _, _ in Formatter().parse(template))
