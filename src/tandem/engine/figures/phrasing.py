"""How the words of an indicator stand to each other: what, of what whole, per what.

"X share of Y", "share of X in Y", "X as % of Y", "ratio of X to Y", "X per Y", X占Y比重, Y中X占比, X与Y之比, 人均X:
all come out as the same three lists of words. Nothing is certain here; where a text can be read in two ways, the whole
is left open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tandem.engine.figures.wording import Word

Words = tuple[Word, ...]
_POPULATIONS = frozenset(
    ("enterpris", "popul", "household", "product", "personnel", "cluster", "school", "hospit")
)
_SCOPES = ("national", "global", "provincial", "municipal")
_PREPOSITIONS = ("of", "in", "among", "to", "as", "from", "with", "that", "han_at", "and")
_MADE = frozenset(
    ("made", "produc", "manufactur", "built", "assembl", "origin", "locat", "base")
)  # says where, not of what


@dataclass(frozen=True, slots=True)
class Reading:
    """subject, whole, per: lists of words; share, ratio, rate, intensity, growth, rank: which such words were there."""

    subject: Words
    whole: Words = ()
    per: Words = ()
    marks: frozenset[str] = frozenset()
    basis: str | None = None
    aside: Words = field(default=())


# Ratios with a name of their own: labour productivity, yield.
_NAMED_RATIOS = {
    "labour_productivity": (
        Word("measure", "value added", "valu ad"),
        Word("measure", "employment", "employ"),
    ),
    "per_area": (Word("measure", "output", "output"), Word("measure", "area", "area")),
}
_MARKS = ("share", "rate", "ratio", "intensity", "growth", "annual_growth", "contribution", "rank", "years")


def read(words: Words, *, divided: bool = False) -> Reading:
    """The reading of a text's words; the first pattern that fits, the more telling ones first.

    divided  the unit says that something is divided, so that a slash does so too
    """
    main, asides = _asides(words)
    clause = _members(main)
    main = tuple(word for word in main if word.role != "han_de")
    marks = frozenset(word.role for word in main if word.role in _MARKS)
    main = _before_growth(main)
    basis = next((word.shown for word in words if word.role == "basis"), None)
    main = tuple(
        word for word in main if word.role not in ("basis", "growth", "annual_growth", "rank", "years")
    )
    for pattern in _PATTERNS:
        if (found := pattern(main, marks | {"divided"} if divided else marks)) is not None:
            break
    else:
        found = Reading(main)
    if divided or "share" in marks:  # a number of robots made here is another one than that of robots
        found = replace(found, subject=_without_origin(found.subject))
    found = _with_asides(found, asides)
    if "share" in marks and not found.whole:
        found = replace(found, whole=clause) if clause else _scope_of_a_share(found)
    return replace(found, marks=marks | found.marks, basis=basis)


def _members(words: Words) -> Words:
    """接入专网的学校占比: of the schools, since the clause before 的 says which of them."""
    at = _first(words, "han_de")
    if at is None or not _content(words[:at]) or "han_takes" in {word.role for word in words}:
        return ()
    end = next((i for i, word in enumerate(words[at:], at) if word.role == "share"), None)
    named = words[at + 1 : end] if end is not None else ()
    alone = bool(named) and named[-1].key in _POPULATIONS and all(word.is_content for word in named)
    return named if alone and not _content(words[(end or 0) + 1 :]) else ()


def _before_growth(words: Words) -> Words:
    """'Cargo, change on the year before', 'wind capacity, rise over 2024': what grows stands before the comma."""
    at = _first(words, "growth", "annual_growth")
    if at is None or not _content(words[:at]):
        return words
    comma = next((i for i in range(at) if words[i].role == "comma"), None)
    if comma is not None:
        return words[:comma]
    after = words[at + 1 :]
    return words[: at + 1] if after and after[0].role in ("from", "negative", "to") else words


def inside(words: Words) -> tuple[Words, Words] | None:
    """Subject and whole of a bare share: 'loans to makers in outstanding loans', 'trucks on gas, of port trucks'."""
    for at in range(len(words) - 1, 0, -1):
        rest = _trimmed(words[at + 1 :])
        apart = words[at].role in ("in", "among") or (
            words[at].role == "of" and words[at - 1].role == "comma"
        )
        apart = apart and not _is_origin(words[at - 1])
        if apart and _content(rest) and _content(words[:at]):
            return _trimmed(words[:at]), rest
    return None


def _is_origin(word: Word) -> bool:
    """'made in the city': where it comes from, and not what it is a share of."""
    return word.role == "plain" and word.key in _MADE


def _without_origin(words: Words) -> Words:
    """'robots made in Foshan' are robots; where is the figure's own place."""
    at = next((i for i, word in enumerate(words) if i and _is_origin(word)), None)
    rest = words[at + 1 :] if at is not None else ()
    named = [word for word in rest if word.role not in _PREPOSITIONS]
    is_place = bool(named) and all(word.role in ("place", *_SCOPES) for word in named)
    return words[:at] if is_place and rest[0].role in ("in", "from") else words


