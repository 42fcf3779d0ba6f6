"""Help pages laid out by how wide characters are on a screen: a Chinese one takes the room of two."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

_WIDE = ("W", "F")
_NEVER_FIRST = frozenset("，。、；：？！）】》”’％…,.;:?!)]}%")
_NEVER_LAST = frozenset("（【《“‘([{")


def width(text: str) -> int:
    """How many cells a text takes.

    >>> width("need 需求")
    9
    """
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text)


def wrapped(text: str, room: int) -> list[str]:
    """Lines of at most so many cells, broken at spaces and between Chinese characters.

    >>> wrapped("所需服务：代码或名称。", 10)
    ['所需服务：', '代码或名', '称。']
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def columns(rows: Sequence[tuple[str, str]], room: int, first: int, gap: int = 2) -> Iterator[str]:
    """Lines of a list of two columns: the first as wide as needed, at most `first` cells."""
    left = min(max((width(one) for one, _ in rows), default=0), first) + gap
    for term, about in rows:
        lines = wrapped(about, max(room - left, 20)) or [""]
        if width(term) > left - gap:
            yield term
        else:
            yield term + " " * (left - width(term)) + lines.pop(0)
        yield from (" " * left + line for line in lines)


def _pieces(text: str) -> Iterator[str]:
    """Parts that no line may break: words with the space behind them, Chinese characters with their punctuation."""
    piece = ""
    for char in " ".join(text.split()):
        breaks = piece and char not in _NEVER_FIRST and piece[-1] not in _NEVER_LAST
        if breaks and (piece[-1] == " " or _wide(char) or _wide(piece[-1])):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in _WIDE
