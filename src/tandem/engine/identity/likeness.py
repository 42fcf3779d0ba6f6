"""How alike two organisations' names are, and what speaks for and against their being one."""

from __future__ import annotations

import difflib
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tandem.engine.identity import blocking, names
from tandem.engine.identity.names import Name
from tandem.engine.search.postings import BoolArray, IntArray

_ALIASES = ("name", "name_zh", "name_en")
_RARE = 6  # words of a name of which pairs are formed, and
_LETTERS = 4  # pieces of that many letters,
_PIECES = 4  # the rarest so many of them, by which misspelt names meet
_ROUGH = 0.5  # likeness of words below which a pair is not looked at closely
_EXPANSIONS = 3  # long forms tried for an acronym
_SURE = 0.8  # likeness from which a name counts as the same
_SPELT = 0.8  # likeness of two words' letters from which they may be one word
_SPELT_WORTH, _SHORT_WORTH = (
    0.9,
    0.65,
)  # of a long word spelt otherwise, of a short one: Siena, Sienna; Kagawa, Kanagawa
_LONG = 9
# Factors on the likeness of names.
_ORDER, _LEVEL, _LEGAL, _PLACES, _NUMBERS, _ACRONYMS = 0.95, 0.8, 0.78, 0.7, 0.6, 0.7
_SPELT_OUT = 0.95
_CITY_DIFFERS, _REG_DIFFERS = 0.75, 0.4
_MINOR = 0.3  # weight of places and of words that companies add at will, beside a rare word
_ACRONYM_SCORE = {3: 0.62, 4: 0.74}
_LONG_ACRONYM = 0.82
_BOTH_STATE = 0.82
_CITY, _ALIAS, _SHARED_ACRONYM = 0.2, 0.3, 0.4  # shares of the remaining doubt that agreement removes


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score from 0 to 1 and the coded evidence for it."""

    score: float
    evidence: tuple[dict[str, Any], ...] = ()

    def with_(self, score: float, code: str, **params: Any) -> Likeness:
        """The same with another score and one more piece of evidence."""
        return Likeness(score, (*self.evidence, {"code": code, "params": params}))


@dataclass(frozen=True)
class Names:
    """All names of all organisations, ready to be compared.

    names     every spelling: names as given, and those with an acronym written out
    owner     (names,) int64, the organisation's number
    keys      per name: what it shares with the names it may be compared with
    weight    word -> ln(1 + organisations / organisations that use it)
    rare      weight from which a word tells organisations apart by itself
    city, registration   per organisation, None where unknown
    """

    names: tuple[Name, ...]
    owner: IntArray
    keys: tuple[frozenset[str], ...]
    weight: Mapping[str, float]
    rare: float
    city: tuple[str | None, ...]
    registration: tuple[str | None, ...]

    def near(self, crowd: int) -> Iterable[tuple[int, int, list[tuple[int, int]]]]:
        """Pairs of organisations with the pairs of their names that are worth a close look, in order."""
        one, two = blocking.pairs(self.keys, crowd)
        apart = self.owner[one] != self.owner[two]
        one, two = one[apart], two[apart]
        kept = self._rough(one, two)
        found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for a, b in zip(one[kept].tolist(), two[kept].tolist(), strict=True):
            owners = int(self.owner[a]), int(self.owner[b])
            found[min(owners), max(owners)].append((a, b) if owners[0] < owners[1] else (b, a))
        return [(first, second, pairs) for (first, second), pairs in sorted(found.items())]

    def _rough(self, one: IntArray, two: IntArray) -> BoolArray:
        """Which pairs of names share enough weight of words, rare letters twice, or an acronym: (pairs,) bool."""
        words = [frozenset(name.words) for name in self.names]
        common = blocking.overlap(words, self.weight, one, two)
        size = np.array([math.fsum(self.weight[word] for word in sorted(own)) for own in words])
        letters = [frozenset(key for key in own if key[0] in "#~=") for own in self.keys]
        worth = {key: 1.0 if key[0] == "#" else 2.0 for own in letters for key in own}
        other = blocking.overlap(letters, worth, one, two)
        return np.asarray((common >= _ROUGH * (size[one] + size[two] - common)) | (other >= 2))

    def compare(self, one: int, two: int, pairs: Iterable[tuple[int, int]]) -> Likeness:
        """How alike two organisations are by their names, cities and registration numbers."""
        found = [
            (self._of(self.names[a], self.names[b]), self.names[a].han)
            for a, b in pairs
            if self.names[a].han == self.names[b].han
        ]
        best = max((like for like, _ in found), key=lambda like: like.score, default=Likeness(0.0))
        if len({han for like, han in found if like.score >= _SURE}) > 1:
            best = best.with_(_nearer(best.score, _ALIAS), "alias")
        return self._placed(best, one, two)

    def _placed(self, like: Likeness, one: int, two: int) -> Likeness:
        cities = self.city[one], self.city[two]
        if None not in cities:
            if cities[0] == cities[1]:
                like = like.with_(_nearer(like.score, _CITY), "city_same", city=cities[0])
            else:
                like = like.with_(like.score * _CITY_DIFFERS, "city_differs", cities=sorted(map(str, cities)))
        registrations = self.registration[one], self.registration[two]
        if None not in registrations:
            if registrations[0] == registrations[1]:
                return like.with_(max(like.score, 0.99), "reg_same", reg_no=registrations[0])
            return like.with_(like.score * _REG_DIFFERS, "reg_differs")
        return like

    def _of(self, left: Name, right: Name) -> Likeness:
        """Two spellings compared."""
        spelt_out = left.spelt_out or right.spelt_out
        if left.compact == right.compact and not spelt_out:
            return self._judged(Likeness(1.0).with_(1.0, "name_same"), left, right, ())
        shared, spelt, missing = _aligned(left.words, right.words)
        rare = max((self.weight[word] for word in (*left.words, *right.words)), default=0.0) >= self.rare
        places = left.places | right.places
        minor = names.weak_words() if rare else frozenset()
        if rare:
            minor |= places

        def worth(words: Iterable[str]) -> float:
            return math.fsum(self.weight[word] * (_MINOR if word in minor else 1.0) for word in words)

        common = worth(shared) + math.fsum(
            _same_worth(a, b) * (worth([a]) + worth([b])) / 2 for a, b in spelt
        )
        whole = worth(shared) + math.fsum((worth([a]) + worth([b])) / 2 for a, b in spelt) + worth(missing)
        like = Likeness(common / whole if whole else 0.0).with_(
            common / whole if whole else 0.0, "name_words", words=shared
        )
        if spelt_out:
            like = like.with_(like.score * _SPELT_OUT, "acronym", acronym=spelt_out.upper())
        if spelt:
            like = like.with_(like.score, "spelling", pairs=[list(pair) for pair in spelt])
        if missing:
            like = like.with_(like.score, "missing", words=missing)
        return max(
            self._judged(like, left, right, missing), _acronym(left, right), key=lambda each: each.score
        )

    def _judged(self, like: Likeness, left: Name, right: Name, missing: Sequence[str]) -> Likeness:
        """What in two names speaks against their being one, each as a factor."""
        level = sorted(names.level_words() & set(missing))
        if level:
            like = like.with_(like.score * _LEVEL, "level", words=level)
        elif not missing and left.words != right.words and sorted(left.words) == sorted(right.words):
            like = like.with_(like.score * _ORDER, "name_order")
        if left.legal and right.legal and not _same_form(left.legal, right.legal):
            like = like.with_(like.score * _LEGAL, "legal_form", forms=[*left.legal, *right.legal])
        if left.places and right.places and not left.places & right.places:
            like = like.with_(like.score * _PLACES, "places", places=sorted(left.places | right.places))
        if _numbers(left) != _numbers(right):
            like = like.with_(like.score * _NUMBERS, "numbers")
        stated = left.acronyms, right.acronyms
        short = (left.acronyms | left.capitals) & (right.acronyms | right.capitals)
        if any(stated) and short and missing:
            like = like.with_(_nearer(like.score, _SHARED_ACRONYM), "acronym", acronym=min(short).upper())
        if all(stated) and not _kin(*stated) and not _abbreviates(left, right):
            like = like.with_(
                like.score * _ACRONYMS, "acronym_differs", acronyms=sorted(stated[0] | stated[1])
            )
        return like


def of_names(organisations: pl.DataFrame) -> Names:
    """The names of an organisations table (columns name, and if there name_zh, name_en, city, reg_no)."""
    columns = [organisations[column].to_list() for column in _ALIASES if column in organisations.columns]
    plain = [
        [names.parse(one) for one in dict.fromkeys(filter(None, own))] for own in zip(*columns, strict=True)
    ]
    long_forms = _long_forms(name for own in plain for name in own)
    every = [list(dict.fromkeys([*own, *_written_out(own, long_forms)])) for own in plain]
    users: dict[str, int] = defaultdict(int)
    for own in every:
        for word in {word for name in own for word in name.words}:
            users[word] += 1
    weight = {word: math.log(1 + len(every) / n) for word, n in sorted(users.items())}
    registration = _column(organisations, "reg_no")
    flat = [name for own in every for name in own]
    owner = np.repeat(np.arange(len(every), dtype=np.int64), [len(own) for own in every])
    return Names(
        tuple(flat),
        owner,
        _keys(flat, weight, [registration[i] for i in owner]),
        weight,
        math.log(1 + len(every) / max(4.0, 0.001 * len(every))),
        _column(organisations, "city"),
        registration,
    )


def _column(frame: pl.DataFrame, name: str) -> tuple[str | None, ...]:
    return tuple(frame[name]) if name in frame.columns else (None,) * frame.height


def _long_forms(every: Iterable[Name]) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """What each acronym stands for, learnt from names that state both: Swiss Federal Institute of Technology Zurich
    (ETH). A long form that goes with two acronyms (ETH and EPFL call themselves Swiss Federal Institute of
    Technology) tells nothing and is left out; ETH and ETHZ count as one.
    """
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    users: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name in every:
        for acronym in name.acronyms:
            words = tuple(word for word in name.words if word != acronym)
            if len(words) > 1 and len(acronym) >= names.SHORTEST_ACRONYM:
                found[acronym].add(words)
                users[tuple(sorted(words))].add(acronym[: names.SHORTEST_ACRONYM])
    return {
        acronym: tuple(
            sorted(
                (form for form in forms if len(users[tuple(sorted(form))]) == 1),
                key=lambda form: (len(form), form),
            )
        )
        for acronym, forms in found.items()
    }


def _written_out(
    own: Sequence[Name], long_forms: Mapping[str, tuple[tuple[str, ...], ...]]
) -> Iterable[Name]:
    """Names with an acronym in them left out, where the rest abbreviates to it, or replaced by its long forms."""
    for name in own:
        for acronym in sorted((name.acronyms | name.capitals) & set(name.words)):
            rest = tuple(word for word in name.words if word != acronym)
            if "".join(word[0] for word in rest) == acronym:
                yield name.with_words(rest, acronym)
            for form in long_forms.get(acronym, ())[:_EXPANSIONS]:
                yield name.with_words(tuple(dict.fromkeys((*form, *rest))), acronym)


def _keys(
    every: Sequence[Name], weight: Mapping[str, float], registration: Sequence[str | None]
) -> tuple[frozenset[str], ...]:
    """Per name: words, pairs of its rarest words, acronyms (~), rare letters (#), registration number (=)."""
    pieces = [set(_cut(name.compact)) for name in every]
    letters: dict[str, int] = defaultdict(int)
    for own in pieces:
        for piece in own:
            letters[piece] += 1
    keys = []
    for name, own, number in zip(every, pieces, registration, strict=True):
        rarest = sorted(set(name.words), key=lambda word: (-weight[word], word))
        found = {*rarest, "#" + name.compact}
        found.update(" ".join(sorted(pair)) for pair in itertools.combinations(rarest[:_RARE], 2))
        found.update("~" + short for short in (*name.acronyms, *name.capitals, name.initials) if short)
        usable = sorted((letters[piece], piece) for piece in own if letters[piece] > 1)
        found.update("#" + piece for _, piece in usable[:_PIECES])
        if number:
            found.add("=" + number)
        keys.append(frozenset(found))
    return tuple(keys)


def _cut(compact: str) -> Iterable[str]:
    return (compact[i : i + _LETTERS] for i in range(max(len(compact) - _LETTERS + 1, 1)))


def _aligned(left: Sequence[str], right: Sequence[str]) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Words in common, pairs of words that are spellings of one, and words that only one side has."""
    both = set(left) & set(right)
    alone = (
        [w for w in dict.fromkeys(left) if w not in both],
        [w for w in dict.fromkeys(right) if w not in both],
    )
    spelt: list[tuple[str, str]] = []
    for one in list(alone[0]):
        other = next((two for two in alone[1] if _one_word(one, two)), None)
        if other is not None:
            spelt.append((one, other))
            alone[0].remove(one)
            alone[1].remove(other)
    for near, far in ((alone[0], alone[1]), (alone[1], alone[0])):  # jiao tong, jiaotong
        for a, b in itertools.permutations(list(near), 2):
            if a + b in far and a in near and b in near:
                spelt.append((a + b, a + b))
                far.remove(a + b)
                near.remove(a)
                near.remove(b)
    return [word for word in dict.fromkeys(left) if word in both], spelt, [*alone[0], *alone[1]]


def _same_worth(one: str, two: str) -> float:
    if one == two:  # the same letters, cut into words differently
        return 1.0
    return _SPELT_WORTH if min(len(one), len(two)) >= _LONG else _SHORT_WORTH


def _one_word(one: str, two: str) -> bool:
    """Whether two words differ as misspellings do: long, the same start or end, nearly the same letters."""
    if (
        min(len(one), len(two)) < 5
        or abs(len(one) - len(two)) > 2
        or (one[:2] != two[:2] and one[-3:] != two[-3:])
    ):
        return False
    if one.isdigit() or two.isdigit():
        return False
    if one[0] == two[0] and sorted(one) == sorted(two):
        return True
    return difflib.SequenceMatcher(None, one, two, autojunk=False).ratio() >= _SPELT + 0.3 / len(one)


def _acronym(left: Name, right: Name) -> Likeness:
    """Both state one acronym as theirs; or one states, and says nothing else, what the other's words abbreviate to."""
    for acronym in sorted(left.acronyms & right.acronyms):
        if len(acronym) >= names.SHORTEST_ACRONYM:
            return Likeness(_BOTH_STATE).with_(_BOTH_STATE, "acronym", acronym=acronym.upper())
    for short, long in ((left, right), (right, left)):
        for acronym in sorted(short.acronyms):
            rest = [word for word in short.words if word not in (acronym, "university")]
            if len(acronym) < names.SHORTEST_ACRONYM or (rest and not set(rest) <= set(long.words)):
                continue
            if acronym == long.initials or (acronym in long.acronyms and set(long.words) != {acronym}):
                score = _ACRONYM_SCORE.get(len(acronym), _LONG_ACRONYM)
                return Likeness(score).with_(score, "acronym", acronym=acronym.upper())
    return Likeness(0.0)


def _kin(left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether two sets of acronyms have one in common; ETH and ETHZ count as one."""
    return any(one.startswith(two) or two.startswith(one) for one in left for two in right)


def _abbreviates(left: Name, right: Name) -> bool:
    return left.initials in right.acronyms or right.initials in left.acronyms


def _same_form(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two legal forms may be one: limited, co ltd and company limited are, ltd and gmbh are not."""
    return _FORM.get(left[-1], left[-1]) == _FORM.get(right[-1], right[-1])


_FORM = dict.fromkeys(("co", "company", "limited", "ltd", "limitada", "lda"), "ltd") | dict.fromkeys(
    ("corp", "corporation", "inc", "incorporated", "incorporation"), "inc"
) | dict.fromkeys(("有限公司", "有限责任公司", "公司"), "有限公司")  # fmt: skip


def _numbers(name: Name) -> frozenset[str]:
    return frozenset(word for word in name.words if word.isdigit())


def _nearer(score: float, share: float) -> float:
    """A score with a share of the remaining doubt removed."""
    return 1 - (1 - score) * (1 - share * score)
