"""How well the fields of a need are read from free text: precision and recall by field on hand-labelled texts.

tests/engine/extract: dev.jsonl was looked at while the rules were made; held.jsonl was written and labelled, in other
styles (messages, tender notices, e-mails, forms), before the rules were; later.jsonl when they stood, on other subjects
and in rougher words; blind.jsonl and second.jsonl by somebody who knew nothing of the rules: the errors of blind and of
the first 30 lines of second were looked at and mended, the last 30 lines of second were judged for the figures alone.
What each gave at its first run is noted in docs/decisions/0031; all but those 30 lines guard rather than judge.
A field's label is a list of values any of which is right, null for silence. A title is right where it holds one of the
label's phrases and is not longer than a title. A proposal is right or wrong; a field that should have one and has none,
or a wrong one, is missed. Times are of the processor.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tandem.engine.extract import read, sectors

TEXTS = Path(__file__).parents[1] / "tests" / "engine" / "extract"
LONGEST_TITLE = 100
DRAWS = 1000
PARTS = ("dev", "held", "later", "blind", "second")


@dataclass
class Score:
    """Proposals that are right, wrong, and fields that have no right one."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, other: Score) -> None:
        self.right, self.wrong = self.right + other.right, self.wrong + other.wrong
        self.missed += other.missed

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)


def texts(part: str) -> list[dict[str, Any]]:
    """The labelled texts of one part."""
    lines = (TEXTS / f"{part}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def judged(one: Mapping[str, Any]) -> dict[str, Score]:
    """What is right and wrong about one text, by field."""
    got: dict[str, Any] = {
        found.field: found.value.isoformat() if isinstance(found.value, date) else found.value
        for found in read.proposals(one["text"], date.fromisoformat(one["as_of"]))
    }
    return {field: _judged(field, got.get(field), one["expect"][field]) for field in read.FIELDS}


def _judged(field: str, value: Any, right: list[Any]) -> Score:
    if value is None:
        return Score(missed=int(None not in right))
    if field == "title":
        good = len(value) <= LONGEST_TITLE and any(_key(core) in _key(value) for core in right)
    else:
        names = dict(sectors.names()) if field == "sector" else {}  # labels have the Chinese name
        good = value in right or value in {names.get(one) for one in right}
    needed = None not in right
    return Score(int(good), int(not good), int(not good and needed))


def _key(text: str) -> str:
    return "".join(text.lower().split())


def summed(rows: Iterable[Mapping[str, Score]]) -> dict[str, Score]:
    """Scores by field, and over all fields under `all`."""
    total = {field: Score() for field in (*read.FIELDS, "all")}
    for row in rows:
        for field, score in row.items():
            total[field].add(score)
            total["all"].add(score)
    return total


def interval(rows: list[dict[str, Score]], which: str) -> tuple[float, float]:
    """95 % bootstrap interval over texts of precision or recall over all fields."""
    draw = random.Random(7)
    values = sorted(getattr(summed(draw.choices(rows, k=len(rows)))["all"], which) for _ in range(DRAWS))
    return values[int(0.025 * DRAWS)], values[int(0.975 * DRAWS)]


def show(part: str) -> None:
    rows = [judged(one) for one in texts(part)]
    print(f"{part}: {len(rows)} texts\n{'field':14}{'right':>6}{'wrong':>6}{'missed':>7}  precision  recall")
    for field, score in summed(rows).items():
        print(
            f"{field:14}{score.right:6}{score.wrong:6}{score.missed:7}  {score.precision:9.3f}  {score.recall:6.3f}"
        )
    for which in ("precision", "recall"):
        low, high = interval(rows, which)
        print(f"{which} over all fields, 95 %: {low:.3f} to {high:.3f}")
    print()


def speed() -> None:
    long = ("\n".join(one["text"] for one in texts("dev")) * 5)[:20_000]
    short = texts("dev")[0]["text"]
    for name, text, times in (("one message", short, 200), ("20,000 characters", long, 10)):
        taken = []
        for _ in range(times):
            start = time.process_time()
            read.proposals(text, date(2026, 11, 22))
            taken.append(time.process_time() - start)
        print(f"{name}: median {sorted(taken)[times // 2] * 1e3:.1f} ms")


def main() -> None:
    """Print the tables; with a part's name only that part's."""
    for part in sys.argv[1:] or PARTS:
        show(part)
    speed()


if __name__ == "__main__":
    main()
