"""Who there is on a hub of these tests, what each may see, and what is asked of its actions.

What may be seen is decided here once more, by `may_see`, from the definition and not from the hub's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.trust.worlds import ROUTES, Place

from tandem.base.settings import Setting
from tandem.domain.records import VISIBILITIES

# Everybody whose view is looked at: of the organisation that owns the records, of one that they name, of another.
OWN = ("owner member", "owner manager")
NAMED = ("named member", "named manager")
OTHER = ("other member", "other manager", "agent")
STAFF = ("analyst", "reviewer", "auditor", "operator")
EVERYBODY = ("visitor", *OWN, *NAMED, *OTHER, *STAFF)
OUTSIDE = ("visitor", *OTHER, "analyst", "reviewer")
TABLES = {"needs": "need", "offers": "offer", "deliveries": "delivery", "organisations": "organisation"}
STATES = {"needs": ("posed", "draft", "withdrawn"), "offers": ("open", "withdrawn"),
          "deliveries": ("stated", "withdrawn"), "organisations": ("claimed",)}  # fmt: skip
HIDDEN = ("needs confidential posed", "offers confidential open", "deliveries confidential stated")


def may_see(who: str, visibility: str, state: str) -> bool:
    """Whether somebody sees a record of the organisation `owner` that names the organisation `named`."""
    if who in (*OWN, "auditor", "operator"):
        return True
    if state in ("draft", "withdrawn"):
        return False
    if visibility == "named":
        return who in NAMED
    return visibility == "public" or (visibility == "members" and who != "visitor")


def fill(at: Place) -> None:
    """One record of every table, visibility and state, and somebody of every role."""
    for name in ("owner", "named", "other"):
        at.organisation(name)
        at.person(f"{name} member", "member", at.ids[name])
        at.person(f"{name} manager", "manager", at.ids[name])
    at.person("agent", "member", at.ids["other"], agent=True, scopes=frozenset(("read",)))
    for role in STAFF:
        at.person(role, role)
    for visibility in VISIBILITIES:
        _records(at, visibility)


def _records(at: Place, visibility: str) -> None:
    """One record of each table and state, its title a word of its own."""
    named = [":named"] if visibility == "named" else []
    for state in STATES["needs"]:
        label = f"needs {visibility} {state}"
        at.do("owner manager", "need.pose", label, title=sentinel(label), kind="service", visibility=visibility,
              named=named, draft=state == "draft")  # fmt: skip
    for state in STATES["offers"]:
        label = f"offers {visibility} {state}"
        at.do("owner manager", "offer.add", label, title=sentinel(label), kind="service", visibility=visibility,
              named=named)  # fmt: skip
    for state in STATES["deliveries"]:
        label = f"deliveries {visibility} {state}"
        at.do(
            "owner manager", "delivery.add", label, title=sentinel(label), visibility=visibility, named=named
        )
    at.do("owner manager", "need.withdraw", id=f":needs {visibility} withdrawn")
    at.do("owner manager", "offer.withdraw", id=f":offers {visibility} withdrawn")
    at.do("owner manager", "delivery.remove", id=f":deliveries {visibility} withdrawn")


def sentinel(label: str) -> str:
    """One word that stands nowhere else."""
    return "zq" + "".join(char for char in label if char.isalpha())


CELLS = [
    (table, visibility, state)
    for table in ("needs", "offers", "deliveries")
    for visibility in VISIBILITIES
    for state in STATES[table]
]


def asked(settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Something for every setting that has to be given."""
    made: dict[str, Any] = {}
    for name, one in settings.items():
        if not one.required or name == "id":
            continue
        if one.type == "choice":
            made[name] = one.choices[0]
        elif one.type in ("integer", "money"):
            made[name] = max(1, one.minimum or 0)
        elif one.type == "share":
            made[name] = 0.5
        elif one.type == "date":
            made[name] = "2027-01-01"
        elif one.type == "texts":
            made[name] = ["read"] * max(1, one.at_least)
        else:
            made[name] = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
    return made


def wanted(name: str, **given: Any) -> dict[str, Any]:
    """A request that an action can read."""
    settings = ROUTES[name].settings
    id_ = {"id": "aaaaaaaaaaaaaaaaaaaaaaaaaa"} if "id" in settings else {}
    return {**id_, **asked(settings), **given}
