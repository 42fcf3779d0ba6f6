"""A small market: two test houses, three posers, an operator; and short ways to clear it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tandem.domain.people import Actor
from tandem.hub.rounds.runner import work_off
from tandem.storage.database import schema as s

TITLE, TEXT = "谐波减速器寿命测试", "疲劳寿命两千小时，出具第三方检测报告。"


@dataclass
class Market:
    """Organisations and people by name, needs and offers by title."""

    world: Any
    operator: Actor
    people: dict[str, Actor] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str, /, by: Actor | None = None, **given: Any) -> Any:
        return self.world.ask(by or self.operator, name, **given)

    def add(self, table: Any, **values: Any) -> str:
        return str(self.world.hub.database.write(lambda tx: tx.add(table, values)).result()["id"])

    def org(self, name: str, **more: Any) -> Actor:
        self.people[name] = self.world.person("member", self.world.organisation(name, **more))
        return self.people[name]

    def offer(self, name: str, title: str, capacity: int, text: str = TEXT) -> str:
        self.offers[title] = self.add(s.offers, title=title, text=text, org_id=self.people[name].org, kind="service",
                                      capacity=capacity, visibility="public", state="open")  # fmt: skip
        return self.offers[title]

    def need(self, name: str, title: str, **more: Any) -> str:
        given = {"title": title, "text": TEXT, "kind": "service", "visibility": "public", "anonymous": False,
                 "slots": 1, "importance": 1, "state": "posed", "org_id": self.people[name].org,
                 "pseudonym": f"p-{title}", "posted_on": "2027-01-10", **more}  # fmt: skip
        self.needs[title] = self.add(s.needs, **given)
        return self.needs[title]

    def clear(self, **given: Any) -> Any:
        """A round started and worked off in this process."""
        planned = self.ask("round.start", **{"title": "第一轮", **given})
        work_off(self.world.hub)
        return self.ask("round.show", id=planned.id)

    def pairs(self, round_id: str) -> set[tuple[str, str]]:
        """What a round assigned, by titles and names."""
        found = self.ask("round.assignments", id=round_id, assigned=True, limit=200).items
        return {(one.title, one.organisation) for one in found}

    def rows(self, table: Any, *conditions: Any) -> list[Any]:
        with self.world.hub.database.reading() as tx:
            return list(tx.unguarded(table.select().where(*conditions)))

    def entries(self, action: str) -> int:
        return len(self.rows(s.journal, s.journal.c.action == action))


def stage(world: Any) -> Market:
    """Needs N1 and N2 both fit best to the first test house, which has one place; the second has two."""
    market = Market(world, world.person("operator"))
    for name in ("深圳检测研究院", "广州质检中心", "东莞精密机械", "惠州塑胶", "佛山机器人"):
        market.org(name)
    market.offer("深圳检测研究院", "谐波减速器寿命测试", 1)
    market.offer("广州质检中心", "减速器检测", 2, "减速器与齿轮检测。")
    market.need("东莞精密机械", "谐波减速器寿命测试一", importance=2)
    market.need("惠州塑胶", "谐波减速器寿命测试二", importance=1)
    return market
