"""Clearing under rules: how near the best it comes, whether its prices are the dual's, and what it costs.

    python -m bench.rules [--seeds 5] [--gap 0.01]

Peers in the same run: HiGHS through OR-Tools' MathOpt, as linear program (10,000 needs) and as mixed-integer program
(300 needs). Times are processor time of one process; "clearings" is that time in clearings of the same market without
rules to the same wanted gap. The first instance is n10000_slack of ../shared/data/clearing, the others are drawn by
../shared/tools/gen_clearing.py with other seeds; the number asked for lies half way between what a clearing without
rules gives to the group and the most that can be reached. The price of a linear program is any from what one unit less
saves to what one unit more costs. What is compiled is compiled before.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from rich.console import Console
from rich.table import Table

from tandem.domain.rules import Bound, Group, Rule
from tandem.engine.clearing import market as markets
from tandem.engine.clearing.clear import ClearSettings, clear
from tandem.engine.clearing.market import Market
from tandem.engine.rules import reach
from tandem.engine.rules.clear_under import RuledClearing, clear_under
from tandem.engine.rules.limits import Limit, Limits, limit_of
from tandem.engine.rules.ruled_check import verdict

SHARED = Path(__file__).parents[2] / "shared"
SMALL = ("micro", "small")
NEEDS, FEW = 10_000, 300
SLACK = 2.0  # places for each need
SECONDS = 20  # for the mixed-integer program


@dataclass(frozen=True)
class Instance:
    """A market with the columns that rules group by."""

    name: str
    market: Market
    size: np.ndarray
    offer_city: np.ndarray
    need_city: np.ndarray


@dataclass(frozen=True)
class Exact:
    """What HiGHS found: value, price of each limit (linear programs only), seconds; None where it found nothing."""

    value: float | None
    price: tuple[float, ...]
    seconds: float


def shared() -> Instance | None:
    """n10000_slack as shared; None, with a word on stderr, where it is missing."""
    folder = SHARED / "data" / "clearing" / "n10000_slack"
    if not folder.is_dir():
        print(f"n10000_slack: not measured, {folder} is missing", file=sys.stderr)
        return None
    edges, needs, offers = (
        pl.read_parquet(folder / f"{name}.parquet") for name in ("edges", "needs", "offers")
    )
    market = markets.of(
        edges["need_id"], edges["offer_id"], edges["value"], needs["slots"], offers["capacity"]
    )
    columns = offers["size"].to_numpy(), offers["city"].to_numpy(), needs["city"].to_numpy()
    return Instance("n10000_slack", market, *columns)


def drawn(needs: int, seed: int) -> Instance | None:
    """A fresh instance of the generator; None, with a word on stderr, where that is missing."""
    file = SHARED / "tools" / "gen_clearing.py"
    if not file.is_file():
        print(f"seed {seed}: not measured, {file} is missing", file=sys.stderr)
        return None
    spec = importlib.util.spec_from_file_location("gen_clearing", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    g = module.generate(needs, seed, tight=SLACK)
    market = markets.of(g["edge_need"], g["edge_offer"], g["edge_value"], g["slots"], g["capacity"])
    return Instance(f"{needs:,} needs, seed {seed}", market, g["size"], g["offer_city"], g["need_city"])


def limit(bound: Bound, asked: Fraction | int, inside: np.ndarray, cost: np.ndarray | None = None) -> Limit:
    """A rule over these edges."""
    costs = ("offers", "price_from") if cost is not None else None
    return limit_of(
        Rule(1, "rule", bound, Group("offers", "size", SMALL, SMALL), bound, Fraction(asked), costs),
        inside,
        cost,
    )


def half_way(one: Instance) -> Limit:
    """At least as many pairs for micro and small offers as lie half way to the most that can be reached."""
    inside = np.isin(one.size, SMALL)[one.market.offer]
    free = int(inside[clear(one.market, ClearSettings(gap=1e-4)).edge].sum())
    rule = limit("min_units", 0, inside)
    most = reach.farthest(one.market, rule, ())
    assert most is not None
    return limit("min_units", (free + rule.units(most)) // 2, inside)


def asking(rule: Limit, more: int) -> Limit:
    """The same rule, asking for so many more."""
    return replace(rule, most=rule.most - more)


def ten(one: Instance) -> list[Limit]:
    """Ten rules of every kind, scaled to the market; the first three are those of the row with three."""
    market, part = one.market, one.market.needs / NEEDS
    size, here, there = one.size[market.offer], one.offer_city[market.offer], one.need_city[market.need()]
    rng = np.random.default_rng(5)
    sponsor = rng.integers(0, 50, market.needs)[market.need()]
    cost = rng.integers(10_000, 2_000_000, market.offers)[market.offer]
    return [
        limit("min_units", int(5058 * part), np.isin(size, SMALL)),
        limit("max_share", Fraction(7, 10), here != there),
        limit("max_cost", int(180_000_000 * part), sponsor < 10, cost),
        limit("max_units", int(1000 * part), here == "Shenzhen"),
        limit("min_units", int(600 * part), here == "Foshan"),
        limit("min_share", Fraction(8, 100), here == "Guangzhou"),
        limit("max_cost", int(180_000_000 * part), (sponsor >= 10) & (sponsor < 20), cost),
        limit("max_units", int(3000 * part), size == "large"),
        limit("min_share", Fraction(15, 100), size == "micro"),
        limit("min_units", int(120 * part), (here == "Macao") & (there != "Macao")),
    ]


def highs(market: Market, limits: Sequence[Limit], *, whole: bool) -> Exact:
    """HiGHS on the same problem; building the model is not counted."""
    model = model_pb2.ModelProto()
    edges, rows = market.edges, market.needs + market.offers + len(limits)
    every = np.arange(edges)
    model.variables.ids.extend(range(edges))
    model.variables.lower_bounds.extend([0.0] * edges)
    model.variables.upper_bounds.extend([1.0] * edges)
    model.variables.integers.extend([whole] * edges)
    model.objective.maximize = True
    model.objective.linear_coefficients.ids.extend(range(edges))
    model.objective.linear_coefficients.values.extend(market.value.astype(float).tolist())
    most = [market.slots, market.capacity, np.array([one.most for one in limits])]
    model.linear_constraints.ids.extend(range(rows))
    model.linear_constraints.lower_bounds.extend([-np.inf] * rows)
    model.linear_constraints.upper_bounds.extend(np.concatenate(most).astype(float).tolist())
    row = [market.need(), market.needs + market.offer]
    row += [np.full(edges, market.needs + market.offers + k) for k in range(len(limits))]
    column = np.tile(every, 2 + len(limits))
    weight = np.concatenate([np.ones(2 * edges), *(one.weights(every) for one in limits)])
    place = np.concatenate(row)
    order = np.lexsort((column, place))
    order = order[weight[order] != 0]
    matrix = model.linear_constraint_matrix
    matrix.row_ids.extend(place[order].tolist())
    matrix.column_ids.extend(column[order].tolist())
    matrix.coefficients.extend(weight[order].tolist())
    posed = mathopt.Model.from_model_proto(model)
    parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=SECONDS)) if whole else None
    result, seconds = timed(lambda: mathopt.solve(posed, mathopt.SolverType.HIGHS, params=parameters))
    if not result.has_primal_feasible_solution():
        return Exact(None, (), seconds)
    dual = () if whole else [result.dual_values(c) for c in posed.linear_constraints()][rows - len(limits) :]
    price = tuple(abs(d) * one.per_unit for d, one in zip(dual, limits, strict=False))
    return Exact(result.objective_value(), price, seconds)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and the processor time it took."""
    begun = time.process_time()
    return work(), time.process_time() - begun


