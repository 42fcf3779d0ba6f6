"""From match lists to one joint assignment: every need, every listed offer, what was decided and why, as tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl

from tandem.domain.rules import Rules
from tandem.domain.tables import SMALL_SIZES
from tandem.engine.assignment import compare, explain, under_rules
from tandem.engine.assignment.compare import Plan
from tandem.engine.assignment.value import Sensitivity, sensitivity, value
from tandem.engine.clearing import market
from tandem.engine.clearing.certificate import Certificate
from tandem.engine.clearing.clear import Clearing, ClearSettings, clear
from tandem.engine.clearing.lowest import lowest
from tandem.engine.clearing.market import Market
from tandem.engine.matching import calibrate
from tandem.engine.matching.story import IMPLIED_CAPACITY, history
from tandem.engine.rules.clear_under import RuledClearing
from tandem.engine.rules.limits import Limits

EXACT = 2_000_000  # edges up to which an optimum is asked for: that takes a second or two
GAP = 0.001  # the certified gap asked for beyond


@dataclass(frozen=True)
class Listed:
    """The listed matches as a market: edges in its order, offers and needs as it numbers them.

    edges   match (row of the match list), need_id, org_id, offer_id, rank, probability, importance
    needs   need_id, in the order in which they were posted (then of their table): who comes first, where that decides
    offers  offer_id, org_id, kind, city: one row for each chosen offer; an organisation that stated none has one
            implied offer, without id and kind
    """

    market: Market
    edges: pl.DataFrame
    needs: pl.DataFrame
    offers: pl.DataFrame


@dataclass(frozen=True)
class Cleared:
    """One joint assignment of all needs of a match list. Values and prices are in points (value.py).

    matches  the match list with `cleared` and `price` (of a place at the offer)
    pairs    one row a listed pair: need_id, org_id, offer_id, rank, value, choice, price, bid, lowest, code
             (explain.PAIR_CODES, under_rules.CODES), and for each plan of compare.PLANS whether it accepts the pair
    needs    one row a need: need_id, code (explain.NEED_CODES), slots, got, listed, and of the best choice that it
             missed: org_id, offer_id, missed (code), value, price, bid, lowest
    offers   one row a listed offer: offer_id, org_id, kind, city, capacity, wanted, taken, price, lowest
    worth    side ('kind' or 'city'), name, offers, capacity, wanted, taken, mean (price of a place), most
    plans    joint, greedy, first come
    sensitivity  under other measures of value; empty under rules
    ruled    what became of the rules; None without
    slack    by how much bids and prices may miss each other: 0 where the certificate is exact
    """

    matches: pl.DataFrame
    pairs: pl.DataFrame
    needs: pl.DataFrame
    offers: pl.DataFrame
    worth: pl.DataFrame
    plans: tuple[Plan, ...]
    sensitivity: tuple[Sensitivity, ...]
    certificate: Certificate
    slack: float
    ruled: RuledClearing | None = None

    def plan(self, name: str) -> Plan:
        """One of the plans by its name."""
        return next(one for one in self.plans if one.name == name)

    @property
    def gain(self) -> float:
        """What clearing jointly has more than greedy, as a share of it."""
        return compare.gain(self.plan("joint"), self.plan("greedy"))

    @property
    def verdict(self) -> str:
        """'gain', or 'little' where that is less than 1 %; under rules (greedy keeps none) 'more' or 'less'."""
        if self.ruled is not None:
            return "more" if self.gain >= 0 else "less"
        return compare.verdict(self.plan("joint"), self.plan("greedy"))

    @property
    def proof(self) -> str:
        """'exact', 'gap' or the certificate's reason for being wider than asked for."""
        return compare.proof(self.certificate)


def cleared(
    matches: pl.DataFrame,
    needs: pl.DataFrame,
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    rules: Rules | None = None,
    file: str | None = None,
    *,
    gap: float | None = None,
) -> Cleared:
    """Clears a match list: at most `slots` offers a need, at most `capacity` needs an offer, the most value in all.

    matches  need_id, rank, org_id, offer_id, probability (where it is missing, that of its rank), as MatchResult has
    others   the canonical exchange tables
    rules    what the clearing keeps; file: their name in findings
    gap      how far below the best possible the result may be, as a share; None: to the optimum, or within 0.1 %
             where there are many edges or rules
    Raises   Invalid rules.wrong for rules that the lists do not know the columns or values of
    """
    of = listed(matches, needs, organisations, offers)
    tables = under_rules.Tables(needs, organisations, offers)
    done = (
        _free(of, gap)
        if rules is None
        else _ruled(
            of, under_rules.limits_of(rules, of.market, of.needs["need_id"], of.offers, tables, file), gap
        )
    )
    found, told = done.found, done.told
    small = _small(of, organisations, deliveries)
    flags = compare.accepted(of.market, found.edge)
    return Cleared(
        _marked(matches, of, told),
        _pairs(of, done, flags),
        _needs(of, done),
        (rows := _offers(of, done)),
        _worth(rows),
        tuple(compare.plan(name, of.market, flags[name], told.choice, *small) for name in compare.PLANS),
        () if done.ruled else _sensitivity(of, found),
        found.certificate,
        told.slack,
        done.ruled,
    )


