"""Clearing rounds in a terminal: how far one is, then what `tandem match` says of a clearing, in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base.words import Lang, has, say
from tandem.hub.rounds.answers import Assignments, Decided, Disclosures, Job, RoundShown, RoundTotals
from tandem.interfaces.cli import assigned, records, values

_ONGOING = ("waiting", "running")


def show(given: RoundShown, lang: Lang, out: Console) -> None:
    """What it is, what it took in, how the needs are supplied, three ways of assigning, what is proven."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, text in _head(given, lang):
        table.add_row(name, Text(text))
    out.print(table)
    if given.totals is None:
        return
    out.print()
    _came_to(given, given.totals, lang, out)
    if given.clearing is not None:
        assigned.show({**given.clearing, "rules": given.rules}, lang, out)


def assignments(given: Assignments, lang: Lang, out: Console) -> None:
    """The lists as a table; where one need was asked for, what was decided for it before them."""
    if given.need is not None:
        _decided(given.need, lang, out)
    records.show(replace(given, need=None), lang, out)


def disclosures(given: Disclosures, lang: Lang, out: Console) -> None:
    """Each thing that clearing lets somebody learn, a sentence of its own."""
    for one in given.items:
        out.print(Text(say(f"disclosure.{one.code}", lang)), soft_wrap=True)
        party, band = values.value("party", one.party, {}, lang), values.value("band", one.band, {}, lang)
        told = say("cli.disclosure", lang, party=party, band=band, at=one.at)
        out.print(Text(f"  {told}", style="dim"), soft_wrap=True)


def _decided(need: Decided, lang: Lang, out: Console) -> None:
    """A need with its supply, and what the clearing did for it."""
    supply = values.value("supply", need.supply, {}, lang)
    out.print(Text(f"{need.need_id}  {need.title}  {supply}", style="bold"), soft_wrap=True)
    for one in need.told:
        out.print(Text(f"  {values.told(one, lang)}"), soft_wrap=True)


def _head(given: RoundShown, lang: Lang) -> Iterator[tuple[str, str]]:
    """What the round is, and how far its job."""
    for name in ("title", "id", "version", "state"):
        yield values.called(name, lang), values.value(name, getattr(given, name), {}, lang)
    if asked := "\n".join(_asked(given, lang)):
        yield say("cli.round.asked", lang), asked
    if given.job is not None:
        yield values.called("job", lang), _job(given.job, lang)
    for name in ("created_at", "changed_at"):
        yield values.called(name, lang), values.value(name, getattr(given, name), {}, lang)


def _asked(given: RoundShown, lang: Lang) -> Iterator[str]:
    """What the round was planned with, as its command calls it; a text of rules at its full length."""
    for name, value in given.asked.items():
        if value in (None, (), [], "") or name == "title":
            continue
        code = f"cli.round.asked.{name}"
        text = values.value(name, value, {}, lang)
        yield say(code, lang, value=text) if has(code) else f"{values.called(name, lang)}: {text}"


def _job(job: Job, lang: Lang) -> str:
    """The job's id and state; while it runs, how far it is; where it failed, why."""
    told = [f"{job.id}  {values.value('state', job.state, {}, lang)}"]
    if job.state in _ONGOING and job.step is not None and job.total:
        step = values.value("step", job.step, {}, lang)
        told.append(say("cli.round.step", lang, step=step, done=f"{job.done:,}", total=f"{job.total:,}"))
    if job.error is not None:
        told.append(values.told(job.error, lang))
    return "\n".join(told)


def _came_to(given: RoundShown, totals: RoundTotals, lang: Lang, out: Console) -> None:
    counts = {name: f"{count:,}" for name, count in totals.rows.items()}
    out.print(say("cli.match.scope", lang, as_of=given.as_of, matches=f"{totals.matches:,}", **counts))
    kept = [(one["code"], one["needs"], one["offers"]) for one in given.excluded]
    assigned.supply(totals.states, kept, lang, out)
    if given.exposure is not None:
        assigned.exposure(given.exposure, lang, out)
    out.print(say("cli.round.needs", lang, slots=f"{totals.slots:,}", pairs=f"{totals.pairs:,}",
                  served=f"{totals.served:,}"))  # fmt: skip
