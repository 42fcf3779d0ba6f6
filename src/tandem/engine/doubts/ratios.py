"""Two figures and the ratio printed beside them; a figure and its share whose base is nowhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, digits, doubt, in_unit_of, percent
from tandem.engine.doubts.numbering import Ints
from tandem.engine.doubts.panel import Floats, Panel
from tandem.engine.doubts.quantities import Index, places_of_whole
from tandem.engine.figures.subjects import Phrase, Subject
from tandem.engine.language.text import stem

_PER_SO_MANY = re.compile(
    r"\bper\s+(?P<digits>\d[\d,]*)?\s*(?P<power>(?:(?:hundred|thousand|million|ten)\s+)+)?"
    r"|每(?:名|位)?(?P<han>十万|百万|千万|百|千|万|亿)",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(r"[a-z]{4,}ed")  # 'factories surveyed'
_POWERS = {"ten": 10.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5,
           "百万": 1e6, "千万": 1e7, "亿": 1e8}  # fmt: skip
_STATES = frozenset(("forc", "oper", "use", "deliv", "handl", "hold", "held", "valid", "own", "record", "有效", "投运",
                     "在用", "运营", "保有", "保有量"))  # fmt: skip


def find(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Doubts about shares and quantities per something, with what they are made of."""
    index = Index(panel)
    for quantity in panel.baselines:
        one = panel.identities[quantity]
        if one.quantity == "share":
            yield from _share(panel, index, quantity, settings)
        elif one.quantity == "per":
            yield from _per(panel, index, quantity, settings)


def _declared(panel: Panel, index: Index, quantity: int) -> tuple[list[int], list[int]] | None:
    """What the indicators table says a ratio is made of."""
    text = int(panel.first_text[quantity])
    about = panel.declared.get(panel.texts[text].indicator_id, {}) if text >= 0 else {}
    if not (about.get("numerator") and about.get("denominator_id")):
        return None
    return index.by_id.get(about["numerator"], []), index.by_id.get(about["denominator_id"], [])


def _share(panel: Panel, index: Index, quantity: int, settings: DoubtSettings) -> Iterator[Doubt]:
    share, at = panel.identities[quantity], panel.of(quantity)
    stated = _declared(panel, index, quantity)
    if share.whole is None and stated is None:
        return
    tops = stated[0] if stated else index.numerators(share) or _of_words_of_both(index, share)
    wholes = stated[1] if stated else index.wholes(share, tops)
    if stated is None and tops and wholes and not any(index.units_meet(tops[0], w) for w in wholes):
        tops = _of_words_of_both(
            index, share
        )  # public hospitals' share of beds is one of beds, not of hospitals
    places = places_of_whole(panel, share, at)
    if stated is None and _is_wider(share.whole) and bool((places == panel.place[at]).any()):
        places = np.where(places == panel.place[at], -1, places) if wholes == tops else places
    top = _first(panel, tops, at, panel.place[at])
    pairs = [w for w in wholes if not tops or index.units_meet(tops[0], w)]
    base = _first(panel, pairs, at, places)
    yield from _compared(panel, at, top, base, tops, pairs, settings, slack=0.0, as_share=True)
    near = [w for w in index.near_wholes(share) if not tops or index.units_meet(tops[0], w)]
    if stated is None and not (
        _known_anywhere(panel, [*pairs, *near], places) or _of_others(panel, share, tops)
    ):
        yield from _implied(panel, at, top, settings)


def _of_others(panel: Panel, share: Subject, tops: Sequence[int]) -> bool:
    """Whether what is counted is certainly not what the whole counts: hospitals, of beds."""
    whole = share.whole or Phrase()
    nouns = (word for word in whole.words if word.role in ("plain", "concept"))
    heads = [word.key for word in nouns if not _PARTICIPLE.fullmatch(word.shown)]
    if not tops or not heads or whole.measure:
        return False
    thing = stem(panel.texts[int(panel.first_text[tops[0]])].thing)
    words = panel.identities[tops[0]].what.keys
    return thing in words and heads[-1] not in words


def _of_words_of_both(index: Index, share: Subject) -> list[int]:
    """'Share of grain in crop sown area': the one level of the part's words and some of the whole's."""
    whole = share.whole or Phrase()
    own, measure = share.what.keys, share.what.measure or whole.measure
    if not own or not whole.words or share.what.is_joint:
        return []
    narrowing = frozenset(word.key for word in whole.words if word.role in ("class", "scope")) & whole.keys
    found = [
        q
        for keys, levels in index.by_words.items()
        if own < keys < own | whole.keys and narrowing <= keys
        for q in levels
        if index.panel.identities[q].what.measure == measure
    ]
    return found if len(found) == 1 else []


def _is_wider(whole: object) -> bool:
    return bool(getattr(whole, "wider", None))


