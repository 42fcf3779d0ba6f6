"""What a whole result says: who is wanted beyond their room, who is never seen, what has no supply.

Figures only; sentences and pictures are made from them at the edge. A *proposal* here is a match of rank 1 to 3,
so that the figures do not move with the length of the lists that the user asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tandem.domain.tables import SMALL_SIZES

TOP = 3  # ranks that count as a proposal
SMALL_HISTORY = 3  # deliveries up to which an organisation counts as small
IMPLIED_CAPACITY = (
    1  # what an organisation without stated offers can serve, as the exchange format defaults it
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One organisation that is first choice somewhere.

    first     needs that have it on rank 1
    top3      needs that have it on rank 1 to 3
    capacity  needs it can serve at once: summed over its offers, 1 where it states none
    stated    whether that capacity comes from its own offers
    """

    org_id: str
    first: int
    top3: int
    capacity: int
    stated: bool

    @property
    def contested(self) -> bool:
        """First choice of more needs than it has room for."""
        return self.first > self.capacity


@dataclass(frozen=True, slots=True)
class Crowd:
    """The headline: the few providers that the most needs want at once.

    Contested providers are taken in order of first places (then top-3 places, then id) until together they are
    first choice of at least half of all needs whose first choice is contested: the smallest such set.
    `relieved` of its `needs` have somebody in their list who is not contested.
    """

    org_ids: tuple[str, ...] = ()
    needs: int = 0
    capacity: int = 0
    relieved: int = 0


@dataclass(frozen=True, slots=True)
class Shares:
    """A group's share (0..1) of all organisations, of those proposed anywhere, and of the rank 1 to 3 places."""

    all: float = 0.0
    proposed: float = 0.0
    top3: float = 0.0


@dataclass(frozen=True, slots=True)
class ByKind:
    """Demand and supply of one kind; kind is None where it was not stated."""

    kind: str | None
    needs: int
    slots: int
    unserved: int
    offers: int
    capacity: int


@dataclass(frozen=True, slots=True)
class ByCity:
    """Needs posted in a city, organisations seated in it, proposals that come from it."""

    city: str
    needs: int
    organisations: int
    proposals: int


@dataclass(frozen=True, slots=True)
class Excluded:
    """What one hard constraint kept out: offers and organisations are summed over needs."""

    code: str
    needs: int
    organisations: int
    offers: int


@dataclass(frozen=True, slots=True)
class Unserved:
    """A need that nobody is proposed for, and what was kept out of its list (empty: no evidence came near)."""

    need_id: str
    excluded: tuple[Excluded, ...]


@dataclass(frozen=True, slots=True)
class Never:
    """An organisation that no need proposes. why: silent (nothing stated or delivered), full (all capacity 0), far."""

    org_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """The figures of one result; see the records above for what each counts."""

    needs: int
    organisations: int
    offers: int
    deliveries: int
    served: int
    weak: int
    none: int
    single: int  # needs with exactly one candidate
    wanted: tuple[Wanted, ...]  # every organisation with a first place, most wanted first
    crowd: Crowd
    top5_share: float  # share of first places that the five most wanted hold
    half_held_by: int  # how many organisations hold half of the first places
    gini: float  # of first places over all proposed organisations, 0 = equal
    proposed: int  # organisations proposed on any rank
    small: Shares
    newcomers: int  # organisations without any delivery
    newcomers_proposed: tuple[str, ...]
    never: tuple[Never, ...]
    unserved: tuple[Unserved, ...]
    excluded: tuple[Excluded, ...]
    kinds: tuple[ByKind, ...]
    cities: tuple[ByCity, ...]
    cross_city: float | None  # share of proposals between two known, different cities; None: no known pair

    @property
    def contested(self) -> tuple[Wanted, ...]:
        """All organisations that are first choice of more needs than they have room for."""
        return tuple(one for one in self.wanted if one.contested)