def _asides(words: Words) -> tuple[Words, list[Words]]:
    """The words outside brackets, and those of each bracket."""
    main: list[Word] = []
    asides: list[Words] = []
    inside: list[Word] | None = None
    for word in words:
        if word.role == "open":
            inside = []
        elif word.role == "close" and inside is not None:
            asides.append(tuple(inside))
            inside = None
        else:
            (main if inside is None else inside).append(word)
    return tuple(main), [*asides, *([tuple(inside)] if inside else [])]


def _with_asides(found: Reading, asides: Sequence[Words]) -> Reading:
    """'(% of GDP)' says the whole; anything else in brackets qualifies the subject."""
    for aside in asides:
        if (
            "share" in (roles := [word.role for word in aside])
            and not found.whole
            and ("of" in roles or "han_takes" in roles)
        ):
            cut = roles.index("of" if "of" in roles else "han_takes")
            whole = tuple(word for word in aside[cut + 1 :] if word.role != "share")
            found = replace(found, whole=whole, marks=found.marks | {"share"})
        elif aside[:1] and aside[0].role == "han_takes" and not found.whole:
            found = replace(found, whole=aside[1:], marks=found.marks | {"share"})
        else:
            known = {word.key for word in found.subject}
            found = replace(found, aside=found.aside + tuple(word for word in aside if word.key not in known))
    return found


def _takes(words: Words, marks: frozenset[str]) -> Reading | None:
    """X占Y比重."""
    at = _first(words, "han_takes")
    if at is None or at == 0:
        return None
    whole = words[at + 1 :]
    end = next((i for i, word in enumerate(whole) if word.role in ("share", "ratio", "rate")), len(whole))
    return Reading(_trimmed(words[:at]), whole[:end], marks=frozenset(("share",)))


def _as_share(words: Words, marks: frozenset[str]) -> Reading | None:
    """X as (a) share of Y; X, share of Y."""
    at = _first(words, "as")
    if at is None or at == 0 or "share" not in (roles := [word.role for word in words[at + 1 :]]):
        return None
    rest = words[at + 2 + roles.index("share") :]
    return Reading(_trimmed(words[:at]), _trimmed(rest)) if rest else None


def _margin(words: Words, marks: frozenset[str]) -> Reading | None:
    """Profit margin of X: X's profit over X's revenue."""
    at = _first(words, "margin")
    if at is None:
        return None
    rest = _trimmed(words[:at] + words[at + 1 :])
    profit, revenue = Word("measure", "profit", "profit"), Word("measure", "revenue", "revenu")
    return Reading((*rest, profit), (*rest, revenue), marks=frozenset(("ratio",)))


def _ratio(words: Words, marks: frozenset[str]) -> Reading | None:
    """Ratio of A to B; A to B ratio; A/B; A与B之比."""
    at = _first(words, "ratio")
    if at is None:
        return _slash(words, marks)
    before, after = words[:at], words[at + 1 :]
    body = _trimmed(after) if after and after[0].role == "of" else before
    for role in ("to", "slash", "and", "han_at"):
        if (cut := _first(body, role)) is not None and 0 < cut < len(body) - 1:
            return Reading(_trimmed(body[:cut]), _trimmed(body[cut + 1 :]))
    return _share_of(words, marks, role="ratio")


