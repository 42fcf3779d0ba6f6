"""Links, who supplies them, and where gaps are: on small tables that can be checked by eye."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.engine.chains.gaps import ChainSettings, LinkState, Supplier, chain_cities, chain_state

TEXTS = {
    "links": ("link_id", "chain", "stage", "name", "terms", "codes"),
    "organisations": ("org_id", "type", "city", "sector"),
    "offers": ("offer_id", "org_id", "kind", "title", "text"),
    "deliveries": ("delivery_id", "title"),
    "needs": ("need_id", "title", "text"),
}
GOOD, SERVICE = "GB/T 4754:3453", "GB/T 4754:7452"
LINKS = [
    ("reducer", "robotics", "up", "减速器", "谐波减速器;harmonic reducer", GOOD, 5),
    ("motor", "robotics", "up", "电机", "伺服电机;servo motor", GOOD, 4),
    ("test", "robotics", "mid", "检测", "寿命试验;reducer testing", SERVICE, 3),
]


def table(name: str, *rows: tuple[str | None, ...]) -> pl.DataFrame:
    columns = TEXTS[name]
    return pl.DataFrame(
        [row[: len(columns)] for row in rows], schema=dict.fromkeys(columns, pl.String), orient="row"
    )


def links(*rows: tuple[str | int, ...]) -> pl.DataFrame:
    texts = table("links", *((*row[:6],) for row in rows or LINKS))
    return texts.with_columns(importance=pl.Series([row[6] for row in rows or LINKS], dtype=pl.Int64))


def deliveries(*rows: tuple[str, list[str], str]) -> pl.DataFrame:
    return pl.DataFrame(
        list(rows),
        {"delivery_id": pl.String, "org_ids": pl.List(pl.String), "title": pl.String},
        orient="row",
    )


NOTHING = {"offers": table("offers"), "deliveries": deliveries(), "needs": table("needs")}


def states(organisations: pl.DataFrame, cities=("440100",), **tables: pl.DataFrame) -> dict[str, LinkState]:
    given_ = {**NOTHING, **tables}
    asked = given_.pop("links", links())
    found = chain_state(asked, organisations, cities=cities, **given_)
    return {one.link_id: one for one in found}


def makers(n: int, sector: str = "谐波减速器", city: str | None = "440100") -> pl.DataFrame:
    return table("organisations", *((f"M{i}", "maker", city, sector) for i in range(n)))


@pytest.mark.parametrize(
    ("n", "gap"), [(0, "missing"), (1, "single"), (2, "few"), (3, "covered"), (9, "covered")]
)
def test_gaps_go_by_the_number_of_local_suppliers(n, gap):
    """None is missing, one single, two few, more covered; the score falls in thirds of the importance."""
    state = states(makers(n))["reducer"]
    assert (state.local, state.gap) == (n, gap)
    assert state.score == pytest.approx(5 * max(0.0, 1 - n / 3))


def test_few_is_a_setting():
    """With few = 4, three and four local suppliers are few and five are not."""
    found = {}
    for n in (3, 4, 5):
        tables = (makers(n), NOTHING["offers"], NOTHING["deliveries"], NOTHING["needs"])
        found[n] = {
            one.link_id: one.gap for one in chain_state(links(), *tables, ("440100",), ChainSettings(few=4))
        }["reducer"]
    assert found == {3: "few", 4: "few", 5: "covered"}


def test_an_organisation_counts_once_with_all_its_evidence():
    """Offer, delivery and sector of one maker are one supplier, the offer first, each with the term that was met."""
    state = states(
        table("organisations", ("A", "maker", "440100", "谐波减速器")),
        offers=table("offers", ("F1", "A", "technology", "Harmonic reducers, custom", None)),
        deliveries=deliveries(("D1", ["A"], "食堂机器人谐波减速器")),
    )["reducer"]
    evidence = (
        ("offer", "F1", "harmonic reducer"),
        ("delivery", "D1", "谐波减速器"),
        ("sector", "A", "谐波减速器"),
    )
    assert state.suppliers == (Supplier("A", True, evidence),)


def test_suppliers_elsewhere_are_candidates_and_close_no_gap():
    """An organisation of another city, or of no known one, is listed behind the local ones and not counted."""
    orgs = pl.concat(
        [
            makers(1),
            table(
                "organisations", ("X", "maker", "420100", "谐波减速器"), ("Y", "maker", None, "谐波减速器")
            ),
        ]
    )
    state = states(orgs)["reducer"]
    assert [(one.org_id, one.local) for one in state.suppliers] == [("M0", True), ("X", False), ("Y", False)]
    assert state.gap == "single"


def test_a_good_is_supplied_by_those_who_make_it():
    """Testing, leasing, training and a laboratory's field supply no reducer; a delivery counts for a maker only."""
    orgs = table(
        "organisations",
        ("LAB", "lab", "440100", "谐波减速器"),
        ("SVC", "service", "440100", None),
        ("FIN", "finance", "440100", None),
        ("GRS", "maker", "440100", "特种润滑脂"),
    )
    offers = table(
        "offers",
        ("F1", "LAB", "service", "谐波减速器", None),
        ("F2", "FIN", "finance", "谐波减速器", None),
        ("F3", "GRS", "technology", "谐波减速器专用脂", None),
        ("F4", "SVC", "technology", "寿命试验台架", "可测谐波减速器"),
    )
    state = states(orgs, offers=offers, deliveries=deliveries(("D1", ["SVC", "LAB"], "谐波减速器")))[
        "reducer"
    ]
    assert state.suppliers == ()
    assert state.offers == ("F1", "F2", "F3", "F4")  # they name it all the same


