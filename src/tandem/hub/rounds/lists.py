"""Every need's list in a round, made as `tandem match` makes it.

Lists rest on what members may see, and on nothing else:
  - needs that every member reads are matched first, and the floor of exposure holds over their lists alone;
  - any other need is matched on its own behind them, so that it moves no list but its own;
  - an offer counts with the capacity that it states; only clearing counts the places that are left.
What a hidden need does to others is therefore what domain/disclosures.py declares: it may take a place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import sqlalchemy as sa

from tandem.base.clock import day
from tandem.engine.matching import constraints, expose
from tandem.engine.matching.expose import Exposure
from tandem.engine.matching.match import MatchResult, match_corpus
from tandem.engine.matching.settings import MatchSettings
from tandem.hub.finding.supply import corpus_of
from tandem.hub.installation import Hub
from tandem.hub.rounds import planning
from tandem.hub.rounds.kinds import Work
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx
from tandem.storage.finding import supply
from tandem.storage.finding.supply import Supply
from tandem.storage.rounds import demand, place
from tandem.storage.rounds.demand import Demand
from tandem.storage.rounds.kept import Kept, Part

PART = 200  # needs matched together; beyond that a job says how far it is, and keeps what it has
_MOST_TRIED = 100  # organisations that were tried before, for which a list is made longer


@dataclass(frozen=True)
class Taken:
    """What takes part: tables as of one moment, with the day and the places that offers have left."""

    round: Mapping[str, Any]
    demand: Demand
    supply: Supply
    free: pl.DataFrame
    as_of: date


def taken(tx: Tx, round_id: str) -> Taken:
    """What a planned round takes."""
    row = tx.unguarded(sa.select(s.rounds).where(s.rounds.c.id == round_id))[0]
    asked = {**json.loads(row["given"]), "id": row["id"]}
    tables = supply.read(tx)
    return Taken(
        asked,
        demand.read(tx, planning.wanted(asked)),
        tables,
        demand.places(tx, tables.offers),
        date.fromisoformat(day(tx.now)),
    )


def matched(work: Work, taken: Taken) -> Part:
    """Every need's list; parts that an earlier attempt has matched are taken from the disk."""
    match = _Matching(work.hub, taken)
    folder = place.of(work.hub.folder, taken.round["id"])
    kept = Kept(folder, taken.supply) if taken.demand.needs.height > PART else None
    found: list[Part] = []
    shown = hidden = expose.NOTHING_SHOWN
    done, total = 0, taken.demand.needs.height
    for needs, is_open in _parts(taken.demand):
        work.at("progress.matching", done, total)
        part = _part(work, kept, match, needs, shown, is_open=is_open)
        if is_open:
            shown = part.exposure
        else:
            hidden = _more(hidden, part.exposure, expose.NOTHING_SHOWN)
        found.append(part)
        done += needs.height
    return _joined(found, _more(shown, hidden, expose.NOTHING_SHOWN))


def _joined(parts: Sequence[Part], exposure: Exposure) -> Part:
    return Part(
        pl.concat([one.matches for one in parts]),
        pl.concat([one.supply for one in parts]),
        pl.concat([one.excluded for one in parts]),
        exposure,
    )


def _part(
    work: Work, kept: Kept | None, match: _Matching, needs: pl.DataFrame, shown: Exposure, *, is_open: bool
) -> Part:
    """The lists of some needs."""
    if kept is None:
        return match.part(work, needs, shown, is_open=is_open)
    tried = [sorted(match.taken.demand.tried[id_]) for id_ in needs["need_id"]]
    key = kept.key(needs, tried, match.taken.round["top"], match.taken.as_of, shown, is_open)
    part = kept.part(key)
    if part is None:
        part = match.part(work, needs, shown, is_open=is_open)
        kept.keep(key, part)
    return part


class _Matching:
    """The supply of a round, ready to be matched with its needs."""

    def __init__(self, hub: Hub, taken: Taken) -> None:
        self.taken = taken
        self._corpus = corpus_of(hub, taken.supply)
        self._offers = taken.supply.offers.drop("text")
        self._terms = constraints.terms_of(self._offers, self._corpus)

    def part(self, work: Work, needs: pl.DataFrame, shown: Exposure, *, is_open: bool) -> Part:
        """Lists of needs that every member reads are made together, those of others each on its own."""
        if is_open:
            return self._lists(needs, shown)
        exposure, found = expose.NOTHING_SHOWN, []
        for at in range(needs.height):
            one = self._lists(needs.slice(at, 1), shown)
            exposure = _more(exposure, one.exposure, shown)
            found.append(one)
            work.on()
        return _joined(found, exposure)

    def _lists(self, needs: pl.DataFrame, shown: Exposure) -> Part:
        """Lists of needs, without whoever was tried before, as long as asked for."""
        top, tried = self.taken.round["top"], self.taken.demand.tried
        longer = min(_MOST_TRIED, max(len(tried[id_]) for id_ in needs["need_id"]))
        settings = MatchSettings(top=top + longer, as_of=self.taken.as_of)
        result = match_corpus(needs, self._corpus, self._offers, settings, carried=shown, terms=self._terms)
        return _without(result, tried, top)


def _parts(demand: Demand) -> Iterator[tuple[pl.DataFrame, bool]]:
    """Needs in the parts in which they are matched; whether they are such as every member reads."""
    is_open = pl.col("need_id").is_in(sorted(demand.open))
    for needs, every in ((demand.needs.filter(is_open), True), (demand.needs.filter(~is_open), False)):
        for at in range(0, needs.height, PART):
            yield needs.slice(at, PART), every


def _more(all_: Exposure, one: Exposure, carried: Exposure) -> Exposure:
    """The account with what one has added to what it carried."""
    return Exposure(
        max(all_.floor, one.floor),
        *(
            getattr(all_, name) + getattr(one, name) - getattr(carried, name)
            for name in ("places", "small", "small_before", "small_sized", "lifted", "score_loss")
        ),
    )


def _without(result: MatchResult, tried: Mapping[str, frozenset[str]], top: int) -> Part:
    ids = result.supply["need_id"].to_list()
    out = [(need, org) for need in ids for org in sorted(tried[need])]
    met = pl.DataFrame(out, schema={"need_id": pl.String, "org_id": pl.String}, orient="row")
    matches = (
        result.matches.join(met, on=["need_id", "org_id"], how="anti", maintain_order="left")
        .with_columns(pl.int_range(1, pl.len() + 1).over("need_id").alias("rank"))
        .filter(pl.col("rank") <= top)
    )
    listed = pl.col("need_id").is_in(matches["need_id"].unique().to_list())
    state = pl.when(listed).then(pl.col("state")).otherwise(pl.lit("none")).alias("state")
    return Part(matches, result.supply.with_columns(state), result.excluded, result.exposure)
