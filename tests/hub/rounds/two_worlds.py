"""Two worlds that differ by one confidential need, and what every outsider reads in each: differences by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hub.conftest import Clock, Counted, World

from tandem.base import error_words
from tandem.base.errors import TandemError
from tandem.base.settings import settings_of
from tandem.domain.people import VISITOR, Actor
from tandem.hub.actions import ACTIONS
from tandem.hub.answers import Download
from tandem.hub.installation import open_hub
from tandem.storage.database import schema as s

ID = re.compile(r"\b[a-z2-7]{26}\b")
HOUSE, SECOND, HIDING = "深圳检测研究院", "广州质检中心", "佛山机器人"
NAMES = {"organisations": "name", "needs": "title", "offers": "title", "accounts": "login"}
TYPED = {"text": "谐波减速器寿命测试", "title": "谐波减速器寿命测试"}
Plain = Any


@dataclass(frozen=True)
class Reader:
    """Somebody who reads: as which party of the open needs, if any, and for which organisation.

    own    how many introductions they have in each world
    needs  the needs that these are about
    """

    actor: Actor
    party: str | None
    org: str | None
    own: tuple[int, ...] = ()
    needs: tuple[frozenset[str], ...] = ()


def made(folder: Path, market_of: Any, *, hidden: bool) -> Any:
    """One world; `hidden`: a need that nobody else may see wants the same place, and counts for more."""
    clock = Clock()
    market = market_of(World(open_hub(folder, clock=clock, ids=Counted()), clock))
    market.world.person("manager", market.people["东莞精密机械"].org)
    if hidden:
        market.need(HIDING, "绝密谐波减速器寿命测试", visibility="confidential", anonymous=True, importance=9)
    return market


def published(market: Any) -> str:
    """A round cleared and published; everybody proposed is invited, and is interested."""
    shown = market.clear()
    market.ask("round.publish", id=shown.id)
    for row in sorted(market.rows(s.introductions), key=lambda row: row["id"]):
        by_org = {actor.org: actor for actor in market.people.values()}
        market.ask("introduction.invite", by=by_org[row["poser_id"]], id=row["id"])
        market.ask("introduction.answer", by=by_org[row["org_id"]], id=row["id"], answer="interested")
    return str(shown.id)


def readers(market: Any) -> Mapping[str, Reader]:
    """Everybody but those who may see all, and the poser of the hidden need."""
    found = {
        "visitor": Reader(VISITOR, None, None),
        "analyst": Reader(Actor("analyst", "a1"), None, None),
        "reviewer": Reader(Actor("reviewer", "r1"), None, None),
        "stranger": Reader(Actor("member", "m1", "nobody"), None, None),
    }
    for name, actor in market.people.items():
        if name != HIDING:
            found[name] = Reader(actor, "provider" if name in (HOUSE, SECOND) else "poser", name)
    return found


def read(market: Any, reader: Reader) -> dict[str, Plain]:
    """The answer of every reading action that the reader may ask for, by action and what was asked, without ids."""
    names = labels(market)
    found: dict[str, Plain] = {}
    for name, action in ACTIONS.items():
        if action.does != "reads" or reader.actor.role not in action.may:
            continue
        for about, given in asked(market, reader, action):
            text = json.dumps(answer(market, reader, name, given), ensure_ascii=False, sort_keys=True)
            found[f"{name} {names.get(about, about)}".strip()] = json.loads(
                ID.sub(lambda hit: names.get(hit[0], "?"), text)
            )
    return found


def asked(market: Any, reader: Reader, action: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is asked of an action, and about which record."""
    settings = {one.name: one for one in settings_of(action.takes)}
    given: dict[str, Any] = {
        name: TYPED[name] for name, one in settings.items() if one.required and name in TYPED
    }
    given |= {"limit": 200} if "limit" in settings and settings["limit"].maximum >= 200 else {}
    given |= {"format": "jsonl"} if "format" in settings else {}
    wanted = {name for name, one in settings.items() if one.required} - set(given)
    if not wanted:
        yield "", given
    elif wanted == {"id"}:
        for id_ in records(market, reader, action.family):
            yield id_, {**given, "id": id_}


def records(market: Any, reader: Reader, family: str) -> list[str]:
    """Records to ask about: those that both worlds have, and the reader's own introductions."""
    if family == "introduction":
        items = answer(market, reader, "introduction.list", {"limit": 200}).get("items", [])
        return [one["id"] for one in items]
    known = {"organisation": [actor.org for actor in market.people.values()], "offer": list(market.offers.values()),
             "need": [id_ for title, id_ in market.needs.items() if not title.startswith("绝密")]}  # fmt: skip
    return known.get(family, [])


def answer(market: Any, reader: Reader, name: str, given: Mapping[str, Any]) -> Any:
    try:
        found = market.ask(name, by=reader.actor, **given)
    except TandemError as error:
        return {"error": error.code}
    except ImportError:  # an action whose work is not there
        return {"error": "import"}
    if isinstance(found, Download):
        return {"name": found.name, "text": found.content.decode("utf-8", "replace")}
    return error_words.answer_plain(found, "en")


def labels(market: Any) -> dict[str, str]:
    """What each id stands for, the same in both worlds."""
    found = {row["id"]: f"{name} {row[column]}" for name, column in NAMES.items()
             for row in market.rows(s.metadata.tables[name])}  # fmt: skip
    for row in market.rows(s.introductions):
        found[row["id"]] = f"introduction {found[row['need_id']]} {found[row['org_id']]}"
    return found


def differences(before: Plain, after: Plain, field: str = "") -> Iterator[tuple[str, Plain, Plain]]:
    """(field, before, after) of everything that differs; items of lists are compared with those of the same id."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            inner = f"{field}.{name}" if field else name
            yield from differences(before.get(name), after.get(name), inner)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(before, after, field)
    else:
        yield field, before, after


def _of_lists(before: list[Plain], after: list[Plain], field: str) -> Iterator[tuple[str, Plain, Plain]]:
    sides = [{key(one): one for one in side} for side in (before, after)]
    if len(before) != len(sides[0]) or len(after) != len(sides[1]):
        yield field, before, after
        return
    for name in sides[0].keys() | sides[1].keys():
        if name in sides[0] and name in sides[1]:
            yield from differences(sides[0][name], sides[1][name], field)
        else:
            yield field, sides[0].get(name), sides[1].get(name)


def key(one: Plain) -> str:
    """What makes two items the same: the record that they are, or are about, else all of it."""
    if isinstance(one, dict) and one.get("id", "?") != "?":
        return str(one["id"])
    if isinstance(one, dict) and "code" in one:
        return f"{one['code']} {one.get('about')}"
    return json.dumps(one, ensure_ascii=False, sort_keys=True)
