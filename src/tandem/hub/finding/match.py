"""One need of the hub matched: the same ranking and reasons as `tandem match`, over what members may see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.domain.disclosures import banded
from tandem.domain.introductions import FAILED
from tandem.domain.records import CLOSED
from tandem.engine.matching import compare
from tandem.engine.matching.match import MatchResult, consider, match_corpus
from tandem.engine.matching.settings import MatchSettings
from tandem.hub.call import Call
from tandem.hub.finding import answers
from tandem.hub.finding.inputs import ToMatch
from tandem.hub.finding.supply import Ready, SupplyIndex
from tandem.hub.records import owning
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.finding import supply

_EXAMPLES = 5
_SPARE = 5  # organisations ranked beyond those asked for, to stand in for some that have gone


def match(call: Call, given: ToMatch) -> answers.NeedMatched:
    """Ranks organisations for a need of one's own, with reasons whose evidence the asker may look up."""
    need = owning.mine(call, s.needs, given.id)
    ready = call.hub.part(SupplyIndex).ready(call.tx)
    out = _out(call, given.id)
    asked = None if given.organisation is None else _asked(call, need, given.organisation, ready, out)
    if ready.terms is None:
        return answers.NeedMatched(given.id, "none", 0, 0.0, (), tuple(_left_out(call, {}, out)), asked)
    settings = MatchSettings(top=given.top + len(out) + _SPARE, as_of=date.fromisoformat(day(call.now)))
    result = match_corpus(supply.need(need), ready.corpus, ready.offers, settings, terms=ready.terms)
    good = _standing(call, [row for row in result.matches.iter_rows(named=True) if row["org_id"] not in out])
    (_, candidates, coverage, state) = result.supply.row(0)
    items = tuple(_proposal(place, row) for place, row in enumerate(good[: given.top], 1))
    excluded = tuple(_left_out(call, _excluded(result), out))
    return answers.NeedMatched(
        given.id, state if items else "none", candidates, coverage, items, excluded, asked
    )


def _asked(call: Call, need: Row, org: str, ready: Ready, out: Mapping[str, str]) -> answers.Stands:
    """Where one organisation stands: among all, without the reasons whose evidence the asker does not see now.

    Raises Absent where the asker does not see the organisation
    """
    told = call.tx.one(s.organisations, org, call.actor)
    nowhere = answers.Stands(org, told["name"], None, 0.0, (), out.get(org, "evidence"))
    if ready.terms is None or org not in ready.corpus.org_ids or org in out:
        return nowhere
    (row,) = supply.need(need).iter_rows(named=True)
    today = date.fromisoformat(day(call.now))
    everyone = MatchSettings(top=len(ready.corpus.org_ids), as_of=today)
    found = compare.standing(consider(row, ready.corpus, ready.terms, today, everyone), row, org)
    if found.rank is None:
        return replace(nowhere, out=found.excluded)
    reasons = json.loads(banded(json.dumps([one.as_dict() for one in found.reasons], ensure_ascii=False)))
    seen = _evidence(call, [{"reasons": reasons, "offer_id": None}])
    shown = tuple(one for one in reasons if seen.issuperset(one["evidence"]))
    return replace(nowhere, rank=found.rank, score=found.score, reasons=shown, out=None)


def _standing(call: Call, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Matches whose organisation and evidence the asker sees now: a large supply may be some minutes old."""
    rows = [{**row, "reasons": json.loads(banded(row["reasons"]))} for row in rows]
    names, seen = _names(call, rows), _evidence(call, rows)
    known = [row for row in rows if row["org_id"] in names and _cited(row) <= seen]
    return [{**row, "name": names[row["org_id"]]} for row in known]


def _proposal(place: int, row: Mapping[str, Any]) -> answers.Proposal:
    return answers.Proposal(place, row["org_id"], row["name"], row["offer_id"], row["score"],
                            row["probability"], tuple(row["reasons"]))  # fmt: skip


def _out(call: Call, need: str) -> dict[str, str]:
    """Organisations that are not proposed again, with the reason: they declined, let it lapse, or it was lost."""
    i = s.introductions.c
    tried = sa.select(i.org_id, i.state).where(i.need_id == need, i.state.in_(FAILED))
    return {row["org_id"]: row["state"] for row in call.tx.rows(tried, call.actor)}


def _cited(row: Mapping[str, Any]) -> set[str]:
    """Records that a match names."""
    own = {one for reason in row["reasons"] for one in reason["evidence"]}
    return own | ({row["offer_id"]} if row["offer_id"] else set())


def _evidence(call: Call, rows: list[dict[str, Any]]) -> set[str]:
    ids = sorted({one for row in rows for one in _cited(row)})
    return owning.seen(call, s.offers, ids) | owning.seen(call, s.deliveries, ids)


def _names(call: Call, rows: list[dict[str, Any]]) -> dict[str, str]:
    o = s.organisations.c
    ids = [row["org_id"] for row in rows]
    if not ids:
        return {}
    named = sa.select(o.id, o.name).where(o.id.in_(ids), o.state.not_in(CLOSED["organisations"]))
    found = call.tx.rows(named, call.actor)
    return {row["id"]: row["name"] for row in found}


def _excluded(result: MatchResult) -> dict[str, tuple[int, int, list[str]]]:
    return {
        row["code"]: (row["organisations"], row["offers"], row["examples"])
        for row in result.excluded.iter_rows(named=True)
    }


def _left_out(
    call: Call, excluded: Mapping[str, tuple[int, int, list[str]]], out: Mapping[str, str]
) -> Iterator[answers.LeftOut]:
    """What kept organisations out: hard constraints, then introductions of this need that came to nothing."""
    shown = owning.seen(
        call, s.organisations, {one for _, _, ids in excluded.values() for one in ids} | set(out)
    )
    for code, (organisations, offers, ids) in sorted(excluded.items()):
        yield answers.LeftOut(code, organisations, offers, tuple(one for one in ids if one in shown))
    for code in FAILED:
        own = sorted(org for org, state in out.items() if state == code and org in shown)
        if own:
            yield answers.LeftOut(code, len(own), 0, tuple(own[:_EXAMPLES]))
