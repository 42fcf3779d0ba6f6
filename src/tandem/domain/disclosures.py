"""What clearing lets others learn of what it takes into account: all of it stands here, and tests hold the hub to it.

A joint clearing shares out places, also to needs that nobody else may see; a place that such a need takes is missing
elsewhere. That cannot be hidden altogether, so it is declared: who learns it, where it shows, and how coarsely. Nothing
shows before a round is published, and nothing shows to whoever takes no part in it. The words of each entry stand in
the catalogue under `disclosure.<code>`, those of its band under `disclosure.band.<band>`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from tandem.domain.records import capacity_band

Party = Literal["poser", "provider"]
Band = Literal["whether", "introduced", "own_figures", "capacity"]
# whether      an introduction of one's own is there or is not, and with whom; nothing of why, for whom else, how many
# introduced  a need that one sees is left out where it has an introduction of one's own already
# own_figures  how many introductions one has oneself, and how soon they were answered
# capacity     what an offer says that it can serve: 0, 1, 2-5, >5; the same whatever its places are used for
BANDS: tuple[Band, ...] = ("whether", "introduced", "own_figures", "capacity")
_FIGURES = ("invitations", "answers", "quartiles", "accepted", "settled", "awarded", "decided")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One thing that is disclosed.

    code    its words
    party   who learns it: the poser of a need that takes part, or the provider of an offer that does
    at      names of the actions in whose answers it shows; those of a party's own introductions
    fields  in these answers, the lists and figures that may differ; "" stands for whole items of a list
    band    how coarsely it shows
    """

    code: str
    party: Party
    at: tuple[str, ...]
    fields: tuple[str, ...]
    band: Band


DISCLOSURES: tuple[Disclosure, ...] = (
    # The place went elsewhere: the need is proposed to another organisation, or to none.
    Disclosure("place_taken", "poser", ("introduction.list", "introduction.show"), ("items",), "whether"),
    Disclosure("proposals_told", "poser", ("notice.list",), ("items",), "whether"),
    Disclosure("proposals_counted", "poser", ("notice.list",), ("items.params.n",), "own_figures"),
    # The place was wanted by others: the offer is proposed to this need, and not to that one.
    Disclosure("asked_for", "provider", ("introduction.list", "introduction.show"), ("items",), "whether"),
    Disclosure("invitations_told", "provider", ("notice.list",), ("items",), "whether"),
    Disclosure("own_response", "provider", ("introduction.figures",),
               ("own", *(f"own.{name}" for name in _FIGURES)), "own_figures"),
    Disclosure("fits_left_out", "provider", ("need.fits",), ("items",), "introduced"),
    Disclosure("own_calendar", "provider", ("organisation.calendar",), ("items.free", "items.held"), "own_figures"),
    # The journal of one's own introductions says the same as their list.
    Disclosure("own_journal", "poser", ("journal.list",), ("items",), "whether"),
    Disclosure("provider_journal", "provider", ("journal.list",), ("items",), "whether"),
    # Of the offer itself others read what it states, in bands, in its record and among the reasons of a proposal.
    Disclosure("capacity_stated", "poser", ("introduction.list", "introduction.show"),
               ("items.reasons.params.capacity",), "capacity"),
)  # fmt: skip


def declared(party: Party | None, action: str, field: str) -> Disclosure | None:
    """What allows a field of an action's answer to differ for a party by what clearing took into account; else None.

    field  the path of names in the answer, list numbers left out: "items.params.n"
    """
    for one in DISCLOSURES:
        if one.party == party and action in one.at and field in one.fields:
            return one
    return None


def banded(reasons: str) -> str:
    """Reasons (JSON) as others may read them: a capacity in its band.

    >>> banded('[{"code": "capacity_met", "params": {"capacity": 4}}]')
    '[{"code": "capacity_met", "params": {"capacity": "2-5"}}]'
    """
    if '"capacity"' not in reasons:
        return reasons
    told = json.loads(reasons)
    for one in told:
        if isinstance(exact := one.get("params", {}).get("capacity"), int):
            one["params"]["capacity"] = capacity_band(exact)
    return json.dumps(told, ensure_ascii=False)
