"""The search index beside its peers: time to build, time to ask, memory, and that no shortcut costs quality.

    python -m bench.index

Peers on the same texts, each as its authors advise: bm25s (its tokeniser with stemmer and stop words, Lucene's BM25,
numba at retrieval) and tantivy (texts cut and stemmed as ours, OR of all terms). Both only find the ten nearest
documents; ours also finds them with pairs of neighbours indexed, and beside it answers in full: both views of every
organisation, ten listed, each with its reasons. Every engine runs in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from bench import sets
from bench.resample import resampled
from bench.scale import NEEDS, Clock, answering, peak_mb, timed
from rich.console import Console
from rich.table import Table

from tandem.storage import exchange

DELIVERIES, ORGANISATIONS = 30_000, 6_000
Texts = list[tuple[str, str]]
Found = dict[str, Any]


def deliveries() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame] | None:
    """30,000 deliveries and real needs: needs, organisations, offers, deliveries."""
    measured = sets.load("robotics")
    if measured is None:
        return None
    book = measured.book
    rows = resampled(book.deliveries, DELIVERIES, ORGANISATIONS)
    return book.needs.sample(NEEDS, seed=1), book.organisations.clear(), book.offers, rows


def offers() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame] | None:
    """63,905 English offers and Chinese needs as written."""
    folder = sets.DATA / "crosslingual"
    if not folder.exists():
        print(f"crosslingual: not measured, {folder} is missing", file=sys.stderr)
        return None
    tables = {"needs": folder / "needs_zh_dev.parquet", "offers": folder / "offers.parquet"}
    book = exchange.read_book(tables=tables)
    return book.needs.head(NEEDS), book.organisations, book.offers, book.deliveries


def ours(data: tuple[pl.DataFrame, ...]) -> Found:
    from tandem.engine.matching import corpus, query
    from tandem.engine.matching.settings import MatchSettings

    needs, organisations, offered, delivered = data
    clock = Clock()
    supply = corpus.read(organisations, offered, delivered)
    found = {"build": clock.read(), "mb": peak_mb()}
    settings = MatchSettings()

    def nearest(need: Found) -> object:
        asked = query.of(need["title"], need["text"], supply, settings)[0]
        scores = asked.nearness(supply.documents, settings.deliveries)
        return np.argpartition(scores, -10)[-10:]

    found["search"] = timed(nearest, list(needs.iter_rows(named=True)))
    clock = Clock()
    answering(supply, offered, needs.head(1))  # the dictionary is read when it is first needed
    found["words"] = clock.read()
    found["answer"] = answering(supply, offered, needs)
    return found


def with_bm25s(data: tuple[pl.DataFrame, ...]) -> Found:
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    clock = Clock()
    tokenizer = bm25s.tokenization.Tokenizer(stopwords="en", stemmer=stemmer)
    corpus = tokenizer.tokenize(_whole(data), return_as="tuple", show_progress=False)
    index = bm25s.BM25(method="lucene", backend="numba")
    index.index(corpus, show_progress=False)
    found = {"build": clock.read(), "mb": peak_mb()}

    def nearest(need: Found) -> object:
        asked = tokenizer.tokenize(
            [f"{need['title']} {need['text']}"], update_vocab=False, return_as="ids", show_progress=False
        )
        return index.retrieve(asked, k=10, show_progress=False)

    return {**found, "search": timed(nearest, list(data[0].iter_rows(named=True)))}


def with_tantivy(data: tuple[pl.DataFrame, ...]) -> Found:
    import tantivy

    from tandem.engine.language import text

    clock = Clock()
    schema = (
        tantivy.SchemaBuilder()
        .add_text_field("body", tokenizer_name="whitespace", index_option="freq")
        .build()
    )
    index = tantivy.Index(schema)
    writer = index.writer(200_000_000, 1)
    for whole in _whole(data):
        document = tantivy.Document()
        document.add_text("body", " ".join(text.tokens(whole)))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    found = {"build": clock.read(), "mb": peak_mb()}
    searcher = index.searcher()

    def nearest(need: Found) -> object:
        words = text.distinct(text.tokens(f"{need['title']} {need['text']}"))
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", word)) for word in words]
        return searcher.search(tantivy.Query.boolean_query(terms), limit=10)

    return {**found, "search": timed(nearest, list(data[0].iter_rows(named=True)))}


def _whole(data: tuple[pl.DataFrame, ...]) -> list[str]:
    """The texts as the peers read them: title twice and text."""
    return [*sets.whole_text(data[3]), *sets.whole_text(data[2])]


ENGINES: dict[str, Callable[[tuple[pl.DataFrame, ...]], Found]] = {
    "ours": ours,
    "bm25s": with_bm25s,
    "tantivy": with_tantivy,
}
SETS = {"deliveries": deliveries, "offers": offers}


def quality() -> Found:
    """nDCG@10 on robotics with every pair of neighbours, and without those of one document."""
    from tandem.engine.matching import corpus, evaluate
    from tandem.engine.matching.match import match_corpus
    from tandem.engine.matching.settings import MatchSettings
    from tandem.engine.search import postings, tokens

    measured = sets.load("robotics")
    if measured is None:
        return {}
    book = measured.book
    texts = tokens.read(corpus.written(book.offers, book.deliveries))
    found: Found = {}
    for least in (1, 2):
        documents = postings.build(texts, least)
        supply = corpus.assembled(book.organisations, book.offers, book.deliveries, documents)
        result = match_corpus(book.needs, supply, book.offers, MatchSettings(explained=0))
        judged = evaluate.evaluate(result.matches, measured.truth, book.organisations, book.deliveries)
        found[str(least)] = {"ndcg": judged.ndcg_10, "entries": len(documents.docs)}
    return found


def main() -> None:
    """Each engine and each set in a process of its own; then the tables."""
    if len(sys.argv) > 1:
        print(json.dumps(_one(*sys.argv[1:])))
        return
    for name, title in (
        ("deliveries", f"{DELIVERIES:,} deliveries, English needs of robotics"),
        ("offers", "63,905 offers, Chinese needs as written"),
    ):
        found = {engine: _alone(name, engine) for engine in ENGINES}
        if all(found.values()):
            show(title, {engine: one for engine, one in found.items() if one is not None})
    if without := _alone("quality"):
        every, some = without["1"], without["2"]
        print(
            f"robotics nDCG@10 with all pairs {every['ndcg']:.4f} ({every['entries']:,} entries), "
            f"without pairs of one document {some['ndcg']:.4f} ({some['entries']:,} entries)"
        )


def _one(name: str, engine: str = "") -> Found:
    if name == "quality":
        return quality()
    data = SETS[name]()
    return {} if data is None else ENGINES[engine](data)


def _alone(*what: str) -> Found | None:
    """What a process of its own found; None, with a word, where it could not run."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.index", *what], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        print(f"{' '.join(what)}: not measured, it ended with {done.returncode}", file=sys.stderr)
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def show(title: str, found: dict[str, Found]) -> None:
    table = Table(title=title)
    table.add_column("")
    for heading in (
        "build s (processor)",
        "peak memory MB",
        "10 documents ms p50 / p99",
        "full answer ms p50 / p99",
    ):
        table.add_column(heading, justify="right")
    for engine, one in found.items():
        table.add_row(
            engine,
            f"{one['build']['s']:.1f} ({one['build']['cpu_s']:.1f})",
            f"{one['mb']:,}",
            _milliseconds(one["search"]),
            _milliseconds(one["answer"]) if "answer" in one else "-",
        )
    Console(width=130).print(table)
    print("in brackets the processor's own time")


def _milliseconds(own: Found) -> str:
    return f"{own['p50']:.1f} / {own['p99']:.1f} ({own['cpu_p50']:.1f} / {own['cpu_p99']:.1f})"


if __name__ == "__main__":
    main()
