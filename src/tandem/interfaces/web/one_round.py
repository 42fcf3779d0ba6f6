"""One round: how far it is, what it came to beside other ways, each assignment explained, published or dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from tandem.base.words import Lang, has, say
from tandem.domain import rule_words
from tandem.hub.rounds.answers import Round, RoundShown
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import drawing, hub_names, markup, needs, reasons, write
from tandem.interfaces.web.drawing import Bar
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import View, Views, Visit

_RUNNING = ("waiting", "running")
_OTHERS = 30  # rounds that one can be compared with
_RECENT = 20  # rounds that are looked through for the last one
PLANS = ("greedy", "joint")


@dataclass(frozen=True, slots=True)
class Column:
    """One way of assigning beside the others: its name, what it reaches; None where that is not known of it."""

    name: str
    value: int
    pairs: int
    served: int
    firsts: int | None
    small: float | None
    link: str = ""


async def show(visit: Visit) -> Response:
    """One round."""
    return await _page(visit, None)


async def _page(visit: Visit, refused: Form | None) -> Response:
    one: RoundShown = await visit.ask("round.show", {"id": visit.id})
    others = await _others(visit, one)
    before = _last(one, others)
    values: dict[str, Any] = {
        "one": one, "running": _running(one), "columns": _columns(one, before), "before": before, "others": others,
        "rules": [_rule(rule, one, visit) for rule in one.rules], "bars": _bars(visit, one),
        "acts": _acts(visit, one), "sentences": _sentences(visit, one), "worth": _worth(visit, one),
        "failed": told_error(visit, one),
    }  # fmt: skip
    return visit.formed("rounds/one.html", refused or Form("round.show", visit.lang), **values)


async def progress(visit: Visit) -> Response:
    """How far a round is; once its job has ended the whole page is asked for again."""
    one: RoundShown = await visit.ask("round.show", {"id": visit.id}, counted=False)
    running = _running(one)
    if not visit.part:
        return visit.to(f"/rounds/{one.id}")
    if not running:
        visit.headers.append((b"hx-refresh", b"true"))
    return visit.show("rounds/progress.html", one=one, running=running)


def _running(one: RoundShown) -> bool:
    return one.job is not None and one.job.state in _RUNNING


def told_error(visit: Visit, one: RoundShown) -> str:
    """Why its job failed, in words."""
    if one.job is None or one.job.state != "failed" or not one.job.error:
        return ""
    code = f"error.{one.job.error.get('code', '')}"
    try:
        return say(code, visit.lang, **dict(one.job.error.get("params") or {})) if has(code) else code
    except (KeyError, IndexError):
        return code


async def _others(visit: Visit, one: RoundShown) -> Sequence[Round]:
    """Rounds that have been cleared, the newest first, without this one."""
    found = (await visit.ask("round.list", {"limit": _OTHERS}, counted=False)).items
    return [other for other in found if other.id != one.id and other.totals is not None]


def _last(one: RoundShown, others: Sequence[Round]) -> Round | None:
    """The last round before this one that was published; else the last that was cleared."""
    before = [other for other in others[:_RECENT] if other.created_at <= one.created_at]
    return next((other for other in before if other.state == "published"), before[0] if before else None)


def _columns(one: RoundShown, before: Round | None) -> Sequence[Column]:
    """Greedy, joint, and what the last round came to."""
    if one.clearing is None:
        return ()
    plans = {plan["name"]: plan for plan in one.clearing["plans"]}
    columns = [
        Column(name, plan["value"], plan["pairs"], plan["served"], plan["firsts"], plan["small_share"])
        for name in PLANS
        if (plan := plans.get(name)) is not None
    ]
    if before is not None and before.totals is not None:
        total = before.totals
        columns.append(
            Column("last", total.value, total.pairs, total.served, None, None, f"/rounds/{before.id}")
        )
    return columns


def _rule(rule: Mapping[str, Any], one: RoundShown, visit: Visit) -> tuple[Mapping[str, Any], str]:
    value = one.totals.value if one.totals is not None else 0
    return rule, rule_words.sentence(rule, value, visit.lang)


def _bars(visit: Visit, one: RoundShown) -> Any:
    """Offers wanted beyond their room: wanted behind, room before; the price of a place beside."""
    if not one.places:
        return None
    rows = [
        Bar(_offer(place), place["capacity"],
            write.number(place["wanted"], visit.lang), f"/rounds/{one.id}/assignments?organisation={place['org_id']}",
            behind=max(place["wanted"], place["capacity"]), behind_tone="bar3",
            more=(write.number(place["capacity"], visit.lang), write.number(int(place["price"] or 0), visit.lang)))
        for place in one.places
    ]  # fmt: skip
    heads = [say(f"web.round.place.{name}", visit.lang) for name in ("offer", "wanted", "capacity", "price")]
    return drawing.bars(rows, say("web.round.places", visit.lang), heads)


def _offer(place: Mapping[str, Any]) -> Markup:
    """Whose offer it is and how it is called, each in the language that it is written in."""
    names = [place["organisation"], *([place["title"]] if place["title"] else [])]
    return Markup(" · ").join(
        Markup('<span lang="{}">{}</span>').format(markup.language(one), one) for one in names
    )


def _worth(visit: Visit, one: RoundShown) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """What one more place is worth by kind and by city, with the group's name."""
    found = []
    for row in one.worth:
        name = (
            write.city(row["name"], visit.lang)
            if row["side"] == "city"
            else write.choice("kind", row["name"], visit.lang)
        )
        found.append((name, row))
    return found


