"""Units as they are printed beside a value, zh and en: their dimension, and what one of them is in base units."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from tandem.domain.region.numerals import decimal, folded, power
from tandem.domain.region.periods import read_period

Dimension = Literal["money", "share", "growth", "count", "rank", "time", "date", "ratio", "words", "none"]
"""What a unit measures; 'words' is a unit that is none, 'none' is no unit given."""

CURRENCIES = {
    "HKD": ("hkd", "hk\\$", "hong kong dollars?", "港元", "港币"),
    "MOP": ("mop", "mop\\$", "patacas?", "澳门元", "澳门币", "澳元"),
    "USD": ("usd", "us\\$", "u\\.s\\. dollars?", "us dollars?", "美元", "美金"),
    "EUR": ("eur", "euros?", "€", "欧元"),
    "JPY": ("jpy", "日元", "japanese yen", "yen"),
    "GBP": ("gbp", "£", "英镑"),
    "CNY": ("cny", "rmb", "renminbi", "chinese yuan", "yuan", "人民币元?", "¥", "元"),
}  # fmt: skip
_CURRENCY = tuple(
    (code, re.compile("|".join(name if not name.isascii() or not name[0].isalpha() else rf"(?<![a-z]){name}(?![a-z])"
                               for name in (*names, *(["\\$"] if code == "USD" else [])))))
    for code, names in CURRENCIES.items()
)  # fmt: skip
_POWER_WORD = r"(?:trillion|billion|million|thousand|hundred|trn|tn|bln|bn|mln|mn|m|k)s?(?![a-z\d²³])"
_MULTIPLIER = re.compile(
    rf"(?<![a-z\d.])(?P<digits>\d[\d,]*(?:\.\d+)?)?\s*"
    rf"(?P<power>(?:{_POWER_WORD}\s*)+|[十百千万亿]+(?![米瓦克卡帕伏]))?"
)
_GROWTH = re.compile(
    r"yoy|y/y|y-o-y|year[- ]on[- ]year|growth|increase|per (?:year|annum)|/ ?(?:yr|year|年)"
    r"|p\.?a\.?(?![a-z])|annual|cagr"
    r"|同比|环比|增长|增速|增幅|年均|每年"
)
_PERCENT = re.compile(r"%|‰|percent(?:age)?|per cent|\bpct\b|百分比|百分率|千分率")
_POINTS = re.compile(r"percentage points?|\bppt?s?\b|个?百分点")
_SHARE = re.compile(r"\b(?:share|fraction|ratio|proportion|quota)s?\b|比例|占比|比重|份额|比率")
_OF_EN = re.compile(r"\bof\s+(?:the\s+|all\s+)?(.+)")
_OF_ZH = re.compile(r"占(.+?)(?:的?(?:比重|比例|份额|比率|百分比|比))?$")
_BARE_SHARE = frozenset(("比", "比重", "比例", "比率", "份额", "百分比"))  # 占比 alone names no whole
_OF_COUNT = re.compile(r"(?:out )?of (\d[\d,]*) (.+)")
_RANK = re.compile(r"\brank(?:ing|ed)?\b|位次|排名|名次|^第?位$")
_DATE = re.compile(r"date|calendar year|日期|年份|时点|yyyy.*")
_NO_UNIT = re.compile(r"qualitative|n/?a|none|words?|text|定性|文字|无|-+")
_REMARK = re.compile(r"[(\[](.*?)[)\]]")
_ABOUT = re.compile(r"about|approx|约|左右|~|≈")

_TIMES: dict[str, tuple[str, float]] = {}
for _meant, _written in {
    ("year", 1.0): "years year yrs yr 年",
    ("year", 1 / 12): "months month 个月 月",
    ("day", 1.0): "days day 天 日",
    ("day", 7.0): "weeks week 周 星期",
    ("hour", 1.0): "hours hour hrs hr h 小时 个小时",
    ("hour", 1 / 60): "minutes minute mins min 分钟",
    ("hour", 1 / 3600): "seconds second secs sec s 秒",
}.items():
    _TIMES |= dict.fromkeys(_written.split(), _meant)

_THINGS = {
    "人": "person", "人次": "person", "名": "person", "位": "person", "people": "person", "persons": "person",
    "capita": "person", "head": "person", "家": "enterprise", "户": "enterprise", "企业": "enterprise",
    "家企业": "enterprise", "户企业": "enterprise", "firms": "enterprise", "companies": "enterprise",
    "businesses": "enterprise", "employee": "employee", "从业人员": "employee", "员工": "employee", "职工": "employee",
    "辆": "vehicle", "辆车": "vehicle", "cars": "vehicle", "台": "unit", "套": "unit", "件": "piece", "项": "item",
    "pcs": "piece", "pieces": "piece", "sets": "unit", "集群": "cluster", "个集群": "cluster", "条": "item",
    "吨": "tonne", "tons": "tonne", "tonnes": "tonne", "t": "tonne", "公里": "kilometre", "千米": "kilometre",
    "km": "kilometre", "平方公里": "square kilometre", "平方千米": "square kilometre", "千瓦时": "kilowatt-hour",
    "千瓦": "kilowatt", "倍": "times", "次": "time",
}  # fmt: skip
_NOTHING = frozenset(
    ("个", "count", "counts", "number", "numbers", "no.", "#", "数量", "数", "总数", "pure number")
)
_THING_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: value in base units = printed number x multiplier (万, billion) x scale (0.01 for %, 1/60 for minutes).

    thing is what is counted, singular ('enterprise'); per time is kept in it ('vehicle/year'). whole is what a share
    is of, as printed. Base units: yuan or the currency's unit, persons, pieces, share 1 = 100 %, years, days, hours.
    """

    dimension: Dimension
    multiplier: float = 1.0
    scale: float = 1.0
    currency: str | None = None
    thing: str | None = None
    whole: str | None = None
    about: bool = False

    @property
    def factor(self) -> float:
        """Base units in one printed unit."""
        return self.multiplier * self.scale


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit:
    """What a printed unit says; dimension 'words' where it is none, 'none' where there is no text, never an error.

    >>> read_unit("亿元").factor, read_unit("% of GDP").whole, read_unit("占GDP比重%").whole, read_unit("万人").thing
    (100000000.0, 'GDP', 'GDP', 'person')
    """
    plain = folded(text[:300])
    remarks = " ".join(_REMARK.findall(plain))
    main = " ".join(_REMARK.sub(" ", plain).split()).strip(" ,;:：")
    if not main or re.fullmatch(r"[(\[]?(?:%|‰)[)\]]?", remarks.strip()):
        main = f"{main} {remarks}".strip()
    if not main:
        return Unit("none")
    read = _read(main, main.lower())
    return replace(read, about=True) if _ABOUT.search(remarks.lower()) else read


