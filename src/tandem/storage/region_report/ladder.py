"""Ladder and maturity: how many organisations meet each rung by their own evidence; a reading, never a certificate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tandem.engine.ladder.standings import counts
from tandem.storage.region_report.cites import Cites, named
from tandem.storage.region_report.downloads import download
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.two import Two, html, phrase, weave

if TYPE_CHECKING:
    from tandem.domain.region.ladder import Ladder
    from tandem.domain.region.maturity import Questionnaire
    from tandem.engine.ladder.maturity import Count
    from tandem.engine.ladder.standings import Standing

_LACKING = 3  # criteria named in a row
Row = tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class LadderPart:
    """A row for each rung, and one for each maturity level, with the counts they are parts of."""

    rungs: tuple[Row, ...]
    levels: tuple[Row, ...]
    csv: Markup


def ladder(view: RegionView, cites: Cites) -> LadderPart | None:
    """The part on ladders; None where no organisation stated anything."""
    ladders = [(one, found) for one, found in view.ladders if found]
    maturity = [(one, count) for one, count in view.maturity if count.answered]
    if not ladders and not maturity:
        return None
    lines = [line for one, found in ladders for line in _lines(one, found)]
    lines += [
        (one.questionnaire_id, one.version, str(i), n, count.assessed, None)
        for one, count in maturity for i, n in enumerate(count.levels)
    ]  # fmt: skip
    return LadderPart(
        tuple(row for one, found in ladders for row in _rungs(one, found, cites)),
        tuple(row for one, count in maturity for row in _levels(one, count, cites)),
        download("ladder", ("ladder", "version", "rung", "reached", "of", "most often open"), lines),
    )


def _link(n: int, cites: Cites) -> Markup:
    return cites.to("s-ladder-csv", f"{n:,}")


def _of(n: int, base: int, cites: Cites) -> Markup:
    return weave("regionpage.of", n=_link(n, cites), base=_link(base, cites))


def _title(one: Ladder | Questionnaire) -> Markup:
    """A ladder or questionnaire with its version, and that it is nobody's official one where it is not."""
    kind = phrase(
        "regionpage.ladder.official" if one.official else "regionpage.ladder.own", version=one.version
    )
    return named(Two(one.zh, one.en), kind)


def _rungs(one: Ladder, found: tuple[Standing, ...], cites: Cites) -> list[Row]:
    """How many reached each rung as their highest, and which criteria of it are open most often."""
    reached, rows = counts(found, one), []
    for rung in one.rungs:
        words = {criterion.criterion_id: Two(criterion.zh, criterion.en) for criterion in rung.criteria}
        lacking = Markup(" · ").join(
            Markup("{} {}").format(named(words.get(code, Two(code, code))), _of(n, len(found), cites))
            for code, n in _open(rung.rung_id, found)
        )
        rows.append(
            (_title(one), named(Two(rung.zh, rung.en)),
             _of(reached[rung.rung_id], len(found), cites), lacking or html("—"))
        )  # fmt: skip
    none = html(phrase("regionpage.ladder.none"))
    return [
        *rows,
        (_title(one), none, _of(reached["-"], len(found), cites), html("—")),
    ]


def _open(rung_id: str, found: tuple[Standing, ...]) -> list[tuple[str, int]]:
    """The criteria of a rung that most organisations do not meet with evidence."""
    codes = Counter(
        judged.criterion_id
        for standing in found
        for rung in standing.rungs if rung.rung_id == rung_id
        for judged in rung.criteria if judged.state != "met"
    )  # fmt: skip
    return sorted(codes.items(), key=lambda one: (-one[1], one[0]))[:_LACKING]


def _levels(one: Questionnaire, count: Count, cites: Cites) -> list[Row]:
    return [
        (_title(one), named(Two(*one.levels[i])) if i < len(one.levels) else html(str(i)),
         _of(n, count.assessed, cites), _of(count.assessed, count.answered, cites))
        for i, n in enumerate(count.levels)
    ]  # fmt: skip


def _lines(one: Ladder, found: tuple[Standing, ...]) -> list[tuple[Any, ...]]:
    reached = counts(found, one)
    return [
        (one.ladder_id, one.version, rung, n, len(found), [f"{code} {k}" for code, k in _open(rung, found)])
        for rung, n in reached.items()
    ]
