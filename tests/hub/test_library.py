"""Tandem as a library: two functions over polars frames, with as few columns as a program has."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import polars as pl
import pytest

import tandem
from tandem.base.errors import Invalid

NEEDS = pl.DataFrame(
    {"need_id": ["N1"], "title": ["Valve leak test"], "text": ["Leak test of cryogenic valves"], "own": [7]}
)
OFFERS = pl.DataFrame(
    {
        "offer_id": ["F1", "F2"],
        "org_id": ["O1", "O2"],
        "title": ["Leak testing of valves", "Trade mark search"],
        "text": ["Cryogenic valve leak test", "Trade marks"],
    }
)


def test_match_needs_the_required_columns_only():
    """Optional columns, and whole tables, may be missing; the right organisation stands first with reasons."""
    result = tandem.match(NEEDS, offers=OFFERS, top=1, as_of=date(2026, 1, 1))
    assert result.matches.select("need_id", "rank", "org_id").rows() == [("N1", 1, "O1")]
    assert result.as_of == date(2026, 1, 1)
    assert "F1" in result.matches["reasons"][0]


def test_match_clears_unless_asked_not_to():
    """`cleared` and `price` stand in the list; clear_matches says more about the same list."""
    result = tandem.match(NEEDS, offers=OFFERS)
    assert result.matches.filter(pl.col("rank") == 1)["cleared"].to_list() == [True]
    assert "cleared" not in tandem.match(NEEDS, offers=OFFERS, clear=False).matches.columns
    told = tandem.clear_matches(result.matches.drop("cleared", "price"), NEEDS, offers=OFFERS)
    assert told.matches["cleared"].to_list() == result.matches["cleared"].to_list()
    assert (told.proof, told.needs["code"].to_list()) == ("exact", ["first"])


def test_evaluate_takes_what_match_gives():
    """The result's frame goes straight into the judge."""
    result = tandem.match(NEEDS, offers=OFFERS)
    quality = tandem.evaluate(
        result.matches, pl.DataFrame({"need_id": ["N1"], "org_id": ["O1"]}), resamples=0
    )
    assert quality.ndcg_10 == 1.0


@pytest.mark.parametrize(
    ("frames", "settings", "code"),
    [
        ({"needs": NEEDS.drop("title"), "offers": OFFERS}, {}, "frame.column"),
        ({"needs": NEEDS, "offers": OFFERS.drop("org_id")}, {}, "frame.column"),
        ({"needs": NEEDS.with_columns(posted_on=pl.lit("soon")), "offers": OFFERS}, {}, "frame.type"),
        ({"needs": NEEDS, "offers": OFFERS}, {"tops": 3}, "setting.unknown"),
        ({"needs": NEEDS}, {}, "match.no_supply"),
    ],
)
def test_frames_that_cannot_be_meant_are_refused(frames, settings, code):
    """Each mistake has its code, and the frame is named where one is at fault."""
    needs = frames.pop("needs")
    with pytest.raises(Invalid) as refused:
        tandem.match(needs, **frames, **settings)
    assert refused.value.code == code


def test_importing_the_library_loads_no_polars():
    """`import tandem` is free; polars comes with the first call."""
    program = "import sys, tandem; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