def _slash(words: Words, marks: frozenset[str]) -> Reading | None:
    """R&D/GDP: only where what follows the slash is a quantity on its own."""
    at = _first(words, "slash")
    if at is None or at == 0 or "share" in marks:
        return None
    rest = words[at + 1 :]
    both = "divided" in marks and _content(words[:at]) and _content(rest)
    if both or (
        any(word.key in ("gdp", "popul") or word.role == "measure" for word in rest) and len(rest) <= 3
    ):
        whole = rest[: next((i for i, word in enumerate(rest) if word.role == "rate"), len(rest))]
        return Reading(words[:at], whole, marks=frozenset(("ratio",)))
    return None


def _share_of(words: Words, marks: frozenset[str], role: str = "share") -> Reading | None:
    at = _first(words, role)
    if at is None:
        return None
    before, after = words[:at], words[at + 1 :]
    while after and after[0].role in ("share", "comma"):  # "share, % of GDP"
        after = after[1:]
    if not _content(before) and after and after[0].role in ("of", "in", "among"):
        return _leading(after[1:], before)
    if after and after[0].role in ("of", "in", "among", "to"):
        body = after[1:]
        cut = next(
            (i for i, word in enumerate(body) if word.role in ("in", "among", "from", "comma")), len(body)
        )
        return Reading(_trimmed(before), _trimmed(body[:cut]), aside=_content(body[cut:]))
    return _closing(before, after)


def _leading(body: Words, before: Words) -> Reading:
    """Share of ... : of A in B; of A that does B; of A by B; or of A alone."""
    that = _first(body, "that")
    if that is not None and 0 < that < len(body) - 1:
        return Reading(_trimmed(body[that + 1 :]), _trimmed(body[:that]))
    for role in ("in", "among", "to"):
        at = (i for i, word in enumerate(body) if word.role == role and i and not _is_origin(body[i - 1]))
        if (cut := next(at, None)) is not None:
            first, second = body[:cut], _trimmed(body[cut + 1 :])
            if all(word.role == "place" for word in second):
                return _leading_alone(_trimmed(first), before + second)
            return Reading(_trimmed(first), second)
    for role in ("with", "from"):
        if (cut := _first(body, role)) is not None and cut > 0:
            rest = _trimmed(body[cut + 1 :])
            if any(word.role != "place" for word in rest):
                return Reading(rest, _trimmed(body[:cut]))
            return _leading_alone(_trimmed(body[:cut]), before + rest)
    return _leading_alone(_trimmed(body), before)


def _leading_alone(body: Words, before: Words) -> Reading:
    """Share of A, no more said: a place's part in a wider place's A, a part of a population, or simply A's share."""
    if body and (body[0].role in _SCOPES or (body[0].role == "place" and len(body) > 1)):
        return Reading(body[1:], body)
    cut = _population(body)
    if cut is not None:
        return Reading(body[cut:], body[:cut])
    return Reading(body + tuple(word for word in before if word.role == "place"))


def _closing(before: Words, after: Words) -> Reading:
    """X share; Y中X占比; 在Y中X占比; Y X占比 where Y is a quantity or a population of its own."""
    if (cut := _first(before, "han_among")) is not None and 0 < cut < len(before) - 1:
        return Reading(_trimmed(before[cut + 1 :]), _trimmed(before[:cut]))
    if (cut := _first(before, "han_at")) is not None and before[-1].role == "han_among":
        return Reading(before[:cut], _trimmed(before[cut + 1 : -1]))
    cut = _first(before, "in", "among")
    if cut is not None and 0 < cut < len(before) - 1:
        return Reading(_trimmed(before[:cut]), _trimmed(before[cut + 1 :]))
    cut = _population(before) or _measured(before) or _leading_population(before)
    if cut is not None:
        return Reading(_trimmed(before[cut:] + _content(after)), before[:cut])
    return Reading(_trimmed(before) + _content(after))


def _rate(words: Words, marks: frozenset[str]) -> Reading | None:
    """Rate of X among Y; X rate in Y; Y X率 of a named population; X intensity."""
    at = _first(words, "rate", "intensity")
    if at is None:
        return None
    before, after = words[:at], words[at + 1 :]
    body = before + after if not after or after[0].role != "of" else before + after[1:]
    if (cut := _first(body, "among")) is not None and 0 < cut < len(body) - 1:
        return Reading(_trimmed(body[:cut]), _trimmed(body[cut + 1 :]))
    if words[at].role == "intensity":
        return Reading(_trimmed(body))
    if after and after[0].role == "of":
        return _leading(after[1:], before) if _population(_trimmed(after)) else Reading(_trimmed(body))
    cut = _population(before) or _leading_population(before)
    return Reading(_trimmed(body)) if cut is None else Reading(before[cut:], before[:cut])


