"""The sheets of matches.xlsx on clearing: what became of each need and why, and what one more place is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tandem.base.words import Lang
from tandem.domain.clearing_words import told_need
from tandem.engine.assignment.matches import Cleared
from tandem.storage.report.clearing import share
from tandem.storage.report.telling import city_name, kind_name, organisation_names
from tandem.storage.report.two import Two, line, percent
from tandem.storage.report.view import ReportView

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: the code of its header, its width in letters, whether long text wraps."""

    code: str
    width: int
    wrap: bool = False
    style: str = "plain"


DECISIONS = (
    Column("need_id", 12), Column("need", 40, True), Column("slots", 10, style="whole"),
    Column("got", 10, style="whole"), Column("assigned", 44, True), Column("decision", 90, True),
)  # fmt: skip
WORTH = (
    Column("organisation", 40, True), Column("offer", 34, True), Column("kind", 14), Column("city", 12),
    Column("capacity", 10, style="whole"), Column("wanted", 12, style="whole"), Column("taken", 10, style="whole"),
    Column("price", 14, style="whole"), Column("lowest", 14, style="whole"), Column("org_id", 14),
    Column("offer_id", 14),
)  # fmt: skip


class ClearingSheets:
    """The rows of both sheets in one language."""

    def __init__(self, cleared: Cleared, view: ReportView, lang: Lang) -> None:
        self.cleared, self.lang = cleared, lang
        self.names = organisation_names(view.book.organisations)
        self.needs: Mapping[str, str] = dict(view.book.needs.select("need_id", "title").iter_rows())
        self.offers: Mapping[str, str] = dict(view.book.offers.select("offer_id", "title").iter_rows())

    def decisions(self) -> Iterator[Sequence[Cell]]:
        """One row a need, in the order in which they were posted."""
        assigned: dict[str, list[str]] = {}
        for need_id, org_id in (
            self.cleared.pairs.filter("joint").sort("choice").select("need_id", "org_id").iter_rows()
        ):
            assigned.setdefault(need_id, []).append(self._name(org_id))
        for row in self.cleared.needs.iter_rows(named=True):
            name = self._name(row["org_id"]) if row["org_id"] else ""
            told = " ".join(line(code, self.lang, **params, name=name) for code, params in told_need(row))
            who = "; ".join(assigned.get(row["need_id"], []))
            yield row["need_id"], self.needs.get(row["need_id"]), row["slots"], row["got"], who, told

    def worth(self) -> Iterator[Sequence[Cell]]:
        """One row a listed offer, the dearest place first."""
        rows = self.cleared.offers.sort("price", "wanted", descending=True, maintain_order=True)
        for row in rows.iter_rows(named=True):
            yield (
                self._name(row["org_id"]), self.offers.get(row["offer_id"]) or line("report.dear.implied", self.lang),
                kind_name(row["kind"]).get(self.lang), city_name(row["city"]).get(self.lang) if row["city"] else "",
                row["capacity"], row["wanted"], row["taken"], row["price"], row["lowest"], row["org_id"],
                row["offer_id"],
            )  # fmt: skip

    def _name(self, org_id: str) -> str:
        return self.names.get(org_id, Two(org_id, org_id)).get(self.lang)


def plan_figures(cleared: Cleared, lang: Lang) -> Iterator[tuple[str, Cell]]:
    """The three plans and the sensitivity, a line each, for the summary."""
    for plan in cleared.plans:
        cells = {"served": f"{plan.served:,}", "firsts": f"{plan.firsts:,}", "small": percent(plan.small_share),
                 "value": f"{plan.value:,}"}  # fmt: skip
        told = "; ".join(f"{line(f'clearing.column.{name}', lang)} {cell}" for name, cell in cells.items())
        yield f"{line('clearing.plan', lang)}: {line(f'clearing.plan.{plan.name}', lang)}", told
    for one in cleared.sensitivity:
        kept, lost = (line(f"report.sensitive.{name}", lang) for name in ("kept", "lost"))
        told = f"{kept} {percent(one.kept)}; {lost} {share(one.lost)}"
        yield (
            f"{line('report.sensitive.mapping', lang)}: {line(f'clearing.mapping.{one.mapping}', lang)}",
            told,
        )