def cleared(
    market: Market, limits: Sequence[Limit], gap: float, times: int = 1
) -> tuple[RuledClearing, float, float]:
    """The clearing under the rules, its seconds (the least of `times`), and those of one without rules (of five)."""
    settings, every = ClearSettings(gap=gap), Limits(tuple(limits))
    runs = [timed(lambda: clear_under(market, every, settings)) for _ in range(times)]
    seconds = min(took for _, took in runs)
    plain = min(timed(lambda: clear(market, settings))[1] for _ in range(5))
    found: RuledClearing = runs[0][0]
    problems = verdict(market, every, found).problems
    assert not problems, problems
    return found, seconds, plain


def one_rule(instances: Sequence[Instance], gap: float) -> Table:
    """A number of pairs for micro and small offers, against the linear program."""
    title = "one rule: at least so many pairs for micro and small offers; against HiGHS' linear program"
    table = Table(
        "instance",
        "asked",
        "got",
        "below LP",
        "certified",
        "price",
        "LP's",
        "any from",
        "HiGHS s",
        "s",
        "clearings",
        title=title,
    )
    for one in instances:
        rule = half_way(one)
        exact, fewer, more = (highs(one.market, [asking(rule, step)], whole=False) for step in (0, -1, 1))
        found, seconds, plain = cleared(one.market, [rule], gap, times=3)
        (told,) = found.outcomes
        assert exact.value is not None
        assert fewer.value is not None
        assert more.value is not None
        interval = f"{fewer.value - exact.value:,.2f} to {exact.value - more.value:,.2f}"
        value = found.clearing.certificate.value
        table.add_row(
            one.name, f"{int(told.limit):,}", f"{told.units:,}", percent((exact.value - value) / exact.value),
            percent(found.clearing.certificate.gap), f"{float(told.price):,.2f}", f"{exact.price[0]:,.2f}", interval,
            f"{exact.seconds:.2f}", f"{seconds:.3f}", f"{seconds / plain:.1f}",
        )  # fmt: skip
    return table


