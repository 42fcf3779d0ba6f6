"""Writes docs/introductions.md: the states of an introduction, drawn from its table of moves: `make map`."""

from __future__ import annotations

from pathlib import Path

from tandem.base.clock import DAY
from tandem.base.words import say
from tandem.domain import introductions as table

HEAD = """# Introductions 对接

How a match becomes an agreement. Drawn from the table of moves in `domain/introductions.py`, which alone decides; each
move is an action (`tandem introduction invite`), tells the journal of both sides, and notifies the side that has to act.

"""
SEEN = """
## What each side sees 各方可见内容

| | the poser 需求方 | the invited organisation 受邀机构 |
|---|---|---|
| proposed | the organisation where it is open to the poser anyway, or has volunteered; else reasons alone | nothing: there is no such introduction; that it has volunteered itself, it knows |
| invited, interested | the same | the need's brief, also of a confidential or anonymous need: title, text, kind, city, service, dates, budget band; whose it is only where that is open anyway |
| after `introduction reveal` | the organisation, once that reveals itself | the poser, once that reveals itself |
| introduced, quoted, agreed, outcome | name and contact (who agreed for the organisation) | name and contact (who agreed for the poser) |
| declined, expired, lost | the reason; names as far as they were known, no contact | the title as it stood at the invitation; the brief is read no more |

An organisation volunteers for a need that it sees, once in 30 days and for at most 20 needs in that time. What it is
told is the same whether it had been proposed before or not. Until the poser invites it, it takes no slot from others
and no place of its offer.

The broker (operator) and the auditor see both sides in every state. Figures of others are told only where five or more
organisations stand behind them and none for more than 85 %, over needs and organisations that are open to members.

## Actions 操作

- `tandem introduction propose`, `tandem introduction volunteer`, `tandem introduction invite`,
  `tandem introduction answer`, `tandem introduction reveal`, `tandem introduction introduce`, `tandem introduction quote`,
  `tandem introduction agree`, `tandem introduction lose`, `tandem introduction outcome`: the moves.
- `tandem introduction list`, `tandem introduction show`, `tandem introduction figures`: reading.
- `tandem introduction worklist`, `tandem introduction sweep`, `tandem introduction lease`: the broker's.
- `tandem outcome export`: what came of introductions, as a book for `tandem learn`.
- `tandem notice list`, `tandem notice read`: what concerns you.
"""


def page() -> str:
    """The whole page."""
    return HEAD + _diagram() + _moves() + _waiting() + _reasons() + SEEN


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {table.STATES[0]}"]
    for move in table.TABLE:
        verb = move.action.partition(".")[2]
        lines += [f"    {state} --> {move.to}: {verb}" for state in move.out_of]
    lines += [f"    {state} --> [*]" for state in table.ENDED]
    return "\n".join((*lines, "```", "", ""))


def _moves() -> str:
    rows = ["## Moves 状态转换", "", "| move | from | to | by |", "|---|---|---|---|"]
    for move in table.TABLE:
        by = ", ".join(say(f"introduction.side.{party}", "en") for party in sorted(move.by))
        rows.append(f"| {move.action.partition('.')[2]} | {', '.join(move.out_of)} | {move.to} | {by} |")
    told = "\nThe broker makes the moves of an organisation that nobody can sign in for, and introduces once the poser\n"
    told += "has revealed itself. `close`, `lapse` are the hub's own; so is `propose` for the next of a need's list.\n\n"
    return "\n".join(rows) + "\n" + told


def _waiting() -> str:
    rows = ["## Waiting 等待", ""]
    rows += ["| state | 状态 | waits on | for 等待事项 | lease, days | then |", "|---|---|---|---|---|---|"]
    for state, side in table.WAITS_ON.items():
        step = f"introduction.step.{table.STEPS[state]}"
        rows.append(
            f"| {say(f'introduction.state.{state}', 'en')} | {say(f'introduction.state.{state}', 'zh')} "
            f"| {say(f'introduction.side.{side}', 'en')} | {say(step, 'en')} {say(step, 'zh')} "
            f"| {table.LEASES[state] // DAY} | {table.LAPSES[state] or 'asked again'} |"
        )
    return (
        "\n".join(rows)
        + "\n\nHalf-way the side that has to act is reminded, once. The operator sets the lengths.\n\n"
    )


def _reasons() -> str:
    rows = ["## Reasons 原因", "", "| code | English | 中文 | of |", "|---|---|---|---|"]
    of = {"decline": table.DECLINES, "loss": table.LOSSES, "loss by the hub": table.HUB_LOSSES}
    for code in dict.fromkeys((*table.DECLINES, *table.LOSSES, *table.HUB_LOSSES)):
        words = f"introduction.reason.{code}"
        where = ", ".join(name for name, codes in of.items() if code in codes)
        rows.append(f"| {code} | {say(words, 'en')} | {say(words, 'zh')} | {where} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "introductions.md").write_text(page(), "utf-8")
