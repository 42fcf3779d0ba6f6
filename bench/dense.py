"""What nearness in meaning adds to words: quality with and without, what the vectors cost, what a need costs.

    python -m bench.dense [--vectors DIR] [--every N] [--no-robotics]

Across languages: 662 Chinese needs against 63,905 English offers of ../shared/data/matching/crosslingual, asked as in
bench/crosslingual.py ("han": no Latin letter or digit). Many of those offers share their whole text with others, so no
method that reads texts can bring every true offer among the first ten: the last line of the first table says how far
one could get that ranks the true text first, ties by id, as the engine breaks them.
Within a language: SBIR and robotics, where words alone are the product's default. Vectors are kept in DIR and encoded
once; the rate is that of texts encoded in this run. Times depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from bench import crosslingual, sets
from rich.console import Console
from rich.table import Table

from tandem.engine.matching import constraints, corpus, evaluate, explain, match
from tandem.engine.matching.corpus import Corpus
from tandem.engine.matching.dense import Vectors, piece
from tandem.engine.matching.settings import MatchSettings
from tandem.storage import exchange
from tandem.storage.exchange import Book
from tandem.storage.vectors import build, encode

TOP = 100
SAMPLE = 500  # texts encoded to measure the rate where all are kept already
FAR = 10**6


def book_of(world: crosslingual.World, how: str) -> Book:
    """The set as a book, the needs asked in one of the two ways."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.parquet" for name in ("organisations", "needs", "offers")}
        ids = world.offers["org_id"]
        pl.DataFrame({"org_id": ids, "name": ids}).write_parquet(files["organisations"])
        world.offers.select("offer_id", "org_id", "title", "text").write_parquet(files["offers"])
        titles, texts = zip(*world.asked(how), strict=True)
        shown = [title or body.split("。")[0] or body for title, body in zip(titles, texts, strict=True)]
        rest = [body if title else body.partition("。")[2] for title, body in zip(titles, texts, strict=True)]
        asked = pl.DataFrame({"need_id": world.needs["need_id"], "title": shown, "text": rest})
        asked.write_parquet(files["needs"])
        return exchange.read_book(tables=files)


def vectors_of(book: Book, directory: Path, within: bool = False) -> Vectors:
    """All vectors of a book, encoding what is missing here and now."""
    return build.of_book(
        directory, book.needs, book.offers, book.deliveries, soon=10**9, within=within, progress=_told
    )


def _told(ready: int, of: int) -> None:
    print(f"\rencoding {ready} of {of}", end="" if ready < of else "\n", flush=True)


@dataclass(frozen=True)
class Measured:
    """For each need the place of its true organisation (FAR where not listed), and milliseconds with reasons."""

    place: npt.NDArray[np.int64]
    spent: npt.NDArray[np.float64]


def ask(book: Book, supply: Corpus, true: Mapping[str, str], vectors: Vectors | None) -> Measured:
    """Every need by itself, ranked and explained."""
    settings = MatchSettings(top=TOP)
    as_of = match.newest(book.needs, supply)
    terms = constraints.terms_of(book.offers, supply)
    place, spent = [], []
    for need in book.needs.iter_rows(named=True):
        begun = time.perf_counter()
        case = match.consider(need, supply, terms, as_of, settings, vectors)
        explain.reasons(case)
        spent.append(1000 * (time.perf_counter() - begun))
        listed = [supply.org_ids[org] for org in case.ranked.organisations.tolist()]
        wanted = true[need["need_id"]]
        place.append(listed.index(wanted) + 1 if wanted in listed else FAR)
    return Measured(np.array(place), np.array(spent))


def row(table: Table, name: str, how: str, found: Measured) -> None:
    """hit@1, hit@10 and R@100 with 95 % intervals, hit@10 of both halves of the needs, time."""
    shown = []
    for k in (1, 10, TOP):
        low, high = crosslingual.interval(found.place <= k)
        shown.append(f"{(found.place <= k).mean():.3f} ({low:.3f}-{high:.3f})")
    table.add_row(name, how, *shown, *(f"{one:.1f}" for one in np.percentile(found.spent, [50, 99])))


def halves(ids: pl.Series, found: Measured) -> str:
    """hit@10 of both halves of the needs, by a hash of their ids."""
    half = np.array([hashlib.blake2b(one.encode()).digest()[0] % 2 for one in ids])
    return " / ".join(f"{(found.place[half == one] <= 10).mean():.3f}" for one in (0, 1))


