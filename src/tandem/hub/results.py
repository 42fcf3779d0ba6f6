"""The last step of matching: what is written, and what an interface is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl

from tandem.base.errors import Invalid
from tandem.engine.assignment.matches import Cleared
from tandem.engine.matching.match import MatchResult
from tandem.engine.matching.story import story
from tandem.hub import ruling
from tandem.hub.actions import Asker
from tandem.hub.answers import Kept, Matched, NeedShown, Proposed, Reading
from tandem.storage import exchange, report, result_book, staging, world
from tandem.storage.exchange import Book
from tandem.storage.report import ReportView, telling, two

SHOWN_NEEDS, SHOWN_RANKS = 10, 3
BOOK = "book.xlsx"
TABLE_FORMATS = (".csv", ".parquet", ".jsonl")
ONE_FILE = (*TABLE_FORMATS, ".xlsx", ".html")


def check_place(out: Path | None) -> None:
    """Refuses, before any work is done, a place that cannot be written to."""
    if out is None:
        return
    if out.suffix and not out.is_dir() and out.suffix.casefold() not in ONE_FILE:
        raise Invalid("out.suffix", path=str(out), known=list(ONE_FILE))
    if not out.suffix and out.exists() and not out.is_dir():
        raise Invalid("out.not_folder", path=str(out))


def folder_of(out: Path) -> Path:
    """The folder that the output lies in."""
    return out.parent if _one_file(out) else out


def view(
    book: Book,
    result: MatchResult,
    settings: Mapping[str, Any],
    asker: Asker,
    *,
    cleared: Cleared | None = None,
    demo: bool = False,
) -> ReportView:
    """What report and workbook are made from; `cleared` is the same result cleared."""
    if cleared is not None:
        result = replace(result, matches=cleared.matches)
    found = {"matches": result.matches, "excluded": result.excluded, "supply": result.supply}
    return ReportView(
        book=book,
        **found,
        story=story(book.needs, book.organisations, book.offers, book.deliveries, **found),
        as_of=result.as_of,
        settings=settings,
        lang=asker.lang,
        demo=demo,
        book_name=BOOK,
        cleared=cleared,
        rules=() if cleared is None or cleared.ruled is None else ruling.told(cleared.ruled),
    )


def write(shown: ReportView, out: Path, asker: Asker) -> tuple[Path, ...]:
    """Writes one file, or the folder of all; nothing stays behind when it fails."""
    if _one_file(out):
        with staging.staged_file(out) as path:
            _write_one(shown, path, asker)
        return (out,)
    names = ["report.html", "matches.xlsx", "matches.csv"]
    with staging.staged(out) as folder:
        for name in names:
            _write_one(shown, folder / name, asker)
        if shown.demo:
            world.write_book(shown.book, folder / BOOK, asker.lang)
            names.append(BOOK)
    return tuple(out / name for name in names)


def matched(view: ReportView, told: Reading, files: Sequence[Path], result: MatchResult) -> Matched:
    """The answer that an interface shows."""
    states = dict(view.supply.group_by("state").len().iter_rows())
    return Matched(
        reading=told,
        as_of=view.as_of,
        headline=_headline(view),
        rows={
            name: view.book.table(name).height for name in ("needs", "organisations", "offers", "deliveries")
        },
        matches=view.matches.height,
        states={state: states.get(state, 0) for state in ("served", "weak", "none")},
        excluded=kept(view.excluded),
        shown=_shown(view),
        files=tuple(files),
        exposure=asdict(result.exposure),
        clearing=None if view.cleared is None else {**clearing(view.cleared), "rules": view.rules},
        dense=None if result.dense is None else {"code": result.dense.code, **asdict(result.dense)},
    )


def clearing(cleared: Cleared) -> dict[str, Any]:
    """What clearing came to, in plain values."""
    certificate = cleared.certificate
    return {
        "plans": [{**asdict(plan), "small_share": plan.small_share} for plan in cleared.plans],
        "gain": cleared.gain,
        "verdict": cleared.verdict,
        "proof": cleared.proof,
        "bound": certificate.bound,
        "gap": certificate.gap,
        "needs": dict(cleared.needs["code"].value_counts(sort=True).sort("code").iter_rows()),
        "sensitivity": [asdict(one) for one in cleared.sensitivity],
    }


def names(book: Book) -> dict[str, str]:
    """Each organisation's name."""
    return dict(book.organisations.select("org_id", "name").iter_rows())


def _one_file(out: Path) -> bool:
    return bool(out.suffix) and not out.is_dir()


def _write_one(shown: ReportView, path: Path, asker: Asker) -> None:
    if path.suffix == ".html":
        report.write_report(path, shown)
    elif path.suffix == ".xlsx":
        result_book.write_result_book(path, shown, asker.lang)
    else:
        exchange.write_table(shown.matches, path, "matches", asker.lang)


def kept(excluded: pl.DataFrame) -> tuple[Kept, ...]:
    """What each hard constraint kept out, over all needs."""
    by_code = excluded.group_by("code").agg(pl.col("need_id").n_unique(), pl.col("offers").sum()).sort("code")
    return tuple(Kept(code, needs, offers) for code, needs, offers in by_code.iter_rows())


def _headline(view: ReportView) -> dict[str, str]:
    told = telling.headline(view)
    return two.phrase(told.code, **told.params)._asdict()


def _shown(view: ReportView) -> tuple[NeedShown, ...]:
    named = names(view.book)
    states: dict[str, str] = dict(view.supply.select("need_id", "state").iter_rows())
    head = view.book.needs.head(SHOWN_NEEDS)
    rows = view.matches.filter(
        pl.col("need_id").is_in(head["need_id"].to_list()), pl.col("rank") <= SHOWN_RANKS
    ).partition_by("need_id", as_dict=True)
    return tuple(
        NeedShown(need_id, title, states.get(need_id, "none"), _proposed(rows.get((need_id,)), named))
        for need_id, title in head.select("need_id", "title").iter_rows()
    )


def _proposed(rows: pl.DataFrame | None, named: Mapping[str, str]) -> tuple[Proposed, ...]:
    if rows is None:
        return ()
    return tuple(
        Proposed(
            row["rank"],
            row["org_id"],
            named.get(row["org_id"]) or row["org_id"],
            row["score"],
            row["probability"],
            tuple(json.loads(row["reasons"] or "[]")),
        )
        for row in rows.iter_rows(named=True)
    )
