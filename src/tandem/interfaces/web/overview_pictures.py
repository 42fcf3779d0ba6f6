"""The overview's pictures and the tables beside them, from what the hub says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from markupsafe import Markup

from tandem.base.words import Lang, say
from tandem.domain.map_cells import Cell
from tandem.hub.overview.answers import Flow, Gap, Gaps, Overview, Span
from tandem.interfaces.web import city_map, drawing, markup, write
from tandem.interfaces.web.drawing import Bar, Part, Range, Strip
from tandem.interfaces.web.visit import Visit

FILTERS = ("kind", "service_code", "sector", "city")
_ROWS = 12  # shown at first; `all` in the address shows the rest
_FLOWS = 24  # lines of the map: more cannot be told apart
_STAGES = ("organisations", "proposed", "invited", "introduced", "agreed")


def named(name: str, value: str | None, lang: Lang) -> str:
    """One kind, service, sector or city by its name."""
    if value is None:
        return say("web.overview.unstated", lang)
    if name == "sector":  # as somebody wrote it, in whichever language
        return Markup('<span lang="{}">{}</span>').format(markup.language(value), value)
    return write.choice("kind", value, lang) if name == "kind" else _OF[name](value, lang)


_OF = {"service_code": write.service, "city": write.city}


def list_of(visit: Visit, about: str, **narrowed: str) -> str:
    """The list behind a number, narrowed as the page is, and further."""
    kept = visit.asked(*FILTERS)
    return "/overview/needs?" + urlencode({"about": about, **kept, **narrowed})


def _count(visit: Visit, number: int, link: str = "") -> str | Markup:
    shown = write.number(number, visit.lang)
    return drawing.linked(shown, link) if link and number else shown


def gaps(visit: Visit, by: str, found: Gaps) -> Markup:
    """Open slots of each group: those with free places, and those without (by sector: those without a match)."""
    t = visit.lang
    rows = found.items if "all" in visit.query else found.items[:_ROWS]
    supplied = any(one.free is not None for one in rows)
    names = ("slots", *(("missing", "free") if supplied else ()), "needs", "unproposed", "unmatched")
    heads = [say(f"web.overview.by.{by}", t), *(say(f"web.overview.gap.{name}", t) for name in names)]
    return drawing.bars([_gap(visit, by, one, supplied) for one in rows], say("web.overview.gaps", t), heads)


def key(visit: Visit, found: Gaps) -> Markup:
    """What the colours of the gaps mean."""
    lacking = "missing" if any(one.free is not None for one in found.items) else "unmatched"
    return drawing.legend(
        [
            ("bar", say("web.overview.key.covered", visit.lang)),
            ("bar3", say(f"web.overview.key.{lacking}", visit.lang)),
        ]
    )


def shade_key(visit: Visit) -> Markup:
    """What the shades of the map mean."""
    return drawing.shades(say("web.overview.map.scale", visit.lang))


def _gap(visit: Visit, by: str, one: Gap, supplied: bool) -> Bar:
    t = visit.lang
    narrowed = {} if one.value is None else {by: one.value}
    lists = {
        about: "" if one.value is None else list_of(visit, about, **narrowed)
        for about in ("open", "unproposed", "unmatched")
    }
    lacking = one.missing if one.missing is not None else min(one.unmatched, one.slots)
    more = [
        *((write.number(one.missing, t), write.number(one.free, t)) if supplied else ()),
        _count(visit, one.needs, lists["open"]),
        _count(visit, one.unproposed, lists["unproposed"]),
        _count(visit, one.unmatched, lists["unmatched"]),
    ]
    link = "" if one.value is None or by in visit.query else visit.address(**narrowed, by=_next(by)) + "#gaps"
    return Bar(named(by, one.value, t), one.slots - lacking, write.number(one.slots, t), link, behind=one.slots,
               behind_tone="bar3", more=tuple(more))  # fmt: skip


def _next(by: str) -> str:
    """By what to look on, once one group is chosen."""
    return {"kind": "service_code", "service_code": "city", "sector": "kind", "city": "kind"}[by]


def map_of(visit: Visit, found: Overview, cells: Mapping[str, Cell], shade: str) -> Markup:
    """The map: cities shaded by a number of their gaps; with flows where the address asks for them."""
    t = visit.lang
    numbers = {one.value: one for one in found.by_city.items}
    cities = {code: _city(visit, code, numbers.get(code), shade) for code in cells}
    drawn = (
        [_flow(one, t) for one in found.flows if one.introduced][:_FLOWS] if "flows" in visit.query else []
    )
    return city_map.cartogram(cells, cities, say(f"web.overview.map.{shade}", t), t, drawn)


def _city(visit: Visit, code: str, one: Gap | None, shade: str) -> city_map.City:
    t = visit.lang
    amount = (getattr(one, shade) or 0) if one else 0
    of = say(f"web.overview.gap.{shade}", t)
    title = say("web.overview.city.title", t, city=write.city(code, t), of=of, n=write.number(amount, t))
    about = "unmatched" if shade == "unmatched" else "open"
    return city_map.City(
        amount,
        write.brief(amount, t) if amount else "·",
        title,
        list_of(visit, about, city=code) if one and one.needs else "",
    )


def _flow(one: Flow, lang: Lang) -> city_map.Flow:
    names = {"origin": named("city", one.origin, lang), "to": named("city", one.to, lang)}
    title = say("web.overview.flow.title", lang, n=write.number(one.introduced, lang), **names)
    return city_map.Flow(one.origin or "", one.to or "", one.introduced, title)


def cities(visit: Visit, found: Overview) -> list[tuple[Gap, str, str]]:
    """The rows beside the map: (numbers, name, list), the widest gap first."""
    rows = found.by_city.items if "all" in visit.query else found.by_city.items[:_ROWS]
    return [(one, named("city", one.value, visit.lang), list_of(visit, "open", city=one.value) if one.value else "")
            for one in rows]  # fmt: skip


def flow_rows(visit: Visit, found: Overview) -> list[tuple[Flow, str, str]]:
    """The flows as rows: (numbers, from, to)."""
    rows = found.flows if "all" in visit.query else found.flows[:_ROWS]
    return [(one, named("city", one.origin, visit.lang), named("city", one.to, visit.lang)) for one in rows]


def exposure(visit: Visit, found: Overview) -> Markup:
    """Each stage as a strip: newcomers, small organisations, others."""
    t = visit.lang
    by = {one.sort: one for one in found.exposure}
    rows = []
    for stage in _STAGES:
        whole, new, small = (getattr(by[sort], stage) for sort in ("all", "newcomer", "small"))
        parts = (
            ("newcomer", "bar", new),
            ("small", "bar2", small - new),
            ("larger", "ground", whole - small),
        )
        rows.append(Strip(
            say(f"web.overview.stage.{stage}", t, n=write.number(whole, t)),
            tuple(Part(tone, say(f"web.overview.sort.{sort}", t), n, _share(n, whole, t)) for sort, tone, n in parts),
        ))  # fmt: skip
    return drawing.strips(rows, say("web.overview.exposure", t), say("web.overview.stage", t))


def sized(visit: Visit, found: Overview) -> Markup:
    """The share of organisations that state a size of micro or small, at each stage."""
    t = visit.lang
    by = {one.sort: one for one in found.exposure}
    rows = []
    for stage in _STAGES:
        whole, part = getattr(by["all"], stage), getattr(by["sized"], stage)
        share = part / whole if whole else 0.0
        rows.append(
            Bar(
                say(f"web.overview.stage.{stage}", t, n=write.number(whole, t)), share, _share(part, whole, t)
            )
        )
    heads = (say("web.overview.stage", t), say("web.overview.sort.sized", t))
    return drawing.bars(rows, say("web.overview.sized", t), heads, most=1.0)


def _share(part: int, whole: int, lang: Lang) -> str:
    return f"{write.share(part / whole, lang)} ({write.number(part, lang)})" if whole else write.NOTHING


def times(visit: Visit, found: Overview) -> Markup:
    """Each step's quartiles."""
    t = visit.lang
    rows = [
        Range(say(f"web.overview.step.{one.step}", t), one.low or 0, one.median or 0, one.high or 0,
              (write.lasting(one.median, t), _between(one, t), write.number(one.n, t)))
        for one in found.times
    ]  # fmt: skip
    heads = [say(f"web.overview.times.{name}", t) for name in ("step", "median", "quartiles", "n")]
    return drawing.ranges(rows, say("web.overview.times", t), heads)


def _between(one: Span, lang: Lang) -> str:
    return f"{write.lasting(one.low, lang)} - {write.lasting(one.high, lang)}" if one.n else write.NOTHING
