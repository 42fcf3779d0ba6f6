"""The shipped chains on the sample world: pairs judged by hand, traps, and where the gaps lie."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tandem.engine.chains.gaps import LinkState, chain_cities, chain_state
from tandem.storage import exchange

EXAMPLES = Path(__file__).parents[2] / "examples"
# 40 of all (link, supplier) pairs, drawn with random.Random(20260101) from the pairs in the order of link and
# organisation, and judged by hand from titles and sector of the organisation: 39 supply the link.
RIGHT = """
low-cargo-flight O-LA-003, low-autopilot O-LA-029, low-survey O-LA-026, low-airworthiness-test O-LA-028,
low-dock O-LA-005, low-cargo-flight O-LA-006, rob-assembly O-RS-091, rob-welding O-RS-052, uhd-picture-test O-UA-048,
low-battery O-LA-011, low-heavy-multirotor O-LA-007, rob-joint-module O-RS-005, low-emergency O-LA-083,
low-cargo-drone O-LA-002, low-route-planning O-LA-001, low-route-planning O-LA-038, uhd-television O-UA-020,
low-evtol O-LA-012, uhd-machine-vision O-UA-073, uhd-picture-test O-UA-002, rob-assembly O-RS-012,
low-traffic-management O-LA-038, low-parachute O-LA-010, low-route-planning O-LA-036, low-weather O-LA-035,
rob-robot-test O-RS-026, rob-palletising O-RS-053, uhd-machine-vision O-PS-079, uhd-codec-ip O-UA-017,
uhd-venue-screen O-UA-056, rob-roller-screw O-RS-071, rob-servo-motor O-RS-086, low-evtol O-LA-032,
low-cargo-flight O-LA-019, low-insurance O-LA-021, rob-tendon O-RS-020, low-insurance O-LA-020, uhd-camera O-UA-035,
uhd-machine-vision O-RS-024
"""
WRONG = {("uhd-picture-test", "O-UA-016")}  # tunes encoders
# Organisations that name a link often and do not supply it: tested, greased, leased, trained for, or built in.
TRAPS = {
    ("rob-harmonic-reducer", "O-RS-001"),
    ("rob-harmonic-reducer", "O-RS-004"),
    ("rob-rv-reducer", "O-RS-001"),
    ("rob-force-sensor", "O-RS-014"),
    ("rob-cable", "O-RS-052"),
    ("rob-humanoid", "O-RS-011"),
    ("rob-humanoid", "O-RS-039"),
    ("rob-encoder", "O-UA-034"),
    ("rob-tactile-sensor", "O-RS-037"),
    ("low-evtol", "O-LA-020"),
    ("low-evtol", "O-LA-033"),
    ("low-cargo-drone", "O-LA-021"),
    ("low-parachute", "O-LA-001"),
    ("uhd-camera", "O-UA-051"),
    ("uhd-lens", "O-UA-048"),
    ("uhd-television", "O-UA-002"),
    ("uhd-set-top-box", "O-UA-017"),
    ("uhd-led-display", "O-UA-001"),
    ("uhd-broadcast", "O-UA-053"),
}


@pytest.fixture(scope="module")
def states() -> tuple[LinkState, ...]:
    book = exchange.read_book(EXAMPLES / "world")
    links = pl.read_csv(EXAMPLES / "register" / "links.csv", infer_schema=False).cast(
        {"importance": pl.Int64}
    )
    clusters = pl.read_csv(EXAMPLES / "register" / "clusters.csv", infer_schema=False)
    cities = chain_cities(clusters)
    return chain_state(links, book.organisations, book.offers, book.deliveries, book.needs, cities)


@pytest.fixture(scope="module")
def pairs(states: tuple[LinkState, ...]) -> set[tuple[str, str]]:
    return {(one.link_id, supplier.org_id) for one in states for supplier in one.suppliers}


def test_pairs_judged_right_are_found(pairs):
    """All 39 of 40 drawn pairs that were judged right by hand are suppliers."""
    right = {tuple(one.split()) for one in RIGHT.replace("\n", " ").split(",")}
    assert len(right) + len(WRONG) == 40
    assert right <= pairs


def test_the_page_tells_how_many_pairs_there_are(pairs):
    """README.md says how many pairs are found and how many of the drawn ones are right."""
    page = " ".join((EXAMPLES / "register" / "README.md").read_text("utf-8").split())
    assert (
        f"find {len(pairs)} pairs of link and supplier; of 40 drawn pairs {40 - len(WRONG)} were judged right"
        in page
    )


def test_those_who_only_name_a_link_are_not(pairs):
    """Laboratories, lessors, insurers, users and makers of what goes into it are no suppliers of a link."""
    assert pairs & TRAPS == set()


def test_links_of_one_trade_do_not_catch_another(states):
    """Apparel, appliances and storage supply nothing in the three chains: hardly any supplier is of another part."""
    foreign = {
        s.org_id for one in states for s in one.suppliers if s.org_id.split("-")[1] not in ("LA", "RS", "UA")
    }
    assert len(foreign) <= 3


def test_gaps_are_where_nobody_is(states):
    """Image sensors, lenses and panels have no supplier; propulsion motors and anti-jam only elsewhere."""
    by_id = {one.link_id: one for one in states}
    for link in ("uhd-image-sensor", "uhd-lens", "uhd-lcd-oled-panel", "uhd-codec-chip"):
        assert (by_id[link].gap, by_id[link].suppliers) == ("missing", ())
    for link, candidate in (("low-motor", "O-LA-043"), ("low-navigation", "O-LA-042")):
        assert by_id[link].gap == "missing"
        assert [one.org_id for one in by_id[link].suppliers if not one.local] == [candidate]


def test_every_supplier_shows_why(states):
    """Each has evidence: an offer, a delivery or its sector, and the term, which is one of the link's."""
    links = pl.read_csv(EXAMPLES / "register" / "links.csv", infer_schema=False)
    terms = dict(links.select("link_id", "terms").iter_rows())
    for one in states:
        for supplier in one.suppliers:
            assert supplier.evidence
            assert all(term in terms[one.link_id].split(";") for _, _, term in supplier.evidence)


def test_needs_and_offers_touch_the_links_they_speak_of(states):
    """The need for force sensor calibration touches force sensors, that for a parachute parachutes."""
    by_id = {one.link_id: one for one in states}
    assert "N-LA-06" in by_id["low-parachute"].needs
    assert "F-RS-020" in by_id["rob-force-sensor"].offers
    assert {one.chain for one in states if one.needs} == {"uhd_video", "low_altitude", "robotics"}
