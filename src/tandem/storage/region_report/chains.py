"""Chain maps: the links of each chain by stage, who supplies them here and elsewhere, and the gaps by importance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tandem.storage.region_report.cites import Cites, named, slug
from tandem.storage.region_report.downloads import download
from tandem.storage.region_report.view import Name, RegionView
from tandem.storage.report.two import Two, html, phrase, weave

if TYPE_CHECKING:
    from tandem.engine.chains.gaps import LinkState, Supplier

STAGES = ("up", "mid", "down")
GAPS = ("missing", "single", "few", "covered")
_LISTED = 12  # suppliers, needs or offers named in one box; all of them are in the CSV
_GAP_ROWS = 40
Row = tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class LinkBox:
    """One link as a box: what stands on it and what stands inside."""

    anchor: str
    gap: str
    name: Markup
    local: Markup
    importance: Markup
    here: tuple[Markup, ...]
    elsewhere: tuple[Markup, ...]
    needs: tuple[Markup, ...]
    offers: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class ChainMap:
    """One chain: its boxes by stage."""

    name: Markup
    stages: tuple[tuple[str, tuple[LinkBox, ...]], ...]


@dataclass(frozen=True, slots=True)
class ChainsPart:
    """The gaps first, then the maps; `seen` says how many organisations stand behind both."""

    seen: Markup
    gaps: tuple[Row, ...]
    more: Markup | None
    maps: tuple[ChainMap, ...]
    csv: Markup


def chains(view: RegionView, cites: Cites) -> ChainsPart:
    """The part on chains."""
    facts = _facts(view)
    order = {state.link_id: (-_importance(facts, state), GAPS.index(state.gap)) for state in view.links}
    names = _chain_names(view, cites)
    gaps = sorted((s for s in view.links if s.gap != "covered"), key=lambda s: (*order[s.link_id], s.link_id))
    maps, place = [], {link_id: i for i, link_id in enumerate(facts)}
    links = sorted(view.links, key=lambda state: place.get(state.link_id, len(place)))
    for chain in dict.fromkeys(state.chain for state in links):
        stages = tuple(
            (
                stage,
                tuple(_box(s, view, cites, facts) for s in links if s.chain == chain and s.stage == stage),
            )
            for stage in STAGES
        )
        maps.append(ChainMap(named(names.get(chain, Two(chain, chain))), stages))
    seen = "regionpage.chains.seen" if view.organisations else "regionpage.chains.nobody"
    count = cites.to("s-chains-csv", f"{len(view.organisations):,}")
    return ChainsPart(
        seen=weave(seen, n=count) if view.organisations else weave(seen),
        gaps=tuple(_gap(s, names, cites, facts) for s in gaps[:_GAP_ROWS]) if view.organisations else (),
        more=weave("regionpage.more", n=cites.to("s-chains-csv", f"{len(gaps) - _GAP_ROWS:,}"))
        if view.organisations and len(gaps) > _GAP_ROWS
        else None,
        maps=tuple(maps),
        csv=_csv(view, facts),
    )


def mark(gap: str) -> Markup:
    """The class of a gap as a word with its colour and its mark."""
    return Markup('<span class="gap gap-{}">{}</span>').format(gap, weave(f"regionpage.gap.{gap}"))


def _facts(view: RegionView) -> Mapping[str, Mapping[str, Any]]:
    frame = view.tables.get("links")
    return {} if frame is None else {row["link_id"]: row for row in frame.iter_rows(named=True)}


def _importance(facts: Mapping[str, Mapping[str, Any]], state: LinkState) -> int:
    return int(facts.get(state.link_id, {}).get("importance") or 0)


def _chain_names(view: RegionView, cites: Cites) -> dict[str, Two]:
    """A chain is called as the cluster whose template it is."""
    frame = view.tables.get("clusters")
    if frame is None or "chain" not in frame.columns:
        return {}
    return {
        row["chain"]: cites.name("clusters", row["cluster_id"])
        for row in frame.iter_rows(named=True)
        if row["chain"]
    }


def _anchor(state: LinkState) -> str:
    return slug(f"l-{state.link_id}")


def _gap(
    state: LinkState, names: Mapping[str, Two], cites: Cites, facts: Mapping[str, Mapping[str, Any]]
) -> Row:
    anchor = _anchor(state)
    chain = names.get(state.chain, Two(state.chain, state.chain))
    stage = phrase(f"regionpage.stage.{state.stage}")
    counts = (state.local, len(state.suppliers) - state.local, len(state.needs), len(state.offers))
    return (
        cites.to(anchor, str(_importance(facts, state) or "—")),
        named(
            cites.name("links", state.link_id), Two(f"{chain.zh} · {stage.zh}", f"{chain.en} · {stage.en}")
        ),
        mark(state.gap),
        *(cites.to(anchor, f"{count:,}") for count in counts),
    )


def _box(state: LinkState, view: RegionView, cites: Cites, facts: Mapping[str, Mapping[str, Any]]) -> LinkBox:
    anchor = _anchor(state)
    here = [one for one in state.suppliers if one.local]
    away = [one for one in state.suppliers if not one.local]
    return LinkBox(
        anchor=anchor,
        gap=state.gap if view.organisations else "unknown",
        name=html(cites.name("links", state.link_id)),
        local=cites.to(anchor, f"{state.local:,}"),
        importance=cites.to(anchor, str(_importance(facts, state) or "—")),
        here=tuple(_supplier(one, view) for one in here[:_LISTED]) + _rest(here),
        elsewhere=tuple(_supplier(one, view) for one in away[:_LISTED]) + _rest(away),
        needs=tuple(_item(one, view.needs) for one in state.needs[:_LISTED]) + _rest(state.needs),
        offers=tuple(_item(one, view.offers) for one in state.offers[:_LISTED]) + _rest(state.offers),
    )


def _rest(items: Sequence[Any]) -> tuple[Markup, ...]:
    more = len(items) - _LISTED
    link = Markup('<a href="#s-chains-csv">{:,}</a>').format(more)
    return (weave("regionpage.more", n=link),) if more > 0 else ()


def _named(key: str, names: Mapping[str, Name]) -> Markup:
    return html(Two(*names.get(key, (key, key))))


def _item(key: str, names: Mapping[str, Name]) -> Markup:
    return named(Two(*names.get(key, (key, key))), key)


def _supplier(one: Supplier, view: RegionView) -> Markup:
    """A supplier with the evidence it was found by."""
    found = []
    for kind, key, term in one.evidence[:3]:
        titles = {"offer": view.offers, "need": view.needs}.get(kind, {})
        known = Markup(" · {}").format(_named(key, titles)) if key in titles else Markup(" {}").format(key)
        found.append(Markup("{}: “{}”{}").format(weave(f"regionpage.evidence.{kind}"), term, known))
    return Markup('<span class="nm">{} <small>{}</small></span>').format(
        _named(one.org_id, view.organisations), Markup("; ").join(found)
    )


_COLUMNS = ("chain", "stage", "link_id", "importance", "gap", "local", "organisation", "here", "evidence", "needs",
            "offers")  # fmt: skip


def _csv(view: RegionView, facts: Mapping[str, Mapping[str, Any]]) -> Markup:
    """A row for each supplier of each link; links that nobody supplies have one row too."""
    rows: list[tuple[Any, ...]] = []
    for state in view.links:
        head = (state.chain, state.stage, state.link_id, _importance(facts, state), state.gap, state.local)
        tail = (state.needs, state.offers)
        rows += [
            (
                *head,
                one.org_id,
                one.local,
                [f"{kind} {key}: {term}" for kind, key, term in one.evidence],
                *tail,
            )
            for one in state.suppliers
        ] or [(*head, None, None, None, *tail)]
    return download("chains", _COLUMNS, rows)
