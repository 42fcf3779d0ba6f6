"""The rules that most rounds have, as fields: what is filled in becomes the text that experts write themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tandem.base.words import Lang, say
from tandem.domain import cities
from tandem.domain.tables import KINDS, SMALL_SIZES
from tandem.interfaces.web.forms import whole

SMALL, CROSS, CITY, CITY_MOST, ORGS, ORG_MOST, KIND, KIND_LEAST = FIELDS = (
    "_small", "_cross", "_city", "_city_most", "_orgs", "_org_most", "_kind", "_kind_least",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """The text of rules; `wrong` has for a field the code of the words that say what to mend."""

    text: str
    wrong: Mapping[str, str]


def written(typed: Mapping[str, str], organisations: Sequence[tuple[str, str]], lang: Lang) -> Written:
    """The fields as the text of a file of rules.

    organisations  (id, name) of those that the field of organisations names
    """
    wrong: dict[str, str] = {}
    rules = list(_rules(typed, organisations, lang, wrong))
    return Written("\n".join(rules), wrong)


def _rules(
    typed: Mapping[str, str], organisations: Sequence[tuple[str, str]], lang: Lang, wrong: dict[str, str]
) -> Iterator[str]:
    if (share := _percent(typed, SMALL, wrong)) is not None:
        name = say("web.rule.name.small", lang)
        sizes = ", ".join(f'"{size}"' for size in SMALL_SIZES)
        yield _rule(name, 'column = "size"', f"values = [{sizes}]", f'min_share = "{share}%"')
    if (share := _percent(typed, CROSS, wrong)) is not None:
        yield _rule(say("web.rule.name.cross", lang), "cross_city = true", f'min_share = "{share}%"')
    if (most := _whole(typed, CITY_MOST, wrong)) is not None:
        code = _city(typed.get(CITY, ""))
        if code is None:
            wrong[CITY] = "web.rule.wrong.city"
        else:
            name = say("web.rule.name.city", lang, city=typed[CITY].strip())
            yield _rule(name, 'column = "city"', f'values = ["{code}"]', f"max_units = {most}")
    if (most := _whole(typed, ORG_MOST, wrong)) is not None:
        if not organisations:
            wrong[ORGS] = "web.rule.wrong.orgs"
        for id_, called in organisations:
            name = say("web.rule.name.org", lang, name=called)
            yield _rule(name, 'column = "org_id"', f'values = ["{id_}"]', f"max_units = {most}")
    if (least := _whole(typed, KIND_LEAST, wrong)) is not None and typed.get(KIND) in KINDS:
        name = say("web.rule.name.kind", lang, kind=say(f"choice.kind.{typed[KIND]}", lang))
        yield _rule(
            name, 'table = "needs"', 'column = "kind"', f'values = ["{typed[KIND]}"]', f"min_units = {least}"
        )


def _rule(name: str, *lines: str) -> str:
    quoted = name.replace("\\", " ").replace('"', "'")
    return "\n".join(("[[rule]]", f'name = "{quoted}"', *lines, ""))


def _percent(typed: Mapping[str, str], field: str, wrong: dict[str, str]) -> str | None:
    """A share in per cent as it is written in a rule; None where nothing is typed."""
    text = typed.get(field, "").strip().rstrip("%％").strip()
    if not text:
        return None
    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal(-1)
    if not share.is_finite() or not 0 <= share <= 100 or share.as_tuple().exponent < -2:  # type: ignore[operator]
        wrong[field] = "web.rule.wrong.percent"
        return None
    return f"{share:f}"


def _whole(typed: Mapping[str, str], field: str, wrong: dict[str, str]) -> int | None:
    text = typed.get(field, "")
    if text.strip() and whole(text) is None:
        wrong[field] = "web.rule.wrong.number"
    return whole(text)


def _city(text: str) -> str | None:
    """The code of a city by any of its names."""
    wanted = text.strip().lower()
    for code, one in cities.cities().items():
        if wanted and wanted in (code, one.short.lower(), one.en.lower(), one.zh.lower()):
            return code
    return None
