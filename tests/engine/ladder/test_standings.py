"""Standing on a ladder: rungs by stated facts and evidence, and what the next one still wants."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.domain.region import ladder as rules
from tandem.engine.ladder import standings as ladder

SHIPPED = Path(__file__).resolve().parents[3] / "examples" / "register" / "ladder.toml"
LADDERS = rules.parse(tomllib.loads(SHIPPED.read_text("utf-8")))
SME, CHAMPION, SERVICE = rules.valid_on(LADDERS, date(2026, 11, 1))

# A firm that meets the little giant's rules at a revenue between 50 and 100 million yuan: 6 % R&D is wanted there.
FIRM = {
    "is_sme": "是", "no_serious_violation": "是", "innovative_score": "72", "market_years": "8",
    "rd_spending": "560万元", "rd_ratio": "7 %", "revenue": "8000万元", "specialised_score": "75",
    "main_business_share": "92 %",
    "main_business_growth_2y": "9.5 %", "core_process_digital": "2", "certified": "yes", "debt_ratio": "41 %",
    "national_market_share": "14 %", "own_brand": "yes", "rd_body": "yes", "class_one_ip": "3", "chain_role": "yes",
    "key_field": "yes",
}  # fmt: skip


def facts(
    stated: dict[str, str], evidence: str | None = "audited report", years: tuple[int, ...] = (2024, 2025)
):
    """The table of facts of one organisation, the same in each year."""
    return pl.DataFrame(
        [{"organisation": "O1", "criterion": name, "value": value, "year": str(year), "evidence": evidence}
         for name, value in stated.items() for year in years],
        schema=dict.fromkeys(("organisation", "criterion", "value", "year", "evidence"), pl.String),
    )  # fmt: skip


def standing(changes: dict[str, str] | None = None, ladder_of=SME, **options):
    stated = {name: value for name, value in {**FIRM, **(changes or {})}.items() if value}
    (found,) = ladder.standings(facts(stated, **options), [ladder_of])
    return found


def test_all_facts_with_evidence_reach_the_top():
    """Every rung is met; there is no next one."""
    found = standing()
    assert (found.reached, found.supported, found.next_rung) == ("little_giant", "little_giant", None)
    assert {one.state for rung in found.rungs for one in rung.criteria} == {"met"}


def test_statements_alone_reach_nothing_that_asks_for_evidence():
    """Without evidence the firm is supported at the top and has reached nothing; what lacks evidence is named."""
    found = standing(evidence=None)
    assert (found.reached, found.supported) == (None, "little_giant")
    (open_one,) = found.rung(found.next_rung).open
    assert (open_one.state, open_one.unproven) == ("unproven", ("innovative_score",))


# R&D ratios by revenue band, from the published conditions: 3 % at 100 million yuan and more, 6 % from 50 million.
BANDS = [
    ("100000000", "3%", True), ("100000000", "2.9%", False), ("99999999", "5.9%", False), ("99999999", "6%", True),
    ("50000000", "6%", True), ("49999999", "30%", False),
]  # fmt: skip


@pytest.mark.parametrize(("revenue", "ratio", "met"), BANDS)
def test_thresholds_by_revenue(revenue, ratio, met):
    """The band that the firm's revenue falls in decides; below the lowest band the alternative would have to carry."""
    found = standing({"revenue": revenue, "rd_ratio": ratio, "rd_staff_share": "10%", "equity_2y": "0",
                      "rd_spending_2y": "3000万元", "top_award": "no", "maker_china_rank": "90"})  # fmt: skip
    assert (found.rung("little_giant").state == "met") is met
    if not met:
        (open_one,) = found.rung("little_giant").open
        assert open_one.criterion_id == "innovation"
        assert open_one.gaps


