"""Prepare a data directory for serving, begin what a served hub does by itself, and say how it is."""

from __future__ import annotations

import socket

import sqlalchemy as sa

from tandem.base.errors import Unavailable
from tandem.hub.actions import Asker, run
from tandem.hub.answers import Served
from tandem.hub.feeds.deliverer import Deliverer
from tandem.hub.feeds.mailer import Mailer
from tandem.hub.finding.index import Index
from tandem.hub.inputs import ServeInput
from tandem.hub.installation import Hub, open_hub
from tandem.hub.people import setup
from tandem.hub.rounds.runner import Runner


def serve(given: ServeInput, asker: Asker) -> Served:
    """A hub that can be served: its tables are those of this version, and the sample world is in it if asked for."""
    hub = open_hub(given.data, given.url)
    try:
        if given.sample:
            run("records.sample", {}, Asker(asker.actor, asker.lang, asker.progress, hub))
        code = setup.code(hub) if setup.needed(hub) else None
    finally:
        hub.close()
    return Served(given.data, given.url, given.host, given.port or _free(given.host), given.proxy, code)


def _free(host: str) -> int:
    """A port that nobody listens at, so that the address can be told before the server is there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def begin(hub: Hub) -> None:
    """Begins what a served hub does by itself until it is closed: the search index, jobs, sweeps, webhooks, mail."""
    hub.part(Index)
    hub.part(Runner)
    hub.part(Deliverer)
    hub.part(Mailer)


def answers(hub: Hub) -> bool:
    """Whether the database can be read now."""
    try:
        with hub.database.reading() as tx:
            return bool(tx.unguarded(sa.select(sa.literal(1).label("one"))))
    except Unavailable:
        return False
