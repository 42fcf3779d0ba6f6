"""How well service codes are proposed from text: precision, recall and F1 on hand-labelled texts.

bench/data/service_labels.tsv: short texts written for this purpose by whoever also wrote the key terms, so flattering.
bench/data/service_labels_world.tsv: labels of texts from examples/world, whose writers knew neither codes nor key
terms; this is the sterner measure. Where several codes fit a text they stand with ';' between, and any of them is
right. Of each file the tuning half was looked at while terms and thresholds were chosen, the held-out half was not.
"""

from __future__ import annotations

import csv
import random
import time
from pathlib import Path

from tandem.engine.matching import classify

DATA = Path(__file__).parent / "data"
WORLD = Path(__file__).parents[1] / "examples" / "world"
NONE = "none"
DRAWS = 2000
Judged = list[tuple[bool, int, bool]]  # the code is among the proposals; how many proposals; there is a code


def judge(rows: list[dict[str, str]], first: int) -> Judged:
    """For each text: hit, proposals made, whether there was anything to find."""
    judged = []
    for row in rows:
        codes = [proposal.code for proposal in classify.propose(row.get("title"), row["text"])][:first]
        right = set(row["code"].split(";"))
        judged.append((not right.isdisjoint(codes), len(codes), row["code"] != NONE))
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


def written() -> list[dict[str, str]]:
    """The texts written for this purpose."""
    return _rows(DATA / "service_labels.tsv")


def of_world() -> list[dict[str, str]]:
    """The labelled texts of the sample world; empty where its tables are not there."""
    texts: dict[str, dict[str, str]] = {}
    for table, key in (("needs", "need_id"), ("offers", "offer_id")):
        path = WORLD / f"{table}.csv"
        if path.exists():
            with path.open(encoding="utf-8-sig", newline="") as lines:
                texts.update(
                    (row[key], {"title": row["title"], "text": row["text"]}) for row in csv.DictReader(lines)
                )
    return [
        {**row, **texts[row["id"]]} for row in _rows(DATA / "service_labels_world.tsv") if row["id"] in texts
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def main() -> None:
    """Print the table."""
    classify.propose(None, "warm up 预热")
    rows = written() + of_world()
    print(f"{'half':11}{'texts':>6}{'of none':>8}  first   precision            recall               F1")
    for half in dict.fromkeys(row["half"] for row in rows):
        own = [row for row in rows if row["half"] == half]
        nothing = [row for row in own if row["code"] == NONE]
        for first in (1, 3):
            judged = judge(own, first)
            shown = [
                f"{value:.3f} [{low:.3f} {high:.3f}]"
                for value, (low, high) in zip(
                    figures(judged), (interval(judged, i) for i in range(3)), strict=True
                )
            ]
            print(f"{half:11}{len(own):6}{len(nothing):8}  {first:5}   " + "  ".join(shown))
        silent = sum(not classify.propose(row.get("title"), row["text"]) for row in nothing)
        print(f"{'':11}texts of no service left without a proposal: {silent} of {len(nothing)}")
    start = time.perf_counter()
    for row in rows:
        classify.propose(row.get("title"), row["text"])
    print(f"{(time.perf_counter() - start) / max(len(rows), 1) * 1e3:.2f} ms a text")


if __name__ == "__main__":
    main()
