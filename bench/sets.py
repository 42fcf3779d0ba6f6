"""The measured sets of ../shared/data/matching as exchange frames, and the peers' view of their texts."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tandem.storage import exchange

DATA = Path(__file__).parents[2] / "shared" / "data" / "matching"
NAMES = {"robotics": ("needs_dev", "truth_dev"), "sbir": ("needs", "truth")}


@dataclass(frozen=True)
class Measured:
    """One set: its book, and its true pairs (need_id, org_id)."""

    name: str
    book: exchange.Book
    truth: pl.DataFrame


def load(name: str) -> Measured | None:
    """A set by name; None, with a word on stderr, where ../shared is not there."""
    folder = DATA / name
    if not folder.exists():
        print(f"{name}: not measured, {folder} is missing", file=sys.stderr)
        return None
    needs, truth = NAMES[name]
    files = {
        "organisations": folder / "organisations.parquet",
        "deliveries": folder / "deliveries.parquet",
        "needs": folder / f"{needs}.parquet",
        "truth": folder / f"{truth}.parquet",
    }
    book = exchange.read_book(tables=files)
    return Measured(name, book, book.truth.select("need_id", "org_id"))


def earlier(whole: Measured, history_to: int, needs_from: int, needs_to: int) -> Measured:
    """An earlier cut of a set: deliveries up to one year as history, those of later years as needs with truth."""
    deliveries = whole.book.deliveries.with_columns(year=pl.col("delivered_on").dt.year())
    history = deliveries.filter(pl.col("year") <= history_to).drop("year")
    known = history["org_ids"].explode().unique()
    asked = deliveries.filter(pl.col("year").is_between(needs_from, needs_to))
    truth = (
        asked.select(need_id="delivery_id", org_id="org_ids")
        .explode("org_id")
        .filter(pl.col("org_id").is_in(known.implode()))
    )
    needs = asked.filter(pl.col("delivery_id").is_in(truth["need_id"].implode())).select(
        need_id="delivery_id", title="title", text="text", posted_on="delivered_on"
    )
    columns = [
        pl.col(name) if name in needs.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in whole.book.needs.schema.items()
    ]
    book = exchange.Book(
        whole.book.organisations, needs.select(columns), whole.book.offers, history, truth, (), {}, {}
    )
    return Measured(f"{whole.name} {needs_from}-{needs_to}", book, truth)


def whole_text(frame: pl.DataFrame) -> list[str]:
    """Title twice and text, as the peers read a row."""
    title, text = frame["title"].fill_null(""), frame["text"].fill_null("")
    return [f"{a} {a} {b}" for a, b in zip(title, text, strict=True)]
