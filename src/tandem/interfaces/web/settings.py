"""What the operator sets and watches: the hub's health and limits, jobs; for managers too, where events are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tandem.base import error_words
from tandem.base.errors import Failed
from tandem.base.words import Lang
from tandem.domain.moves import JOB
from tandem.hub.actions import ACTIONS
from tandem.hub.rounds.answers import Job
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import write
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit

_ORDER = {"bad": 0, "warning": 1, "good": 2}


async def settings(visit: Visit) -> Response:
    """How the hub is, which limits hold, and the ways to what else is set."""
    health = await visit.ask("hub.health")
    checks = sorted(health.checks, key=lambda one: _ORDER[one.state])
    return visit.show(
        "settings/settings.html", health=health,
        figures=lambda one: _figures(one.params, visit.lang),
        parts=[one for one in checks if one.code == "extra"], checks=[one for one in checks if one.code != "extra"],
    )  # fmt: skip


def _figures(params: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """What a check tells, its numbers as pages write them."""
    return {
        name: write.number(value, lang) if isinstance(value, int) else value for name, value in params.items()
    }


async def jobs(visit: Visit) -> Response:
    """What the hub does in the background, and what became of it."""
    asked = {"after": visit.query.get("after")}
    if (state := visit.query.get("state")) in JOB:
        asked["state"] = state
    found = await visit.ask("job.list", {**asked, "limit": 50})
    return visit.show(
        "settings/jobs.html", found=found, states=tuple(JOB), wrong=lambda one: _wrong(one, visit)
    )


def _wrong(job: Job, visit: Visit) -> str:
    """What went wrong with a job, in words; empty where nothing did."""
    if not job.error:
        return ""
    params = dict(job.error.get("params") or {})
    return error_words.sentence(Failed(str(job.error["code"]), **params), visit.lang)


async def stop(visit: Visit) -> Response:
    """Stops a job."""
    await visit.ask("job.stop", {"id": visit.id})
    return visit.to("/jobs", "job_stopped")


async def webhooks(visit: Visit) -> Response:
    """Where events are sent; sent to, one more address, whose secret is shown this once."""
    form = visit.form("webhook.add")
    if visit.sent and (made := await visit.send(form)) is not None:
        return visit.show_once("settings/webhook_made.html", made=made)
    found = await visit.ask("webhook.list", {"limit": 50, "after": visit.query.get("after")})
    return visit.formed("settings/webhooks.html", form, found=found, families=_families())


async def webhook(visit: Visit, sent: Form | None = None) -> Response:
    """One address: how its messages fared, and what can be done."""
    found = await visit.ask("webhook.show", {"id": visit.id})
    refused = "" if sent is None else sent.sentence()
    status = visit.status(sent.error if sent else None)
    return visit.show(
        "settings/webhook.html", status, one=found, refused=refused, now=visit.application.hub.clock()
    )


async def _done(visit: Visit, verb: str, path: str) -> Response:
    form = visit.form(f"webhook.{verb}")
    if await visit.send(form, id=visit.id) is None:
        return await webhook(visit, form)
    return visit.to(path, f"webhook_{verb}")


async def test(visit: Visit) -> Response:
    """Sends an entry that this address alone gets."""
    return await _done(visit, "test", f"/webhooks/{visit.id}")


async def replay(visit: Visit) -> Response:
    """Sends again what was given up."""
    return await _done(visit, "replay", f"/webhooks/{visit.id}")


async def remove(visit: Visit) -> Response:
    """Sends nothing there any more."""
    return await _done(visit, "remove", "/webhooks")


def _families() -> tuple[str, ...]:
    """Families of actions that write: what a webhook may be limited to."""
    return tuple(dict.fromkeys(one.family for one in ACTIONS.values() if one.does == "writes"))


VIEWS: Views = {
    ("GET", "/settings"): settings,
    ("GET", "/jobs"): jobs,
    ("POST", "/jobs/{id}/stop"): stop,
    ("GET", "/webhooks"): webhooks,
    ("POST", "/webhooks"): webhooks,
    ("GET", "/webhooks/{id}"): webhook,
    ("POST", "/webhooks/{id}/test"): test,
    ("POST", "/webhooks/{id}/replay"): replay,
    ("POST", "/webhooks/{id}/remove"): remove,
}
