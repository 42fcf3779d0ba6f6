"""Needs that fit an organisation: what `need.match` asks of a need, asked of the needs that the organisation may see.

Candidates come from the search index by what the organisation offers and has delivered, and from the services that it
names, so that who has delivered nothing yet is found needs as well. Then each candidate is matched as its poser would
match it, with what others may read of the need alone: no budget, no importance, nobody behind a pseudonym.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.domain.disclosures import banded
from tandem.domain.people import Actor
from tandem.domain.reasons import Reason
from tandem.engine.finding import question, ranking
from tandem.engine.finding.ranking import Filters
from tandem.engine.matching import compare, constraints
from tandem.engine.matching.compare import Standing
from tandem.engine.matching.match import consider
from tandem.engine.matching.settings import MatchSettings
from tandem.hub.call import Call
from tandem.hub.finding import answers
from tandem.hub.finding.asking import audience_of
from tandem.hub.finding.index import Index
from tandem.hub.finding.inputs import Fitting
from tandem.hub.finding.stood import Stood
from tandem.hub.finding.supply import Ready, SupplyIndex
from tandem.hub.introductions import volunteering
from tandem.hub.records import needs, owning
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.database.visible import open_to_members
from tandem.storage.finding import supply

_OFFERS, _DELIVERIES = 6, 4  # the newest that are asked with
_NEAR, _SERVICED = 40, 20  # needs taken for each of them; the newest of each service code
_LOOKED_AT, _CONSIDERED = 200, 24  # candidates that are read; those of them that are matched
_FIRST = 20  # places of a list that a poser may be expected to read
_HIDDEN = ("budget_min", "budget_max", "currency", "importance")  # of a need, from whoever did not pose it


def fits(call: Call, given: Fitting) -> answers.NeedsFitting:
    """Posed needs that an organisation sees and could answer, those first on whose lists it stands highest."""
    org = owning.organisation(call, given.organisation)
    viewer = call.actor if not call.actor.operates else Actor("member", call.actor.account or "", org)
    asked = _said(call, viewer, org)
    rows = _candidates(call, viewer, org, asked, given)
    ready = call.hub.part(SupplyIndex).ready(call.tx)
    told = volunteering.said(call, org)
    known = _known(call, viewer, [row["id"] for row in rows])
    near, barred = _reachable(
        [row for row in rows if row["id"] not in known], [row for row in asked if "kind" in row]
    )
    ranked, out = _standings(call, ready, org, near[:_CONSIDERED])
    out += [(row, Standing(org, None, 0.0, excluded=code)) for row, code in barred]
    found = [*ranked, *_serviced(out, _codes(call, viewer, asked))][: given.top]
    names = _names(call, viewer, [row for row, _ in found])
    left, lately = volunteering.left(call, told), volunteering.said_lately(call, told)
    items = tuple(
        _fitting(row, one, names, told.get(row["id"]), may=left > 0 and row["id"] not in lately)
        for row, one in found
    )
    kept_out = Counter(one.excluded for _, one in out)
    return answers.NeedsFitting(
        org, len(asked), bool(asked) and ready.terms is not None and org in ready.corpus.org_ids, items,
        tuple(answers.FitsNot(str(code), n) for code, n in sorted(kept_out.items())),
        tuple(_waiting(call, viewer, told, known)), left,
    )  # fmt: skip


def _said(call: Call, viewer: Actor, org: str) -> Sequence[Row]:
    """What every member reads of what the organisation offers and has delivered: what posers match with."""
    o, d = s.offers.c, s.deliveries.c
    own = sa.select(s.offers).where(o.org_id == org, open_to_members(s.offers))
    offers = call.tx.rows(own.order_by(o.created_at.desc(), o.id).limit(_OFFERS), viewer)
    by = sa.select(s.delivered_by.c.delivery_id).where(s.delivered_by.c.org_id == org)
    made = sa.select(s.deliveries).where(d.id.in_(by), open_to_members(s.deliveries))
    newest = made.order_by(d.delivered_on.desc().nulls_last(), d.id).limit(_DELIVERIES)
    return [*offers, *call.tx.rows(newest, viewer)]


def _candidates(call: Call, viewer: Actor, org: str, asked: Sequence[Row], given: Fitting) -> list[Row]:
    """Needs that are posed, seen by the organisation and not its own: the nearest of each question in turn."""
    who = audience_of(viewer)
    shelf = call.hub.part(Index).shelf(call.tx, who)
    lists = []
    labels = {} if given.kind is None else {"kind": given.kind}
    for row in asked:
        slots = question.read(f"{row['title']} {row['text'] or ''}"[:2_000])
        if slots:
            hits = ranking.find(shelf, slots, who, Filters("needs", labels), limit=_NEAR, loose=True).hits
            lists.append([hit.id for hit in hits])
    for code in sorted(_codes(call, viewer, asked)):
        hits = ranking.find(
            shelf, None, who, Filters("needs", {**labels, "service_code": code}), limit=_SERVICED
        ).hits
        lists.append([hit.id for hit in hits])
    return _open(call, viewer, org, list(dict.fromkeys(_in_turn(lists)))[:_LOOKED_AT])


def _codes(call: Call, viewer: Actor, asked: Sequence[Row]) -> set[str]:
    """The services that the organisation names of itself and in its offers."""
    own = call.tx.one(s.organisations, str(viewer.org), viewer)
    return {code for row in (*asked, own) if (code := row.get("service_code"))}


def _in_turn(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    """The firsts of all lists, then the seconds, and so on."""
    for place in range(max(map(len, lists), default=0)):
        yield from (one[place] for one in lists if place < len(one))


def _open(call: Call, viewer: Actor, org: str, ids: Sequence[str]) -> list[Row]:
    """Those of the needs that can be answered, in the order given."""
    n, today = s.needs.c, day(call.now)
    found: dict[str, Row] = {}
    for part in owning.parts(sorted(ids)):
        posed = sa.select(s.needs).where(
            n.id.in_(part), n.state == "posed", n.due_on.is_(None) | (n.due_on >= today),
            n.org_id.is_(None) | (n.org_id != org),
        )  # fmt: skip
        found.update({row["id"]: row for row in call.tx.rows(posed, viewer)})
    return [found[id_] for id_ in ids if id_ in found]


def _reachable(rows: Sequence[Row], offers: Sequence[Row]) -> tuple[list[Row], list[tuple[Row, str]]]:
    """The needs that some offer may answer by kind and by city, and the others with what keeps the offers from them.

    It spares matching what the constraints of matching would leave out; who has no offer may answer anything.
    """
    near: list[Row] = []
    barred: list[tuple[Row, str]] = []
    for row in rows:
        kinds = [one for one in offers if constraints.kind_met(one["kind"], row["kind"])]
        if offers and not kinds:
            barred.append((row, "kind"))
        elif offers and not any(constraints.city_met(_cities(one), row["city"]) for one in kinds):
            barred.append((row, "city"))
        else:
            near.append(row)
    return near, barred


def _cities(offer: Row) -> Sequence[str]:
    served: Sequence[str] = json.loads(offer["cities_served"] or "[]")
    return served


def _known(call: Call, viewer: Actor, ids: Collection[str]) -> set[str]:
    """Needs for which the organisation has an introduction that it knows of: it goes on there."""
    i = s.introductions.c
    pairs = sa.select(i.need_id).where(
        i.org_id == viewer.org,
        i.invited_at.is_not(None),
        i.state.not_in(("expired", "lost")),
        i.need_id.in_(ids),
    )
    return {row["need_id"] for row in call.tx.rows(pairs, viewer)}


def _standings(
    call: Call, ready: Ready, org: str, rows: Sequence[Row]
) -> tuple[list[tuple[Row, Standing]], list[tuple[Row, Standing]]]:
    """Where the organisation stands on needs' lists, the best first; and the needs on whose lists it does not."""
    if ready.terms is None or org not in ready.corpus.org_ids:
        return [], [(row, Standing(org, None, 0.0, excluded="evidence")) for row in rows]
    today = date.fromisoformat(day(call.now))
    everyone = MatchSettings(top=len(ready.corpus.org_ids), as_of=today)
    found: list[tuple[Row, Standing]] = []
    out: list[tuple[Row, Standing]] = []
    terms, stood = ready.terms, call.hub.part(Stood)

    def look(row: Row) -> Standing:
        (need,) = supply.need({**row, **dict.fromkeys(_HIDDEN), "org_id": None}).iter_rows(named=True)
        return compare.standing(consider(need, ready.corpus, terms, today, everyone), need, org, told=_FIRST)

    for row in rows:
        one = stood.of(ready, today.isoformat(), (org, row["id"], row["version"]), partial(look, row))
        if one.rank is None or one.rank > _FIRST:
            out.append((row, one if one.rank is None else Standing(org, None, 0.0, excluded="far")))
        else:
            found.append((row, one))
    seen = _evidence(call, org, found)
    kept = [(row, replace(one, reasons=tuple(r for r in one.reasons if seen.issuperset(r.evidence))))
            for row, one in found]  # fmt: skip
    kept.sort(key=lambda pair: (_weak(pair[1]), pair[1].rank, -pair[1].score, pair[0]["id"]))
    return kept, out


