"""Chains as answers: which links have no or few suppliers among the organisations that everybody may see.

Suppliers are looked for in public records alone, so that no answer depends on a hidden one. Looking takes seconds on
a large hub: the result is kept for a while, and says when it was counted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import polars as pl
import sqlalchemy as sa

from tandem.base.clock import MINUTE
from tandem.domain.people import VISITOR
from tandem.engine.chains import gaps
from tandem.engine.chains.gaps import LinkState
from tandem.engine.chains.gaps import Supplier as Found
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.regional import answers, kept
from tandem.hub.regional.answers import Text
from tandem.hub.regional.inputs import ChainQuery
from tandem.hub.regional.kept import NOTHING, State
from tandem.hub.regional.telling import Teller
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx

FRESH = 10 * MINUTE  # for which what was counted is given again
LISTED = 12  # suppliers told of each link
_TEXT = pl.String
_FRAMES: Mapping[str, Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "organisations": {"org_id": _TEXT, "type": _TEXT, "city": _TEXT, "sector": _TEXT},
    "offers": {"offer_id": _TEXT, "org_id": _TEXT, "kind": _TEXT, "title": _TEXT, "text": _TEXT},
    "deliveries": {"delivery_id": _TEXT, "org_ids": pl.List(_TEXT), "title": _TEXT},
    "needs": {"need_id": _TEXT, "title": _TEXT, "text": _TEXT},
}


@dataclass(frozen=True)
class Counted:
    """What was found for one state of the register at one instant."""

    imports: int
    at: int
    answer: answers.Chains


class Counting:
    """The newest count of one hub (`hub.part(Counting)`)."""

    def __init__(self, hub: Hub) -> None:
        self.lock, self.held = Lock(), None  # type: tuple[Lock, Counted | None]

    def close(self) -> None:
        """Nothing to end."""


def chains(call: Call, given: ChainQuery) -> answers.Chains:
    """The links that the filters leave, the gaps that are felt most first."""
    held = kept.state(call)
    if held is None:
        return answers.Chains(NOTHING, 0, call.now, (), ())
    found = _counted(call, held)
    items = tuple(one for one in found.items
                  if given.chain in (None, one.chain) and given.gap in (None, one.gap))  # fmt: skip
    return answers.Chains(found.about, found.organisations, found.counted_at, found.chains, items)


def _counted(call: Call, held: State) -> answers.Chains:
    counting = call.hub.part(Counting)
    with counting.lock:  # whoever comes meanwhile waits for the same
        kept_one = counting.held
        if kept_one is None or kept_one.imports != held.imports or call.now - kept_one.at >= FRESH:
            kept_one = counting.held = Counted(held.imports, call.now, _answer(call, held))
    return kept_one.answer


def _answer(call: Call, held: State) -> answers.Chains:
    names: dict[str, Text] = {}
    frames = _frames(call.tx, names)
    seen, own = frames["organisations"].height, held.opened.register.tables
    states = held.view.links
    if seen:
        states = gaps.chain_state(own["links"], frames["organisations"], frames["offers"], frames["deliveries"],
                                  frames["needs"], gaps.chain_cities(own["clusters"]))  # fmt: skip
    teller = Teller(held.view)
    facts = {row["link_id"]: row for row in own["links"].iter_rows(named=True)}
    items = tuple(_link(one, facts[one.link_id], names, teller, known=bool(seen)) for one in states)
    return answers.Chains(held.about, seen, call.now, _by_chain(held, items, teller), items)


def _by_chain(held: State, items: tuple[answers.Link, ...], teller: Teller) -> tuple[answers.Chain, ...]:
    """Each chain, called as the cluster whose template it is."""
    led = {row["chain"]: row["cluster_id"] for row in held.opened.register.tables["clusters"].iter_rows(named=True)
           if row["chain"]}  # fmt: skip
    found = []
    for chain in dict.fromkeys(held.opened.register.tables["links"]["chain"].to_list()):
        own = [one for one in items if one.chain == chain]
        name = teller.name("clusters", led[chain]) if chain in led else Text(chain, chain)
        found.append(answers.Chain(chain, name, dict(Counter(one.gap for one in own if one.gap)), len(own)))
    return tuple(found)


def _link(
    one: LinkState, facts: Mapping[str, object], names: Mapping[str, Text], teller: Teller, *, known: bool
) -> answers.Link:
    written = str(facts["terms"] or facts["name"] or "").replace("；", ";")
    importance = facts["importance"]
    return answers.Link(
        id=one.link_id,
        chain=one.chain,
        stage=one.stage,
        name=teller.name("links", one.link_id),
        words=tuple(word.strip() for word in written.split(";") if word.strip()),
        importance=int(str(importance)) if importance is not None else None,
        source=str(facts["source"] or ""),
        gap=one.gap if known else None,
        local=one.local,
        elsewhere=len(one.suppliers) - one.local,
        needs=len(one.needs),
        offers=len(one.offers),
        suppliers=tuple(_supplier(each, names) for each in one.suppliers[:LISTED]),
    )


def _supplier(one: Found, names: Mapping[str, Text]) -> answers.Supplier:
    proofs = tuple(answers.Proof(kind, id_, names.get(id_), term) for kind, id_, term in one.evidence[:3])
    return answers.Supplier(
        one.org_id, names.get(one.org_id, Text(one.org_id, one.org_id)), one.local, proofs
    )


def _frames(tx: Tx, names: dict[str, Text]) -> dict[str, pl.DataFrame]:
    """Public organisations, open offers, deliveries and posed needs; their names are added to `names`."""
    o, f, d, n = s.organisations.c, s.offers.c, s.deliveries.c, s.needs.c
    organisations = tx.rows(
        sa.select(o.id, o.name, o.name_zh, o.name_en, o.type, o.city, o.sector).where(
            o.visibility == "public"
        ),
        VISITOR,
    )
    offers = tx.rows(sa.select(f.id, f.org_id, f.kind, f.title, f.text).where(f.state == "open"), VISITOR)
    deliveries = tx.rows(sa.select(d.id, d.org_ids, d.title).where(d.visibility == "public"), VISITOR)
    needs = tx.rows(sa.select(n.id, n.title, n.text).where(n.state == "posed"), VISITOR)
    for row in organisations:
        names[row["id"]] = Text(row["name_zh"] or row["name"], row["name_en"] or row["name"])
    for row in (*offers, *deliveries):
        names[row["id"]] = Text(row["title"], row["title"])
    shown = {row["id"] for row in organisations}
    return {
        "organisations": _frame("organisations", organisations, org_id="id"),
        "offers": _frame("offers", [row for row in offers if row["org_id"] in shown], offer_id="id"),
        "deliveries": pl.DataFrame(
            [(row["id"], [org for org in json.loads(row["org_ids"]) if org in shown], row["title"])
             for row in deliveries],
            schema=_FRAMES["deliveries"], orient="row",
        ),
        "needs": _frame("needs", needs, need_id="id"),
    }  # fmt: skip


def _frame(table: str, rows: Sequence[Row], **called: str) -> pl.DataFrame:
    columns = _FRAMES[table]
    cells = [tuple(row[called.get(name, name)] for name in columns) for row in rows]
    return pl.DataFrame(cells, schema=columns, orient="row")
