"""Texts laid out by how wide characters are on a screen: a Chinese one takes the room of two."""

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
    """Lines of at most so many cells, broken at spaces and between Chinese characters, else where they must.

    >>> wrapped("所需服务：代码或名称。", 10)
    ['所需服务：', '代码或名', '称。']
    """
    lines, line = [], ""
    for piece in (part for whole in _pieces(text) for part in _parts(whole, room)):
        if line and width(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def cut(text: str, room: int) -> str:
    """The text on one line of at most so many cells; what is cut off it leaves three dots.

    >>> cut("泵阀低温密封检测", 9), cut("short", 9)
    ('泵阀低温…', 'short')
    """
    if width(text) <= room:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > room - 1:
            break
        kept += char
    return kept.rstrip() + "…" if room > 0 else ""


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


def _parts(piece: str, room: int) -> Iterator[str]:
    """A piece, or where it is wider than a whole line, as much of it as a line holds, again and again."""
    while width(piece.rstrip()) > room > 1:
        end = next(n for n in range(len(piece), 0, -1) if n == 1 or width(piece[:n]) <= room)
        yield piece[:end]
        piece = piece[end:]
    yield piece


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in _WIDE
