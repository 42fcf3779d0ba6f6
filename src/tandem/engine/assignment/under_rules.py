"""Match lists cleared under rules: the rules read against the lists, and values as the clearing counted them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.domain.rules import Rules
from tandem.engine.assignment import explain
from tandem.engine.assignment.explain import Pairs
from tandem.engine.clearing.clear import ClearSettings
from tandem.engine.clearing.market import Ints, Market
from tandem.engine.rules import groups
from tandem.engine.rules.clear_under import RuledClearing, clear_under
from tandem.engine.rules.limits import Limits

Flags = npt.NDArray[np.bool_]


# What a rule decided about a pair; words under `clearing.pair.<code>` and `clearing.missed.<code>`.
CODES = (
    "required",  # accepted because a rule says so
    "forbidden",  # not accepted because a rule says so
    "rule",  # not accepted because rules make other pairs count for more
)


@dataclass(frozen=True)
class Tables:
    """The exchange tables that rules name columns of."""

    needs: pl.DataFrame
    organisations: pl.DataFrame
    offers: pl.DataFrame


@dataclass(frozen=True)
class Ruled:
    """A market cleared under rules.

    clearing  the whole, its certificate that of the rules
    counted   the market with values as the prices of the rules change them, rounded to points: what explains who got
              what. Required pairs count more than anything, forbidden ones nothing.
    required, forbidden  (edges,) what was decided beforehand
    """

    clearing: RuledClearing
    counted: Market
    required: Flags
    forbidden: Flags


def cleared(market: Market, limits: Limits, settings: ClearSettings) -> Ruled:
    """Clears a market under rules."""
    found = clear_under(market, limits, settings)
    required, forbidden = np.zeros(market.edges, bool), np.zeros(market.edges, bool)
    forbidden[np.array(limits.forbidden, np.int64)] = True
    kept = {one.pair for one in found.pairs if one.kept}
    required[[one.edge for one in limits.required if one.edge is not None and one.pair in kept]] = True
    value = np.rint(_counted(market, limits, found)).astype(np.int64)
    value = np.where(forbidden, 0, np.maximum(value, 0))
    value = np.where(required, value.max(initial=0) + 1, value)
    return Ruled(found, market.valued(value), required, forbidden)


def codes(market: Market, told: Pairs, ruled: Ruled) -> list[str]:
    """Why each edge was accepted or not: a code of explain.PAIR_CODES or of CODES for each.

    told  with bids and prices as the clearing counted them, and choices by the needs' own values
    """
    found = np.array(explain.pair_codes(ruled.counted, told), object)
    taken, free = (
        np.bincount(market.offer[some], minlength=market.offers)[market.offer]
        for some in (told.accepted, told.accepted & ~ruled.required)
    )
    room = taken < market.capacity[market.offer]
    # not lost to a need that bid more: nobody took the place, or a rule gave it away, or made the pair count for less
    lost = np.isin(found, ["outbid", "tie"]) & (room | (free == 0) | (told.bid <= 0))
    found[lost | ((found == "worthless") & (market.value > 0))] = "rule"
    found[ruled.required & told.accepted] = "required"
    found[ruled.forbidden] = "forbidden"
    return [str(code) for code in found.tolist()]


def _counted(market: Market, limits: Limits, found: RuledClearing) -> npt.NDArray[np.float64]:
    """v' = v less the price of each unit of each rule's limit that an edge uses."""
    value, every = market.value.astype(np.float64), np.arange(market.edges, dtype=np.int64)
    for limit, outcome in zip(limits.limits, found.outcomes, strict=True):
        if outcome.multiplier != Fraction(0):
            value -= float(outcome.multiplier) * limit.weights(every)
    return value


def limits_of(
    rules: Rules,
    market: Market,
    need_ids: Ints | pl.Series,
    listed: pl.DataFrame,
    tables: Tables,
    file: str | None = None,
) -> Limits:
    """The rules over the edges of match lists.

    need_ids   of the market's needs, in its order;  listed: its offers, offer_id, org_id
    Columns of an offer are its own and those of its organisation (size, city, type, ...); an organisation that stated
    no offer stands under its own id. A need has its own columns and, where it has none of that name, its poser's; its
    city is its poser's where it is not stated.
    Raises     Invalid rules.wrong
    """
    seats = tables.organisations.unique("org_id", keep="first")
    wanting = pl.DataFrame({"need_id": need_ids}).join(
        tables.needs.unique("need_id", keep="first"), on="need_id", how="left", maintain_order="left"
    )
    wanting = _joined(wanting, seats)
    own = tables.offers.drop("org_id").unique("offer_id", keep="first")
    supplying = listed.select("offer_id", "org_id").join(
        own, on="offer_id", how="left", maintain_order="left"
    )
    supplying = supplying.with_columns(pl.coalesce("offer_id", "org_id").alias("offer_id"))
    return groups.limits_of(rules, market, wanting, _joined(supplying, seats), None, file)


def _joined(frame: pl.DataFrame, seats: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns of its organisations beside its own; a city that is missing is theirs."""
    if "org_id" not in frame.columns:
        return frame
    found = frame.join(seats, on="org_id", how="left", maintain_order="left", suffix=" of organisation")
    if "city of organisation" in found.columns:
        found = found.with_columns(pl.coalesce("city", "city of organisation").alias("city"))
    return found
