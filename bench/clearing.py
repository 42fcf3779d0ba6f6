"""Joint clearing against minimum-cost flow, a linear-programming solver, greedy and first come.

    python -m bench.clearing [needs] [--slots MOST] [--gap PERCENT] [--again] [--exact COUNT] [--huge]

Instances come from ../shared/tools/gen_clearing.py. Every method runs in a process of its own, on arrays that are
already in memory: its processor seconds (compiling not counted, building a peer's model counted), and the peak of
memory above what the process held before. `--exact` compares so many random small markets with minimum-cost flow,
`--again` clears once more after 1 % of the needs have changed, `--huge` clears 10,000,000 needs with 10^8 edges,
whose certificate is the only judge.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from tandem.engine.clearing import market as markets
from tandem.engine.clearing.certificate import Certificate
from tandem.engine.clearing.clear import Assignment, ClearSettings, clear
from tandem.engine.clearing.greedy import first_come, greedy
from tandem.engine.clearing.market import Market

TOOLS = Path(__file__).parents[2] / "shared" / "tools"
LARGEST_FOR_LP = 10_000  # needs; beyond, the solver does not end in a minute
CHANGED = 100  # one need in so many is another one when clearing again
Found = dict[str, Any]


def peak_mb() -> float:
    """The largest memory that this process has held, MB (what getrusage says includes the parent's)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def load(folder: Path) -> Market:
    return Market(*(np.load(folder / f"{name}.npy") for name in markets.Market.__dataclass_fields__))


def generate(needs: int, folder: Path, slots: int, seed: int = 1) -> Market:
    """One instance, kept as arrays in a folder for the processes that measure; needs want 1 to `slots` offers each."""
    sys.path.insert(0, str(TOOLS))
    from gen_clearing import generate as rows

    made = rows(needs, seed)
    wanted = np.random.default_rng(seed).integers(1, slots + 1, needs)
    value = markets.narrow(made["edge_value"])
    market = Market(made["indptr"], made["edge_offer"].astype(np.int32), value, wanted, made["capacity"])
    for name in markets.Market.__dataclass_fields__:
        np.save(folder / f"{name}.npy", getattr(market, name))
    return market


def told(certificate: Certificate, bids: int, needs: int) -> Found:
    return {"value": certificate.value, "bound": certificate.bound, "bids": bids / max(1, needs)}


def ours(market: Market, gap: float) -> Found:
    found = clear(market, ClearSettings(gap=gap))
    return told(found.certificate, found.bids, market.needs)


def flow(market: Market, gap: float) -> Found:
    """OR-Tools' minimum-cost flow: exact, one thread."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    model, needs, offers = SimpleMinCostFlow(), market.needs, market.offers
    source, sink, places = needs + offers, needs + offers + 1, int(market.slots.sum())
    need, offer = np.arange(needs, dtype=np.int32), np.arange(needs, needs + offers, dtype=np.int32)
    arcs = model.add_arcs_with_capacity_and_unit_cost
    arcs(np.full(needs, source, np.int32), need, market.slots, np.zeros(needs, np.int64))
    arcs(
        market.need(),
        market.offer + np.int32(needs),
        np.ones(market.edges, np.int64),
        -market.value.astype(np.int64),
    )
    arcs(offer, np.full(offers, sink, np.int32), market.capacity, np.zeros(offers, np.int64))
    model.add_arc_with_capacity_and_unit_cost(source, sink, places, 0)
    model.set_node_supply(source, places)
    model.set_node_supply(sink, -places)
    assert model.solve() == model.OPTIMAL
    return {"value": -int(model.optimal_cost())}


def linear(market: Market, gap: float) -> Found:
    """HiGHS through MathOpt: the linear relaxation, which is integral here."""
    from ortools.math_opt.python import mathopt

    model = mathopt.Model()
    edge = [model.add_variable(lb=0.0, ub=1.0) for _ in range(market.edges)]
    by_need: list[list[Any]] = [[] for _ in range(market.needs)]
    by_offer: list[list[Any]] = [[] for _ in range(market.offers)]
    for variable, i, j in zip(edge, market.need().tolist(), market.offer.tolist(), strict=True):
        by_need[i].append(variable)
        by_offer[j].append(variable)
    for rows, limits in ((by_need, market.slots), (by_offer, market.capacity)):
        for row, limit in zip(rows, limits.tolist(), strict=True):
            model.add_linear_constraint(mathopt.fast_sum(row) <= limit)
    model.maximize(mathopt.fast_sum(v * x for v, x in zip(market.value.tolist(), edge, strict=True)))
    return {"value": round(mathopt.solve(model, mathopt.SolverType.HIGHS).objective_value())}


def simple(method: Callable[[Market], Any]) -> Callable[[Market, float], Found]:
    def run(market: Market, gap: float) -> Found:
        return {"value": int(market.value[method(market)].sum(dtype=np.int64))}

    return run


def again(market: Market, gap: float) -> Found:
    """The market with one need in CHANGED replaced by the twin of another, from the old prices and places."""
    before = clear(market, ClearSettings(gap=gap))
    changed, twins = _with_other_needs(market)
    kept = before.edge[~np.isin(market.need()[before.edge], twins)]
    start = Assignment(kept, before.price, before.scale)
    begun = time.process_time()
    full = clear(changed, ClearSettings(gap=gap))
    full_s = time.process_time() - begun
    begun = time.process_time()
    found = clear(changed, ClearSettings(gap=gap), start)
    cpu = time.process_time() - begun
    more = {"cpu_s": cpu, "full_s": full_s, "full": full.certificate.value}
    return told(found.certificate, found.bids, market.needs) | more


def _with_other_needs(market: Market) -> tuple[Market, Any]:
    rng, degree = np.random.default_rng(1), np.diff(market.first)
    offer, value = market.offer.copy(), market.value.copy()
    replaced = rng.choice(market.needs, market.needs // CHANGED, replace=False)
    by_degree = np.argsort(degree, kind="stable")
    sorted_degree = degree[by_degree]
    for i in replaced:
        first, last = (np.searchsorted(sorted_degree, degree[i], side) for side in ("left", "right"))
        twin = by_degree[rng.integers(first, last)]
        here, there = (slice(market.first[k], market.first[k + 1]) for k in (i, twin))
        offer[here], value[here] = market.offer[there], market.value[there]
    return Market(market.first, offer, value, market.slots, market.capacity), replaced


METHODS: dict[str, Callable[[Market, float], Found]] = {
    "joint clearing": ours,
    "min-cost flow (OR-Tools)": flow,
    "linear programme (HiGHS)": linear,
    "greedy by value": simple(greedy),
    "first come": simple(first_come),
    "clearing again": again,
}


def measured(method: str, folder: Path, gap: float) -> Found:
    """One method in this process: what it found, its processor seconds and its memory."""
    if method in ("joint clearing", "greedy by value", "first come", "clearing again"):
        warm_up(several=bool((np.load(folder / "slots.npy", mmap_mode="r") > 1).any()))
    before = peak_mb()
    market = load(folder)
    loaded, begun, wall = peak_mb(), time.process_time(), time.perf_counter()
    found = METHODS[method](market, gap)
    took = {"cpu_s": time.process_time() - begun, "s": time.perf_counter() - wall}
    return (
        took | found | {"before_mb": before, "loaded_mb": loaded, "peak_mb": peak_mb(), "edges": market.edges}
    )


def warm_up(several: bool) -> None:
    """Compiles what will run, on a small market."""
    from tandem.engine.clearing import compiled

    needs = compiled.LARGE // 4
    rng = np.random.default_rng(0)
    offer = np.sort(np.argsort(rng.random((needs, 10)), axis=1)[:, :5], axis=1).ravel()
    value, slots = rng.integers(0, 1000, len(offer)), np.full(needs, 2 if several else 1)
    market = markets.of(np.repeat(np.arange(needs), 5), offer, value, slots, np.full(10, needs // 20))
    clear(market, ClearSettings(gap=0.0), clear(market, ClearSettings(gap=0.05)))
    greedy(market)


def alone(method: str, folder: Path, gap: float) -> Found:
    """The same in a process of its own."""
    asked = ["--method", method, "--folder", str(folder), "--gap", str(100 * gap)]
    ran = subprocess.run(
        [sys.executable, "-m", "bench.clearing", *asked], check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(ran.stdout))


def compare(needs: int, slots: int, gap: float, methods: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        market = generate(needs, Path(folder), slots)
        what = f"{needs:,} needs, {market.edges:,} edges, {int(market.slots.sum()):,} slots"
        del market
        rows = {method: alone(method, Path(folder), gap) for method in methods}
    console = Console(width=140)
    console.print(table_of(rows, f"{what}, wanted gap {gap:.2%}"))
    mine = rows["joint clearing"]
    held = 1e6 * (mine["peak_mb"] - mine["before_mb"]) / mine["edges"]
    console.print(
        f"memory: the process + what was added; ours {held:.0f} bytes an edge, of which 8 are the edge"
    )
    if "clearing again" in rows:
        row = rows["clearing again"]
        share = row["cpu_s"] / row["full_s"]
        console.print(
            f"after 1 % of the needs changed: {share:.0%} of a full clearing's {row['full_s']:.2f} CPU s"
        )


def table_of(rows: dict[str, Found], title: str) -> Table:
    columns = ("CPU s", "to ours", "wall s", "value", "certified gap", "below the best", "memory MB")
    table = Table("method", *columns, title=title)
    best = max(
        (row["value"] for name, row in rows.items() if "flow" in name or "HiGHS" in name), default=None
    )
    for method, row in rows.items():
        table.add_row(
            method,
            f"{row['cpu_s']:.2f}",
            f"{row['cpu_s'] / rows['joint clearing']['cpu_s']:.1f}x",
            f"{row['s']:.2f}",
            f"{row['value']:,}",
            f"{1 - row['value'] / row['bound']:.4%}" if "bound" in row else "",
            "" if best is None or method == "clearing again" else f"{1 - row['value'] / best:.4%}",
            f"{row['before_mb']:.0f} + {row['peak_mb'] - row['before_mb']:.0f}",
        )
    return table


def exact(count: int) -> None:
    """Random small markets at gap 0 and 5 %, each against minimum-cost flow."""
    from tests.engine.clearing import oracle

    rng, equal, within = np.random.default_rng(2026), 0, 0
    for _ in range(count):
        market = oracle.small(rng)
        best = oracle.best_value(market)
        at_zero, at_five = (clear(market, ClearSettings(gap=gap)).certificate for gap in (0.0, 0.05))
        equal += at_zero.value == at_zero.bound == best
        within += at_five.value <= best <= at_five.bound and at_five.gap <= 0.05
    print(f"{count:,} random small markets: {equal:,} equal to min-cost flow at gap 0")
    print(f"at a wanted gap of 5 %: true <= certified <= wanted in {within:,}")


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("needs", nargs="?", type=lambda text: int(float(text)), default=100_000)
    given.add_argument("--slots", type=int, default=1)
    given.add_argument("--gap", type=float, default=0.1)
    given.add_argument("--exact", type=int, default=0)
    for flag in ("--again", "--huge"):
        given.add_argument(flag, action="store_true")
    given.add_argument("--method", help=argparse.SUPPRESS)
    given.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = given.parse_args()
    gap = asked.gap / 100
    if asked.method:
        print(json.dumps(measured(asked.method, asked.folder, gap)))
    elif asked.exact:
        exact(asked.exact)
    elif not TOOLS.exists():
        print(f"not measured: {TOOLS} is missing", file=sys.stderr)
    elif asked.huge:
        compare(10_000_000, asked.slots, 0.002, ["joint clearing"])
    else:
        left_out = set() if asked.again else {"clearing again"}
        left_out |= {"linear programme (HiGHS)"} if asked.needs > LARGEST_FOR_LP else set()
        compare(asked.needs, asked.slots, gap, [method for method in METHODS if method not in left_out])


if __name__ == "__main__":
    main()
