"""Which organisations stand in the tables twice, and which needs: proposals with evidence, never a merge.

Organisations are compared by the words of their names (engine/matching/names), each weighing by its rarity among all
names, so that "university of technology" carries little:

    similarity = weight of the words in common / weight of the words of either       (weighted Jaccard)

with spelling variants counted nearly in full. Acronyms, registration numbers, cities, what the two have delivered
and with whom raise or lower it; each is a code of evidence. Only pairs that share a rare word, a pair of words, rare
letters or an acronym are compared, so the work grows with the number of names and not with its square.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tandem.engine.identity import blocking, likeness
from tandem.engine.identity.history import Histories
from tandem.engine.identity.likeness import Likeness
from tandem.engine.language import text

ORGANISATION_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "org_id": pl.String,
    "other_org_id": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
}
NEED_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "need_id": pl.String,
    "other_need_id": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
}
# Every code of evidence, so that a test can ask for its words.
CODES = (
    "name_same",  # the same letters once case, width, script, punctuation and legal form are put aside
    "name_words",  # words in common: words
    "name_order",  # the same words in another order
    "spelling",  # words spelt differently: pairs
    "missing",  # words that only one of the two has: words
    "level",  # a word that tells sister institutions apart stands in one of the two: words
    "legal_form",  # different legal forms: forms
    "places",  # different places in the names: places
    "numbers",  # different numbers in the names
    "acronym",  # one is the other's acronym: acronym
    "acronym_differs",  # each states an acronym of its own: acronyms
    "alias",  # met under names of both languages
    "reg_same",
    "reg_differs",
    "city_same",
    "city_differs",
    "subject",  # what they delivered is alike: similarity
    "partners",  # they delivered with the same others: n
    "text_same",  # two needs with the same text
    "text_shared",  # two needs that share much of their text: share
    "poser_same",
    "poser_differs",
)


@dataclass(frozen=True, slots=True)
class DuplicateSettings:
    """What is proposed.

    proposed   pairs that score at least this are listed
    confident  pairs from here on are what `suggest` would merge
    crowd      a word, acronym or five-word piece of more than so many names or texts does not make a pair
    together   two groups of names are suggested as one where the mean score between them is at least this
    gather     name likeness from which history is looked at
    shared     share of five-word pieces from which two needs are near-identical
    """

    proposed: float = 0.6
    confident: float = 0.8
    together: float = 0.7
    crowd: int = 40
    gather: float = 0.45
    shared: float = 0.5


def organisations(
    organisations: pl.DataFrame,
    deliveries: pl.DataFrame | None = None,
    settings: DuplicateSettings = DuplicateSettings(),
) -> pl.DataFrame:
    """Pairs of probable duplicates, best first.

    Returns columns org_id, other_org_id (the later id), score (0..1), evidence (JSON list of {"code", "params"}).
    Every pair stands once; the order of the rows given changes nothing.
    """
    rows = organisations.unique("org_id", keep="first", maintain_order=True).sort("org_id")
    if rows.height < 2:
        return pl.DataFrame(schema=ORGANISATION_SCHEMA)
    known = likeness.of_names(rows)
    compared = [(one, two, known.compare(one, two, pairs)) for one, two, pairs in known.near(settings.crowd)]
    close = [(one, two, like) for one, two, like in compared if like.score >= settings.gather]
    histories = Histories.read(deliveries, rows["org_id"], [(one, two) for one, two, _ in close])
    ids = rows["org_id"].to_list()
    judged = [(ids[one], ids[two], histories.joined(like, one, two)) for one, two, like in close]
    return _frame([row for row in judged if row[2].score >= settings.proposed], ORGANISATION_SCHEMA)


def needs(
    needs: pl.DataFrame,
    settings: DuplicateSettings = DuplicateSettings(),
) -> pl.DataFrame:
    """Pairs of needs with near-identical texts, by the same poser or by different ones, best first.

    score = five-word pieces in common / pieces of either.  Columns need_id, other_need_id, score, evidence.
    """
    rows = needs.unique("need_id", keep="first", maintain_order=True).sort("need_id")
    if rows.height < 2:
        return pl.DataFrame(schema=NEED_SCHEMA)
    pieces = [_pieces(title, body) for title, body in zip(rows["title"], rows["text"], strict=True)]
    first, second = blocking.pairs(pieces, settings.crowd)
    ids, posers = rows["need_id"].to_list(), rows["org_id"].to_list()
    found = []
    for one, two in zip(first.tolist(), second.tolist(), strict=True):
        share = len(pieces[one] & pieces[two]) / len(pieces[one] | pieces[two])
        if share >= settings.shared:
            found.append((ids[one], ids[two], _alike(share, posers[one], posers[two])))
    return _frame(found, NEED_SCHEMA)


def _pieces(title: str | None, body: str | None) -> frozenset[str]:
    """All runs of five tokens of a need's text, title first; the whole where it is shorter."""
    words = text.tokens(f"{title or ''} {body or ''}")
    size = min(5, len(words))
    return frozenset(" ".join(words[i : i + size]) for i in range(len(words) - size + 1) if words)


