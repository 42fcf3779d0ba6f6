"""Industrial chains: who supplies each link, where links have no or one local supplier, and what touches them.

An organisation supplies a link when the title of an offer or a delivery, or its sector, names the link by one of its
terms (see `supply` for what naming means); it counts once, however often it says so. Gaps follow the usual classes of
chain planning: missing (补), single-source (强), few (延).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tandem.domain.cities import place as code_of
from tandem.engine.chains import supply, terms

STAGES = ("up", "mid", "down")
GAPS = ("missing", "single", "few", "covered")
EVIDENCE = ("offer", "delivery", "sector")

Evidence = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ChainSettings:
    """few: up to this many local suppliers are few; evidence: at most so many pieces are kept for a supplier."""

    few: int = 2
    evidence: int = 5


@dataclass(frozen=True, slots=True)
class Supplier:
    """An organisation that supplies a link: evidence is (offer | delivery | sector, id, term), strongest first."""

    org_id: str
    local: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class LinkState:
    """One link: its suppliers (local ones first), how many are local, and the needs and offers that name it.

    gap    missing (no local supplier) | single (one) | few | covered
    score  importance x (1 - min(1, local / (few + 1))): by how much the gap is felt
    """

    chain: str
    link_id: str
    stage: str
    suppliers: tuple[Supplier, ...]
    local: int
    gap: str
    needs: tuple[str, ...]
    offers: tuple[str, ...]
    score: float = 0.0


def chain_cities(clusters: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """The city codes of each chain: those of the clusters that follow it; a chain whose clusters name none is left out.

    clusters   the table of clusters: chain, cities (names or GB/T 2260 codes, ';' between)
    """
    found: dict[str, dict[str, None]] = {}
    for chain, cities in clusters.select("chain", "cities").iter_rows():
        if chain:
            names = [one.strip() for one in (cities or "").replace("；", ";").split(";") if one.strip()]
            found.setdefault(chain, {}).update(dict.fromkeys(code_of(one) or one for one in names))
    return {chain: tuple(codes) for chain, codes in found.items() if codes}


def chain_state(
    links: pl.DataFrame,
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    needs: pl.DataFrame,
    cities: Mapping[str, Collection[str]] | Collection[str] = (),
    settings: ChainSettings = ChainSettings(),
) -> tuple[LinkState, ...]:
    """Every link of the chains as these organisations stand, the gaps that are felt most first.

    links          link_id, chain, stage, terms (';' between; else the name), importance (else 1), codes
    organisations  org_id, type (without one it may be a maker), city, sector
    offers         offer_id, org_id, kind, title, text
    deliveries     delivery_id, org_ids, title;  needs: need_id, title, text (all as the exchange tables are read)
    cities         where a supplier is local: GB/T 2260 codes, for all chains or by chain; none given: everywhere
    Guarantees     inputs unchanged; one pass over the texts for all links, O(characters + occurrences)
    Example        a link that an offer titled with its term supplies from a city given is 'single'
    """
    asked = _asked(links)
    found = _evidence(asked, organisations, offers, deliveries)
    suppliers = _suppliers(found, organisations, links, cities, settings.evidence)
    needed = _touching(asked, needs, "need_id")
    offered = _touching(asked, offers, "offer_id")
    states = [
        _state(link, suppliers.get(link["link_id"], ()), needed, offered, settings)
        for link in links.select("link_id", "chain", "stage", "importance").iter_rows(named=True)
    ]
    return tuple(
        sorted(states, key=lambda one: (-one.score, one.chain, STAGES.index(one.stage), one.link_id))
    )


def _state(
    link: Mapping[str, str | int | None],
    suppliers: Sequence[Supplier],
    needs: Mapping[str, tuple[str, ...]],
    offers: Mapping[str, tuple[str, ...]],
    settings: ChainSettings,
) -> LinkState:
    link_id = str(link["link_id"])
    local = sum(one.local for one in suppliers)
    importance = int(link["importance"] or 1)
    return LinkState(
        chain=str(link["chain"]),
        link_id=link_id,
        stage=str(link["stage"]),
        suppliers=tuple(suppliers),
        local=local,
        gap=_gap(local, settings.few),
        needs=needs.get(link_id, ()),
        offers=offers.get(link_id, ()),
        score=importance * (1 - min(1.0, local / (settings.few + 1))),
    )


def _gap(local: int, few: int) -> str:
    if local > max(few, 1):
        return "covered"
    return GAPS[min(local, 2)]


def _asked(links: pl.DataFrame) -> pl.DataFrame:
    """(link_id, nature, written): the terms of each link, its name where it has none; a term stands once per link."""
    natures = [supply.nature(codes) for codes in links["codes"].to_list()]
    return (
        links.select(
            "link_id",
            pl.Series("nature", natures, pl.String),
            pl.coalesce(_filled("terms"), "name").str.replace_all("；", ";").str.split(";").alias("written"),
        )
        .explode("written")
        .with_columns(pl.col("written").str.strip_chars())
        .filter(pl.col("written").str.len_chars() > 1)
        .unique(maintain_order=True)
    )


def _filled(column: str) -> pl.Expr:
    """A text column with blank texts as null."""
    return pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column))


def _hits(asked: pl.DataFrame, texts: pl.DataFrame, column: str) -> pl.DataFrame:
    """`texts` joined with the links whose terms stand in its column, with before, after, written and nature."""
    words = _words(asked)
    return (
        terms.find(texts[column], words["written"].to_list())
        .join(words, on="term")
        .join(asked, on="written")
        .join(texts.with_row_index("row").drop(column), on="row", maintain_order="left")
    )


def _words(asked: pl.DataFrame) -> pl.DataFrame:
    """(term, written): each distinct term, numbered as `terms` counts them."""
    return asked.select("written").unique(maintain_order=True).with_row_index("term")


def _evidence(
    asked: pl.DataFrame, organisations: pl.DataFrame, offers: pl.DataFrame, deliveries: pl.DataFrame
) -> pl.DataFrame:
    """(link_id, org_id, rank, id, written): every piece of evidence, `rank` its place in EVIDENCE."""
    makers = organisations.select("org_id", "type")
    titled = offers.select("org_id", pl.lit(0).alias("rank"), pl.col("offer_id").alias("id"), "title", "kind")
    delivered = deliveries.select(
        pl.col("org_ids").alias("org_id"), pl.lit(1).alias("rank"), pl.col("delivery_id").alias("id"), "title"
    ).explode("org_id")
    sectors = organisations.select(
        "org_id", pl.lit(2).alias("rank"), pl.col("org_id").alias("id"), pl.col("sector").alias("title")
    )
    texts = pl.concat([titled, delivered, sectors], how="diagonal").join(
        makers, on="org_id", how="left", maintain_order="left"
    )
    hits = _hits(asked, texts, "title")
    offered = pl.DataFrame(
        [(nature, kind, True) for nature, kinds in supply.OFFERED.items() for kind in kinds],
        schema={"nature": pl.String, "kind": pl.String, "fits": pl.Boolean},
        orient="row",
    )
    good = pl.col("nature") == "good"
    offer, delivery = pl.col("rank") == 0, pl.col("rank") == 1
    made = supply.is_head() & (offer | (pl.col("type").fill_null("maker") == "maker"))
    served = supply.is_subject() & (~delivery | supply.is_head())
    return hits.join(offered, on=("nature", "kind"), how="left", maintain_order="left").filter(
        pl.col("kind").is_null() | pl.col("fits"), pl.when(good).then(made).otherwise(served)
    )


def _suppliers(
    found: pl.DataFrame,
    organisations: pl.DataFrame,
    links: pl.DataFrame,
    cities: Mapping[str, Collection[str]] | Collection[str],
    most: int,
) -> dict[str, tuple[Supplier, ...]]:
    """Link -> its suppliers, local ones first, then those with more evidence."""
    pieces = (
        found.sort(
            "rank", "id", pl.col("written").str.len_chars(), "written", descending=[False, False, True, False]
        )
        .unique(["link_id", "org_id", "rank", "id"], keep="first", maintain_order=True)
        .group_by("link_id", "org_id", maintain_order=True)
        .agg(pl.len().alias("pieces"), pl.col("rank", "id", "written").head(most))
        .join(links.select("link_id", "chain"), on="link_id")
        .join(organisations.select("org_id", "city").unique("org_id"), on="org_id")
        .with_columns(local=_is_local(links, cities))
        .sort("link_id", "local", "pieces", "org_id", descending=[False, True, True, False])
    )
    suppliers: dict[str, list[Supplier]] = {}
    for link_id, org_id, local, ranks, ids, written in pieces.select(
        "link_id", "org_id", "local", "rank", "id", "written"
    ).iter_rows():
        evidence = tuple(
            (EVIDENCE[rank], id_, term) for rank, id_, term in zip(ranks, ids, written, strict=True)
        )
        suppliers.setdefault(link_id, []).append(Supplier(org_id, local, evidence))
    return {link_id: tuple(each) for link_id, each in suppliers.items()}


def _is_local(links: pl.DataFrame, cities: Mapping[str, Collection[str]] | Collection[str]) -> pl.Expr:
    """Whether the city of a row is one of its chain's; a chain without cities is local everywhere."""
    by_chain = (
        cities if isinstance(cities, Mapping) else dict.fromkeys(links["chain"].unique().to_list(), cities)
    )
    local = pl.lit(True)
    for chain, codes in by_chain.items():
        if codes:
            known = pl.col("city").is_in(list(codes)).fill_null(False)
            local = pl.when(pl.col("chain") == chain).then(known).otherwise(local)
    return local


def _touching(asked: pl.DataFrame, items: pl.DataFrame, key: str) -> dict[str, tuple[str, ...]]:
    """Link -> ids of the needs or offers that name it in title or text, in their order."""
    texts = items.select(key, text=pl.concat_str("title", "text", separator="\n", ignore_nulls=True))
    words = _words(asked)
    hits = (
        terms.mentions(texts["text"], words["written"].to_list())
        .join(words, on="term")
        .join(asked, on="written")
    )
    named = (
        hits.select("link_id", "row")
        .unique()
        .sort("row")
        .join(texts.with_row_index("row"), on="row", maintain_order="left")
    )
    return {
        link_id: tuple(ids)
        for link_id, ids in named.group_by("link_id", maintain_order=True).agg(key).iter_rows()
    }
