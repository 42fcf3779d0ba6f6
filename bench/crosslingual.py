"""Chinese needs against English offers: how often the true offer is among the first, and what it costs.

    python -m bench.crosslingual

662 needs, 63,905 offers of ../shared/data/matching/crosslingual, asked in two ways: "han" has every Latin letter and
digit removed, so that no name leaks; "written" is the need as it stands. Peers in the same run: BM25 on the raw text
(bm25s, Chinese characters as words) and the plain dictionary method of the reference page (first five glosses, each
1/(1+rank), summed into one weighted BM25 query). "whole engine" is what a user gets: both languages fused, reasons.
Times are processor time of one thread, which is what they take on a quiet machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt
import polars as pl
from bench import sets
from rich.console import Console
from rich.table import Table

from tandem.engine.language import dictionary, industry, text
from tandem.engine.matching import corpus, translate
from tandem.engine.matching.match import match_corpus
from tandem.engine.matching.settings import MatchSettings
from tandem.engine.search import postings, tokens
from tandem.engine.search.postings import Bm25, Postings
from tandem.storage import exchange

FOLDER = sets.DATA / "crosslingual"
LISTED = 100
RESAMPLES = 2000
PLAIN = Bm25(k1=1.2, b=0.75)
Scores = npt.NDArray[np.floating]
Scorer = Callable[[str, str], Scores]


@dataclass(frozen=True)
class World:
    """needs, offers: frames as shared; gold: (needs,) row of the true offer of each need."""

    needs: pl.DataFrame
    offers: pl.DataFrame
    gold: npt.NDArray[np.int64]

    def asked(self, how: str) -> Iterator[tuple[str, str]]:
        """(title, text) of every need, written or han only."""
        if how == "han":
            return (("", one) for one in self.needs["text_han"])
        return zip(self.needs["title"], self.needs["text"], strict=True)


def read() -> World:
    """The set, with the place of each need's offer."""
    needs = pl.read_parquet(FOLDER / "needs_zh_dev.parquet")
    offers = pl.read_parquet(FOLDER / "offers.parquet").with_row_index("row")
    truth = needs.join(pl.read_parquet(FOLDER / "truth_dev.parquet"), on="need_id", maintain_order="left")
    gold = truth.join(offers.select("row", "org_id"), on="org_id", maintain_order="left")["row"]
    return World(needs, offers, gold.to_numpy().astype(np.int64))


def raw(world: World) -> Scorer:
    """bm25s over words and single Chinese characters, title twice."""
    split = r"(?u)[\u3400-\u9fff]|[^\W\u3400-\u9fff]{2,}"
    index = bm25s.BM25(k1=1.2, b=0.75)
    texts = sets.whole_text(world.offers)
    known = bm25s.tokenize(texts, stopwords="en", token_pattern=split, show_progress=False)
    index.index(known, show_progress=False)

    def score(title: str, body: str) -> Scores:
        whole = bm25s.tokenize(
            [f"{title} {body}"],
            stopwords="en",
            token_pattern=split,
            show_progress=False,
            return_ids=False,
        )
        found = [word for word in whole[0] if word in index.vocab_dict]
        return index.get_scores(found) if found else np.zeros(world.offers.height)

    return score


@cache
def _plain_glosses(word: str, most: int = 5) -> dict[str, float]:
    """The plain method's English for one word: raw glosses in the file's order, summing to 1."""
    found: dict[str, float] = {}
    raw_glosses = dictionary.load().entries.get(word, "").replace("\n", "/").split("/")
    kept = [one for one in raw_glosses if one and not one.startswith(("CL:", "surname", "see", "^surname"))]
    for rank, gloss in enumerate([one for one in kept if "variant of" not in one][:most]):
        stems = [token for token in text.tokens(gloss) if not text.is_han(token)][:4]
        for token in stems:
            found[token] = found.get(token, 0.0) + 1 / (1 + rank) / len(stems)
    total = sum(found.values())
    return {token: weight / total for token, weight in found.items()}


def _inside(word: str) -> Iterator[str]:
    start = 0
    while start < len(word):
        known = (
            n for n in (4, 3, 2) if word[start : start + n] in dictionary.load() and start + n <= len(word)
        )
        size = next(known, 0)
        if size:
            yield word[start : start + size]
        start += size or 1


def plain(offers: Postings) -> Scorer:
    """The dictionary method of the reference page over our postings; neighbours that are one entry are put together."""

    def score(title: str, body: str) -> Scores:
        query: dict[str, float] = {}
        for word in _heads([*text.tokens(title), *text.tokens(body)]):
            if not text.is_han(word):
                query[word] = query.get(word, 0.0) + 2
                continue
            meanings = [_plain_glosses(word)]
            if not meanings[0] and len(word) > 2:
                meanings = [_plain_glosses(part, 3) for part in _inside(word)]
            for meaning in meanings:
                for token, weight in meaning.items():
                    query[token] = query.get(token, 0.0) + weight
        return postings.score(offers, query, PLAIN)

    return score


