"""How a running hub is: versions, room, what failed lately, what is configured. It looks, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Invalid
from tandem.hub.call import Call
from tandem.hub.feeds import mail, mailings
from tandem.hub.installation import DATABASE
from tandem.hub.keeping import doctor
from tandem.hub.keeping.answers import Checkup, Health, Limit
from tandem.hub.keeping.inputs import Nothing
from tandem.hub.people import oidc
from tandem.hub.people.limits import Limits
from tandem.storage.database import migrate
from tandem.storage.database import schema as s

_LATELY = 7 * DAY


def health(call: Call, given: Nothing) -> Health:
    """What is good and what needs attention. The journal is not verified entry by entry: that is `journal.verify`."""
    checks = (*doctor.versions(), *_data(call), *doctor.disk(call.hub.folder, call.hub.folder / DATABASE),
              *_work(call), *_configured(call), *doctor.extras())  # fmt: skip
    rates = call.hub.part(Limits).rates()
    limits = tuple(Limit(kind, rate.burst, rate.per_minute) for kind, rate in rates.items())
    return Health(all(one.state != "bad" for one in checks), checks, limits)


def _data(call: Call) -> Iterator[Checkup]:
    yield Checkup("schema", "good", {"version": migrate.versions()[-1]})
    yield Checkup("entries", "good", {"size": call.tx.journal_size()})


def _work(call: Call) -> Iterator[Checkup]:
    """Jobs that failed lately, webhooks that do not get through."""
    j, w = s.jobs.c, s.webhooks.c
    lately = (j.state == "failed") & (j.changed_at > call.now - _LATELY)
    for code, table, which in (("jobs", s.jobs, lately), ("webhooks", s.webhooks, w.state != "active")):
        counted = sa.select(sa.func.count().label("n")).select_from(table).where(which)
        n = int(call.tx.unguarded(counted)[0]["n"])
        yield Checkup(code, "warning" if n else "good", {"n": n})


def _configured(call: Call) -> Iterator[Checkup]:
    """Whether settings.toml can be read, and what it turns on."""
    try:
        known = mail.server(call.hub)
        failing = mailings.failing(call.tx)
        if known is None:
            yield Checkup("mail_off", "good", {})
        else:
            yield Checkup("mail", "warning" if failing else "good", {"n": failing})
        provider = oidc.provider(call.hub)
        if provider is None:
            yield Checkup("login_off", "good", {})
        else:
            yield Checkup("login", "good", {"issuer": provider.issuer})
    except Invalid as error:
        yield Checkup("settings", "bad", {"error": error.code})
