"""Pictures of the register: the fan of a target, clusters on one scale with the tiers."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from tandem.base.words import Lang, say
from tandem.hub.regional.answers import Cluster, Target, Tier
from tandem.interfaces.web import drawing, plots, write
from tandem.interfaces.web.plots import Band, Mark
from tandem.interfaces.web.region_words import Reader

_BEYOND = 1.15  # the scale goes this far beyond the highest tier; what is larger still is cut there
_OPEN = 4.0  # of 100: the pale end of a bar that is at least so long


def fan(target: Target, reader: Reader) -> Markup:
    """The fan of a target with the required path and its way-points; nothing where there is none."""
    found = target.fan
    if found is None:
        return Markup()
    lang, unit = reader.lang, found.zh_unit if reader.lang == "zh" else found.en_unit

    def mark(year: int, level: float) -> Mark:
        return Mark(year, level / unit, str(year), write.number(round(level / unit, 2), lang))

    lines = [(found.p5, found.p95), (found.p10, found.p90)]
    bands = [
        [
            Band(year, low / unit, high / unit)
            for year, low, high in zip(found.years, lower, upper, strict=True)
        ]
        for lower, upper in lines
    ]
    median = [mark(year, level) for year, level in zip(found.years, found.p50, strict=True)]
    ways = {int(reader.text(way.year.text)) for way in target.ways}
    path = [mark(year, level) for year, level in found.required]
    title = say("web.region.fan.title", lang, name=reader.text(target.name), unit=reader.text(found.unit))
    return plots.fan(
        [mark(year, level) for year, level in found.history], median, bands,
        Mark(found.year, found.value / unit, str(found.year), reader.text(target.value.text)), title, lang, path=path,
        ways=[one for one in path if one.x in ways and one.x != found.year],
    )  # fmt: skip


def fan_key(lang: Lang) -> Markup:
    """What the lines and ranges of a fan mean."""
    return drawing.legend(
        (tone, say(f"regionpage.fan.{name}", lang))
        for tone, name in (("band0", "b90"), ("band1", "b80"), ("median", "median"), ("bar3", "required"))
    )


def on_scale(one: Cluster, tiers: Sequence[Tier]) -> Markup:
    """A cluster's revenue as a bar with strokes at the tiers; a pale end where it is at least so large."""
    end = tiers[-1].level * _BEYOND if tiers else (one.level or 1.0)
    if one.level is None:
        return Markup()
    width = min(100 * one.level / end, 100 - (_OPEN if one.open else 0))
    drawn = Markup('<rect class="bar" x="0" y="1" width="{:.2f}" height="8"/>').format(max(width, 0.6))
    if one.open:
        drawn += Markup('<rect class="bar2" x="{:.2f}" y="1" width="{}" height="8"/>').format(width, _OPEN)
    for tier in tiers:
        drawn += Markup('<rect class="bar3" x="{:.2f}" y="0" width="0.8" height="10"/>').format(
            100 * tier.level / end
        )
    return Markup(
        '<svg class="row" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
    ).format(drawn)


def scale_key(lang: Lang) -> Markup:
    """What the bars and strokes of clusters mean."""
    return drawing.legend(
        (tone, say(f"web.region.scale.{name}", lang))
        for tone, name in (("bar", "value"), ("bar2", "open"), ("bar3", "tier"))
    )