def _weak(one: Standing) -> bool:
    """Whether little of the need is covered by any evidence, so that a high place says little."""
    return any(reason.code == "weak" for reason in one.reasons)


def _serviced(out: list[tuple[Row, Standing]], codes: Collection[str]) -> Iterator[tuple[Row, Standing]]:
    """Needs of a service that the organisation names, where no constraint keeps it out and its texts say too little.

    They are taken out of `out`: so that whoever has written little yet is shown what there is in its trade.
    """
    for pair in list(out):
        row, one = pair
        if row["service_code"] in codes and one.excluded in ("evidence", "far"):
            out.remove(pair)
            reason = Reason("service_met", 0.0, {"service": row["service_code"]})
            yield row, Standing(one.org_id, None, 0.0, (reason,))


def _evidence(call: Call, org: str, found: Sequence[tuple[Row, Standing]]) -> set[str]:
    """What of the evidence stands now: a large supply may be some minutes old."""
    ids = sorted({id_ for _, one in found for reason in one.reasons for id_ in reason.evidence})
    viewer = Actor("member", "", org)
    return {
        row["id"]
        for table in (s.offers, s.deliveries)
        for part in owning.parts(ids)
        for row in call.tx.rows(sa.select(table.c.id).where(table.c.id.in_(part)), viewer)
    }