def _among(words: Words, marks: frozenset[str]) -> Reading | None:
    """X among Y."""
    at = _first(words, "among")
    return (
        None
        if at is None or not 0 < at < len(words) - 1
        else Reading(_trimmed(words[:at]), _trimmed(words[at + 1 :]))
    )


def _per(words: Words, marks: frozenset[str]) -> Reading | None:
    """X per Y; per-capita X; 人均X; 每万人X; labour productivity is value added per person employed."""
    at = _first(words, "per_head", "per_worker", "labour_productivity", "per_area", "per")
    if at is None:
        return None
    word, rest = words[at], _trimmed(words[:at] + words[at + 1 :])
    if word.role in _NAMED_RATIOS:
        over, under = _NAMED_RATIOS[word.role]
        return Reading((*rest, over), per=(under,))
    if word.role == "per_worker":
        return Reading(rest, per=(replace(word, role="measure"),))
    if word.role == "per_head":
        return Reading(rest, per=(replace(word, role="concept"),))
    if at == 0:  # 每万人发明专利: the first noun after it is what it is per
        cut = next((i for i, one in enumerate(words[1:], 1) if one.role in ("concept", "measure")), None)
        return None if cut is None else Reading(words[cut + 1 :], per=(words[cut],))
    per = tuple(one for one in words[at + 1 :] if not one.key.replace(".", "").isdecimal())
    return Reading(_trimmed(words[:at]), per=_trimmed(per))


_PATTERNS: tuple[Callable[[Words, frozenset[str]], Reading | None], ...] = (
    _takes,
    _margin,
    _as_share,
    _ratio,
    _share_of,
    _per,
    _rate,
    _among,
)  # fmt: skip


def _scope_of_a_share(found: Reading) -> Reading:
    """'Consumer drones global share': the scope beside a share is its whole."""
    scopes = tuple(word for word in found.subject if word.role in _SCOPES)
    if not scopes or len(scopes) == len(found.subject):
        return found
    return replace(
        found, subject=tuple(word for word in found.subject if word.role not in _SCOPES), whole=scopes
    )


def _population(words: Words) -> int | None:
    """Where a qualified population at the start ends: above-scale enterprises|digitally transformed."""
    for at in range(len(words) - 2, 0, -1):
        if words[at].key in _POPULATIONS and not any(word.role in _PREPOSITIONS for word in words[: at + 2]):
            end = at + 2 if words[at + 1].role == "scope" else at + 1  # enterprises above scale
            narrow = any(word.role in ("scope", *_SCOPES) or word.key == "industri" for word in words[:end])
            return end if narrow and _content(words[end:]) else None
    return None


def _leading_population(words: Words) -> int | None:
    """企业|接入率: a population at the very start, followed by what is true of a part of it."""
    at = next((i for i, word in enumerate(words[:2]) if word.key in _POPULATIONS), None)
    if at is None or len(words) < at + 3 or any(word.role != "plain" for word in words[-2:]):
        return None
    return None if any(word.role in (*_PREPOSITIONS, "measure", "average") for word in words) else at + 1


def _measured(words: Words) -> int | None:
    """Where a measured quantity at the start ends: 规上工业增加值|先进制造业."""
    for at in range(1, len(words) - 1):
        rest = words[at + 1 :]
        if words[at].role == "measure" and not any(word.role in (*_PREPOSITIONS, "measure") for word in rest):
            return at + 1 if len(_content(rest)) > 1 else None
    return None


def _first(words: Words, *roles: str) -> int | None:
    return next((i for i, word in enumerate(words) if word.role in roles), None)


def _content(words: Words) -> Words:
    return tuple(word for word in words if word.is_content or word.role in ("measure", "average"))


def _trimmed(words: Words) -> Words:
    """Without prepositions and commas at either end."""
    kept = list(words)
    while kept and kept[0].role in (*_PREPOSITIONS, "comma", "han_among"):
        kept.pop(0)
    while kept and kept[-1].role in (*_PREPOSITIONS, "comma", "han_among"):
        kept.pop()
    return tuple(kept)
