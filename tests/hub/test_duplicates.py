"""Duplicates are proposed with evidence, and merged only by a table that a person hands in."""

import csv
from pathlib import Path

import polars as pl
import pytest

from tandem.base.errors import Invalid
from tandem.hub import actions

WORLD = Path(__file__).parents[2] / "examples" / "world"
PLANTED = {
    frozenset((row["organisation"], row["other"]))
    for row in csv.DictReader((WORLD / "stories.csv").open(encoding="utf-8"))
    if row["story"] == "duplicate"
}


def tables() -> dict[str, Path]:
    return {name: WORLD / f"{name}.csv" for name in ("needs", "organisations", "offers", "deliveries")}


def test_the_planted_duplicates_are_found_and_suggested(tmp_path):
    """All five pairs of the sample world, each with evidence; the merge table names them and nothing else changed."""
    found = actions.run("duplicates", {**tables(), "out": tmp_path})
    assert {frozenset((pair.one, pair.other)) for pair in found.organisations} == PLANTED
    assert all(pair.evidence for pair in found.organisations)
    assert found.suggested == len(PLANTED)
    assert [file.name for file in found.files] == ["merge.csv"]


def test_a_merge_table_joins_the_histories(tmp_path):
    """With the merge table a merged organisation is never listed, and its deliveries speak for the other."""
    suggested = actions.run("duplicates", {**tables(), "out": tmp_path}).files[0]
    gone = set(pl.read_csv(suggested)["Org ID"])
    out = tmp_path / "matches.parquet"
    actions.run("match", {**tables(), "merge": suggested, "out": out})
    assert gone.isdisjoint(pl.read_parquet(out)["org_id"])


def test_a_merge_into_nobody_is_refused_before_anything_is_written(tmp_path):
    """An id that no table has is an error that names it."""
    merge = tmp_path / "merge.csv"
    merge.write_text("org_id,into_org_id\nO-PS-038,O-NOBODY\n", "utf-8")
    out = tmp_path / "out"
    with pytest.raises(Invalid, match=r"merge\.unknown"):
        actions.run("match", {**tables(), "merge": merge, "out": out})
    assert not out.exists()


def test_an_index_kept_on_disk_changes_nothing(tmp_path):
    """Matching by way of an index gives the same bytes, the first time and the next."""
    files = [tmp_path / f"{name}.parquet" for name in ("plain", "first", "next")]
    actions.run("match", {**tables(), "out": files[0]})
    for file in files[1:]:
        actions.run("match", {**tables(), "index": tmp_path / "index", "out": file})
    assert len({file.read_bytes() for file in files}) == 1
