"""Every kind of picture at work, for the design page; the numbers are made up."""

from __future__ import annotations

from markupsafe import Markup

from tandem.base.words import Lang, say
from tandem.domain.map_cells import cells
from tandem.interfaces.web import city_map, drawing, plots, write
from tandem.interfaces.web.drawing import Bar, Part, Range, Slot, Strip
from tandem.interfaces.web.plots import Band, Mark

_FLOWS = (("440100", "440600", 9), ("440300", "440400", 5), ("440800", "440100", 2), ("810000", "440300", 4),
          ("440300", "440300", 6))  # fmt: skip


def all_of(lang: Lang) -> tuple[tuple[str, Markup], ...]:
    """Each kind by the name that its words have."""
    return (
        ("bars", _bars(lang)),
        ("strips", _strips(lang)),
        ("ranges", _ranges(lang)),
        ("calendar", _calendar(lang)),
        ("fan", _fan(lang)),
        ("map", _map(lang)),
    )


def _kind(name: str, lang: Lang) -> str:
    return write.choice("kind", name, lang)


def _bars(lang: Lang) -> Markup:
    heads = [say(f"web.overview.{one}", lang) for one in ("by.kind", "gap.slots", "gap.missing")]
    rows = [Bar(_kind(kind, lang), slots - lacking, str(slots), behind=slots, behind_tone="bar3", more=(str(lacking),))
            for kind, slots, lacking in (("service", 34, 4), ("technology", 21, 15), ("data", 3, 0))]  # fmt: skip
    key = drawing.legend(
        [("bar", say("web.overview.key.covered", lang)), ("bar3", say("web.overview.key.missing", lang))]
    )
    return key + drawing.bars(rows, say("web.overview.gaps", lang), heads)


def _strips(lang: Lang) -> Markup:
    tones = (("newcomer", "bar"), ("small", "bar2"), ("larger", "ground"))
    rows = [
        Strip(say(f"web.overview.stage.{stage}", lang, n=sum(parts)),
              tuple(Part(tone, say(f"web.overview.sort.{sort}", lang), n)
                    for (sort, tone), n in zip(tones, parts, strict=True)))
        for stage, parts in (("organisations", (20, 30, 50)), ("proposed", (9, 21, 70)))
    ]  # fmt: skip
    return drawing.strips(rows, say("web.overview.exposure", lang), say("web.overview.stage", lang))


def _ranges(lang: Lang) -> Markup:
    heads = [say(f"web.overview.times.{one}", lang) for one in ("step", "median", "n")]
    rows = [Range(say(f"web.overview.step.{step}", lang), low, middle, high,
                  (say("web.lasts.days", lang, n=middle), "12"))
            for step, low, middle, high in (("invited", 1, 3, 9), ("agreed", 6, 14, 30))]  # fmt: skip
    return drawing.ranges(rows, say("web.overview.times", lang), heads)


def _calendar(lang: Lang) -> Markup:
    rows = [
        (
            _kind(kind, lang),
            [Slot(n, str(n), say("web.design.picture.free", lang, n=n)) for n in free],
        )
        for kind, free in (("capacity", (0, 1, 2, 3, 4)), ("service", (4, 4, 2, 0, 1)))
    ]
    heads = [
        write.day(f"2027-03-0{number}", lang).removeprefix("2027年").removesuffix(" 2027")
        for number in range(1, 6)
    ]
    return drawing.calendar(rows, heads, say("web.overview.gap.free", lang)) + drawing.shades(
        say("web.overview.map.scale", lang)
    )


def _fan(lang: Lang) -> Markup:
    past = [
        Mark(year, value, str(year), str(value))
        for year, value in ((2022, 31.0), (2023, 32.5), (2024, 33.1), (2025, 34.0))
    ]
    ahead = [Mark(2025 + n, 34 + 0.8 * n, str(2025 + n), "") for n in range(6)]
    bands = [
        [Band(2025 + n, 34 + (0.8 - w) * n, 34 + (0.8 + w) * n) for n in range(6)] for w in (0.9, 0.6, 0.3)
    ]
    path = [Mark(2025 + n, 34 + 1.2 * n, str(2025 + n), "") for n in range(6)]
    return Markup("<figure>{}</figure>").format(
        plots.fan(
            past,
            ahead,
            bands,
            Mark(2030, 40, "2030", "40 %"),
            say("web.design.picture.fan", lang),
            lang,
            path=path,
        )
    )


def _map(lang: Lang) -> Markup:
    of = say("web.overview.gap.slots", lang)
    cities = {}
    for n, code in enumerate(cells()):
        title = say("web.overview.city.title", lang, city=write.city(code, lang), of=of, n=n)
        cities[code] = city_map.City(n, str(n), title, "/design")
    flows = []
    for origin, to, n in _FLOWS:
        names = {"origin": write.city(origin, lang), "to": write.city(to, lang)}
        flows.append(city_map.Flow(origin, to, n, say("web.overview.flow.title", lang, n=n, **names)))
    plain = city_map.cartogram(cells(), cities, say("web.overview.map.slots", lang), lang)
    flowing = city_map.cartogram(cells(), cities, say("web.overview.flows", lang), lang, flows)
    key = drawing.shades(say("web.overview.map.scale", lang))
    return Markup(
        '<div class="two"><figure class="bleed">{}{}</figure><figure class="bleed">{}</figure></div>'
    ).format(plain, key, flowing)