def story(
    needs: pl.DataFrame,
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    *,
    matches: pl.DataFrame,
    excluded: pl.DataFrame,
    supply: pl.DataFrame,
) -> Story:
    """The figures of a result over its book; all frames as the exchange tables and MatchResult have them."""
    wanted = _wanted(matches, offers)
    known = history(organisations, deliveries)
    proposed = matches["org_id"].unique()
    fresh = known.filter(pl.col("deliveries") == 0)
    states = supply["state"]
    firsts = np.array([one.first for one in wanted], np.int64)
    return Story(
        needs=needs.height,
        organisations=organisations.height,
        offers=offers.height,
        deliveries=deliveries.height,
        served=int((states == "served").sum()),
        weak=int((states == "weak").sum()),
        none=int((states == "none").sum()),
        single=int((supply["candidates"] == 1).sum()),
        wanted=wanted,
        crowd=_crowd(matches, wanted),
        top5_share=float(firsts[:5].sum() / firsts.sum()) if len(firsts) else 0.0,
        half_held_by=int(np.searchsorted(np.cumsum(firsts), firsts.sum() / 2) + 1) if len(firsts) else 0,
        gini=_gini(firsts, len(proposed)),
        proposed=len(proposed),
        small=_small(known, matches),
        newcomers=fresh.height,
        newcomers_proposed=tuple(fresh.filter(pl.col("org_id").is_in(proposed.to_list()))["org_id"]),
        never=_never(known, offers, proposed),
        unserved=_unserved(supply, excluded),
        excluded=tuple(Excluded(**row) for row in _by_code(excluded).iter_rows(named=True)),
        kinds=_kinds(needs, offers, supply),
        cities=_cities(needs, organisations, matches),
        cross_city=_cross_city(needs, organisations, matches),
    )


def _wanted(matches: pl.DataFrame, offers: pl.DataFrame) -> tuple[Wanted, ...]:
    places = (
        matches.filter(pl.col("rank") <= TOP)
        .group_by("org_id")
        .agg(first=(pl.col("rank") == 1).sum().cast(pl.Int64), top3=pl.len().cast(pl.Int64))
        .filter(pl.col("first") > 0)
    )
    room = offers.group_by("org_id").agg(capacity=pl.col("capacity").fill_null(IMPLIED_CAPACITY).sum())
    rows = places.join(room, on="org_id", how="left").sort(
        ["first", "top3", "org_id"], descending=[True, True, False]
    )
    return tuple(
        Wanted(org_id, first, top3, IMPLIED_CAPACITY if capacity is None else capacity, capacity is not None)
        for org_id, first, top3, capacity in rows.select("org_id", "first", "top3", "capacity").iter_rows()
    )


def _crowd(matches: pl.DataFrame, wanted: tuple[Wanted, ...]) -> Crowd:
    contested = [one for one in wanted if one.contested]
    half, held, chosen = sum(one.first for one in contested) / 2, 0, []
    for one in contested:
        if held >= half:
            break
        chosen.append(one)
        held += one.first
    if not chosen:
        return Crowd()
    ids = [one.org_id for one in chosen]
    theirs = matches.filter((pl.col("rank") == 1) & pl.col("org_id").is_in(ids))["need_id"]
    full = [one.org_id for one in contested]
    relieved = matches.filter(pl.col("need_id").is_in(theirs.to_list()) & ~pl.col("org_id").is_in(full))
    return Crowd(tuple(ids), len(theirs), sum(one.capacity for one in chosen), relieved["need_id"].n_unique())


def _gini(firsts: np.ndarray, organisations: int) -> float:
    """Gini coefficient of first places over `organisations`, those without a first place counted as 0.

    G = sum_i (2 i - n - 1) x_i / (n sum x), x ascending (Sen 1973).
    """
    if not len(firsts) or not organisations:
        return 0.0
    x = np.sort(np.concatenate([firsts, np.zeros(organisations - len(firsts), np.int64)]))
    i = np.arange(1, organisations + 1)
    return float(((2 * i - organisations - 1) * x).sum() / (organisations * x.sum()))


def history(organisations: pl.DataFrame, deliveries: pl.DataFrame) -> pl.DataFrame:
    """One row an organisation in its table's order: org_id, city, deliveries, small."""
    counted = (
        deliveries.select(pl.col("org_ids").alias("org_id"))
        .explode("org_id")
        .drop_nulls()
        .group_by("org_id")
        .agg(deliveries=pl.len().cast(pl.Int64))
    )
    return (
        organisations.select("org_id", "city", "size")
        .join(counted, on="org_id", how="left", maintain_order="left")
        .with_columns(pl.col("deliveries").fill_null(0))
        .with_columns(
            small=(pl.col("deliveries") <= SMALL_HISTORY) | pl.col("size").is_in(SMALL_SIZES).fill_null(False)
        )
    )


def _small(history: pl.DataFrame, matches: pl.DataFrame) -> Shares:
    places = matches.join(history.select("org_id", "small"), on="org_id", how="left")
    top = places.filter(pl.col("rank") <= TOP)["small"]
    return Shares(_mean(history["small"]), _mean(places.unique("org_id")["small"]), _mean(top))


def _mean(flags: pl.Series) -> float:
    known = flags.drop_nulls()
    return float(known.sum() / len(known)) if len(known) else 0.0


