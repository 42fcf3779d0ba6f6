"""The report's part on clearing: who is marked by which assignment, why, three ways compared, what room is worth."""

from __future__ import annotations

import re

import polars as pl
import pytest
from tests.storage.report.sample_result import Sample, sample, view_of
from tests.storage.report.test_report import read

from tandem.base.words import say
from tandem.storage.report import ReportView
from tandem.storage.report.assigned import Assigned
from tandem.storage.report.clearing import clearing, sentences, share
from tandem.storage.report.page import render
from tandem.storage.report.telling import organisation_names


@pytest.fixture(scope="module")
def view() -> ReportView:
    return view_of(cleared=True)


@pytest.fixture(scope="module")
def page(view: ReportView) -> str:
    return render(view)


def scarce() -> Sample:
    """The made-up result with one place in all: every need but one goes without."""
    made = sample()
    full = made.offers.with_columns(capacity=pl.when(pl.col("offer_id") == "F01").then(1).otherwise(0))
    return Sample(made.organisations, made.needs, full, made.deliveries,
                  made.matches.filter(org_id="O01"), made.excluded, made.supply)  # fmt: skip


def test_the_switch_is_a_choice_of_two_and_needs_no_script(page: str) -> None:
    """Two radio buttons of one name in a named group, joint first; style alone hides, on screens only."""
    switch = re.search(r'<fieldset class="switch">.*?</fieldset>', page, re.S)
    assert switch is not None
    assert re.findall(r'type="radio" name="plan" id="plan-(\w+)"( checked)?', switch[0]) == [
        ("joint", " checked"), ("greedy", "")
    ]  # fmt: skip
    assert "<legend>" in switch[0]
    assert "@media screen { .plans:has(#plan-greedy:checked) .j" in page


def test_every_assigned_pair_is_marked_once_by_what_assigns_it(view: ReportView) -> None:
    """A pair of both assignments carries one mark for both, a pair of one of them a mark of its class."""
    assert view.cleared is not None
    marks = Assigned(view.cleared, organisation_names(view.book.organisations))
    kinds = set()
    for row in view.cleared.pairs.iter_rows(named=True):
        chip = marks.chip(row["need_id"], row["org_id"])
        kinds.add((row["joint"], row["greedy"]))
        assert chip.count("chip got") == (row["joint"] or row["greedy"])
        assert ('"chip got j"' in chip) == (row["joint"] and not row["greedy"])
        assert ('"chip got g"' in chip) == (row["greedy"] and not row["joint"])
    assert len(kinds) == 4, "the sample shows every case"


def test_each_need_says_why_not_its_first_choice(view: ReportView, page: str) -> None:
    """The sentence stands with the need, its figures are those of the clearing."""
    assert view.cleared is not None
    row = view.cleared.needs.filter(pl.col("missed") == "outbid").row(0, named=True)
    name = organisation_names(view.book.organisations)[row["org_id"]].en
    figures = {"bid": f"{round(row['bid']):,}", "lowest": f"{round(row['lowest']):,}",
               "short": f"{round(row['lowest']) - round(row['bid']):,}"}  # fmt: skip
    sentence = say("clearing.missed.outbid", "en", name=name, **figures)
    assert sentence in " ".join(read(page, "en").texts)
    assert page.count("<div class=decided>") == 28


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_part_says_what_was_reached_and_proven(view: ReportView, page: str, lang: str) -> None:
    """Three plans with their figures, the verdict and the certificate, in the reader's language."""
    assert view.cleared is not None
    text = " ".join(read(page, lang).texts)
    for plan in view.cleared.plans:
        assert f"{plan.value:,}" in text
    assert say("clearing.proof.exact", lang) in text
    assert share(view.cleared.gain) in text


def test_what_is_dear_is_shown_by_offer_city_and_kind(view: ReportView) -> None:
    """The dearest offer leads its table; by city and kind the dearest place is the same."""
    part = clearing(view)
    assert part is not None
    assert view.cleared is not None
    tables = {figure.key: figure.rows for figure in part.figures}
    assert set(tables) == {"choices", "dear", "worth", "seats"}
    most = f"{round(view.cleared.offers['price'].max()):,}"
    assert tables["dear"][0][4] == most
    assert sum(row[5] == most for row in tables["worth"]) == 2
    served = view.cleared.plan("joint").served
    assert sum(int(row[1]) for row in tables["choices"][:4]) == served


def test_needs_left_without_a_place_are_named() -> None:
    """One place in all: one need has it, the others are told that it is worth more elsewhere."""
    view = view_of(scarce(), cleared=True)
    assert view.cleared is not None
    part = clearing(view)
    assert part is not None
    assert view.cleared.plan("joint").served == 1
    assert len(part.left) == 6
    assert {told.code for told in sentences(view)} >= {"clearing.told.left", "clearing.told.none"}
    assert read(render(view), "zh").wrong == []


def test_without_clearing_nothing_of_it_is_shown() -> None:
    """--no-clear: no switch, no marks, no sentence."""
    page = render(view_of())
    assert "fieldset" not in page.split("</style>")[1]
    assert "chip got" not in page.split("</style>")[1]
    assert clearing(view_of()) is None


def test_a_small_share_is_not_nothing() -> None:
    """What is above nothing never reads as 0.0 %."""
    assert (share(0.0), share(0.0001), share(0.0031)) == ("0.0%", "<0.1%", "0.3%")