def _sentences(visit: Visit, one: RoundShown) -> Sequence[str]:
    """What the clearing came to: whether it gains, and what the certificate proves."""
    if one.clearing is None:
        return ()
    share = f"{abs(one.clearing['gain']):.2%}"
    return (
        say(f"clearing.verdict.{one.clearing['verdict']}", visit.lang, share=share),
        say(f"clearing.proof.{one.clearing['proof']}", visit.lang, gap=f"{one.clearing['gap']:.3%}"),
    )


def _acts(visit: Visit, one: RoundShown) -> Mapping[str, Form]:
    """What may be done with it now: verb -> its form."""
    verbs = [name.removeprefix("round.") for name in one.moves]
    return {verb: Form(f"round.{verb}", visit.lang, version=one.version) for verb in verbs}


async def assignments(visit: Visit) -> Response:
    """A round's lists, each pair with why it was assigned or not; of one need or one organisation where asked."""
    one: RoundShown = await visit.ask("round.show", {"id": visit.id}, counted=False)
    asked: dict[str, Any] = {"id": visit.id, "limit": 25, "assigned": bool(visit.query.get("assigned"))}
    asked |= visit.asked("need", "organisation", "after")
    which: Sequence[tuple[str, str]] = ()
    if name := visit.query.get("name"):
        which = await needs.names_of(visit, name)
        if len(which) == 1:
            asked["organisation"] = which[0][0]
    found = await visit.ask("round.assignments", asked)
    told = found.items if "need" in asked else ()
    known = await reasons.cited(visit, (pair.reasons for pair in told))
    why = {(pair.need_id, pair.rank): reasons.in_words(visit.lang, pair.reasons, known) for pair in told}
    return visit.show("rounds/assignments.html", one=one, found=found, asked=asked, which=which, why=why,
                      name=visit.query.get("name", ""), counted=partial(_counted, visit.lang))  # fmt: skip


def _counted(lang: Lang, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a sentence counts, as the language writes large numbers."""
    return {
        name: write.number(value, lang) if isinstance(value, int) and abs(value) >= 10_000 else value
        for name, value in params.items()
    }


async def compare(visit: Visit) -> Response:
    """Two rounds, for instance under two sets of rules: what the other one assigns differently."""
    one: RoundShown = await visit.ask("round.show", {"id": visit.id}, counted=False)
    others = await _others(visit, one)
    other = visit.query.get("other")
    found, pair = None, None
    if other:
        found = await visit.ask(
            "round.compare", {"id": visit.id, "other": other, "limit": 50, "after": visit.query.get("after")}
        )
        pair = (one, await visit.ask("round.show", {"id": other}, counted=False))
    names = await _named(visit, found)
    rules = [[_rule(rule, shown, visit) for rule in shown.rules] for shown in pair] if pair else ()
    plans = [_joint(shown) for shown in pair] if pair else ()
    return visit.show("rounds/compare.html", one=one, others=others, other=other, found=found, pair=pair, names=names,
                      rules=rules, plans=plans)  # fmt: skip


def _joint(one: RoundShown) -> Mapping[str, Any] | None:
    """What its joint clearing came to; None before it is cleared."""
    plans = one.clearing["plans"] if one.clearing is not None else ()
    return next((plan for plan in plans if plan["name"] == "joint"), None)


async def _named(visit: Visit, found: Any) -> Mapping[str, str]:
    ids = {id_ for item in found.items for id_ in (*item.before, *item.after)} if found is not None else set()
    return await hub_names.organisations(visit, ids)


async def disclosures(visit: Visit) -> Response:
    """What clearing lets others learn, all of it."""
    found = await visit.ask("round.disclosures")
    return visit.show("rounds/disclosures.html", found=found)


def _moving(verb: str) -> View:
    async def moved(visit: Visit) -> Response:
        form = visit.form(f"round.{verb}")
        if await visit.send(form, id=visit.id) is None:
            return await _page(visit, form)
        return visit.to(f"/rounds/{visit.id}", f"round_{verb}")

    return moved


VIEWS: Views = {
    ("GET", "/rounds/disclosures"): disclosures,
    ("GET", "/rounds/{id}"): show,
    ("GET", "/rounds/{id}/progress"): progress,
    ("GET", "/rounds/{id}/assignments"): assignments,
    ("GET", "/rounds/{id}/compare"): compare,
    ("POST", "/rounds/{id}/publish"): _moving("publish"),
    ("POST", "/rounds/{id}/drop"): _moving("drop"),
}
