"""Until when something is needed: of all days that a text tells, the one by which it shall be delivered.

Words in the same piece of the text decide. Days that are over, foundings, the ends of tenders and of other people's
answers, beginnings, and how long a contract runs are no due dates. Of several deadlines of one weight the last counts.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from tandem.engine.extract import day_forms
from tandem.engine.extract.said import Found, Said

_LONGEST = 3 * 366  # days; what lasts longer is no time to deliver in
_LIMIT_BEHIND = re.compile(
    r"\s?(?:号|日|份|左右)?\s?(?:之前|以前|前|内|以内|之内|截止|为止|止|到位|or earlier|at the latest|latest|max|at most|结束前)"
)
_LIMIT_BEFORE = re.compile(
    r"(?:\b(?:by|before|until|till|no later than|not later than|within|in under|less than|deadline|due|at the latest|not exceed(?:ing)?)"
    r"|不晚于|不迟于|最迟|最晚|截至|截止\S{0,4}|期限\S{0,2}|时限\S{0,2}|工期\S{0,3}|交期\S{0,3}|周期\S{0,3}|之前|于)\W{0,3}(?:the |mid |early |late |end of |about |around )*$"
)
_STRICT_BEFORE = re.compile(r"(?:before)\s(?:the )?$")
_DELIVER = re.compile(
    r"交付|交货|交样|交稿|交终|交|提交|完成|完工|竣工|验收|上线|投运|投产|到岗|到货|到账|放款|出报告|出具|拿到|给到|给出|搞掂|做完|做好|结束|"
    r"供货期|工期|期限|截止|就位|立案|审核|拿证|取得|安装完毕|达到|调好|跑起来|搬入|"
    r"deliver|complet|finish|ship|done|ready|needed|report|approved|handover|hand over|go-live|live\b|install|submi|due\b|"
    r"deadline|signed|results?|over by|launch|available|onboard|again|running|join|closing targeted|parts"
)
_NOT = re.compile(
    r"成立|创立|创办|建厂|始于|注册于|投标|截标|开标|报名|递交标书|标书|询价截止|报价截止|报价时间|比选时间|"
    r"founded|established|since|set up in|quotes? due|quotes? by|tender clos|closing date|bids? due|reply|respond|applications? by|expression of interest|year end\W{0,3}$|财年"
)
_START = re.compile(
    r"(?:从|自|起始|开工日期|开始时间|from|starting|starts?|begin(?:ning)?|effective)\W{0,3}(?:in |on |the )?$"
)
_START_BEHIND = re.compile(
    r"\s?(?:份)?(?:起|开始|启动|开工|开业|进场|投标|报名|开标)|\s?(?:quotes|tender|bid)"
)
_RUN = re.compile(
    r"合同期|合同|合约|合作期?|服务期|租期|租|驻厂|为期|试用|试运行|保修|质保|账期|连续|经验|有效期|每|长达|历时|已有|过去|最近|分成|"
    r"contract|for (?:about |at least )?$|over (?:the )?$|last |past |warranty|every|per|lasting|experience|pay at|at least (?:the )?$"
)
_TERM = re.compile(r"(?:合作|合同|服务|租|保修|质保)期(?!限)\W{0,2}\S{0,14}$")
_ENDS, _TENDER = re.compile(r"截止|投标|报名"), re.compile(r"投标|截标|报名|递交")
_IN = re.compile(r"\bin $")
_NEAR = 60  # signs of a piece that speak for a day


def deadlines(said: Said, as_of: date, read: list[day_forms.Read]) -> list[Found]:
    """Days by which something may be wanted, the likeliest first, as Found with a date.

    Weights: 3 for a limit of a delivery, 2 for a limit or a delivery alone; a bare day has 1.
    """
    found = []
    for place, one in enumerate(read):
        weight = _weight(said, one, as_of)
        if weight <= 0:
            continue
        day = _day(said, one)
        if as_of <= day and not _opens(said, one, read[place + 1 :]):
            found.append(Found(day, one.begin, one.end, weight))
    return sorted(found, key=lambda one: (-one.weight, -one.value.toordinal(), one.begin))  # type: ignore[attr-defined]


def _day(said: Said, one: day_forms.Read) -> date:
    """The last day of a stretch, or the day before it where it says before: before June, 5月前."""
    if one.sort in ("month", "quarter") and one.first != one.day:
        told = said.text[one.begin : one.end]
        if not re.search(r"底|末|end|late|中|mid|初|early|旬", told):
            behind = said.after(one.end, 6)
            if re.match(r"\s?份?(?:之前|以前|前)", behind) or _STRICT_BEFORE.search(
                said.before(one.begin, 12)
            ):
                return one.first - timedelta(days=1)
    return one.day


def _weight(said: Said, one: day_forms.Read, as_of: date) -> float:
    before, behind = said.before(one.begin), said.after(one.end)
    begin, end = said.piece(one.begin)
    piece = said.text[max(begin, one.begin - _NEAR) : min(end, one.end + _NEAR)]
    if one.day < as_of or _is_other(before, behind, piece):
        return 0.0
    limit = bool(_LIMIT_BEHIND.match(behind) or _LIMIT_BEFORE.search(before) or one.sort == "holiday")
    deliver = bool(_DELIVER.search(piece))
    if one.sort == "length":
        inside = limit or said.text[one.end - 1] == "内" or (deliver and _IN.search(before))
        runs = _RUN.search(before) and not deliver
        return 2.0 + deliver if inside and not runs and (one.day - as_of).days <= _LONGEST else 0.0
    if (one.sort != "day" and not (limit or deliver)) or (one.sort == "slash" and not limit):
        return 0.0
    end_told = bool(re.search(r"底|末|end", said.text[one.begin : one.end]))
    return 1.0 + limit + deliver + 0.1 * end_told


def _is_other(before: str, behind: str, piece: str) -> bool:
    """Whether words beside a day make it something else: a founding, the end of a tender, a beginning."""
    if _NOT.search(before) or _TERM.search(before) or _START_BEHIND.match(behind) or _START.search(before):
        return True
    return bool(_ENDS.search(before) and _TENDER.search(piece))


def _opens(said: Said, one: day_forms.Read, later: list[day_forms.Read]) -> bool:
    """Whether a day is the first of a stretch: 12月8日到12月12日."""
    return bool(later) and 0 <= later[0].begin - one.end <= 8 and bool(
        re.fullmatch(r"\s?(?:到|至|-|~|to|until)\s?", said.text[one.end : later[0].begin])
    )  # fmt: skip
