"""The sample world is what its page says: sizes, no repeated texts, and every planted story told by the engine."""

import csv
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest

from tandem.domain import credit_code
from tandem.engine.assignment.matches import Cleared, cleared
from tandem.engine.matching.match import MatchResult, match
from tandem.engine.matching.settings import MatchSettings
from tandem.storage import exchange

EXAMPLES = Path(__file__).parents[2] / "examples"
STORIES = list(csv.DictReader((EXAMPLES / "world" / "stories.csv").open(encoding="utf-8")))
GUANGDONG = {f"44{n:02}00" for n in (*range(1, 10), *range(12, 21), 51, 52, 53)}
PAGE = (EXAMPLES / "README.md").read_text("utf-8")


def told(story: str) -> list[dict[str, str]]:
    return [row for row in STORIES if row["story"] == story]


def ids(story: str) -> list[str]:
    return [row["need"] or row["organisation"] for row in told(story)]


@pytest.fixture(scope="module")
def book() -> exchange.Book:
    return exchange.read_book(EXAMPLES / "world")


@pytest.fixture(scope="module")
def result(book: exchange.Book) -> MatchResult:
    # places as evidence gives them: the exposure floor is a rule of the lists and has tests of its own
    settings = MatchSettings(top=10, exposure_floor=0.0)
    return match(book.needs, book.organisations, book.offers, book.deliveries, settings)


@pytest.fixture(scope="module")
def rank(result: MatchResult) -> dict[tuple[str, str], int]:
    return {
        (need, org): place
        for need, org, place in result.matches.select("need_id", "org_id", "rank").iter_rows()
    }


def test_it_is_read_without_a_finding_and_has_its_size(book):
    """About 150 needs, 400 organisations, 1,200 offers and deliveries in 25 cities, all rows accepted."""
    assert [finding for finding in book.findings if finding.severity != "note"] == []
    assert len(book.needs) >= 150
    assert len(book.organisations) >= 400
    assert len(book.offers) + len(book.deliveries) >= 1200
    cities = set(book.organisations["city"])
    assert cities == GUANGDONG | {"810000", "820000", "420100", "320500"}


def test_both_languages_are_at_home(book):
    """Between a quarter and three quarters of the texts are Chinese, the others English or mixed."""
    texts = [*book.needs["text"], *book.offers["text"], *book.deliveries["text"]]
    chinese = sum(bool(re.search(r"[\u3400-\u9fff]", text)) for text in texts)
    assert 0.25 < chinese / len(texts) < 0.75


def test_registration_numbers_are_well_formed_and_nobodys(book):
    """Every number carries its check character and the unassigned region code."""
    numbers = book.organisations["reg_no"].drop_nulls()
    assert len(numbers) > 100
    assert all(credit_code.valid(number) and number[2:8] == "990000" for number in numbers)


def test_no_two_texts_share_two_fifths_of_their_5_grams(book):
    """Every text was written for itself: 5-grams of words or Chinese characters, shared over the smaller set."""
    texts = [*book.needs["text"], *book.offers["text"], *book.deliveries["text"]]
    grams = [five_grams(text) for text in texts]
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, own in enumerate(grams):
        for gram in own:
            holders.setdefault(gram, []).append(number)
    shared = Counter(pair for own in holders.values() for pair in combinations(own, 2))
    repeated = [pair for pair, n in shared.items() if n >= 0.4 * min(len(grams[one]) for one in pair)]
    assert repeated == []


def five_grams(text: str) -> set[tuple[str, ...]]:
    units = re.findall(r"[\u3400-\u9fff]|[a-z0-9]+", text.lower())
    return {tuple(units[i : i + 5]) for i in range(len(units) - 4)}


def test_every_story_stands_on_the_page():
    """12 contested, 10 pairs, 8 newcomers, 5 duplicates, 4 unservable, 1 traditional; the page names each."""
    assert Counter(row["story"] for row in STORIES) == {
        "contested": 12,
        "pair": 10,
        "newcomer": 8,
        "duplicate": 5,
        "unservable": 4,
        "traditional": 1,
    }
    for row in STORIES:
        assert all(row[name] in PAGE for name in ("need", "organisation", "other") if row[name])


@pytest.mark.parametrize("org", ids("contested"))
def test_a_contested_provider_is_wanted_by_more_than_it_can_serve(book, rank, org):
    """First or second choice of at least five needs, room for one or two."""
    needs = next(row["needs"].split(";") for row in told("contested") if row["organisation"] == org)
    assert len(needs) >= 5
    assert all(rank.get((need, org), 99) <= 2 for need in needs)
    assert 1 <= book.offers.filter(org_id=org)["capacity"].sum() <= 2


