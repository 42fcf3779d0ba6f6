"""`tandem match` clears its lists: what is shown, what --no-clear, --rules and --explain change."""

from __future__ import annotations

import csv
import json
from pathlib import Path

NEEDS = """need_id,title,kind,text,posted_on,importance
N1,泵阀密封检测,service,阀门在零下二十度的密封性能检测,2026-03-01,1
N3,泵阀低温检测,service,泵与阀门的低温密封检测,2026-02-01,3
"""
RULES = """[[forbidden]]
need = "N3"
offer = "F1"
"""


def matches(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_result_says_what_clearing_came_to(tandem, book):
    """Three plans, the verdict and the proof, in either language; the list has its two columns filled."""
    shown = tandem("match", book, "--out", "m.csv", "--lang", "zh")
    assert "联合出清" in shown.out
    assert "已证明：没有总价值更高的分配方案" in shown.out
    told = json.loads(tandem("match", book, "--out", "m.csv", "--json").out)["clearing"]
    assert [plan["name"] for plan in told["plans"]] == ["joint", "greedy", "first_come"]
    assert told["plans"][0]["served"] == 2
    assert (told["verdict"], told["proof"], told["gap"]) == ("little", "exact", 0.0)
    assert {row["Cleared"] for row in matches("m.csv")} == {"true", "false"}
    assert all(float(row["Price"]) >= 0 for row in matches("m.csv"))


def test_no_clear_ranks_only(tandem, book):
    """No clearing in the answer, and its columns stay away."""
    told = json.loads(tandem("match", book, "--out", "m.csv", "--no-clear", "--json").out)
    assert told["clearing"] is None
    assert "Cleared" not in matches("m.csv")[0]


def test_explain_says_what_clearing_decided_too(tandem, book):
    """Two needs want the one place of the first company; the less important one is told why it did not get it."""
    (book / "needs.csv").write_text(NEEDS, "utf-8")
    first = json.loads(tandem("match", book, "--out", "m.csv", "--json").out)["shown"][0]["proposed"][0][
        "org_id"
    ]
    told = json.loads(tandem("match", book, "--explain", "N1", first, "--json").out)["clearing"]
    assert [one["code"] for one in told] == ["clearing.need.later", "clearing.missed.outbid"]
    figures = told[1]["params"]
    assert figures["lowest"] - figures["bid"] == figures["short"] > 0
    shown = tandem("match", book, "--explain", "N1", first)
    assert "What clearing all needs together decided:" in shown.out
    assert "甲检测公司 serves needs that lose more without it" in shown.out
    without = tandem("match", book, "--explain", "N1", first, "--no-clear")
    assert "clearing" not in without.out


def test_rules_are_kept_and_told(tandem, book):
    """A forbidden pair is not accepted, and the need is told that a rule forbids it."""
    (book / "needs.csv").write_text(NEEDS, "utf-8")
    Path("r.toml").write_text(RULES, "utf-8")
    told = json.loads(tandem("match", book, "--rules", "r.toml", "--out", "m.csv", "--json").out)
    assert told["clearing"]["verdict"] in ("more", "less")
    taken = [(row["Need ID"], row["Offer ID"]) for row in matches("m.csv") if row["Cleared"] == "true"]
    assert ("N1", "F1") in taken
    assert ("N3", "F1") not in taken
    Path("r.toml").write_text(RULES.replace("F1", "F9"), "utf-8")
    refused = tandem("match", book, "--rules", "r.toml", "--out", "m.csv")
    assert refused.code == 2
    assert "rules.wrong" in refused.err
