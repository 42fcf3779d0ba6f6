"""The report's main list, ready for the template: needs with their matches, reasons and evidence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from markupsafe import Markup, escape

from tandem.engine.matching.story import Excluded, Wanted
from tandem.storage.report.assigned import Assigned
from tandem.storage.report.lists import left_out
from tandem.storage.report.telling import (
    Ground,
    city_name,
    ground_code,
    ground_params,
    grounds,
    kind_name,
    organisation_names,
    score_text,
)
from tandem.storage.report.two import Piece, Two, html, listed, percent, phrase, tongue, weave
from tandem.storage.report.view import ReportView

DETAILED = 300  # needs shown with their reasons
COMPACT = 5_000  # further needs shown as rows of a table
SHOWN, FOLDED = 5, 10  # matches of a need with all reasons; with the main reason
GROUP_ORDER = "dmoptx"
_REASONS = 6  # reasons of a match in full; what is left is added up
_SLIGHT = 0.01  # reasons below this share of the score are only added up
_TEXT = 900  # letters of a need's or an evidence's own text


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One proposed organisation of a need."""

    rank: int
    name: Markup
    city: Markup
    score: str
    probability: str
    length: int  # of the bar, percent of the first of the list
    parts: tuple[tuple[str, float], ...]  # colour group, percent of the bar; no bar without parts
    chip: Markup  # first choice of more needs than it has room for
    assigned: Markup  # by which assignment it is taken
    newcomer: bool
    reasons: tuple[tuple[str, Markup], ...]  # share of the score, sentence
    checks: tuple[tuple[str, Markup], ...]  # yes, ask or note; sentence