@pytest.mark.parametrize("need", ids("pair"))
def test_a_pair_is_found_across_languages(book, rank, need):
    """The organisation with texts in the other language only is among the first three."""
    org = next(row["organisation"] for row in told("pair") if row["need"] == need)
    texts = [
        *book.offers.filter(org_id=org)["text"],
        *book.deliveries.filter(pl.col("org_ids").list.contains(org))["text"],
    ]
    chinese = book.needs.filter(need_id=need)["lang"][0] == "zh"
    assert all(bool(re.search(r"[\u3400-\u9fff]", text)) != chinese for text in texts)
    assert rank.get((need, org), 99) <= 3


@pytest.mark.parametrize("need", ids("newcomer"))
def test_a_newcomer_comes_first_by_its_offer(book, rank, need):
    """One offer, no delivery, rank 1."""
    org = next(row["organisation"] for row in told("newcomer") if row["need"] == need)
    assert book.deliveries.filter(pl.col("org_ids").list.contains(org)).is_empty()
    assert len(book.offers.filter(org_id=org)) == 1
    assert rank.get((need, org)) == 1


@pytest.mark.parametrize("need", ids("unservable"))
def test_an_unservable_need_is_called_weakly_supplied(result, need):
    """Nobody is presented as an answer: the need stands among those without supply."""
    assert result.supply.filter(need_id=need)["state"][0] in ("weak", "none")


def test_few_needs_are_without_supply(result):
    """The planted ones and hardly any other: thin evidence is the exception."""
    assert set(ids("unservable")) <= set(result.supply.filter(pl.col("state") != "served")["need_id"])
    assert len(result.supply.filter(pl.col("state") != "served")) <= 10


def test_traditional_script_is_met_by_simplified(rank):
    """The provider that writes traditional characters comes first for a need in simplified ones."""
    row = told("traditional")[0]
    assert rank[row["need"], row["organisation"]] == 1


def test_duplicates_share_a_city_and_split_their_history(book):
    """Both records of each pair have deliveries of their own."""
    for row in told("duplicate"):
        pair = book.organisations.filter(pl.col("org_id").is_in([row["organisation"], row["other"]]))
        assert pair["city"].n_unique() == 1
        for org in pair["org_id"]:
            assert not book.deliveries.filter(pl.col("org_ids").list.contains(org)).is_empty()


@pytest.fixture(scope="module")
def joint(book: exchange.Book, result: MatchResult) -> Cleared:
    return cleared(result.matches, book.needs, book.organisations, book.offers, book.deliveries)


def test_clearing_beats_greedy_and_first_come_and_says_that_it_gains_little(joint):
    """There is room, so all are served whoever assigns; the optimum is worth 0.3 % more than greedy."""
    value = {plan.name: plan.value for plan in joint.plans}
    assert value["joint"] > value["greedy"] > value["first_come"]
    assert {plan.served for plan in joint.plans} == {162}
    assert joint.proof == "exact"
    assert 0 < joint.gain < 0.01
    assert joint.verdict == "little"


@pytest.mark.parametrize("org", ids("contested"))
def test_a_contested_provider_has_a_price(joint, org):
    """Its places are all taken, one more would be worth something, and some need is told that it was outbid there."""
    places = joint.offers.filter(org_id=org)
    dear = places.filter(pl.col("price") > 0)
    assert len(dear)
    assert (dear["taken"] == dear["capacity"]).all()
    told = joint.needs.filter(org_id=org)["missed"].to_list()
    assert set(told) & {"outbid", "tie"}


def test_every_explanation_of_the_world_holds_at_its_prices(joint):
    """Whoever did not get a place could not have paid its price; whoever did could; so it is for all 1,600 pairs."""
    lost, got = joint.pairs.filter(~pl.col("joint")), joint.pairs.filter("joint")
    assert (lost["bid"] <= lost["price"]).all()
    assert (got["bid"] >= got["price"]).all()
    outbid = joint.pairs.filter(code="outbid")
    assert (outbid["bid"] < outbid["lowest"]).all()


def test_the_faulty_workbook_has_the_faults_of_its_page():
    """Every fault that the page lists is found at its sheet, row and column, and nothing else."""
    rows = re.findall(r"^\| (机构|需求|供给|业绩) \| (\d+) \| (\S+) \|", PAGE, re.MULTILINE)
    found = exchange.read_book(EXAMPLES / "faulty-book.xlsx").findings
    assert sorted((f.sheet, str(f.row), f.column) for f in found) == sorted(rows)
    assert len(rows) == 14
