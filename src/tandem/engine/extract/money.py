"""Budgets in a text: amounts and ranges of money that somebody is ready to spend, or asks to be financed with.

An amount is a number with a currency or a multiplier, or a number behind a word such as 预算. What stands in the same
piece of the text decides what it is: a budget; something else (turnover, wages, registered capital, a price for each
piece); or, without any such word, perhaps a budget. A number with what is counted (30万件) is no amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tandem.domain.region import numerals
from tandem.engine.extract.said import Found, Said

_CLOSE = 14  # signs between the two ends of one range
LEAST, MOST = 100_00, 10**15  # minor units; less or more is no budget
OTHER = "other"  # a currency that no budget can be given in

_CURRENCY = {
    "CNY": r"人民币|人民幣|rmb|cny|renminbi|yuan|kuai|¥|元|块钱?|圆|大元",
    "HKD": r"hk\$|hkd\$?|hk dollars?|港币|港元|港纸|港蚊|蚊港纸|蚊港币|块港币|hong kong dollars?",
    "MOP": r"mop\$?|澳门币|澳门元|葡币|葡元|蚊葡币|蚊澳门币|patacas?",
    "USD": r"us\$|usd\$?|美元|美金|美刀|刀|u\.s\. dollars?|us dollars?|bucks",
    "EUR": r"eur|€|欧元|欧|euros?",
    "$": r"\$|dollars?",
    OTHER: r"日元|日币|sfr|chf|inr|rs\.?|krw|twd|ntd|myr|rm|thb|vnd|瑞郎|泰铢|越南盾|新币|新元|澳元|加元|cad|jpy|英镑|gbp|£|nt\$|新台币|台币|sgd|s\$|aud|韩元|卢布|bitcoin|btc|usdt",
}
_SIGNS = {code: re.compile(signs) for code, signs in _CURRENCY.items()}
_BEFORE = r"人民币|rmb|cny|¥|hk\$|hkd\$?|港币|港元|港纸|mop\$?|澳门币|澳门元|葡币|葡元|us\$|usd\$?|美元|美金|eur|€|欧元|nt\$|s\$|\$|£|gbp|jpy|sgd|aud|chf|inr|krw|twd|ntd|myr|thb|cad|新台币"
_BEHIND = (
    r"元人民币|人民币|蚊港纸|蚊港币|蚊葡币|蚊澳门币|块港币|港元|港币|港纸|港蚊|美元|美金|美刀|刀(?![具模片架锋头口盘])|欧元|欧(?![洲盟式标])|澳门元|澳门币|葡币|葡元|日元|日币|英镑|新台币|台币|韩元|新币|新元|澳元|加元|瑞郎|泰铢|大元|元|块钱|块|圆|蚊"
    r"|(?:hk dollars?|bucks|kuai|chf|sgd|aud|cad|inr|rmb|cny|hkd|usd|eur|mop|gbp|jpy|sgd|yuan|renminbi|euros?|us dollars|hong kong dollars|dollars|patacas?)\b|€"
)
_LOOSE = r"[来多余几]"  # 三十来万, 20多万
_POWER = r"万亿|千万|百万|[来多余]?[万亿]|个[万w亿]|千|million|thousand|billion|grand|mio|mln|mil\b|(?:mn|bn|w|k|m)(?!(?!rmb|usd|hkd|eur|cny|mop|pa\b|/(?:mth|month|mo\b|yr|year))[a-z0-9²³/])"
_COUNT_EN = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})++|\d{1,14})(?:\.\d{1,4})?(?!\d)"
_FOREIGN = r"\d{1,3}(?:[.' ]\d{3}){1,3}(?!\d)(?![.,]\d{3})"  # 25.000 EUR, EUR 25 000
_NUMERAL = r"[半零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]{1,14}"
_AMOUNT = re.compile(
    r"(?:(?=[\d半零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟人港澳葡美欧新$€¥£])|(?<![a-z])(?=[a-z]))"
    rf"(?:(?P<pre>(?<![a-z])(?:{_BEFORE}))\s{{0,2}}[::]?\s{{0,2}}|(?<![\d.a-z]))"
    rf"(?:(?P<number>(?:(?<=[a-z$€¥])|(?<=[a-z$€¥] )){_FOREIGN}|{_FOREIGN}(?=\s?(?:{_BEHIND}))|{_NUMBER})\s?(?P<power>{_POWER})?|(?P<numeral>{_NUMERAL})(?P<loose>{_LOOSE}[万亿])?"
    rf"|(?P<words>(?<![a-z])(?:half an? million|(?:(?P<least>{_COUNT_EN}(?:[ -]{_COUNT_EN})?) (?:to|or|and) (?={_COUNT_EN}[ -]))?{_COUNT_EN}(?:(?:[ -]|(?<=hundred) and ){_COUNT_EN}){{0,5}}\s(?P<scale>thousand|million|grand|k)\b)))"
    rf"\s?(?P<post>{_BEHIND})?(?P<tail>(?<=[块万w])[1-9](?![\d.万千百个件套台年月%]))?"
)
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_POWERS = {"万": 10_000, "w": 10_000, "个万": 10_000, "个w": 10_000, "个亿": 10**8, "grand": 1_000, "mil": 10**6, "千": 1_000, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12,
           "k": 1_000, "thousand": 1_000, "m": 10**6, "mn": 10**6, "mio": 10**6, "mln": 10**6, "million": 10**6,
           "bn": 10**9, "billion": 10**9}  # fmt: skip
_SPOKEN = re.compile(r".+(?P<last>[万千百])(?P<rest>[一二三四五六七八九])")
_LETTER = re.compile(r"[a-z]")  # 1000t, 25a
_JOINED = re.compile(r"\s{0,2}(?:-|~|至|到|to|and|and up to)\s{0,2}")
_LABELLED = re.compile(r"万元?\)?\s?[::]?\s?$")  # 预算(万元): 85.6
_COUNTED = re.compile(
    r"\s?(?:多|余)?(?:[件台条片套只个张吨辆双盒箱支瓶户次份亩颗页家例段字行斤羽尾趟托码秒层转度粒根株幅枚座位项类款点票]|人(?!民)|平方|平米|千瓦|公里|公斤|米|像素|立方"
    r"|小时|分钟|粉丝|用户|会员|门店|员工|消费者|平|亩|条|公里|以上的?(?=数据|样本)|伏|克|升|匹)"
)
_WORD = re.compile(r"\s?(?!max|at most|all|in total|total|or |per |a |is |are |and|to |for|excl|incl|budget|ok|fine|tops"
                   r"|ceiling|available|over|should|would|will)[a-z]{2,}")  # fmt: skip
# What is counted follows at once: 10万粉丝; not 10万以内.
_THING = re.compile(
    r"(?!以内|左右|上下|之内|内|起|封顶|吧|就|可以|能|够|搞|包|全包|含|的?预算|的(?:贷款|额度|授信|融资|资金)|不到|出头|到|人民币|预算|总|为|是|做|的?费用|打底|往上|差不多|ok)[\u3400-\u9fff]"
)
_EACH = re.compile(
    r"\s?(?:/|per|each|every)\s?(?!年|月|季|y|annum|month|mth|mo\b|季度|week|wk)\S"
    r"|\s?an? (?:piece|day|hour|unit|shot|head|pair|set)|\s?一(?:个(?![月季礼星])|[条台件套吨柜票车款天人平亩双只米晚])|\s?每(?!年|月|季)\S"
)
_EACH_BEFORE = re.compile(
    r"每(?:件|台|套|个|只|柜|票|车|人|平方|平米|吨|张|条|片|小时|天|班|台班|钟|副|双|单|柜|次|米|点|工时|工日|盒|瓶|箱|支|名|位|模)|单\S?(?:价|件|车|台|个|成本|笔)|"
    r"每(?![年月季周个])[\u4e00-\u9fff]{1,2}\W?$|一款|一只|一米|一平|一双|一条|一件|一个(?![月季年礼星])|一台|一套|一柜|一吨|一票|一人|每人|人头|工价|加工费|日租|时租|每日|一天|台班|每晚|"
    r"(?:price|cost|rate|fee) per (?!year|month)|unit (?:price|cost)|day rate|hourly|per (?:piece|unit|shot)"
)
_NOT = re.compile(
    r"出口额|进口额|出口总?值|年出口|发货额|合同额|保证金|质保金|定金|首付|罚|赔|单价|售价|零售价|市场价|已经?投|投了|已付|"
    r"cif|fob|value approx|(?:declared|customs|market|insured|book|contract) value|exports? (?:of|were|worth)|deposit|bid bond|"
    r"(?<!estimated )(?<!contract )\bvalue\b|价值|总值|注册资[本金]|产值|营业额|营业收入|营收|销售额|年销|销量|收入|利润|保额|标的额?|亏损?|损失|罚款|被?坑|被?骗|赔了|索赔|货值|应收|月薪|年薪|薪|工资|"
    r"底薪|待遇|过高|太高|太贵|成交价|估值|净资产|总资产|开票|货款|花了|欠|拒付|被考核|扣款|融资刚|完成了?融资|补贴|订单额|市值|押金|"
    r"turnover|\braised\b|revenue|sales of|registered capital|salary|wages?|cost us|costs us|lost|losing|worth of|damages|"
    r"insured|liability|valued at|profit|order book|invoiced?|fined|paid last|penalty"
)
_NOT_BEHIND = re.compile(
    r"\s?(?:is too much|too much|太[贵高多]|[^,]{0,6}订单|的?产值|的?营[业收]|liability|in sales|of (?!budget|fund)|worth)"
)
_STRONG = re.compile(
    r"预算|限价|控制价|封顶|拦标价|经费|合同上限|采购金额|项目金额|总投资|拟投|budget|contract sum|envelope|capex|拨款|榜单金额|投资估算|budget|ceiling|estimated value|funds?\b|award\b|(?:拟|想|需|求)?(?:融资|贷)(?:款|额|额度|需求)?"
    r"|额度|授信|borrow|raises?|raising|facility|finance lease|loan"
)
_WEAK = re.compile(
    r"合计|总计|总共|别过|费用?|给|花|出到?|拿出?|拨|批|搞定|封顶|以内|预备|准备|打算|最多|不超过?|超过|别超|indicative|spend|estimat\w+|allow|willing|have|offer|费用?|给|花|报价|价格?|总价|出价|投入|投资|控制|资金|金额|成本|愿意|能出|可以接受|大概|左右|spend|pay|cost|price|fee|quote|rate|afford|"
    r"max|at most|up to|no more than|not more than|under|below|within|around|about|approx|think|available"
)
_WEAK_BEHIND = re.compile(
    r"\s?(?:左右|以内|以下|上下|之内|封顶|max|tops|or less|at most|all[- ]in|in total|搞定)"
)
_LEAST = re.compile(
    r"不低于|不少于|至少|最低|起步|at least|minimum|no less than|not less than|above|more than|upwards of"
)
_LEAST_BEHIND = re.compile(r"\s?(?:起(?!步价)|以上|or more|and up|upwards?|and above|minimum)")
_NEGATED = re.compile(r"(?:no|not|n't|不|别|勿|never)\s?\S{0,3}$")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount, or a range, in minor units; low or high is None where only the other is told.

    currency  None where none is told; "$" where it is some dollar
    """

    low: int | None
    high: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class _One:
    number: Decimal
    power: int
    told: bool  # it has a power of its own
    letter: bool  # the power is a letter that may mean something else: 5 m, 25w
    pair: Decimal | None  # the upper of 三五万
    currency: str | None
    begin: int
    end: int


