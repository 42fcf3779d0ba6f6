"""How many planted doubts are found in registers that others wrote, and what is doubted that fits together.

    python -m bench.doubts

Registers of invented figures (tests/engine/doubts/registers): "dev" is what the finder was built with, "held" speaks
of other topics in other words, "second" and "third" were written by authors who had not seen the finder. What they
showed was mended, so these are the scores of what is shipped, not of a first encounter. A doubt is found where its
class is right and it names the figures that it must and no others; everything else that is said is false.
"""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table
from tests.engine.doubts.planted import PARTS, Part, consistent, planted

from tandem.engine.doubts.find import find_doubts
from tandem.engine.figures.frame import frame

COLUMNS = ("part", "found / planted", "false in their registers", "false doubts / consistent registers")


def judged(part: Part) -> tuple[int, int, int, int, int]:
    """Found, planted, said besides in the planted registers, said of consistent registers, how many those are."""
    doubted = planted(part)
    answers = [each.judge(find_doubts(frame(each.register.rows))) for each in doubted]
    wanted = sum(len(each.expected) for each in doubted)
    found = wanted - sum(len(missed) for missed, _ in answers)
    whole = consistent(part)
    false = sum(len(find_doubts(frame(each.rows))) for each in whole)
    return found, wanted, sum(len(besides) for _, besides in answers), false, len(whole)


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    table = Table(title="doubts in registers written by others")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "part" else "right")
    for part in PARTS:
        found, wanted, besides, false, whole = judged(part)
        table.add_row(part, f"{found} / {wanted}", str(besides), f"{false} / {whole}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