def _heads(words: list[str]) -> Iterator[str]:
    start = 0
    while start < len(words):
        wholes = ((n, "".join(words[start : start + n])) for n in (3, 2))
        size = next((n for n, one in wholes if len(one) <= 6 and one in dictionary.load()), 1)
        yield "".join(words[start : start + size])
        start += size


def ours(offers: Postings) -> Scorer:
    """Translation with the industry list, as the engine scores it."""
    return lambda title, body: translate.score(offers, translate.translate(text.terms(title, body), "en"))


def without_list(offers: Postings) -> Scorer:
    """The same with an empty industry list behind translation (segmentation keeps it)."""
    score = ours(offers)
    nothing = industry.parse("")

    def bare(title: str, body: str) -> Scores:
        whole, industry.terms = industry.terms, lambda: nothing  # type: ignore[assignment]
        try:
            return score(title, body)
        finally:
            industry.terms = whole

    return bare


def ranks(world: World, scorer: Scorer, how: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Rank of each need's true offer (ties: by row; 10^6 where it is not met), and processor milliseconds a need."""
    found, spent = np.full(len(world.gold), 10**6), np.zeros(len(world.gold))
    for i, (asked, gold) in enumerate(zip(world.asked(how), world.gold.tolist(), strict=True)):
        begun = time.process_time()
        scores = scorer(*asked)
        spent[i] = 1000 * (time.process_time() - begun)
        if scores[gold] > 0:
            found[i] = 1 + (scores > scores[gold]).sum() + (scores[:gold] == scores[gold]).sum()
    return found, spent


def whole_engine(world: World, how: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The same from the engine's own lists, asked one need at a time, with reasons."""
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
        book = exchange.read_book(tables=files)
    supply = corpus.read(book.organisations, book.offers, book.deliveries)
    lists, spent = [], np.zeros(book.needs.height)
    for i, need in enumerate(book.needs.iter_slices(1)):
        begun = time.process_time()
        lists.append(match_corpus(need, supply, book.offers, MatchSettings(top=LISTED)).matches)
        spent[i] = 1000 * (time.process_time() - begun)
    true = pl.DataFrame({"need_id": world.needs["need_id"], "org_id": ids.gather(world.gold)})
    place = true.join(pl.concat(lists), on=["need_id", "org_id"], how="left", maintain_order="left")["rank"]
    return place.fill_null(10**6).to_numpy(), spent


def interval(hits: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """95 % of the means of resamples of the needs."""
    drawn = np.random.default_rng(0).integers(0, len(hits), (RESAMPLES, len(hits)))
    low, high = np.percentile(hits[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def row(
    table: Table, name: str, how: str, measured: tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]
) -> None:
    """One line: hit@1, hit@10 with its interval, R@100, time a need."""
    place, spent = measured
    low, high = interval(place <= 10)
    rates = [f"{(place <= k).mean():.3f}" for k in (1, 10, 100)]
    p50, p99 = np.percentile(spent, [50, 99])
    print(name, how, *rates, file=sys.stderr, flush=True)
    table.add_row(
        name, how, rates[0], rates[1], f"{low:.3f}-{high:.3f}", rates[2], f"{p50:.1f}", f"{p99:.1f}"
    )


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--engine", type=int, default=50, help="needs that the whole engine is asked (0: none)"
    )
    wanted = options.parse_args()
    if not FOLDER.exists():
        print(f"crosslingual: not measured, {FOLDER} is missing")
        return
    world = read()
    begun = time.process_time()
    offers = postings.build(tokens.read(zip(world.offers["title"], world.offers["text"], strict=True)))
    built = time.process_time()
    dictionary.load()
    loaded = time.process_time()
    dictionary.load().chinese(("test",))
    inverted = time.process_time()
    table = Table("method", "need", "hit@1", "hit@10", "95 %", "R@100", "p50 CPU ms", "p99 CPU ms")
    methods = {
        "BM25 on the raw text": raw(world),
        "plain dictionary": plain(offers),
        "ours without the term list": without_list(offers),
        "ours": ours(offers),
    }
    for name, scorer in methods.items():
        _forget()
        for how in ("han", "written"):
            row(table, name, how, ranks(world, scorer, how))
    if wanted.engine:
        some = replace(world, needs=world.needs.head(wanted.engine), gold=world.gold[: wanted.engine])
        for how in ("han", "written"):
            row(table, f"whole engine, {wanted.engine} needs", how, whole_engine(some, how))
    Console(width=120).print(table)
    print(f"index of {world.offers.height} offers {built - begun:.1f} s; dictionary {loaded - built:.2f} s,")
    print(f"its English side, when first asked for, {inverted - loaded:.2f} s")


def _forget() -> None:
    for memory in (translate._meanings, translate._chinese, translate._listed):
        memory.cache_clear()


if __name__ == "__main__":
    main()