def budgets(said: Said, taken: Sequence[tuple[int, int]] = ()) -> list[Found]:
    """Amounts that may be a budget, the likeliest first, as Found with an Amount; stretches `taken` are no money.

    Weights: 3 behind a word for a budget, 2 behind a word for a price, 1 without any.
    """
    found = list(
        _both([one for one in _weighed(said, _joined(said, list(_amounts(said, taken)))) if one.weight > 0])
    )
    return sorted(found, key=lambda one: (-one.weight, one.begin))


def _both(found: Sequence[Found]) -> Iterator[Found]:
    """不低于20万,不高于30万: a lower end and an upper one close behind it are one range."""
    place = 0
    while place < len(found):
        one, place = found[place], place + 1
        after = found[place] if place < len(found) else None
        if after is not None and after.begin - one.end <= _CLOSE:
            low, high = one.value, after.value
            assert isinstance(low, Amount)
            assert isinstance(high, Amount)
            if low.high is None and high.low is None and (low.low or 0) < (high.high or 0):
                value = Amount(low.low, high.high, high.currency or low.currency)
                one, place = Found(value, one.begin, after.end, max(one.weight, after.weight)), place + 1
        yield one


def _weighed(said: Said, ranges: Iterable[tuple[_One, _One | None]]) -> Iterator[Found]:
    for first, last in ranges:
        begin, end = first.begin, (last or first).end
        weight = _weight(said, first, last, begin, end)
        amount = _amount(said, first, last)
        if weight and amount is not None:
            yield Found(amount, begin, end, weight)


