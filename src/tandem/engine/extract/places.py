"""Which city a need is in: where the work is wanted, else where its poser is, else where a provider should be.

Every city, district and town that is named counts by the words beside it: a place of work (服务地点, site) over a plant
(我们厂在, our plant in) over an office over a city named without more. A city where providers are preferred counts
least; where goods go to, what is excluded, and where somebody came from do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from tandem.domain import cities
from tandem.engine.extract.said import Found, Said

_DISTRICTS = Path(__file__).with_name("districts.tsv")
_LONGEST, _SHORTEST = 11, 2  # signs of a Chinese name
_READ = 6_000  # signs that places are looked for in: who somebody is stands at the beginning
_WORDS = re.compile(r"[a-z][a-z'-]*[a-z]")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
# Names that mean something else more often than the city, unless 市 or the like follows.
_ORDINARY = frozenset(("来宾", "东方", "白银", "朝阳", "兴安", "资源", "平安", "自贡盐", "南山", "光明", "长安", "大同", "长治", "通化", "三明",
                       "安康", "大岭", "高明", "中堂", "石排", "海东", "定安", "和平", "江门口",
                       "古镇", "民众", "东升", "吉大", "平沙", "南水", "万山", "前山", "富山", "龙山", "花山", "新丰", "新兴", "东平", "金平", "龙湖",
                       "官窑", "河套", "大塘", "小塘", "和顺", "东沙", "沙河", "南岗", "合山", "石龙", "赤岗", "大良", "羊角", "东兴", "新田",
                       "五华", "紫金", "后海", "新都", "东台", "水东", "流沙", "大泽", "外海", "安国", "兴化", "临平", "白沙", "水车", "三江"))  # fmt: skip
# What follows a name and makes another word of it: 高要求, 上环保设备, 浪费大浪费小.
_GOES_ON = {"高要": "求", "三水": "平", "四会": "议", "上环": "保节境", "中环": "保节境", "大浪": "费", "大岗": "位", "大冲": "击压",
            "里水": "质平分", "会城": "市", "上水": "处管平", "大涌": "入", "河源": "头", "南海": "诸", "中山": "装陵", "清新": "的度空",
            "化龙": "头", "西环": "境", "东环": "境", "太和": "殿", "金沙": "发"}  # fmt: skip
_ORDINARY_EN = frozenset(("mo", "aba", "ili", "any", "all", "shanxi"))
_SITE = re.compile(
    r"(?:(?:服务|交付|供货|项目|施工|交货|实施|安装|工作|现场|测试|培训|履约|运营|使用|开工|上门|验货|检验|展会|演出|活动)(?:地点|地址|地|所在地)?|地点|项目|现场|落地|送到|搬到|site|location|"
    r"(?:arbitration|exhibition|trade fair|training|inspection|installation|commissioning|survey|audit|event|yard|stand|booth) (?:in|at)|"
    r"\b(?:done|performed|carried out|take place|takes place)\s(?:\w+ ){0,2}|works? (?:in|at)|on-site (?:in|at)?|project (?:in|at)|delivered to|installed? (?:in|at)|deliver to)\W{0,4}(?:在|于|为|是|喺|位于|in|at)?\W{0,4}$"
)
_PLANT = re.compile(
    r"(?:厂|工厂|工厂地址|厂房|厂区|车间|生产基地|基地)\W{0,2}(?:位于|在|地址|设在|于|喺)?\W{0,3}\S{0,2}$|"
    r"(?:plant|factory|mill|warehouse|workshop|facility|site|lab|r&d cent(?:re|er))s?(?: is| are)?(?: located)? (?:in|at|near)\s(?:the )?$"
)
_FIRM = re.compile(
    r"(?:公司|我司|企业|单位|我们|本司|我这边|我|总部|注册地|地址|本厂|咱们|坐标|base|设厂|厂家|人在|我哋|我|本人|办公室|工作室|仓库|车间|团队)\W{0,3}(?:位于|位於|在|地处|为|注册在|于|这边|喺|是|現址在|现址在)?\W{0,3}$|"
    r"(?:based|located|headquartered|we are|we're|we sit|i'm|our office|office|company|firm|we make \S{1,20}|makers?|startup|start-up)\s?(?:is )?(?:in|at|from)?\s$|"
    r"位于\W{0,2}$|位於\W{0,2}$"
)
_FIRM_BEHIND = re.compile(
    r"市?(?:某|的)?\S{0,4}(?:我厂|我司|本厂|工厂|厂\b|企业|厂家|公司|集团|厂区|园区|车间|office)|"
    r"[- ](?:based|plant|factory|company|firm|office|team|start-?up|lab|[a-z]+ (?:plant|factory|company|firm|maker))"
)
_WISH = re.compile(
    r"(?:优先|最好|尽量|倾向|偏好|须位于|要在|preferably|ideally|prefer(?:red)?|best|providers? in|suppliers? in|partner location)\W{0,3}(?:是|找|在|选)?\W{0,2}\S{0,3}$|"
    r"(?:找|推荐|介绍)\S{0,3}(?:个|家)?$"
)
_WISH_BEHIND = re.compile(
    r"(?:市|本地|当地)?(?:周边|附近|一带|周围)?(?:\S{0,6})?(?:优先|最好|都可以|都行|也行|都可)|周边|附近|\s?(?:would be|is) (?:best|preferred|fine)|"
    r"\sor\s[a-z]+ would be| preferred"
)
_TOWARDS = re.compile(
    r"(?:发到|发往|运到|运往|运至|送往|到|去|至|销往|出口到?|卖到|进入|面向|客户在|from|to|into|port of|sell in|customers? in|servers? in|moved from|"
    r"搬离|来自|之前合作的|原来在|除了?|不要|except|not in|outside|other than)\s?$"
)
_EXCLUDED = re.compile(r"(?:除了?|不要|except|not in|outside|moved from|之前合作的)\s?$")
_WISHED = re.compile(r"优先|最好|prefer|ideally")
_ORIGIN = re.compile(r"(?:从|由|\bfrom)\s?$")
_ORIGIN_ON = re.compile(r"\s?(?:发|运|出发|起运|出货|to\b|装)")
_NOT_BEHIND = re.compile(
    r"\s?(?:海关|口岸|港口|客户|市场|大学|以外|除外|不要|fair|customers?|market|port\b|customs)"
)


def named(said: Said) -> list[Found]:
    """Cities that a need may be in, the likeliest first, as Found with a code of GB/T 2260; each city once."""
    best: dict[str, Found] = {}
    for one in _mentions(said):
        weight = _weight(said, one)
        kept = best.get(str(one.value))
        if weight > 0 and (kept is None or weight > kept.weight):
            best[str(one.value)] = Found(one.value, one.begin, one.end, weight)
    return sorted(best.values(), key=lambda one: (-one.weight, one.begin))


def _weight(said: Said, one: Found) -> float:
    before, behind = said.before(one.begin, 30), said.after(one.end, 24)
    from_there = _ORIGIN.search(before) and _ORIGIN_ON.match(behind)
    wished = _WISH.search(before) or _WISH_BEHIND.match(behind) or _WISHED.search(before)
    rules = (  # the first that holds decides
        (2.5, from_there),
        (0.3, _NOT_BEHIND.match(behind)),
        (5.0, _SITE.search(before)),
        (4.0, _PLANT.search(before)),
        (0.0, _EXCLUDED.search(before)),
        (0.4, _TOWARDS.search(before)),
        (1.0, wished),
        (3.0, _FIRM.search(before)),
        (2.6, _FIRM_BEHIND.match(behind)),
    )
    return next((weight for weight, holds in rules if holds), 2.0)


def _mentions(said: Said) -> Iterator[Found]:
    """Every name of a city, district or town, in its order, the longest first."""
    names = _names()
    for run in _HAN_RUN.finditer(said.text[:_READ]):
        yield from _in_chinese(run[0], run.start(), names)
    words = [(found[0], found.start(), found.end()) for found in _WORDS.finditer(said.text[:_READ])]
    place, first = 0, _first_words()
    while place < len(words):
        step = 1
        for size in (3, 2, 1) if words[place][0] in first else ():
            taken = words[place : place + size]
            name = " ".join(word for word, _, _ in taken)
            code = names.get(name)
            if len(taken) == size and code and name not in _ORDINARY_EN and _apart(said, taken):
                yield Found(code, taken[0][1], taken[-1][2])
                step = size
                break
        place += step


def _apart(said: Said, words: list[tuple[str, int, int]]) -> bool:
    """Whether words follow each other with one space, and no amount begins behind them (HK$)."""
    near = all(after[1] - one[2] == 1 for one, after in pairwise(words))
    return near and said.text[words[-1][2] : words[-1][2] + 1] not in ("$", "d")


def _in_chinese(run: str, begin: int, names: Mapping[str, str]) -> Iterator[Found]:
    place = 0
    while place < len(run) - 1:
        step = 1
        if run[place : place + _SHORTEST] not in _beginnings():
            place += step
            continue
        for size in range(min(_LONGEST, len(run) - place), _SHORTEST - 1, -1):
            name = run[place : place + size]
            if name in names and _stands(run, place, size):
                yield Found(names[name], begin + place, begin + place + size)
                step = size
                break
        place += step


def _stands(run: str, place: int, size: int) -> bool:
    """Whether a name is no part of another word, and an ordinary word stands as a place's: 南山区, 深圳南山, 在光明."""
    name, follows = run[place : place + size], run[place + size : place + size + 1]
    if follows and follows in _GOES_ON.get(name, ""):
        return False
    return (
        name not in _ORDINARY
        or follows in ("市", "区", "镇", "县", "厂", "这", "那")
        or run[max(0, place - 2) : place] in _names()
        or run[max(0, place - 1) : place] in ("市", "在", "喺", "于")
    )


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(name[:_SHORTEST] for name in _names())


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.partition(" ")[0] for name in _names())


@cache
def _names() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for line in _DISTRICTS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            code, *given = line.split("\t")
            for name in filter(None, ";".join(given).split(";")):
                known[name.lower()] = code
    for city in cities.cities().values():
        for name in (city.zh, city.short, city.en.lower(), *(alias.lower() for alias in city.aliases)):
            if len(name) > 2 or not name.isascii() or name == "hk":
                known[name] = city.code
    return known