def _never(history: pl.DataFrame, offers: pl.DataFrame, proposed: pl.Series) -> tuple[Never, ...]:
    room = offers.group_by("org_id").agg(most=pl.col("capacity").fill_null(IMPLIED_CAPACITY).max())
    rows = history.join(room, on="org_id", how="left", maintain_order="left").filter(
        ~pl.col("org_id").is_in(proposed.to_list())
    )
    why = (
        pl.when((pl.col("deliveries") == 0) & pl.col("most").is_null())
        .then(pl.lit("silent"))
        .when(pl.col("most") == 0)
        .then(pl.lit("full"))
        .otherwise(pl.lit("far"))
    )
    return tuple(Never(org_id, code) for org_id, code in rows.select("org_id", why.alias("why")).iter_rows())


def _by_code(excluded: pl.DataFrame) -> pl.DataFrame:
    return (
        excluded.group_by("code")
        .agg(
            needs=pl.col("need_id").n_unique().cast(pl.Int64),
            organisations=pl.col("organisations").sum(),
            offers=pl.col("offers").sum(),
        )
        .sort(["offers", "organisations", "code"], descending=[True, True, False])
    )


def _unserved(supply: pl.DataFrame, excluded: pl.DataFrame) -> tuple[Unserved, ...]:
    ids = supply.filter(pl.col("state") == "none")["need_id"].to_list()
    kept_out = excluded.filter(pl.col("need_id").is_in(ids)).partition_by("need_id", as_dict=True)
    return tuple(
        Unserved(
            need_id,
            tuple(Excluded(**row) for row in _by_code(kept_out[(need_id,)]).iter_rows(named=True))
            if (need_id,) in kept_out
            else (),
        )
        for need_id in ids
    )


def _kinds(needs: pl.DataFrame, offers: pl.DataFrame, supply: pl.DataFrame) -> tuple[ByKind, ...]:
    state = needs.join(supply.select("need_id", "state"), on="need_id", how="left")
    demand = state.group_by("kind").agg(
        needs=pl.len().cast(pl.Int64),
        slots=pl.col("slots").fill_null(1).sum(),
        unserved=(pl.col("state") == "none").fill_null(False).sum().cast(pl.Int64),
    )
    stated = offers.group_by("kind").agg(
        offers=pl.len().cast(pl.Int64), capacity=pl.col("capacity").fill_null(IMPLIED_CAPACITY).sum()
    )
    rows = (
        demand.join(stated, on="kind", how="full", coalesce=True, nulls_equal=True)
        .with_columns(pl.exclude("kind").fill_null(0))
        .sort(["needs", "offers", "kind"], descending=[True, True, False], nulls_last=True)
    )
    return tuple(ByKind(**row) for row in rows.iter_rows(named=True))


def _need_cities(needs: pl.DataFrame, organisations: pl.DataFrame) -> pl.DataFrame:
    """need_id, city: the need's own, else its poser's."""
    posers = organisations.select("org_id", pl.col("city").alias("seat"))
    return needs.join(posers, on="org_id", how="left").select(
        "need_id", pl.coalesce("city", "seat").alias("city")
    )


def _cities(needs: pl.DataFrame, organisations: pl.DataFrame, matches: pl.DataFrame) -> tuple[ByCity, ...]:
    seats = organisations.select("org_id", "city")
    sources = matches.filter(pl.col("rank") <= TOP).join(seats, on="org_id", how="left")
    counts = [
        _count(_need_cities(needs, organisations), "needs"),
        _count(seats, "organisations"),
        _count(sources, "proposals"),
    ]
    rows = counts[0]
    for other in counts[1:]:
        rows = rows.join(other, on="city", how="full", coalesce=True)
    rows = rows.with_columns(pl.exclude("city").fill_null(0)).sort(
        ["needs", "proposals", "city"], descending=[True, True, False]
    )
    return tuple(ByCity(**row) for row in rows.iter_rows(named=True))


def _count(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.drop_nulls("city").group_by("city").agg(pl.len().cast(pl.Int64).alias(name))


def _cross_city(needs: pl.DataFrame, organisations: pl.DataFrame, matches: pl.DataFrame) -> float | None:
    pairs = (
        matches.filter(pl.col("rank") <= TOP)
        .join(_need_cities(needs, organisations), on="need_id")
        .join(organisations.select("org_id", pl.col("city").alias("seat")), on="org_id")
        .drop_nulls(["city", "seat"])
    )
    return float((pairs["city"] != pairs["seat"]).sum() / pairs.height) if pairs.height else None