def reachable(world: crosslingual.World) -> Measured:
    """The place of each true offer among those with the same text, by id."""
    same: dict[tuple[str, str], list[str]] = {}
    for one, title, body in world.offers.select("offer_id", "title", "text").iter_rows():
        same.setdefault((title, body), []).append(one)
    rows = world.offers[world.gold.tolist()].select("offer_id", "title", "text").iter_rows()
    place = np.array([sorted(same[title, body]).index(one) + 1 for one, title, body in rows])
    return Measured(place, np.zeros(len(place)))


def across(directory: Path, console: Console, every: int) -> None:
    """The table of Chinese needs and English offers."""
    whole = crosslingual.read()
    world = crosslingual.World(whole.needs[::every], whole.offers, whole.gold[::every])
    table = Table("method", "need", "hit@1", "hit@10", "R@100", "p50 ms", "p99 ms")
    true = dict(zip(world.needs["need_id"], world.offers["org_id"].gather(world.gold), strict=True))
    lines = []
    supply: Corpus | None = None
    for how in ("han", "written"):
        book = book_of(world, how)
        supply = supply or corpus.read(book.organisations, book.offers, book.deliveries)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        vectors = vectors_of(book, directory)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"asking {world.needs.height} needs, {how}", flush=True)
        words, both = ask(book, supply, true, None), ask(book, supply, true, vectors)
        row(table, "words", how, words)
        row(table, "words and meaning", how, both)
        ids = book.needs["need_id"]
        lines.append(f"{how}: halves of the needs, hit@10 {halves(ids, words)} -> {halves(ids, both)}")
        lines.append(
            f"{how}: vectors take {vectors.documents.nbytes / 2**20:.0f} MB, peak memory grew {grown:.0f} MB"
        )
    row(table, "true text first", "", reachable(world))
    console.print(table, *lines, sep="\n")


def within(name: str, directory: Path, table: Table) -> None:
    """One set of one language: words alone, and meaning at several weights."""
    measured = sets.load(name)
    if measured is None:
        return
    book = measured.book
    supply = corpus.read(book.organisations, book.offers, book.deliveries)
    vectors = vectors_of(book, directory, within=True)
    for weight in (0.0, 0.1, 0.25, 0.5):
        settings = MatchSettings(
            top=TOP, explained=0, exposure_floor=0.0, meaning=weight, meaning_within=True
        )
        found = match.match_corpus(book.needs, supply, book.offers, settings, vectors if weight else None)
        figures = evaluate.evaluate(found.matches, measured.truth)
        low, high = figures.ndcg_10_interval or (0.0, 0.0)
        shown = f"{figures.ndcg_10:.3f} ({low:.3f}-{high:.3f})"
        table.add_row(name, f"{weight:.2f}", shown, f"{figures.recall_10:.3f}", f"{figures.recall_100:.3f}")


def cost(console: Console) -> None:
    """Texts a second in batches, milliseconds for one text alone."""
    offers = pl.read_parquet(crosslingual.FOLDER / "offers.parquet").sample(SAMPLE, seed=0)
    texts = [piece(title, body) for title, body in offers.select("title", "text").iter_rows()]
    encode.encode(texts[:10])
    begun = time.perf_counter()
    encode.encode(texts)
    rate = SAMPLE / (time.perf_counter() - begun)
    spent = []
    for text in texts[:200]:
        begun = time.perf_counter()
        encode.encode([text])
        spent.append(1000 * (time.perf_counter() - begun))
    p50, p99 = np.percentile(spent, [50, 99])
    length = np.mean([len(text) for text in texts])
    console.print(
        f"encoding: {rate:.0f} texts/s ({length:.0f} characters each); one alone {p50:.1f} / {p99:.1f} ms"
    )


def main() -> None:
    """Print what was asked for, and what is missing."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--vectors", type=Path, default=Path(tempfile.gettempdir()) / "tandem-vectors")
    options.add_argument("--every", type=int, default=1, help="ask each N-th need across languages only")
    options.add_argument("--no-robotics", action="store_true", help="leave out the slowest set")
    wanted = options.parse_args()
    if not encode.installed():
        print(f"dense: not measured, the extra is not installed: {encode.INSTALL}")
        return
    if not crosslingual.FOLDER.exists():
        print(f"dense: not measured, {crosslingual.FOLDER} is missing")
        return
    console = Console(width=130)
    cost(console)
    across(wanted.vectors, console, wanted.every)
    table = Table("within one language", "weight of meaning", "nDCG@10", "R@10", "R@100")
    for name in ("sbir",) if wanted.no_robotics else ("sbir", "robotics"):
        within(name, wanted.vectors, table)
    console.print(table)


if __name__ == "__main__":
    main()
