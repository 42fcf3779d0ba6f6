"""A poser, an organisation that could help, a broker, a stranger; and a way to bring an introduction to any state."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tandem.domain.people import Actor
from tandem.storage.database import schema as s

TITLE, TEXT = "谐波减速器寿命测试", "疲劳寿命两千小时，机密型号 QX-7。"
PATHS: dict[str, tuple[tuple[str, str, dict[str, Any]], ...]] = {}
PATHS["proposed"] = ()
PATHS["invited"] = (("poser", "invite", {}),)
PATHS["interested"] = (*PATHS["invited"], ("invited", "answer", {"answer": "interested"}))
PATHS["declined"] = (*PATHS["invited"], ("invited", "answer", {"answer": "declined", "reason": "scope"}))
PATHS["introduced"] = (*PATHS["interested"], ("poser", "introduce", {}))
PATHS["quoted"] = (*PATHS["introduced"], ("invited", "quote", {"amount": 12_345_600}))
PATHS["agreed"] = (*PATHS["quoted"], ("poser", "agree", {}))
PATHS["outcome"] = (*PATHS["agreed"], ("poser", "outcome", {"rating": 0.9}))
PATHS["lost"] = (*PATHS["interested"], ("poser", "lose", {"reason": "timing"}))
PATHS["lost_late"] = (*PATHS["quoted"], ("invited", "lose", {"reason": "capacity"}))


@dataclass
class Story:
    """People around one need; `id` is its introduction."""

    world: Any
    actors: dict[str, Actor]
    need: str
    offer: str
    id: str = ""

    def ask(self, side: str, verb: str, **given: object) -> Any:
        return self.world.ask(self.actors[side], f"introduction.{verb}", **given)

    def do(self, side: str, verb: str, **given: object) -> Any:
        return self.ask(side, verb, id=self.id, **given)

    def show(self, side: str) -> Any:
        return self.do(side, "show")

    def reach(self, state: str) -> Any:
        """Proposes, and goes on until the state; the broker's view of it."""
        asked = {"need": self.need, "organisation": self.actors["invited"].org, "offer": self.offer}
        self.id = self.ask("broker", "propose", **asked).id
        if state == "expired":
            self.do("poser", "invite")
            self.world.clock.now += 6 * 86_400
            self.ask("broker", "sweep")
        else:
            for side, verb, given in PATHS[state]:
                self.do(side, verb, **given)
        return self.show("broker")

    def row(self, table: Any, id: str) -> Any:
        with self.world.hub.database.reading() as tx:
            return tx.unguarded(table.select().where(table.c.id == id))[0]

    def notices(self, side: str) -> list[str]:
        return [one.code for one in self.world.ask(self.actors[side], "notice.list", limit=200).items]

    def add(self, table: Any, **values: object) -> str:
        work = self.world.hub.database.write(lambda tx: tx.add(table, values))
        return str(work.result()["id"])

    def provider(self, name: str, capacity: int = 1, **more: object) -> tuple[Actor, str]:
        """Another organisation with a member and an offer."""
        actor = self.world.person("member", self.world.organisation(name, **more))
        return actor, offer(self, actor, capacity)

    def pose(self, **more: Any) -> str:
        """Another need of the poser."""
        given = {"title": TITLE, "text": TEXT, "visibility": "confidential", "anonymous": True, "slots": 1,
                 "importance": 1, "currency": "CNY", "state": "posed", "org_id": self.actors["poser"].org,
                 "pseudonym": self.world.hub.database._ids(), "posted_on": "2027-01-15", **more}  # fmt: skip
        return self.add(s.needs, **given)

    def publish(self, *listed: tuple[str, Actor, str | None, bool], need: str | None = None) -> str:
        """A published round with one list: (reason code, actor, offer, cleared) by rank."""
        round_id = self.add(s.rounds, state="published", given="{}")
        rows = [
            {"round_id": round_id, "need_id": need or self.need, "rank": rank, "org_id": actor.org, "offer_id": offered,
             "score": 1.0 / rank, "probability": None, "value": 100, "price": None, "cleared": cleared, "told": "{}",
             "reasons": json.dumps([{"code": code, "weight": 0.5, "params": {}, "evidence": []}])}
            for rank, (code, actor, offered, cleared) in enumerate(listed, 1)
        ]  # fmt: skip
        self.world.hub.database.write(lambda tx: tx.insert(s.assignments, rows)).result()
        return round_id


def offer(story: Story, actor: Actor, capacity: int, visibility: str = "public") -> str:
    told = {"title": "检测服务", "org_id": actor.org, "capacity": capacity, "visibility": visibility}
    return story.add(s.offers, state="open", **told)


def stage(world: Any, **need: object) -> Story:
    """A hidden provider and an anonymous poser of a confidential need, with a member each."""
    actors = {
        "poser": world.person("member", world.organisation("东莞精密机械", visibility="confidential")),
        "invited": world.person("member", world.organisation("深圳检测研究院", visibility="confidential")),
        "broker": world.person("operator"),
        "stranger": world.person("member", world.organisation("惠州塑胶")),
    }
    story = Story(world, actors, "", "")
    story.need = story.pose(**{"budget_max": 25_000_000, "city": "441900", "kind": "service", **need})
    story.offer = offer(story, actors["invited"], 1, "confidential")
    return story


@pytest.fixture
def story(world: Any) -> Story:
    return stage(world)
