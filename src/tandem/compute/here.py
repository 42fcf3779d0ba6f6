"""In this process: one part after the other, nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tandem.compute.where import Load


class Here:
    """See where.Workers."""

    def __init__(self) -> None:
        self.count, self.by_file, self.moved = 1, False, 0

    def place(self, loads: Sequence[Load]) -> list[Any]:
        """Makes every part."""
        return [load() for load in loads]

    def ask(
        self,
        parts: list[Any],
        question: Callable[..., Any],
        *shared: object,
        each: Sequence[tuple[object, ...]] = (),
    ) -> list[Any]:
        """Asks one part after the other."""
        return [question(part, *shared, *(each[k] if each else ())) for k, part in enumerate(parts)]
