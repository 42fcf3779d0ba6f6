"""Which matches are marked as assigned, jointly or greedily, and why a need did not get its first choice.

What both assignments share is written once; what only one of them says stands in an element of class `j` (joint) or
`g` (greedy), of which the page's switch shows one, and paper or an old browser both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from tandem.domain.clearing_words import told_need
from tandem.engine.assignment.matches import Cleared
from tandem.storage.report.two import Two, html, listed, phrase, weave

PLANS = {"joint": "j", "greedy": "g"}  # those that the switch knows, with the class of what only they say


class Assigned:
    """The marks of one page; without a clearing there are none."""

    def __init__(self, cleared: Cleared | None, names: Mapping[str, Two]) -> None:
        self.names = names
        self.by: dict[str, dict[str, list[str]]] = {plan: defaultdict(list) for plan in PLANS}
        self.needs = {}
        if cleared is None:
            return
        self.needs = {row["need_id"]: row for row in cleared.needs.iter_rows(named=True)}
        for plan, found in self.by.items():
            taken = cleared.pairs.filter(plan).sort("choice")
            for need_id, org_id in taken.select("need_id", "org_id").iter_rows():
                found[need_id].append(org_id)

    def chip(self, need_id: str, org_id: str) -> Markup:
        """Marks a match that is assigned."""
        taking = [plan for plan in PLANS if org_id in self.by[plan].get(need_id, ())]
        if len(taking) == len(PLANS):
            return Markup('<span class="chip got">{}</span>').format(weave("report.assigned"))
        return Markup("").join(
            Markup('<span class="chip got {}">{}</span>').format(
                PLANS[plan], weave(f"report.assigned.{plan}")
            )
            for plan in taking
        )

    def lines(self, need_id: str, first: str | None) -> tuple[Markup, ...]:
        """Who is assigned to a need, where the mark at its first choice does not say it all."""
        if not self.needs or first is None:
            return ()
        taken = {plan: self.by[plan].get(need_id, []) for plan in PLANS}
        if taken["joint"] == taken["greedy"]:
            return () if taken["joint"] == [first] else (self._line("", taken["joint"]),)
        return tuple(self._line(plan, orgs) for plan, orgs in taken.items() if orgs != [first])

    def _line(self, plan: str, orgs: list[str]) -> Markup:
        code = "report.assigned.to" + (f".{plan}" if plan else "")
        who = listed(self._name(org_id) for org_id in orgs) if orgs else phrase("report.assigned.nobody")
        return Markup("<p class='best to {}'>{}</p>").format(PLANS.get(plan, ""), weave(code, names=who))

    def cell(self, need_id: str) -> Markup:
        """Who is assigned to a need, for a table."""
        taken = {plan: listed(map(self._name, self.by[plan].get(need_id, []))) for plan in PLANS}
        if taken["joint"] == taken["greedy"]:
            return html(taken["joint"])
        return Markup(" ").join(
            Markup('<span class="{}">{} <small>{}</small></span>').format(
                PLANS[plan], html(who), weave(f"clearing.plan.{plan}")
            )
            for plan, who in taken.items()
        )

    def why(self, need_id: str) -> tuple[Markup, ...]:
        """What joint clearing decided for a need, and why not its first choice."""
        return tuple(self._why(need_id))

    def _why(self, need_id: str) -> Iterator[Markup]:
        if need_id not in self.needs:
            return
        row = self.needs[need_id]
        name = self._name(row["org_id"]) if row["org_id"] else ""
        for code, params in told_need(row):
            yield weave(code, **params, name=name)

    def moved(self, need_id: str) -> bool:
        """Whether a need did not get, or not only, its first choices although it has a list."""
        code = self.needs[need_id]["code"] if need_id in self.needs else "none"
        return code in ("later", "short", "outbid", "closed")

    def _name(self, org_id: str) -> Two:
        return self.names.get(org_id, Two(org_id, org_id))