def _per(panel: Panel, index: Index, quantity: int, settings: DoubtSettings) -> Iterator[Doubt]:
    one, at = panel.identities[quantity], panel.of(quantity)
    stated = _declared(panel, index, quantity)
    tops, bases = stated or ([], [])
    slack = settings.stock_slack
    if stated is None and one.per is not None:
        tops = index.same(one.what.keys, one.what.measure) or _in_some_state(index, one.what)
        for keys in (one.what.keys | one.per.keys, one.per.keys):
            bases = bases or index.same(keys, one.per.measure)
        if not bases and one.per.measure == "area":
            bases = _area_of(index, one.what)
    top = _first(panel, tops, at, panel.place[at])
    base = _first(panel, bases, at, panel.place[at])
    yield from _compared(panel, at, top, base, tops, bases, settings, slack=slack, as_share=False)


def _in_some_state(index: Index, what: Phrase) -> list[int]:
    """'Parcels per head' of 'parcels delivered': the one level that says besides only what became of them."""
    found = [
        q
        for keys, levels in index.by_words.items()
        if what.keys and what.keys < keys and keys - what.keys <= _STATES
        for q in levels
        if index.panel.identities[q].what.measure == what.measure
    ]
    return found if len(found) == 1 else []


def _area_of(index: Index, what: Phrase) -> list[int]:
    """Where it grows: 'grain sown area', the one area named after it."""
    found = [
        q
        for keys, levels in index.by_words.items()
        if what.keys and what.keys < keys
        for q in levels
        if index.panel.identities[q].what.measure == "area"
    ]
    return found if len(found) == 1 else []


def _first(panel: Panel, quantities: Sequence[int], at: Ints, place: Ints) -> Ints:
    """For each figure at `at`, where a figure of the first of these quantities stands for its period and that place."""
    made = np.full(len(at), -1, np.int64)
    for quantity in quantities:
        found = panel.find(panel.keys(quantity, at, place))
        made = np.where(made < 0, found, made)
    return made


def _compared(
    panel: Panel, at: Ints, top: Ints, base: Ints, tops: list[int], bases: list[int], settings: DoubtSettings,
    *, slack: float, as_share: bool,
) -> Iterator[Doubt]:  # fmt: skip
    """Interval arithmetic: a/b lies in [a.low / b.high, a.high / b.low]; doubted where the print lies outside."""
    there = np.flatnonzero((top >= 0) & (base >= 0) & (top != base))
    there = there[(panel.low[base[there]] > 0) & (panel.low[top[there]] >= 0)]
    low, high = _quotient(panel, top[there], base[there], at[there])
    low, high = low * (1 - slack), high * (1 + slack)
    off = (low > panel.high[at[there]]) | (high < panel.low[at[there]])
    told = 0
    for number in np.flatnonzero(off):
        a, b, c = int(top[there[number]]), int(base[there[number]]), int(at[there[number]])
        if told >= settings.most or _fits_otherwise(panel, a, b, c, slack):
            continue
        told += 1
        a, b = _nearest(panel, a, b, c)
        yield _ratio(panel, a, b, c) if as_share else _per_thing(panel, a, b, c)


def _quotient(panel: Panel, top: Ints, base: Ints, told: Ints) -> tuple[Floats, Floats]:
    """Bounds of top / base in the unit in which the figures at `told` are printed."""
    size = _sizes(panel, told)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = size * panel.low[top] / panel.high[base]
        high = np.where(np.isfinite(panel.high[top]), size * panel.high[top] / panel.low[base], np.inf)
    return np.nan_to_num(low, nan=0.0, posinf=np.inf), high


def _sizes(panel: Panel, told: Ints) -> Floats:
    """Per how many each figure is told: 10,000 for 'patents per 10,000 people', 1 where the unit has it already."""
    if not len(told) or panel.identities[int(panel.quantity[told[0]])].quantity != "per":
        return np.ones(len(told))
    texts, back = np.unique(panel.text[told], return_inverse=True)
    made = [_size(panel.texts[text].indicator, panel.texts[text].dimension) for text in texts.tolist()]
    return np.array(made)[back]


@lru_cache(maxsize=4096)
def _size(indicator: str, dimension: str) -> float:
    """The number after 'per' in an indicator's words, where the unit says nothing of it."""
    found = _PER_SO_MANY.search(indicator) if dimension != "ratio" else None
    if found is None:
        return 1.0
    number = found["digits"] or ""
    written = (found["power"] or found["han"] or "").split()
    return float(number.replace(",", "") or 1) * math.prod(_POWERS.get(word.lower(), 1.0) for word in written)


def _fits_otherwise(panel: Panel, a: int, b: int, c: int, slack: float) -> bool:
    """Whether another figure of the same key makes the ratio fit: then that pair is the doubt, not the ratio."""
    tops, bases = _twins(panel, a), _twins(panel, b)
    for one in tops:
        for other in bases:
            if not _comparable_money(panel, one, other):
                return True
            low, high = _quotient(panel, np.array([one]), np.array([other]), np.array([c]))
            if low[0] * (1 - slack) <= panel.high[c] and high[0] * (1 + slack) >= panel.low[c]:
                return True
    return any(
        panel.lower[twin] != panel.lower[c] and _meets(panel, a, b, twin, slack) for twin in _twins(panel, c)
    )