def _amounts(said: Said, taken: Sequence[tuple[int, int]]) -> Iterator[_One]:
    busy = iter(sorted(taken))
    now = next(busy, None)
    for match in _AMOUNT.finditer(said.text):
        while now is not None and now[1] <= match.start():
            now = next(busy, None)
        if now is not None and now[0] < match.end():
            continue
        if (one := _one(match)) is not None:
            yield one


def _one(match: re.Match[str]) -> _One | None:
    if _is_count(match) or (read := _worth(match)) is None:
        return None
    number, pair, power, told = read
    if match.end() == match.end("number") and _LETTER.match(match.string, match.end()):
        return None
    bare = not told and number < 1_000 and not match["pre"] and not match["post"]
    if bare and not _JOINED.match(match.string, match.end()):  # at most the lower end of a range
        return None
    currency = _currency(match["pre"]) or _currency(match["post"])
    letter = match["power"] in ("k", "m", "w", "mn", "bn", "千")
    return _One(number, power, told, letter, pair, currency, match.start(), match.end())


def _worth(match: re.Match[str]) -> tuple[Decimal, Decimal | None, int, bool] | None:
    """The number, the upper one of a pair, the power, and whether that is told."""
    if match["words"]:
        return _in_words(match["words"], match["least"], match["scale"])
    if not match["number"]:
        loose = (match["loose"] or "")[1:]
        read = _numeral(match["numeral"].translate(_FORMAL) + loose)
        if read is None or match["numeral"] == "万":
            return None
        return *read, read[2] > 1 or any(sign in match["numeral"][:-1] for sign in "万亿")
    number = Decimal(_plain(match["number"]))
    power, told = _POWERS.get((match["power"] or "").lstrip("来多余"), 1), bool(match["power"])
    if match["tail"]:  # 4块5, 15万8
        number += Decimal(match["tail"]) / 10
    if power == 1 and _LABELLED.search(match.string, max(match.start() - 6, 0), match.start()):
        power, told = 10_000, True
    return number, None, power, told


