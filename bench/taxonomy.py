"""How well service codes are proposed from text: precision, recall and F1 on hand-labelled texts.

bench/data/service_labels.tsv was written and labelled by hand for this purpose; the tuning half was looked at while
thresholds were chosen, the held-out half was not. A file of the same columns (half, language, code, text) can be
given as argument.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from pathlib import Path

from tandem.engine.matching import classify

NONE = "none"
DRAWS = 2000
Judged = list[tuple[bool, int, bool]]  # the code is among the proposals; how many proposals; there is a code


def judge(rows: list[dict[str, str]], first: int) -> Judged:
    """For each text: hit, proposals made, whether there was anything to find."""
    judged = []
    for row in rows:
        codes = [proposal.code for proposal in classify.propose(None, row["text"])][:first]
        judged.append((row["code"] in codes, len(codes), row["code"] != NONE))
    return judged


def figures(judged: Judged) -> tuple[float, float, float]:
    """Precision (texts with a proposal among which the right code is), recall, F1."""
    proposed = sum(1 for _, made, _ in judged if made)
    hits = sum(1 for hit, _, _ in judged if hit)
    there = sum(1 for _, _, code in judged if code)
    precision, recall = hits / max(proposed, 1), hits / max(there, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def interval(judged: Judged, which: int) -> tuple[float, float]:
    """95 % bootstrap interval over texts."""
    draw = random.Random(7)
    values = sorted(figures(draw.choices(judged, k=len(judged)))[which] for _ in range(DRAWS))
    return values[int(0.025 * DRAWS)], values[int(0.975 * DRAWS)]


def main() -> None:
    """Print the table."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data" / "service_labels.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    classify.propose(None, "warm up 预热")
    print(f"{'half':6}{'texts':>6}{'of none':>8}  first   precision            recall               F1")
    for half in dict.fromkeys(row["half"] for row in rows):
        own = [row for row in rows if row["half"] == half]
        nothing = sum(row["code"] == NONE for row in own)
        for first in (1, 3):
            judged = judge(own, first)
            shown = [
                f"{value:.3f} [{low:.3f} {high:.3f}]"
                for value, (low, high) in zip(figures(judged), (interval(judged, i) for i in range(3)), strict=True)
            ]
            print(f"{half:6}{len(own):6}{nothing:8}  {first:5}   " + "  ".join(shown))
    silent = [row for row in rows if row["code"] == NONE and not classify.propose(None, row["text"])]
    print(f"texts without a service left without a proposal: {len(silent)} of {sum(r['code'] == NONE for r in rows)}")
    start = time.perf_counter()
    for row in rows:
        classify.propose(None, row["text"])
    print(f"{(time.perf_counter() - start) / len(rows) * 1e3:.2f} ms a text")


if __name__ == "__main__":
    main()
