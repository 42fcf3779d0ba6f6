"""A clearing in a terminal: what is proven, what it is worth against other ways, whether it was checked."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base.words import Lang, say
from tandem.domain import rule_words
from tandem.hub.answers import Cleared

_COLUMNS = ("value", "served", "pairs")


def show(given: Cleared, lang: Lang, out: Console) -> None:
    """A headline, one short table, the proof."""
    out.print(Text(say("cli.clear.done", lang, served=f"{given.served:,}", **_counted(given)), style="bold"))
    out.print(_table(given, lang))
    for line in (
        *_proof(given, lang),
        *(rule_words.sentence(one, given.certificate["value"], lang) for one in given.rules),
    ):
        out.print(Text(line), soft_wrap=True)


def _counted(given: Cleared) -> dict[str, str]:
    return {name: f"{count:,}" for name, count in given.rows.items()}


def _table(given: Cleared, lang: Lang) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column(say("cli.clear.plan", lang))
    for name in _COLUMNS:
        table.add_column(say(f"cli.clear.{name}", lang), justify="right")
    joint = {"value": given.certificate["value"], "served": given.served, "pairs": given.pairs}
    for plan, figures in {"joint": joint, **given.plans}.items():
        table.add_row(say(f"clearing.plan.{plan}", lang), *(f"{figures[name]:,}" for name in _COLUMNS))
    return table


def _proof(given: Cleared, lang: Lang) -> Iterator[str]:
    """What is certified, why it is not as much as was asked for, and that it was checked."""
    proof = given.certificate
    yield say("cli.clear.certified", lang, gap=f"{proof['gap']:.4%}", bound=f"{proof['bound']:,}")
    if proof["reason"] is not None:
        yield say(f"cli.clear.reason.{proof['reason']}", lang, wanted=f"{proof['wanted']:.4%}")
    if given.checked is not None:
        yield say("cli.clear.checked", lang, regret=f"{given.checked['regret']:,.2f}")