def _in_words(words: str, least: str | None, scale: str | None) -> tuple[Decimal, Decimal | None, int, bool]:
    """Thirty to forty thousand: 30,000, 40,000."""
    worth = _english(words.removeprefix(least or ""), scale)
    if least is None:
        return worth, None, 1, True
    return _english(f"{least} {scale}", scale), worth, 1, True


def _english(words: str, scale: str | None) -> Decimal:
    """Eighty thousand, two hundred and fifty thousand, half a million."""
    if scale is None:
        return Decimal(500_000)
    total = Decimal(0)
    for word in re.split(r"[\s-]+", words.strip())[:-1]:
        if word == "hundred":
            total = (total or Decimal(1)) * 100
        elif word not in ("and", "to", "or"):
            total += Decimal(1 if word in ("a", "an") else int(numerals.WORDS_EN[word]))
    return total * _POWERS[scale]


def _plain(digits: str) -> str:
    """Digits without what parts thousands: 25.000, 25 000, 25,000.50."""
    if re.fullmatch(_FOREIGN, digits):
        return re.sub(r"\D", "", digits)
    return digits.replace(",", "")


def _is_count(match: re.Match[str]) -> bool:
    """Whether it is a small number alone, as most are: what `_one` would find in the end, seen at once."""
    number, power, pre, post = match.group("number", "power", "pre", "post")
    if not number or power or pre or post or len(number.partition(".")[0]) > 3:
        return False
    labelled = _LABELLED.search(match.string, max(match.start() - 6, 0), match.start())
    return not labelled and not _JOINED.match(match.string, match.end())