def test_a_service_is_supplied_by_those_who_offer_it():
    """An offer titled with a service supplies it whoever gives it; one that is for something named so does not."""
    orgs = table("organisations", ("LAB", "lab", "440100", None), ("SW", "service", "440100", None))
    offers = table(
        "offers",
        ("F1", "LAB", "service", "谐波减速器寿命试验", None),
        ("F2", "SW", "technology", "Software for reducer testing", None),
    )
    found = states(orgs, offers=offers)
    assert [one.org_id for one in found["test"].suppliers] == ["LAB"]


def test_needs_that_name_a_link_are_listed():
    """Title or text is enough for a need; ids stand in the order of the table, each once."""
    needs = table(
        "needs",
        ("N2", "找谐波减速器", "谐波减速器 harmonic reducers"),
        ("N1", "关节异响", "波发生器与諧波減速器磨损"),
        ("N3", "Servo motors wanted", None),
    )
    found = states(makers(0), needs=needs)
    assert found["reducer"].needs == ("N2", "N1")
    assert found["motor"].needs == ("N3",)


def test_the_gaps_felt_most_come_first():
    """Order is importance times what is lacking; ties go by chain, stage and id."""
    found = chain_state(links(), makers(2), *NOTHING.values(), ("440100",))
    assert [(one.link_id, round(one.score, 3)) for one in found] == [
        ("motor", 4.0),
        ("test", 3.0),
        ("reducer", 1.667),
    ]


def test_cities_may_differ_by_chain():
    """Each chain looks at its own cities; a chain without any takes every place as local."""
    rows = [
        (f"l{i}", chain, "up", "减速器", "谐波减速器", GOOD, 1) for i, chain in enumerate(("a", "b", "c"))
    ]
    found = states(makers(1), cities={"a": ("440100",), "b": ("440300",)}, links=links(*rows))
    assert [found[key].local for key in ("l0", "l1", "l2")] == [1, 0, 1]


def test_the_cities_of_a_chain_are_those_of_its_clusters():
    """Names and codes are read, clusters of one chain add up, chains without cities are left out."""
    clusters = pl.DataFrame(
        {"chain": ["a", "a", "b", None], "cities": ["深圳；Guangzhou", "440300;810000", None, "440100"]}
    )
    assert chain_cities(clusters) == {"a": ("440300", "440100", "810000")}


def test_a_link_without_terms_goes_by_its_name():
    """Where no terms are given the name is the term; a name of one character is none."""
    rows = [("a", "x", "up", "谐波减速器", " ", GOOD, 1), ("b", "x", "up", "轴", None, GOOD, 1)]
    found = states(makers(1), links=links(*rows))
    assert (found["a"].local, found["b"].local) == (1, 0)


def test_no_organisations_and_no_links_are_no_error():
    """Empty tables give every link as missing, or nothing at all."""
    assert {one.gap for one in states(makers(0)).values()} == {"missing"}
    assert chain_state(links().clear(), makers(1), *NOTHING.values()) == ()


PARTS = st.sampled_from(["谐波减速器", "伺服电机", "servo motor", "harmonic reducer", "机柜", "寿命试验"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(PARTS, st.sampled_from(["440100", "420100"])), max_size=6), st.randoms())
def test_order_and_repetition_of_rows_change_nothing(rows, chance):
    """Shuffled organisations give the same states; every supplier stands once and local ones are counted rightly."""
    orgs = table("organisations", *((f"O{i}", "maker", city, part) for i, (part, city) in enumerate(rows)))
    shuffled = orgs.sample(fraction=1, shuffle=True, seed=chance.randrange(1000)) if orgs.height else orgs
    found = states(orgs)
    assert states(shuffled) == found
    for one in found.values():
        ids = [supplier.org_id for supplier in one.suppliers]
        assert len(ids) == len(set(ids))
        assert one.local == sum(supplier.local for supplier in one.suppliers)