def _alike(share: float, one: str | None, two: str | None) -> Likeness:
    evidence: list[dict[str, Any]] = [
        {"code": "text_same", "params": {}}
        if share == 1
        else {"code": "text_shared", "params": {"share": round(share, 2)}}
    ]
    if one is not None and two is not None:
        evidence.append({"code": "poser_same" if one == two else "poser_differs", "params": {}})
    return Likeness(share, tuple(evidence))


def _frame(
    found: Iterable[tuple[str, str, Likeness]], schema: dict[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:
    rows = sorted(found, key=lambda row: (-round(row[2].score, 4), row[0], row[1]))
    return pl.DataFrame(
        [
            (one, two, round(like.score, 4), json.dumps(like.evidence, ensure_ascii=False, sort_keys=True))
            for one, two, like in rows
        ],
        schema=schema,
        orient="row",
    )


def suggest(
    found: pl.DataFrame,
    organisations: pl.DataFrame,
    deliveries: pl.DataFrame | None = None,
    settings: DuplicateSettings = DuplicateSettings(),
) -> pl.DataFrame:
    """A merge table (org_id, into_org_id) for a person to look through: the confident proposals, grouped.

    Best pairs are taken first; two groups become one only where the mean score over all pairs between them is high
    too (a pair that was not proposed counts 0.5), so that a chain of likenesses does not join strangers.
    Each group goes into its member with a registration number, else with most deliveries, else with the first id.
    """
    score = {(one, two): value for one, two, value in found.select(found.columns[:3]).iter_rows()}
    group: dict[str, tuple[str, ...]] = {}
    for (one, two), value in score.items():
        if value < settings.confident:
            continue
        left, right = group.get(one, (one,)), group.get(two, (two,))
        if left != right and _mean(score, left, right) >= settings.together:
            joined = tuple(sorted((*left, *right)))
            group.update(dict.fromkeys(joined, joined))
    rank = _standing(organisations, deliveries)
    rows = []
    for members in sorted(set(group.values())):
        into = min(members, key=lambda org: (*rank.get(org, (1, 0)), org))
        rows += [(org, into) for org in members if org != into]
    return pl.DataFrame(rows, schema={"org_id": pl.String, "into_org_id": pl.String}, orient="row")


def _mean(score: dict[tuple[str, str], float], left: Sequence[str], right: Sequence[str]) -> float:
    return float(np.mean([score.get((min(a, b), max(a, b)), 0.5) for a in left for b in right]))


def _standing(organisations: pl.DataFrame, deliveries: pl.DataFrame | None) -> dict[str, tuple[int, int]]:
    """Smaller is better: without registration number, fewer deliveries."""
    registered = set()
    if "reg_no" in organisations.columns:
        registered = set(organisations.filter(pl.col("reg_no").is_not_null())["org_id"])
    count: dict[str, int] = {}
    if deliveries is not None:
        count = dict(deliveries["org_ids"].explode().drop_nulls().value_counts().iter_rows())
    return {org: (int(org not in registered), -count.get(org, 0)) for org in organisations["org_id"]}