def _numeral(text: str) -> tuple[Decimal, Decimal | None, int] | None:
    """Number, the upper one of 三五万, and power: 四十万 -> 40, None, 10000."""
    power = 1
    for sign in ("亿", "万"):
        if text.endswith(sign) and len(text) > 1:
            text, power = text[:-1], _POWERS[sign]
            break
    if text == "半":
        return Decimal("0.5"), None, power
    if len(text) == 3 and power > 1 and text[2] in "十百千":  # 二三十万
        pair = (
            _numeral(text[:2] + "万")
            if text[0] in "一二三四五六七八" and text[1] in "二三四五六七八九"
            else None
        )
        if pair is not None and pair[1] is not None:
            return pair[0], pair[1], power * int(numerals.POWERS_ZH[text[2]])
    if len(text) == 2 and power > 1 and all(sign in numerals.DIGITS_ZH for sign in text):
        low, high = (numerals.DIGITS_ZH[sign] for sign in text)
        return (Decimal(low), Decimal(high), power) if 0 < low < high else None
    value = numerals.chinese(text)
    if value is not None and (spoken := _SPOKEN.fullmatch(text)):  # 一万五 is 15,000
        value += numerals.DIGITS_ZH[spoken["rest"]] * (numerals.POWERS_ZH[spoken["last"]] / 10 - 1)
    return None if value is None else (Decimal(int(value)), None, power)


def _currency(sign: str | None) -> str | None:
    if not sign:
        return None
    if sign.endswith("人民币"):
        return "CNY"
    return next((code for code, signs in _SIGNS.items() if signs.fullmatch(sign)), None)


def _joined(said: Said, amounts: list[_One]) -> Iterator[tuple[_One, _One | None]]:
    """Amounts, and pairs of them that are the two ends of a range."""
    place = 0
    while place < len(amounts):
        one = amounts[place]
        after = amounts[place + 1] if place + 1 < len(amounts) else None
        if after is not None and _is_range(said, one, after):
            yield one, after
            place += 2
        else:
            yield one, None
            place += 1


def _is_range(said: Said, one: _One, after: _One) -> bool:
    if after.begin - one.end > 12 or not (link := _JOINED.fullmatch(said.text, one.end, after.begin)):
        return False
    return link[0].strip() != "and" or "between" in said.text[max(0, one.begin - 24) : one.begin]


def _amount(said: Said, first: _One, last: _One | None) -> Amount | None:
    currency = (
        first.currency if first.currency not in (None, "$") else (last or first).currency or first.currency
    )
    if currency == OTHER:
        return None
    if last is not None:
        low, high = _minor(first.number, first.power), _minor(last.number, last.power)
        if not first.told and last.told and _minor(first.number, last.power) <= high:
            low = _minor(first.number, last.power)
        return Amount(low, high, currency) if 0 <= low <= high <= MOST and high >= LEAST else None
    high = _minor(first.number, first.power)
    if not LEAST <= high <= MOST:
        return None
    if first.pair is not None:
        return Amount(high, _minor(first.pair, first.power), currency)
    before = said.before(first.begin, 16)
    least = (found := _last(_LEAST, before)) is not None and not _NEGATED.search(before[: found.start()])
    if least or _LEAST_BEHIND.match(said.after(first.end)):
        return Amount(high, None, currency)
    return Amount(None, high, currency)


def _minor(number: Decimal, power: int) -> int:
    return int((number * power * 100).to_integral_value())


def _weight(said: Said, first: _One, last: _One | None, begin: int, end: int) -> float:
    """How likely it is a budget: 0 where it is none."""
    currency = first.currency or (last.currency if last else None)
    end_one = last or first
    if not currency and not end_one.told and end_one.number < 1_000:
        return 0.0
    before, behind = said.before(begin), said.after(end)
    if _EACH_BEFORE.search(before) or any(sign.match(behind) for sign in (_COUNTED, _EACH, _NOT_BEHIND)):
        return 0.0
    strong, other = _last(_STRONG, before), _last(_NOT, before)
    weak = _last(_WEAK, before) or _WEAK_BEHIND.match(behind)
    if (
        other
        and other.end()
        > max((found.end() for found in (strong, _last(_WEAK, before)) if found), default=0) - 4
    ):
        return 0.0
    doubtful = (said.text[end - 1] == "块" and not end_one.told) or (
        not currency and (not end_one.told or end_one.letter)
    )
    if not currency and (_WORD.match(behind) or not (strong or weak or not _THING.match(behind))):
        return 0.0
    if doubtful and not strong and (not weak or _vague(before, behind)):
        return 0.0
    return (3.0 if strong else 2.0 if weak else 1.0) + (0.2 if currency else 0.0) - (0.5 if other else 0.0)


def _vague(before: str, behind: str) -> bool:
    """Whether only 左右 speaks for an amount: 转速1100左右."""
    return not _last(_WEAK, before) and re.match(r"\s?(?:左右|上下)(?!的?预算)", behind) is not None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007
        pass
    return found