def _read(main: str, low: str) -> Unit:
    """The first reading that fits; the order matters, since '% of GDP/yr' is no ratio and 'rank' no thing."""
    if _NO_UNIT.fullmatch(low):
        return Unit("words")
    for reading in (_points, _percent, _share, _rank, _date, _of_count, _time, _ratio, _money):
        if (read := reading(main, low)) is not None:
            return read
    return _count(main, low)


def _points(main: str, low: str) -> Unit | None:
    return Unit("share", scale=0.01, thing="percentage point") if _POINTS.search(low) else None


def _percent(main: str, low: str) -> Unit | None:
    if not _PERCENT.search(low):
        return None
    scale = 0.001 if "‰" in low or "千分" in low else 0.01
    if _GROWTH.search(low):
        return Unit("growth", scale=scale)
    return Unit("share", scale=scale, whole=_whole(main))


def _share(main: str, low: str) -> Unit | None:
    if _SHARE.search(low) or low.startswith("占"):
        return Unit("growth") if "growth" in low or "增" in low else Unit("share", whole=_whole(main))
    return None


def _whole(main: str) -> str | None:
    """What the share is of: 'of GDP', 占GDP比重."""
    bare = " ".join(_PERCENT.sub(" ", main).split())
    if found := re.search(_OF_EN.pattern, bare, re.IGNORECASE):
        return found[1].strip() or None
    if (found := _OF_ZH.search(bare)) and found[1].strip() not in _BARE_SHARE:
        return found[1].strip().removesuffix("的") or None
    return None


