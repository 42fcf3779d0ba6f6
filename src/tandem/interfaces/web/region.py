"""The region's pages: targets, clusters, chains, doubts, figures, measures, from the hub's own register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tandem.domain.region.tables import FIGURE_KINDS
from tandem.hub.answers import Download
from tandem.hub.regional.answers import Chains, Holding, Link, Target, Targets
from tandem.hub.regional.inputs import DOUBTS, GAPS
from tandem.interfaces.http.response import Response, disposition
from tandem.interfaces.web import region_pictures as pictures
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.region_words import Reader, anchor, figure_page, target_page
from tandem.interfaces.web.visit import Views, Visit

PARTS = (
    ("", "overview"), ("/clusters", "clusters"), ("/chains", "chains"), ("/doubts", "doubts"),
    ("/figures", "figures"), ("/measures", "measures"),
)  # fmt: skip
STAGES = ("up", "mid", "down")
TONES: Mapping[str, str] = {
    "achieved": "good", "on_track": "good", "moderate": "care", "limited": "care", "deterioration": "bad",
    "missing": "bad", "single": "care", "few": "care", "covered": "good", "done": "good", "under_way": "now",
}  # fmt: skip
_TOP_DOUBTS = 3
_GAP_ROWS = 20


def shown(visit: Visit, template: str, base: str = "", **values: Any) -> Response:
    """A page of the region, with the ways in which it writes numbers."""
    reader = Reader(visit.lang, base)
    return visit.show(template, r=reader, parts=PARTS, tones=TONES, anchor=anchor, figure_page=figure_page,
                      target_page=target_page, **values)  # fmt: skip


async def overview(visit: Visit) -> Response:
    """What the region aims at, what it comes to, and what the figures leave open."""
    held: Holding = await visit.ask("register.show")
    if not held.about.imports:
        return empty(visit)
    found: Targets = await visit.ask("register.targets")
    doubts = await visit.ask("register.doubts")
    chains: Chains = await visit.ask("register.chains", {"gap": "missing"})
    judged = [one for one in found.items if one.status != "not_available"]
    fans = [(one, pictures.fan(one, Reader(visit.lang, target_page(one.id)))) for one in judged if one.fan]
    gaps = sum(chain.gaps.get("missing", 0) for chain in chains.chains)
    return shown(
        visit, "region/overview.html", held=held, found=found, judged=judged, fans=fans, gaps=gaps,
        seen=chains.organisations,
        unjudged=[one for one in found.items if one.status == "not_available"],
        doubts=doubts, top=doubts.items[:_TOP_DOUBTS], key=pictures.fan_key(visit.lang),
    )  # fmt: skip


def empty(visit: Visit, form: Any = None) -> Response:
    """What to do while the register is empty."""
    made = form or Form("register.sample", visit.lang)
    return visit.formed("region/empty.html", made, parts=PARTS)


async def target(visit: Visit) -> Response:
    """One target with all that was computed of it."""
    found = await visit.ask("register.target", {"id": visit.id})
    one: Target = found.target
    reader = Reader(visit.lang)
    return shown(visit, "region/target.html", found=found, one=one, fan=pictures.fan(one, reader),
                 key=pictures.fan_key(visit.lang), hows=[reader.how(each) for each in found.computed])  # fmt: skip


async def clusters(visit: Visit) -> Response:
    """Clusters against the tiers."""
    found = await visit.ask("register.clusters")
    if not found.about.imports:
        return empty(visit)
    reader = Reader(visit.lang)
    rows = [(one, pictures.on_scale(one, found.tiers)) for one in found.items if one.value is not None]
    return shown(visit, "region/clusters.html", found=found, rows=rows, key=pictures.scale_key(visit.lang),
                 unmeasured=[one for one in found.items if one.value is None],
                 hows=[reader.how(each) for each in found.computed])  # fmt: skip


async def chains(visit: Visit) -> Response:
    """The links of one chain by stage, and the gaps of all."""
    asked = {name: visit.query[name] for name in ("gap",) if visit.query.get(name) in GAPS}
    found: Chains = await visit.ask("register.chains")
    if not found.about.imports:
        return empty(visit)
    known = [one.id for one in found.chains]
    chain = visit.query.get("chain", "")
    chain = chain if chain in known else (known[0] if known else "")
    gap = asked.get("gap")
    links = [one for one in found.items if one.chain == chain and gap in (None, one.gap)]
    worst = [one for one in found.items if one.gap not in (None, "covered") and gap in (None, one.gap)]
    return shown(
        visit, "region/chains.html", found=found, chain=chain, gap=gap,
        names={one.id: one.name for one in found.chains},
        stages=[(stage, _of_stage(links, stage)) for stage in STAGES], worst=worst[:_GAP_ROWS],
        more=len(worst) - _GAP_ROWS, search=lambda one, what: _search(visit, one, what), slug=anchor,
        totals=[(name, sum(one.gaps.get(name, 0) for one in found.chains)) for name in GAPS],
    )  # fmt: skip


def _of_stage(links: Sequence[Link], stage: str) -> list[Link]:
    return sorted((one for one in links if one.stage == stage), key=lambda one: -(one.importance or 0))


def _search(visit: Visit, link: Link, what: str) -> str:
    """The search for whoever could supply a link, by its name."""
    return "/search?" + urlencode({"text": Reader(visit.lang).text(link.name), "what": what})


async def doubts(visit: Visit) -> Response:
    """What the figures say together, and what decision is needed."""
    sort = visit.query.get("sort")
    found = await visit.ask("register.doubts", {"sort": sort if sort in DOUBTS else None})
    if not found.about.imports:
        return empty(visit)
    return shown(
        visit, "region/doubts.html", found=found, sort=sort if sort in DOUBTS else None, order=DOUBTS
    )


async def figures(visit: Visit) -> Response:
    """All figures, filtered, each as printed and with its source."""
    names = ("text", "sort", "source", "geography", "indicator", "after")
    asked = visit.asked(*names)
    if asked.get("sort") not in FIGURE_KINDS:
        asked.pop("sort", None)
    found = await visit.ask("register.figures", asked)
    if not found.about.imports:
        return empty(visit)
    template = "region/figure_rows.html" if visit.part else "region/figures.html"
    return shown(visit, template, found=found, asked=asked, kinds=FIGURE_KINDS)


async def figure(visit: Visit) -> Response:
    """One figure with everything that the register holds of it."""
    return shown(visit, "region/figure.html", found=await visit.ask("register.figure", {"id": visit.id}))


async def measures(visit: Visit) -> Response:
    """Measures and recommendations, promised beside delivered."""
    found = await visit.ask("register.measures")
    if not found.about.imports:
        return empty(visit)
    chosen = visit.query.get("status")
    items = [one for one in found.items if chosen in (None, one.status)]
    return shown(visit, "region/measures.html", found=found, items=items, chosen=chosen)


async def export(visit: Visit) -> Response:
    """The register, or one table of it, as a file."""
    asked = {name: visit.query.get(name) for name in ("format", "table")}
    return file(await visit.ask("register.export", asked))


def file(given: Download) -> Response:
    """A file to keep."""
    headers = [
        (b"content-type", given.media.encode("latin-1")),
        (b"content-disposition", disposition(given.name).encode("latin-1")),
        (b"content-security-policy", b"default-src 'none'; sandbox"),
        (b"cache-control", b"private, no-store"),
    ]
    return Response(200, headers, given.content)


VIEWS: Views = {
    ("GET", "/region"): overview,
    ("GET", "/region/targets/{id}"): target,
    ("GET", "/region/clusters"): clusters,
    ("GET", "/region/chains"): chains,
    ("GET", "/region/doubts"): doubts,
    ("GET", "/region/figures"): figures,
    ("GET", "/region/figures/{id}"): figure,
    ("GET", "/region/measures"): measures,
    ("GET", "/region/export"): export,
}
