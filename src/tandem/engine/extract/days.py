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
    r"\s?(?:号|日|份|左右)?\s?(?:之前|以前|前|内|以内|之内|截止|为止|止|到位|[\u4e00-\u9fff]{1,6}(?<![以目提])前(?![期后面景提往天年台端])|or earlier|at the latest|latest|max|at most|结束前|以内|之内|或之前|或以前|封顶|死线)"
)
_LIMIT_BEFORE = re.compile(
    r"(?:\b(?:by|before|until|till|no later than|not later than|latest|within|in under|less than|deadline|due|at the latest|not exceed(?:ing)?|ahead of|prior to|in time for|on or before|no more than|max|deadline is|due date)"
    r"|不晚于|不迟于|最迟|最晚|截至|截止\S{0,4}|期限\S{0,2}|时限\S{0,2}|工期\S{0,3}|交期\S{0,3}|周期\S{0,3}|之前|于|赶在|时间\S{0,2}|限期|ddl|死线)\W{0,3}(?:the |(?:mon|tues|wednes|thurs|fri|satur|sun)day,? |mid |early |late |end of |about |around |say |or |\d{1,3}\s?(?:-|to|~|至|到|or)\s?)*$"
)
_STRICT_BEFORE = re.compile(r"(?:before)\s(?:the )?$")
_DELIVER = re.compile(
    r"交付|交货|交样|交稿|交终|交|提交|完成|完工|竣工|验收|上线|投运|投产|到岗|到货|到账|放款|出报告|出具|拿到|给到|给出|能出|出来|搞掂|做完|做好|结束|"
    r"出货|走货|走船|船期|发货|发船|装柜|收货|落货|回厂|回货|到手|拎到|攞到|睇到|看到|出厂|送达|到厂|进厂|装好|装完|架起来|试跑|上架|开业|开机|开工典礼|首批|定稿|终稿|初稿|成稿|要货|"
    r"结果|批下来|批到|下款|到款|交割|搞完|搞定|完事|收尾|弄好|弄完|整好|整完|修好|修复|恢复|测完|出证|下证|领证|获证|通过|拿下|量产|试产|出样|打样|打个样|样品|上市|备案|上岗|入职|开班|培训完|做得完|交得|完稿|搬完|搬好|落地|"
    r"ex-factory|etd|in hand|handed over|dispatch|go live|certificate|certified|arrive at|close the round|funds|paid out|drawdown|final|on site|in place|operational|commission|opening|start of production|sop\b|"
    r"供货期|工期|期限|截止|就位|立案|审核|拿证|取得|安装完毕|达到|调好|跑起来|搬入|"
    r"deliver|complet|finish|ship|done|ready|needed|report|approved|handover|hand over|go-live|live\b|install|submi|due\b|"
    r"deadline|signed|results?|over by|launch|available|onboard|again|running|join|closing targeted|parts"
)
_NOT = re.compile(
    r"成立|创立|创办|建厂|始于|注册于|投标|截标|开标|报名|递交标书|标书|询价截止|报价截止|报价时间|比选时间|"
    r"(?:响应|投标|应答|报价|参选|比选)\S{0,6}(?:提交|截止|递交)|揭榜|(?:货好|cargo ready|goods ready|ready date)\W{0,3}(?:on |by )?$|看样|面谈|递交|应答截止|响应截止|参选|比选截止|答疑|踏勘|发方案|简历|投递|收到|去年|上年|上月|上次|曾|展会|参展|开展|来访|到访|拜访|到港|抵港|进坞|开会|"
    r"(?:quotations?|quotes?|bids?|offers?|proposals?|tenders?|applications?|deadline for (?:submi|receipt|quot|bid)\w*|submissions?(?! in\b)|eois?|cvs?|enquir\w+|questions)\b(?:(?!deliver|complet|finish|install|report|result).){0,50}$|\bclosing\W{0,3}(?:date|on|at|time)?\W{0,3}(?:[\d:.apm ]{0,9}(?:noon|hours|hrs)?\W{0,3})?$|"
    r"\b(?:arriv\w+|eta|lands?|visit\w*|come to|coming to|we come|travel\w*|fly in|fair|expo|exhibition|trade show|meeting|valid|expir\w+|met |call(?:ed)? )\b.{0,16}$|"
    r"founded|established|since|set up in|quotes? due|quotes? by|tender clos|closing date|bids? due|reply|respond|applications? by|expression of interest|year end\W{0,3}$|财年"
)
_START = re.compile(
    r"(?:从|自|起始|起始日期?|开工日期|开始(?:时间|日期)?|启动(?:时间|日期)?|生效|from|starting|starts?|start date|begin(?:ning|s)?|commenc\w+|effective)\W{0,3}(?:in |on |the |from |为 ?|是 ?|date\W{0,2})?$"
)
_START_BEHIND = re.compile(
    r"\s?(?:份)?(?:起|开始|启动|开工|开业|进场|投标|报名|开标|以后|之后|后(?!期)|左右开始|到港|展会|动工)|\s?(?:quotes|tender|bid)"
)
_RUN = re.compile(
    r"合同期|合同|合约|合作期?|服务期|租期|租|驻厂|为期|试用|试运行|保修|质保|账期|连续|经验|有效期|每|长达|历时|已有|过去|最近|分成|"
    r"contract|for (?:about |at least )?$|over (?:the )?$|last |past |warranty|every|per|lasting|experience|pay at|at least (?:the )?$"
)
_TERM = re.compile(r"(?:合作|合同|服务|租|保修|质保)期(?!限)\W{0,2}\S{0,14}$")
_SPAN = re.compile(
    r"(?<!交付)(?<!交货)(?<!完成)(?<!工作)(?<!建设)(?<!实施)(?<!履行)期限\W{0,2}$"
)  # how long a loan or a trial is
_NOT_DUE = re.compile(r"\s?(?:的货|的单|的款|的订单|新款|款式|展|季|大促|期间)")
_ENDS, _TENDER = re.compile(r"截止|投标|报名"), re.compile(r"投标|截标|报名|递交|揭榜|响应文件")
_ANSWER_BEHIND = re.compile(  # 11月5日前报价: the day of an answer
    r"\s?[日号底]?(?:之前|以前|前|内)?[,]?\s?(?:请|须|将|把)?(?:书面)?(?:报价|回复|反馈|报名|联系|递交|回传|发我|发方案|提交(?:报价|方案|投标|申请|响应|材料|书面))"
)
_IN = re.compile(r"\bin $")
_WANTED_BEHIND = re.compile(
    r"\s?(?:就|就得|必须|必需|一定|务必|最好)?(?:就要|要|得|能|可以|须|需|必须|一定|务必|最好|ok|得唔得|得吗|行不行)(?!求|付|给|用|是|上|去)"
)  # 后天就要, 今天能到最好
_WANTED_BEFORE = re.compile(r"(?:要|须|得|希望|务必)(?:在|于)?\s?$")
_URGED = re.compile(r"(?:最好|就|急|need\b.{0,24}|by|come|here)\s?$")  # 最好听日, need someone tomorrow
_EXPLICIT = ("near", "ordinal", "weeks", "fortnight", "season")  # days that mean nothing here without a limit
_THAT_DAY = re.compile(
    r"(?:before|by|until) (?:this|that) (?:date|day)|before then|by then|在此之前|在这之前|在那之前"
)
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
    span = one.sort == "length" and _SPAN.search(before)
    if span or one.day < as_of or _NOT_DUE.match(behind):
        return 0.0
    if _is_other(_before(said, one), behind, piece):
        return 2.0 if _THAT_DAY.search(said.text, one.end, said.sentence(one.begin)[1]) else 0.0
    told = said.text[one.begin : one.end]
    limit = bool(_LIMIT_BEHIND.match(behind) or _LIMIT_BEFORE.search(before) or told.endswith("内"))
    deliver = bool(_DELIVER.search(piece))
    if one.sort == "length":
        inside = limit or (deliver and _IN.search(before))
        runs = _RUN.search(before) and not deliver
        return 2.0 + deliver if inside and not runs and (one.day - as_of).days <= _LONGEST else 0.0
    if one.sort == "holiday":
        return 1.0 + limit + deliver if limit else 0.0
    wanted = bool(_WANTED_BEHIND.match(behind))
    if one.sort in _EXPLICIT:
        near = one.sort == "near" and (wanted or _URGED.search(before))
        told_so = limit or near or (wanted and deliver)
        return 1.0 + limit + deliver if told_so else 0.0
    return _told(one, limit or bool(_WANTED_BEFORE.search(before)), deliver or wanted, told)