@dataclass(frozen=True)
class _Done:
    """A clearing and what explains it.

    told   choices by value; prices and bids as the clearing counted them, under rules with the prices of rules in them
    codes  (edges,) explain.PAIR_CODES, or what a rule decided (under_rules.CODES)
    """

    found: Clearing
    told: explain.Pairs
    codes: list[str]
    ruled: RuledClearing | None = None


def _free(of: Listed, gap: float | None) -> _Done:
    asked = gap if gap is not None else 0.0 if of.market.edges <= EXACT else GAP
    settings = ClearSettings(gap=asked)
    found = lowest(of.market, clear(of.market, settings))
    told = explain.pairs(of.market, found, of.edges["rank"].to_numpy())
    return _Done(found, told, explain.pair_codes(of.market, told))


def _ruled(of: Listed, limits: Limits, gap: float | None) -> _Done:
    """The same under rules; lowest prices explain as well as those posted, unless bids then miss them by more."""
    settings = ClearSettings(gap=GAP if gap is None else gap)
    ruled = under_rules.cleared(of.market, limits, settings)
    found, counted, rank = ruled.clearing.clearing, ruled.counted, of.edges["rank"].to_numpy()
    low = lowest(counted, found, proven=False)
    told, lower = (explain.pairs(counted, one, rank) for one in (found, low))
    if lower.slack <= told.slack:
        found, told = low, lower
    told = replace(told, choice=explain.choice(of.market, rank))  # what is preferred, whatever rules weigh
    codes = under_rules.codes(of.market, told, ruled)
    told = replace(told, value=of.market.value.astype(np.float64))
    return _Done(found, told, codes, ruled.clearing)


def listed(
    matches: pl.DataFrame, needs: pl.DataFrame, organisations: pl.DataFrame, offers: pl.DataFrame
) -> Listed:
    """The market of a match list; rows of needs that the table lacks, and rows given twice, are left out."""
    wanting = _wanting(needs)
    supplying = _supplying(matches, organisations, offers)
    edges = (
        matches.with_row_index("match")
        .with_columns(_key())
        .join(wanting.select("need_id", "need", "importance"), on="need_id")
        .join(supplying.select("key", "offer"), on="key")
        .unique(["need", "offer"], keep="first", maintain_order=True)
        .sort("need", "offer")
    )
    ranked = calibrate.by_rank(edges["rank"].to_numpy())
    edges = edges.with_columns(probability=pl.col("probability").fill_null(pl.Series(ranked)))
    made = market.of(
        edges["need"].to_numpy(),
        edges["offer"].to_numpy(),
        value(edges["probability"].to_numpy(), edges["importance"].to_numpy()),
        wanting["slots"].to_numpy(),
        supplying["capacity"].to_numpy(),
    )
    columns = ("match", "need_id", "org_id", "offer_id", "rank", "probability", "importance")
    return Listed(made, edges.select(columns), wanting.select("need_id"), supplying.drop("key", "offer"))


def _sensitivity(of: Listed, found: Clearing) -> tuple[Sensitivity, ...]:
    again = partial(clear, settings=ClearSettings(gap=GAP))
    probability, importance, rank = (
        of.edges[name].to_numpy() for name in ("probability", "importance", "rank")
    )
    return sensitivity(of.market, found, probability, importance, rank, again)


def _key() -> pl.Expr:
    """What places are counted by: the chosen offer, or the organisation where it stated none."""
    stated, implied = pl.lit("offer ") + pl.col("offer_id"), pl.lit("organisation ") + pl.col("org_id")
    return pl.coalesce(stated, implied).alias("key")


def _wanting(needs: pl.DataFrame) -> pl.DataFrame:
    """need, need_id, slots, importance: needs numbered in the order in which they were posted."""
    columns = [pl.col("need_id"), pl.col("slots").fill_null(1), pl.col("importance").fill_null(1)]
    return (
        needs.sort("posted_on", nulls_last=True, maintain_order=True)
        .select(columns)
        .unique("need_id", keep="first", maintain_order=True)
        .with_columns(need=pl.int_range(pl.len(), dtype=pl.Int64))
    )


