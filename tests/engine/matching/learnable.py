"""A small world with a lesson in it: of the organisations of a need's trade the one that delivered last serves it."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from tests.engine.matching import tiny

TRADES = (
    "gear bearing shaft reducer lubricant spline",
    "wafer lithography etching sputter doping cleanroom",
    "blade turbine nacelle pitch gearbox tower",
    "denim knitting dyeing weaving yarn garment",
    "battery electrolyte cathode inverter cell storage",
    "lens camera sensor codec broadcast display",
)


@dataclass(frozen=True)
class World:
    needs: pl.DataFrame
    organisations: pl.DataFrame
    offers: pl.DataFrame
    deliveries: pl.DataFrame
    truth: pl.DataFrame

    @property
    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        return self.needs, self.organisations, self.offers, self.deliveries


def world(needs: int = 90, per_trade: int = 5, seed: int = 1, *, noise: float = 0.0) -> World:
    """Needs posted from 2020 on, deliveries from 2012 on; a share `noise` of the needs is served by anybody."""
    rng = random.Random(seed)
    orgs = [(f"o{trade}{n}", trade) for trade in range(len(TRADES)) for n in range(per_trade)]
    done = [
        {"delivery_id": f"d{i}", "title": _words(rng, trade, 3), "text": _words(rng, trade, 8), "org_ids": [org],
         "delivered_on": date(2012, 1, 1) + timedelta(days=rng.randrange(4000)), "rating": None}
        for i, (org, trade) in enumerate((org, trade) for org, trade in orgs for _ in range(rng.randrange(1, 6)))
    ]  # fmt: skip
    asked, pairs = [], []
    for n in range(needs):
        trade, day = rng.randrange(len(TRADES)), date(2020, 1, 1) + timedelta(days=rng.randrange(1000))
        asked.append({"need_id": f"n{n:03}", "title": _words(rng, trade, 3), "text": _words(rng, trade, 8),
                      "posted_on": day})  # fmt: skip
        latest: dict[str, date] = {}
        for one in done:
            if one["delivered_on"] < day and one["org_ids"][0].startswith(f"o{trade}"):
                latest[one["org_ids"][0]] = max(latest.get(one["org_ids"][0], date.min), one["delivered_on"])
        winner = max(latest, key=lambda org: (latest[org], org))
        pairs.append((f"n{n:03}", rng.choice(orgs)[0] if rng.random() < noise else winner))
    return World(
        tiny.needs(*asked),
        tiny.organisations(*(org for org, _ in orgs)),
        tiny.offers(),
        tiny.deliveries(*done),
        pl.DataFrame(pairs, {"need_id": pl.String, "org_id": pl.String}, orient="row"),
    )


def _words(rng: random.Random, trade: int, n: int) -> str:
    return " ".join(rng.choices([*TRADES[trade].split(), "supply", "test", "line"], k=n))