@dataclass(frozen=True, slots=True)
class NeedBlock:
    """One need with its matches."""

    anchor: str
    need_id: str
    title: str
    lang: str
    text: str
    meta: tuple[Markup, ...]
    state: str
    busy: bool
    first: Markup
    lines: tuple[Markup, ...]  # who is assigned, where that is not the first choice alone
    why: tuple[Markup, ...]  # what clearing decided
    moved: bool  # has a list and did not get (only) its first choices
    matches: tuple[MatchRow, ...]
    more: tuple[MatchRow, ...]
    beyond: int
    left_out: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need beyond those in detail: its first choice only."""

    need_id: str
    title: str
    lang: str
    state: str
    first: Markup
    score: str
    assigned: Markup


@dataclass(slots=True)
class Register:
    """The evidence cited so far, numbered in order of first mention."""

    known: Mapping[str, Mapping[str, Any]]
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, evidence_id: str) -> int | None:
        """The number of a piece of evidence on this page; None where the book does not hold it."""
        if evidence_id not in self.known:
            return None
        return self.numbers.setdefault(evidence_id, len(self.numbers) + 1)


@dataclass(frozen=True, slots=True)
class Listing:
    """All needs of the report and the evidence that they cite."""

    blocks: tuple[NeedBlock, ...]
    rows: tuple[NeedRow, ...]
    cut: int
    evidence: tuple[Mapping[str, Any], ...]

    @property
    def groups(self) -> str:
        """The colour groups that any bar uses, in their order."""
        used = {group for block in self.blocks for row in block.matches for group, _ in row.parts}
        return "".join(group for group in GROUP_ORDER if group in used)


def listing(view: ReportView) -> Listing:
    """The needs in the order of the book: the first in detail, the others as rows."""
    page = _Page(view)
    needs = view.book.needs
    blocks = tuple(page.block(i, row) for i, row in enumerate(needs.head(DETAILED).iter_rows(named=True)))
    rest = needs.slice(DETAILED, COMPACT)
    rows = tuple(page.row(row) for row in rest.iter_rows(named=True))
    cut = max(0, needs.height - DETAILED - COMPACT)
    return Listing(blocks, rows, cut, tuple(page.evidence()))


class _Page:
    """What the needs of one page share: names, states, matches by need, the register of evidence."""

    def __init__(self, view: ReportView) -> None:
        book = view.book
        self.names = organisation_names(book.organisations)
        self.seats = dict(book.organisations.select("org_id", "city").iter_rows())
        self.states = dict(view.supply.select("need_id", "state").iter_rows())
        self.wanted: dict[str, Wanted] = {one.org_id: one for one in view.story.contested}
        self.matches = _by_need(view.matches.sort("need_id", "rank"), book.needs["need_id"].head(DETAILED))
        first = view.matches.filter(pl.col("rank") == 1).select("need_id", "org_id", "score")
        self.first = {need_id: (org_id, score) for need_id, org_id, score in first.iter_rows()}
        self.excluded = _by_need(view.excluded, book.needs["need_id"].head(DETAILED))
        self.assigned = Assigned(view.cleared, self.names)
        self.register = Register(_evidence(view, self.matches))

    def block(self, i: int, need: Mapping[str, Any]) -> NeedBlock:
        rows = self.matches[need["need_id"]]
        best = rows[0]["score"] if rows else 0.0
        text, title = need.get("text") or "", need["title"]
        return NeedBlock(
            anchor=f"n{i + 1}",
            need_id=need["need_id"],
            title=title,
            lang=tongue(title + text),
            text=_cut(text),
            meta=tuple(self._meta(need)),
            state=self._state(need["need_id"]),
            busy=bool(rows) and rows[0]["org_id"] in self.wanted,
            first=self._first(need["need_id"]),
            lines=self.assigned.lines(need["need_id"], rows[0]["org_id"] if rows else None),
            why=self.assigned.why(need["need_id"]),
            moved=self.assigned.moved(need["need_id"]),
            matches=tuple(self._match(row, best, full=True) for row in rows[:SHOWN]),
            more=tuple(self._match(row, best, full=False) for row in rows[SHOWN:FOLDED]),
            beyond=max(0, len(rows) - FOLDED),
            left_out=tuple(left_out(Excluded(row["code"], 1, row["organisations"], row["offers"]))
                           for row in self.excluded[need["need_id"]] if row["code"] != "self"),
        )  # fmt: skip

    def row(self, need: Mapping[str, Any]) -> NeedRow:
        _, score = self.first.get(need["need_id"], (None, None))
        return NeedRow(
            need["need_id"],
            need["title"],
            tongue(need["title"]),
            self._state(need["need_id"]),
            self._first(need["need_id"]),
            "" if score is None else score_text(score),
            self.assigned.cell(need["need_id"]),
        )

    def evidence(self) -> Iterator[Mapping[str, Any]]:
        for evidence_id, number in self.register.numbers.items():
            row = self.register.known[evidence_id]
            makers = listed(self._name(org_id) for org_id in row["org_ids"])
            yield {**row, "id": evidence_id, "number": number, "makers": html(makers), "text": _cut(row["text"] or ""),
                   "lang": tongue((row["title"] or "") + (row["text"] or ""))}  # fmt: skip

    def _name(self, org_id: str) -> Two:
        return self.names.get(org_id, Two(org_id, org_id))

    def _state(self, need_id: str) -> str:
        state: str = self.states.get(need_id, "none")
        return state

    def _first(self, need_id: str) -> Markup:
        return html(self._name(self.first[need_id][0])) if need_id in self.first else Markup()

    def _meta(self, need: Mapping[str, Any]) -> Iterator[Markup]:
        yield escape(need["need_id"])
        yield html(kind_name(need.get("kind")))
        if need.get("city"):
            yield html(city_name(need["city"]))
        if need.get("org_id"):
            yield weave("report.need.by", name=self._name(need["org_id"]))
        for name in ("posted", "due"):
            if day := need.get(f"{name}_on"):
                yield weave(f"report.need.{name}", date=day.isoformat())
        if (need.get("slots") or 1) > 1:
            yield weave("report.need.slots", n=need["slots"])
        if money := _budget(need):
            yield money

    def _match(self, row: Mapping[str, Any], best: float, *, full: bool) -> MatchRow:
        org_id = row["org_id"]
        known = grounds(row["reasons"], row["score"])
        weighed = [ground for ground in known if ground.weight]
        shown = [ground for ground in weighed if abs(ground.share) >= _SLIGHT][: _REASONS if full else 1]
        busy = self.wanted.get(org_id)
        rest = sum(ground.share for ground in weighed) - sum(ground.share for ground in shown)
        reasons = [(percent(ground.share), self._sentence(ground)) for ground in shown]
        if full and rest >= 0.005:
            reasons.append((percent(rest), weave("report.match.rest")))
        return MatchRow(
            rank=row["rank"],
            name=html(self._name(org_id)),
            city=html(city_name(self.seats[org_id])) if self.seats.get(org_id) else Markup(),
            score=score_text(row["score"]),
            probability="" if row.get("probability") is None else percent(row["probability"]),
            length=max(1, round(100 * row["score"] / best)) if best > 0 else 0,
            parts=tuple(_parts(weighed)) if full else (),
            chip=weave("report.wanted.chip", first=busy.first, capacity=busy.capacity) if busy else Markup(),
            assigned=self.assigned.chip(row["need_id"], org_id),
            newcomer=any(ground.code == "newcomer" for ground in known),
            reasons=tuple(reasons),
            checks=tuple(_checks(ground for ground in known if not ground.weight)) if full else (),
        )

    def _sentence(self, ground: Ground) -> Markup:
        params = _dressed(ground)
        if "title" in params:
            params["title"] = self._title(ground, _terms(ground))
        return weave(ground_code(ground), **params)

    def _title(self, ground: Ground, terms: Iterable[str]) -> Markup:
        """The evidence's title with the terms in common marked, leading to its full text where the book has it."""
        title = str(ground.params.get("title") or "")
        marked, lang = _mark(title, terms), tongue(title)
        cited = (number for evidence_id in ground.evidence if (number := self.register.number(evidence_id)))
        number = next(cited, None)
        if number is None:
            return Markup("<cite lang={}>{}</cite>").format(lang, marked)
        return Markup("<a class=ev href=#e{} lang={}>{}</a>").format(number, lang, marked)