def _told(one: day_forms.Read, limit: bool, deliver: bool, told: str) -> float:
    """The weight of a day, a month, a quarter or a year."""
    if (one.sort != "day" and not (limit or deliver)) or (one.sort == "slash" and not limit):
        return 0.0
    return 1.0 + limit + deliver + 0.1 * bool(re.search(r"底|末|end", told))


def _before(said: Said, one: day_forms.Read) -> str:
    """What stands before a day: in its piece, and in the piece before where a bare date is a piece of its own."""
    begin, end = said.piece(one.begin)
    bare = not said.text[begin : one.begin].strip() and end - one.end < 4
    if bare and said.sentence(one.begin)[0] < begin:
        return said.before(begin - 1, 60) + said.before(one.begin)
    return said.before(one.begin, 60)


def _is_other(before: str, behind: str, piece: str) -> bool:
    """Whether words beside a day make it something else: a founding, the end of a tender, a beginning."""
    if (
        _NOT.search(before)
        or _TERM.search(before)
        or _START_BEHIND.match(behind)
        or _ANSWER_BEHIND.match(behind)
        or _START.search(before)
    ):
        return True
    return bool(_ENDS.search(before) and _TENDER.search(piece))


def _opens(said: Said, one: day_forms.Read, later: list[day_forms.Read]) -> bool:
    """Whether a day is the first of a stretch: 12月8日到12月12日."""
    return bool(later) and 0 <= later[0].begin - one.end <= 8 and bool(
        re.fullmatch(r"\s?(?:到|至|-|~|to|until)\s?", said.text[one.end : later[0].begin])
    )  # fmt: skip