def _rank(main: str, low: str) -> Unit | None:
    if not (found := _RANK.search(low)):
        return None
    rest = (main[: found.start()] + " " + main[found.end() :]).strip(" -")
    return Unit("rank", thing="rank", whole=rest.removeprefix("in ").removeprefix("of ").strip() or None)


def _date(main: str, low: str) -> Unit | None:
    if _DATE.fullmatch(low) or read_period(main).is_plan:
        return Unit("date")
    return None


def _of_count(main: str, low: str) -> Unit | None:
    if found := _OF_COUNT.fullmatch(low):
        return Unit("count", thing=_thing(found[2]), whole=f"{found[1]} {found[2]}")
    return None


def _time(main: str, low: str) -> Unit | None:
    if low in _TIMES:
        thing, scale = _TIMES[low]
        return Unit("time", scale=scale, thing=thing)
    return None


def _ratio(main: str, low: str) -> Unit | None:
    """'CNY/person', '元/人', 'patents per 10,000 people'; per time the dimension stays and the thing says so."""
    parts = re.split(r"(?<=\S)/(?=\S)|\s+per\s+|(?<=[^\s])每(?=\S)", low)
    if len(parts) != 2 or not parts[0].strip() or not parts[1].strip():
        return None
    top, (bottom, rest) = _read(parts[0].strip(), parts[0].strip()), _multiplied(parts[1].strip())
    if rest in _TIMES or rest in ("annum", "a"):
        period = _TIMES.get(rest, ("year", 1.0))[0]
        thing = f"{top.thing}/{period}" if top.dimension == "count" and top.thing else top.thing
        return replace(top, thing=thing) if top.dimension in ("count", "money") else None
    below = _read(rest, rest) if rest else Unit("none")
    thing = below.currency or below.thing or rest or None
    if top.dimension == "count" and top.thing:
        thing = f"{top.thing}/{thing}"
    size = below.multiplier * bottom
    return Unit("ratio", top.multiplier / (size or 1.0), top.scale, top.currency, thing)


def _money(main: str, low: str) -> Unit | None:
    for code, pattern in _CURRENCY:
        if found := pattern.search(low):
            rest = f"{low[: found.start()]} {low[found.end() :]}".strip()
            return Unit("money", _multiplied(rest)[0], currency=code)
    return None


def _count(main: str, low: str) -> Unit:
    size, rest = _multiplied(low)
    if not rest:
        return Unit("none", size)
    if rest in _TIMES and size != 1.0:
        thing, scale = _TIMES[rest]
        return Unit("time", size, scale, thing=thing)
    if rest in _NOTHING:
        return Unit("count", size)
    if len(rest) > _THING_LIMIT or " / " in rest or not re.search(r"\w", rest):
        return Unit("words")
    return Unit("count", size, thing=_thing(rest.partition(":")[0].strip() or rest))


def _multiplied(low: str) -> tuple[float, str]:
    """The multiplier that a unit starts with and the rest: '10,000 persons' -> (10000, 'persons')."""
    found = _MULTIPLIER.match(low)
    if not found or not found[0].strip():
        return 1.0, low
    digits = decimal(found["digits"]) if found["digits"] else (1.0, 0.0)
    size = (digits[0] if digits else 1.0) * power(found["power"] or "")
    return (size if 0.0 < size < 1e30 else 1.0), low[found.end() :].strip(" -")


def _thing(text: str) -> str:
    """What is counted, singular and in one word for each meaning."""
    low = text.strip()
    if low in _THINGS:
        return _THINGS[low]
    if low.startswith(("个", "类", "种")) and len(low) > 1:
        return _THINGS.get(low[1:], low[1:])
    if not low.isascii() or len(low) < 4:
        return low
    if low.endswith("ies") and not low.endswith("series"):
        return low[:-3] + "y"
    if low.endswith(("sses", "xes", "ches", "shes")):
        return low[:-2]
    return low[:-1] if low.endswith("s") and not low.endswith(("ss", "us", "is", "series")) else low
