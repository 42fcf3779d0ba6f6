"""When two names are written differently and still the same; anything fuzzier is only ever suggested."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

_CLOSE = 0.6
_COMPARED = 40  # names with most bigrams in common that are compared letter by letter


@cache
def _converter() -> Any:
    from opencc import OpenCC  # slow to import, and only Chinese names need it  # noqa: PLC0415

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional Chinese characters as simplified ones; other text as it is."""
    return text if text.isascii() else str(_converter().convert(text))


@lru_cache(maxsize=200_000)
def normal(name: str) -> str:
    """A name without width, case, accents on Latin letters, spaces, punctuation and script variants.

    Legal forms (有限公司, Ltd) stay: whether they matter is a judgement.

    >>> normal("ＡＣＭＥ (Guangzhou) Co., Ltd.") == normal("acme（Guangzhou）co ltd")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    kept = re.sub(r"[\W_]+", "", folded)
    return simplified(kept) or folded.strip()


class Nearest:
    """Finds the name most like a given one among many, through the bigrams that they share."""

    def __init__(self, known: Iterable[str]) -> None:
        """Names as they should be suggested."""
        self._names = list(dict.fromkeys(known))
        self._holders: dict[str, list[int]] = defaultdict(list)
        for i, name in enumerate(self._names):
            for gram in _bigrams(normal(name)):
                self._holders[gram].append(i)

    def to(self, name: str) -> str | None:
        """The closest name, or None where none is close."""
        wanted = normal(name)
        shared: dict[int, int] = defaultdict(int)
        for gram in _bigrams(wanted):
            for i in self._holders.get(gram, ()):
                shared[i] += 1
        near = sorted(shared, key=lambda i: (-shared[i], i))[:_COMPARED]
        rated = [(difflib.SequenceMatcher(None, wanted, normal(self._names[i])).ratio(), -i) for i in near]
        best = max(rated, default=(0.0, 0))
        return self._names[-best[1]] if best[0] >= _CLOSE else None


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(max(len(text) - 1, 1))}