def _by_need(frame: pl.DataFrame, ids: pl.Series) -> Mapping[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in frame.filter(pl.col("need_id").is_in(ids.to_list())).iter_rows(named=True):
        rows[row["need_id"]].append(row)
    return rows


def _evidence(view: ReportView, matches: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The deliveries and offers that the detailed needs may cite, by id."""
    ids = {
        evidence_id
        for rows in matches.values()
        for row in rows[:FOLDED]
        for ground in grounds(row["reasons"], row["score"])
        for evidence_id in ground.evidence
    }
    done = view.book.deliveries.filter(pl.col("delivery_id").is_in(list(ids)))
    stated = view.book.offers.filter(pl.col("offer_id").is_in(list(ids)))
    known = {
        row["delivery_id"]: {"title": row["title"], "text": row["text"], "date": row["delivered_on"],
                             "org_ids": row["org_ids"] or [], "stated": False}
        for row in done.iter_rows(named=True)
    }  # fmt: skip
    for row in stated.iter_rows(named=True):
        known.setdefault(row["offer_id"], {"title": row["title"], "text": row["text"], "date": None,
                                           "org_ids": [row["org_id"]], "stated": True})  # fmt: skip
    return known


def _parts(weighed: Iterable[Ground]) -> Iterator[tuple[str, float]]:
    """The bar's parts: what speaks for the organisation, by colour group, as percent of the bar."""
    sums: dict[str, float] = {}
    for ground in weighed:
        sums[ground.group] = sums.get(ground.group, 0.0) + max(ground.weight, 0.0)
    total = sum(sums.values())
    for group in GROUP_ORDER:
        if sums.get(group, 0.0) >= 0.004 * total > 0:
            yield group, round(100 * sums[group] / total, 1)


def _checks(looked_at: Iterable[Ground]) -> Iterator[tuple[str, Markup]]:
    """What weighs nothing: conditions met in one sentence, those not stated in another, the rest one by one."""
    met, unstated = [], []
    for ground in looked_at:
        condition, _, state = ground.code.rpartition("_")
        if state == "met":
            met.append(phrase(f"report.met.{condition}", **ground_params(ground)))
        elif state == "unknown":
            unstated.append(phrase(f"report.check.{condition}"))
        elif ground.code != "newcomer":
            yield "ask" if ground.code == "weak" else "note", weave(ground_code(ground), **_dressed(ground))
    if met:
        yield "yes", weave("report.check.met", what=listed(met))
    if unstated:
        yield "ask", weave("report.check.unstated", what=listed(unstated))


def _dressed(ground: Ground) -> dict[str, Piece]:
    """What a reason's sentence asks for, the words of the texts set apart."""
    params = ground_params(ground)
    if "terms" in params:
        params["terms"] = _apart(_terms(ground))
    if "pairs" in params:
        params["pairs"] = _apart([" = ".join(map(str, pair)) for pair in ground.params.get("pairs") or ()])
    return params


def _terms(ground: Ground) -> list[str]:
    return [str(term) for term in ground.params.get("terms") or ()]


def _apart(words: Sequence[str]) -> Markup:
    """Words in common, written once for both languages: they are the texts' own."""
    joined = " · ".join(words)
    return Markup("<u lang={}>{}</u>").format(tongue(joined), joined)


def _mark(text: str, terms: Iterable[str]) -> Markup:
    """The text with each occurrence of a term marked."""
    wanted = sorted({term for term in terms if term.strip()}, key=len, reverse=True)
    if not wanted:
        return escape(text)
    either = "|".join((r"\b" if term[0].isascii() else "") + re.escape(term) for term in wanted)
    pieces = re.split(f"({either})", text, flags=re.IGNORECASE)
    tagged = (
        Markup("<mark>{}</mark>").format(piece) if i % 2 else escape(piece) for i, piece in enumerate(pieces)
    )
    return Markup("").join(tagged)


def _budget(need: Mapping[str, Any]) -> Markup | None:
    low, high = need.get("budget_min"), need.get("budget_max")
    currency = need.get("currency") or "CNY"
    if low is None:
        return None if high is None else weave("report.need.budget.upto", high=f"{currency} {high // 100:,}")
    if high is None:
        return weave("report.need.budget.from", low=f"{currency} {low // 100:,}")
    return weave("report.need.budget", low=f"{currency} {low // 100:,}", high=f"{high // 100:,}")


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT else text[:_TEXT].rstrip() + "…"