def _fitting(
    row: Row, one: Standing, names: Mapping[str, str], told: int | None, *, may: bool
) -> answers.FittingNeed:
    reasons: list[dict[str, Any]] = json.loads(
        banded(json.dumps([reason.as_dict() for reason in one.reasons], ensure_ascii=False))
    )
    need = needs.others(row)
    return answers.FittingNeed(
        need.id, need.title, need.lang, need.kind, need.city, need.service_code, need.posted_on, need.due_on,
        need.budget, need.currency, need.organisation, names.get(need.organisation or ""), need.pseudonym,
        one.rank, float(one.score), tuple(reasons), told, may,
    )  # fmt: skip


def _waiting(
    call: Call, viewer: Actor, told: Mapping[str, int], known: Collection[str]
) -> Iterator[answers.VolunteeredNeed]:
    """The needs for which the organisation has volunteered, as far as it still sees them and hears no more of them."""
    further = _known(call, viewer, told)
    titles = {
        row["id"]: (row["title"], row["state"])
        for part in owning.parts(sorted(told))
        for row in call.tx.rows(sa.select(s.needs.c.id, s.needs.c.title, s.needs.c.state).where(s.needs.c.id.in_(part)),
                                viewer)
    }  # fmt: skip
    for id_, at in told.items():
        if id_ in titles and id_ not in further and id_ not in known:
            yield answers.VolunteeredNeed(id_, *titles[id_], at)


def _names(call: Call, viewer: Actor, rows: Sequence[Row]) -> Mapping[str, str]:
    """The names of posers that do not stay anonymous, as far as the organisation sees them."""
    return owning.names(
        call, viewer, {row["org_id"] for row in rows if row["org_id"] and not row["anonymous"]}
    )
