"""The files of a clearing are checked as they were written: whatever is changed in them is found out."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tandem.base.errors import Failed, Invalid
from tandem.base.words import LANGUAGES, say
from tandem.hub import checking
from tandem.hub.actions import run
from tandem.storage.edges import write
from tandem.storage.edges.read import Files, read_market


@pytest.fixture
def cleared(tmp_path):
    """A small market and its clearing, with a function that checks the folder."""
    tables = {
        "edges": {"need_id": [0, 0, 1, 1, 2, 2], "offer_id": [0, 1, 0, 1, 1, 2], "value": [7, 3, 6, 4, 3, 2]},
        "needs": {"need_id": [0, 1, 2], "slots": [1, 1, 2]},
        "offers": {"offer_id": [0, 1, 2], "capacity": [1, 2, 5]},
    }
    given = {name: tmp_path / f"{name}.csv" for name in tables}
    for name, columns in tables.items():
        pl.DataFrame(columns).write_csv(given[name])
    out = tmp_path / "out"
    run("clear", {**given, "gap": 0, "out": out})
    read = read_market(Files(given["edges"], given["needs"], given["offers"]))
    return out, lambda: checking.check_files(out, given["edges"], read, None, None)


def test_what_was_written_is_right(cleared):
    """By hand: N0-F0, N1-F1, N2-F1 and F2 are worth 7 + 4 + 3 + 2."""
    _, check = cleared
    assert (check()["value"], check()["bound"]) == (16, 16)


def edit(path: Path, **columns: list) -> None:
    pl.read_csv(path).with_columns(**{name: pl.Series(cells) for name, cells in columns.items()}).write_csv(
        path
    )


TAMPERED = {
    "an offer is over-full": ({"offer_id": [0, 0, 1, 2]}, {}, {}, "capacity"),
    "a pair is no edge": ({"offer_id": [0, 2, 1, 2]}, {}, {}, "no_edge"),
    "a pair stands twice": ({"need_id": [0, 1, 2, 2], "offer_id": [0, 1, 2, 2]}, {}, {}, "pair_twice"),
    "a need is above its slots": ({"need_id": [0, 0, 2, 2], "offer_id": [0, 1, 1, 2]}, {}, {}, "slots"),
    "a need is unknown": ({"need_id": [0, 1, 2, 9]}, {}, {}, "unknown_pair"),
    "a pair is worth something else": ({"value": [7, 4, 3, 9]}, {}, {}, "pair_value"),
    "a price is lower": ({}, {"price": [0.0, 0.0, 0.0]}, {}, "bound"),
    "a price is negative": ({}, {"price": [2.5, 0.0, -1.0]}, {}, "negative_price"),
    "the value is larger": ({}, {}, {"value": 17}, "value"),
    "the bound is tighter": ({}, {}, {"bound": 15}, "bound"),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_whatever_is_changed_is_found_out(cleared, case):
    """Failed clear.wrong, with a finding that has words."""
    out, check = cleared
    pairs, prices, proof, code = TAMPERED[case]
    edit(out / "assignment.csv", **pairs)
    edit(out / "prices.csv", **prices)
    content = json.loads((out / write.CERTIFICATE).read_text("utf-8"))
    content["certificate"].update(proof)
    (out / write.CERTIFICATE).write_text(json.dumps(content), "utf-8")
    with pytest.raises(Failed, match=r"clear\.wrong") as failed:
        check()
    assert f"clearing.check.{code}" in {finding.code for finding in failed.value.findings}
    for finding in failed.value.findings:
        assert all(say(f"error.{finding.code}", lang, **finding.params) for lang in LANGUAGES)


def test_a_wrong_clearing_is_not_kept(tmp_path, monkeypatch, cleared):
    """Where the written files do not pass the check, nothing stays."""
    out, _ = cleared
    given = {name: out.parent / f"{name}.csv" for name in ("edges", "needs", "offers")}
    monkeypatch.setattr(write, "write_certificate", lambda content, path: path.write_text(
        json.dumps({**content, "certificate": {**content["certificate"], "value": 99}}), "utf-8"))  # fmt: skip
    with pytest.raises(Failed, match=r"clear\.wrong"):
        run("clear", {**given, "check": True, "out": tmp_path / "new"})
    assert not (tmp_path / "new").exists()


def test_it_begins_again_from_what_an_earlier_run_wrote(cleared, tmp_path):
    """After needs and offers came and went, beginning from the old folder proves the same optimum as from nothing."""
    out, _ = cleared
    changed = {
        "edges": {"need_id": [1, 1, 2, 9], "offer_id": [0, 7, 7, 0], "value": [6, 9, 3, 8]},
        "needs": {"need_id": [9, 1, 2], "slots": [1, 1, 2]},
        "offers": {"offer_id": [7, 0], "capacity": [1, 1]},
    }
    given = {name: tmp_path / f"changed_{name}.csv" for name in changed}
    for name, columns in changed.items():
        pl.DataFrame(columns).write_csv(given[name])
    found = [
        run("clear", {**given, "gap": 0, "out": tmp_path / "again", **more}) for more in ({}, {"start": out})
    ]
    assert [one.certificate["value"] for one in found] == [17, 17]
    assert [one.certificate["bound"] for one in found] == [17, 17]


@pytest.mark.parametrize("harm", ["price,offer_id\nx,0\n", "\x00\xff", ""])
def test_a_damaged_beginning_is_refused(cleared, tmp_path, harm):
    """A folder whose files cannot be read is named, and nothing is cleared."""
    out, _ = cleared
    (out / "prices.csv").write_text(harm, "latin-1")
    given = {name: tmp_path / f"{name}.csv" for name in ("edges", "needs", "offers")}
    with pytest.raises(Invalid) as refused:
        run("clear", {**given, "start": out, "out": tmp_path / "again"})
    assert refused.value.code == "clear.no_start"
