"""The journal as pages: what happened, in words; and for those who keep or audit the hub, proof that it is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tandem.base.errors import Absent, Invalid
from tandem.domain.people import AUDITORS
from tandem.hub.actions import ACTIONS
from tandem.hub.keeping.answers import FullEntry
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import checking, hub_names, notices
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit

# Where a record is shown, by the table that an entry names.
PATHS: Mapping[str, str] = {"needs": "/needs", "offers": "/offers", "organisations": "/organisations",
                            "introductions": "/introductions", "rounds": "/rounds"}  # fmt: skip
PART = 20_000  # entries in one file of an export, as the action has it


async def journal(visit: Visit) -> Response:
    """The newest entries first, by action and record; one's own organisation's, or all."""
    asked: dict[str, Any] = {
        name: visit.query[name] for name in ("action", "record", "after") if name in visit.query
    }
    found = await visit.ask("journal.list", {**asked, "limit": 50})
    whole = visit.actor.role in AUDITORS
    orgs = [one.org for one in found.items if isinstance(one, FullEntry)]
    return visit.show(
        "journal/journal.html", found=found, whole=whole, does=lambda action: notices.asked_for(action, visit),
        names=await hub_names.organisations(visit, orgs), paths=PATHS, written=_contents,
        actions=[(one.name, notices.asked_for(one.name, visit)) for one in ACTIONS.values() if one.does == "writes"],
    )  # fmt: skip


def _contents(entry: Any) -> str:
    """What an entry tells, as text; empty where it is erased or there is nothing."""
    content = getattr(entry, "content", None)
    return json.dumps(content, ensure_ascii=False, indent=1) if content else ""


async def proof(visit: Visit) -> Response:
    """Whether an entry is in the journal: the proof, and what comes out when it is computed."""
    told = await visit.ask("journal.prove", {"id": visit.id})
    return visit.show("journal/proof.html", told=told, holds=checking.included(told), leaf=_leaf(told.leaf))


def _leaf(text: str) -> str:
    """A leaf, one field a line where it is JSON."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text


async def verification(visit: Visit) -> Response:
    """Where the journal stands now, whether it began as it was noted earlier, and how to check it elsewhere."""
    head = await visit.ask("journal.head")
    form = Form("journal.consistency", visit.lang, {"old": (visit.query.get("old", ""),)})
    root = visit.query.get("root", "").strip().lower()
    told = await _compared(visit, form) if visit.query.get("old") else None
    parts = list(range(1, head.size + 1, PART))
    status = visit.status(form.error)
    return visit.show(
        "journal/verification.html", status, head=head, form=form, told=told, root=root, parts=parts, part=PART,
        same=told is not None and told.old_root == root, grows=told is not None and checking.grown(told),
    )  # fmt: skip


async def _compared(visit: Visit, form: Form) -> Any:
    """The proof for an older size; None where the journal was never of that size, and the form says so."""
    try:
        return await visit.ask("journal.consistency", {"old": visit.query["old"]})
    except (Invalid, Absent) as error:
        form.fail(error)
        return None


async def empty(visit: Visit) -> Response:
    """Takes the contents of one entry out of the journal; chain and proofs stay."""
    await visit.ask("journal.erase", {"entry": visit.id})
    return visit.to("/journal", "emptied")


VIEWS: Views = {
    ("GET", "/journal"): journal,
    ("GET", "/journal/verification"): verification,
    ("GET", "/journal/{id}"): proof,
    ("POST", "/journal/{id}/empty"): empty,
}