def _supplying(matches: pl.DataFrame, organisations: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """offer, key, offer_id, org_id, kind, city, capacity: listed offers in the order of their tables."""
    stated = (
        offers.unique("offer_id", keep="first", maintain_order=True)
        .select("offer_id", "kind", "capacity")
        .with_row_index("row")
    )
    seats = organisations.unique("org_id", keep="first", maintain_order=True)
    return (
        matches.select("offer_id", "org_id", _key())
        .unique("key", keep="first", maintain_order=True)
        .join(stated, on="offer_id", how="left")
        .join(seats.select("org_id", "city").with_row_index("seat"), on="org_id", how="left")
        .sort("row", "seat", "key", nulls_last=True)
        .with_columns(
            pl.col("capacity").fill_null(IMPLIED_CAPACITY), offer=pl.int_range(pl.len(), dtype=pl.Int64)
        )
        .drop("row", "seat")
    )


def _marked(matches: pl.DataFrame, of: Listed, told: explain.Pairs) -> pl.DataFrame:
    """The match list with `cleared` and `price`; both are empty where a row took no part."""
    marks = pl.DataFrame({"match": of.edges["match"], "cleared": told.accepted, "price": told.price.round(2)})
    return (
        matches.drop("cleared", "price", strict=False)
        .with_row_index("match")
        .join(marks, on="match", how="left", maintain_order="left")
        .drop("match")
    )


def _pairs(of: Listed, done: _Done, flags: dict[str, explain.Flags]) -> pl.DataFrame:
    told = done.told
    return of.edges.select("need_id", "org_id", "offer_id", "rank").with_columns(
        pl.Series("value", of.market.value.astype(np.int64)),
        pl.Series("choice", told.choice),
        pl.Series("price", told.price),
        pl.Series("bid", told.bid),
        pl.Series("lowest", told.lowest).fill_nan(None),
        pl.Series("code", done.codes, pl.String),
        *(pl.Series(name, flags[name]) for name in compare.PLANS),
    )


def _needs(of: Listed, done: _Done) -> pl.DataFrame:
    told = done.told
    found = explain.needs(of.market, told)
    missing = found.missed < 0
    at = pl.Series(np.where(missing, 0, found.missed))
    missed = pl.DataFrame(
        {
            "org_id": of.edges["org_id"],
            "offer_id": of.edges["offer_id"],
            "missed": pl.Series(done.codes, dtype=pl.String),
            "value": told.value,
            "price": told.price,
            "bid": told.bid,
            "lowest": pl.Series(told.lowest).fill_nan(None),
        }
    )
    rows = missed[at] if missed.height else missed.clear(len(missing))
    empty = pl.Series(missing)
    return of.needs.with_columns(
        pl.Series("code", [explain.NEED_CODES[code] for code in found.code.tolist()], pl.String),
        pl.Series("slots", of.market.slots),
        pl.Series("got", found.got),
        pl.Series("listed", found.listed),
    ).hstack(rows.with_columns(pl.when(empty).then(None).otherwise(pl.all()).name.keep()))


def _offers(of: Listed, done: _Done) -> pl.DataFrame:
    each = explain.offers(of.market, done.found, done.told)
    return of.offers.select("offer_id", "org_id", "kind", "city", "capacity").with_columns(
        pl.Series("wanted", each.wanted),
        pl.Series("taken", each.taken),
        pl.Series("price", each.price),
        pl.Series("lowest", each.lowest).fill_nan(None),
    )


def _worth(offers: pl.DataFrame) -> pl.DataFrame:
    """What one more place is worth by kind of the offer and by city of the organisation."""
    sides = []
    for side in ("kind", "city"):
        places = pl.col("capacity").sum()
        mean = pl.when(places > 0).then((pl.col("price") * pl.col("capacity")).sum() / places)
        sides.append(
            offers.group_by(pl.col(side).alias("name"))
            .agg(
                pl.len().cast(pl.Int64).alias("offers"),
                places,
                pl.col("wanted", "taken").sum(),
                mean.alias("mean"),
                pl.col("price").max().alias("most"),
            )
            .sort(["most", "wanted", "name"], descending=[True, True, False], nulls_last=True)
            .select(pl.lit(side).alias("side"), pl.all())
        )
    return pl.concat(sides)


def _small(
    of: Listed, organisations: pl.DataFrame, deliveries: pl.DataFrame
) -> tuple[explain.Flags, explain.Flags]:
    """Whether each edge's organisation is small: by size or history, and by size alone."""
    known = history(organisations, deliveries).unique("org_id", keep="first")
    known = known.join(organisations.select("org_id", "size").unique("org_id", keep="first"), on="org_id")
    rows = of.edges.select("org_id").join(known, on="org_id", how="left", maintain_order="left")
    sized = rows["size"].is_in(SMALL_SIZES).fill_null(False)
    return rows["small"].fill_null(False).to_numpy(), sized.to_numpy()