def several(instances: Sequence[Instance], gap: float, *, whole: bool) -> Table:
    """1, 3 and 10 rules at once."""
    peer = f"mixed-integer program (at most {SECONDS} s)" if whole else "linear program"
    table = Table(
        "instance", "rules", "kept", "below HiGHS", "certified", "asked", "HiGHS s", "s", "clearings",
        title=f"1, 3 and 10 rules at once, against HiGHS' {peer}",
    )  # fmt: skip
    for one in instances:
        for count in (1, 3, 10):
            print(f"{one.name}, {count} rules", file=sys.stderr)
            limits = ten(one)[:count]
            exact = highs(one.market, limits, whole=whole)
            found, seconds, plain = cleared(one.market, limits, gap)
            value, kept = found.clearing.certificate.value, sum(told.kept for told in found.outcomes)
            below = "-" if exact.value is None else percent((exact.value - value) / exact.value)
            table.add_row(
                one.name, str(count), str(kept), below, percent(found.clearing.certificate.gap), str(found.asked),
                f"{exact.seconds:.2f}", f"{seconds:.3f}", f"{seconds / plain:.1f}",
            )  # fmt: skip
    return table


def impossible(instances: Sequence[Instance], gap: float) -> Table:
    """A minimum and a maximum that contradict each other, and a minimum that no clearing reaches."""
    table = Table(
        "instance",
        "rule",
        "asked",
        "kept",
        "why",
        "against",
        "can be reached",
        "s",
        title="rules that cannot be kept",
    )
    for one in instances:
        here = one.offer_city[one.market.offer] == "Shenzhen"
        micro = (one.size == "micro")[one.market.offer]
        part = one.market.needs / NEEDS
        limits = [
            limit("max_units", int(1000 * part), here),
            limit("min_units", int(1200 * part), here),
            limit("min_units", int(6000 * part), micro),
        ]
        found, seconds, _ = cleared(one.market, limits, gap)
        for told, name in zip(
            found.outcomes, ("Shenzhen, at most", "Shenzhen, at least", "micro"), strict=True
        ):
            reached = "" if told.reached is None else f"{int(told.reached):,}"
            against = ", ".join(str(other + 1) for other in told.against)
            asked, kept = f"{int(told.limit):,}", "yes" if told.kept else "no"
            table.add_row(one.name, name, asked, kept, told.reason or "", against, reached, f"{seconds:.3f}")
    return table


def percent(share: float) -> str:
    """A share in percent, small ones too."""
    return f"{100 * share:.5f} %"


def main() -> None:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--seeds", type=int, default=5)
    reader.add_argument("--gap", type=float, default=0.01, help="wanted certified gap in percent")
    wanted = reader.parse_args()
    gap, seeds = wanted.gap / 100, range(2, 2 + wanted.seeds)
    large = [one for one in (shared(), *(drawn(NEEDS, seed) for seed in seeds)) if one is not None]
    few = [one for one in (drawn(FEW, seed) for seed in list(seeds)[:3]) if one is not None]
    if not large:
        sys.exit("nothing to measure")
    clear_under(large[0].market, Limits((half_way(large[0]),)), ClearSettings(gap=0.01))
    console = Console(width=150)
    console.print(one_rule(large, gap))
    console.print(several(large[:2], gap, whole=False))
    console.print(several(few, gap, whole=True))
    console.print(impossible([*large[:1], *few[:1]], gap))


if __name__ == "__main__":
    main()