def test_two_years_are_two_years():
    """A ratio wanted for two years in a row is unknown with one year stated, unmet where the earlier year fails."""
    one_year = standing(years=(2025,), changes={"top_award": "no", "maker_china_rank": "90"})
    assert one_year.rung("little_giant").open[0].unknown == ("rd_ratio",)
    table = pl.concat([facts(FIRM), facts({"rd_ratio": "5 %"}, years=(2024,))])
    table = pl.concat([table, facts({"top_award": "no", "maker_china_rank": "90"})])
    (found,) = ladder.standings(table, [SME])
    (open_one,) = found.rung("little_giant").open
    # Money from institutions could still carry it, and nothing is stated on that.
    assert open_one.state == "unknown"
    (gap,) = open_one.gaps
    assert (gap.field, gap.value, gap.wanted) == ("rd_ratio", 0.05, (0.06,))
    assert gap.distance == pytest.approx(1 / 6)


def test_what_the_next_rung_wants():
    """The nearest alternative is told with its distance, unstated fields by name; the rung below stays reached."""
    found = standing({"specialised_score": "54", "rd_mean_2y": "100万元", "equity_2y": "0", "ranked_award": "no",
                      "maker_china_rank": "600", "debt_ratio": ""})  # fmt: skip
    assert (found.reached, found.next_rung) == ("innovative_sme", "specialised_sme")
    (open_one,) = found.rung("specialised_sme").open
    assert open_one.state == "unmet"
    (gap,) = open_one.gaps
    assert (gap.field, gap.value, gap.wanted, gap.distance) == ("specialised_score", 54.0, (60.0,), 0.1)
    (refinement,) = (one for one in found.rung("little_giant").open)
    assert (refinement.state, refinement.unknown) == ("unknown", ("debt_ratio",))


def test_a_fact_of_another_kind_meets_nothing():
    """Yes for a number, a number for yes, foreign money for yuan: unmet, never an error."""
    for name, value in (("market_years", "yes"), ("certified", "3"), ("rd_spending", "9 million USD")):
        assert standing({name: value}).reached != "little_giant"


def test_who_states_nothing_stands_nowhere():
    """Only ladders that an organisation states something for are told, and years after the last are not seen."""
    found = ladder.standings(facts({"outcome_rate": "90%"}), LADDERS)
    assert [one.ladder_id for one in found] == ["service"]
    assert ladder.standings(facts({"outcome_rate": "90%"}, years=(2027,)), LADDERS, until=2026) == ()


def test_champions():
    """Ten years and a place among the first three; a little giant needs no revenue of 400 million yuan."""
    stated = {
        "market_years": "11",
        "global_market_rank": "3",
        "revenue": "80 million",
        "is_little_giant": "yes",
    }
    (found,) = ladder.standings(facts(stated), [CHAMPION])
    assert found.reached == "single_product_champion"
    (found,) = ladder.standings(facts({**stated, "global_market_rank": "4"}), [CHAMPION])
    assert found.reached is None
    assert ladder.counts([found], CHAMPION) == {"-": 1, "single_product_champion": 0}


@given(
    st.sets(st.sampled_from(sorted(FIRM)), max_size=6),
    st.sets(st.sampled_from(sorted(FIRM)), max_size=6),
)
def test_more_evidence_never_lowers(silent, unproven):
    """Stating more, and proving more, never takes a rung away; what is supported is never below what is reached."""
    order = [None, *(rung.rung_id for rung in SME.rungs)]

    def rank(stated, proven):
        table = pl.concat([facts({n: v for n, v in FIRM.items() if n in stated & proven}),
                           facts({n: v for n, v in FIRM.items() if n in stated - proven}, evidence=None)])  # fmt: skip
        found = ladder.standings(table, [SME])
        return (order.index(found[0].reached), order.index(found[0].supported)) if found else (0, 0)

    every = set(FIRM)
    some = rank(every - silent, every - unproven)
    assert some[0] <= some[1]
    assert some[0] <= rank(every, every - unproven)[0]
    assert some[0] <= rank(every - silent, every)[0]


def test_input_stays_as_it_was():
    """Same facts, same standings; the table is not changed."""
    table = facts(FIRM)
    before = table.clone()
    assert ladder.standings(table, LADDERS) == ladder.standings(table, LADDERS)
    assert table.equals(before)