def _nearest(panel: Panel, a: int, b: int, c: int) -> tuple[int, int]:
    """Of figures told twice the pair that comes nearest to the print: a slip beside it is another doubt."""
    pairs = [
        (one, other)
        for one in _twins(panel, a)
        for other in _twins(panel, b)
        if panel.lower[one] > 0 < panel.lower[other]
    ]
    stated = max(float(panel.lower[c]), 1e-12) / float(_sizes(panel, np.array([c]))[0])
    return min(
        pairs,
        key=lambda pair: abs(np.log(panel.lower[pair[0]] / panel.lower[pair[1]] / stated)),
        default=(a, b),
    )


def _meets(panel: Panel, a: int, b: int, c: int, slack: float) -> bool:
    low, high = _quotient(panel, np.array([a]), np.array([b]), np.array([c]))
    return bool(low[0] * (1 - slack) <= panel.high[c] and high[0] * (1 + slack) >= panel.low[c])


def _comparable_money(panel: Panel, a: int, b: int) -> bool:
    first, second = panel.unit_of(a), panel.unit_of(b)
    return first[0] != "money" or second[0] != "money" or first[1] == second[1]


def _twins(panel: Panel, at: int) -> list[int]:
    """All figures of one key."""
    first, last = np.searchsorted(panel.key, [panel.key[at], panel.key[at] + 1])
    return list(range(int(first), int(last)))


def _ratio(panel: Panel, a: int, b: int, c: int) -> Doubt:
    """The printed share beside the quotient; named apart where cutting digits off instead of rounding explains it."""
    low, high = _quotient(panel, np.array([a]), np.array([b]), np.array([c]))
    half = panel.high[c] - panel.upper[c]
    cut = np.isfinite(panel.upper[c]) and panel.upper[c] <= high[0] and low[0] < panel.upper[c] + 2 * half
    middle = panel.lower[a] / panel.lower[b] if panel.lower[b] else low[0]
    params = {"computed": percent(middle), "low": percent(low[0], 4), "high": percent(high[0], 4)}
    if cut and np.isfinite(panel.upper[a]) and np.isfinite(panel.upper[b]) and panel.lower[c] > 0:
        return doubt(
            panel,
            "ratio_cut_off",
            [a, c, b],
            **params,
            implied=in_unit_of(panel, b, panel.lower[a] / panel.lower[c]),
        )
    return doubt(panel, "ratio_differs", [a, c, b], **params)


def _per_thing(panel: Panel, a: int, b: int, c: int) -> Doubt:
    low, high = _quotient(panel, np.array([a]), np.array([b]), np.array([c]))
    size = float(_sizes(panel, np.array([c]))[0])
    return doubt(
        panel, "per_differs", [c, a, b],
        computed=digits(size * panel.lower[a] / panel.lower[b]), low=digits(low[0], 4), high=digits(high[0], 4),
        stated=digits(panel.lower[c], 4),
    )  # fmt: skip


def _known_anywhere(panel: Panel, wholes: Sequence[int], places: Ints) -> bool:
    """Whether the base is on record at one of these places, for whatever period."""
    return any(np.isin(panel.place[panel.of(quantity)], places).any() for quantity in wholes)


def _implied(panel: Panel, at: Ints, top: Ints, settings: DoubtSettings) -> Iterator[Doubt]:
    """A number and its share, the latest of each place: the base that they imply."""
    usable = np.flatnonzero((top >= 0) & (panel.lower[at] > 0) & (panel.upper[at] <= 1))
    usable = usable[np.argsort(-panel.last_years[panel.period[at[usable]]], kind="stable")]
    seen: set[int] = set()
    for number in usable:
        a, c = int(top[number]), int(at[number])
        if len(seen) >= settings.most:
            return
        if int(panel.place[c]) in seen or panel.lower[a] <= 0:
            continue
        low = panel.low[a] / panel.high[c]
        high = panel.high[a] / panel.low[c] if panel.low[c] > 0 else np.inf
        if not (np.isfinite(panel.upper[a]) or np.isfinite(panel.upper[c])):
            continue  # both open upwards: more than so many are more than so much of something of any size
        seen.add(int(panel.place[c]))
        base = panel.lower[a] / panel.lower[c]
        yield doubt(panel, "base_implied", [a, c], base=_base(base, panel, a, c),
                    low=in_unit_of(panel, a, low), high=in_unit_of(panel, a, high))  # fmt: skip


def _base(base: float, panel: Panel, a: int, c: int) -> str:
    """As many digits as the coarser of the two prints carries, and no more."""
    coarse = max(
        (
            panel.high[at] - panel.upper[at]
            if np.isfinite(panel.upper[at])
            else panel.lower[at] - panel.low[at]
        )
        / panel.lower[at]
        for at in (a, c)
    )
    return in_unit_of(panel, a, base, 3 if coarse < 0.005 else 2)
