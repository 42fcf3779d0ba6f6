"""A title for a need: what is asked for, in the writer's own words.

A labelled or quoted name (项目名称, Item, Subject) is taken as it is. Otherwise the piece of the text that asks most
clearly is taken, from behind its asking words (想找一家做…, we are looking for) to where the request itself ends.
"""

from __future__ import annotations

import re

from tandem.engine.extract.said import Found, Said

_MOST_HAN, _MOST_LATIN = 40, 96  # signs of a title
_PIECE = 240  # signs of a piece that are looked at
_READ = 4_000  # signs that a title is looked for in
_LABEL = re.compile(
    r"(?:^|\n|;|。|\s)\s{0,3}(?:[一二三四五六七八九]、)?(?:项目名称|需求名称|榜单名称|需求标题|标题|采购内容|采购项目|需求|主题|项目|名称|融资需求|item|subject|project|re|title|open challenge|technology wanted|"
    r"invitation to tender|request for quotation|wanted)\s?(?::|-(?=\s))\s?(?P<title>[^\n。;]{4,160})"
)
_QUOTED = re.compile(r"(?:公开征集|就|关于|開展|开展|征集)\s?\"(?P<title>[^\"\n]{6,60})\"")
_ASK = re.compile(
    r"想找|寻找|寻求|尋求|需要租用|需要|急需|求购|求推荐|求|征集|委托|拟选聘|拟引进|拟对|拟|希望|想要?|找|诚聘|急招|招聘|公开寻找|计划引入|计划|用于|要做|要找|要(?!求|有|在)|有没有|谁能|问下|准备|现寻找|选聘|想把|推荐|"
    r"(?<![a-z])(?:looking for|look for|in need of|needs?|want(?:s|ed)?|seek(?:ing|s)?|would like|recommend|require|recruiting|hiring|find|who can|we're after|after|any|project|please find|invit\w+)(?![a-z])"
)
_OPENING = re.compile(
    r"(?:请|想|能|帮忙|帮我|急|现|拟|我们|对方|专业|有资质的?|靠谱的?|一下|到|能够?|可以|人|租|问下|问|你|认不认识|有没有|人手上有|谁能?|谁|上|引进|引入|采购|购买|买|做|为|对|把|从事|提供|开展|组织|完成|找|"
    r"(?:[一两二三四五1-9]\s?)(?:家|个|名|位|套|条|台|间)|第三方|懂|帮忙|代理机构|代理商|咨询(?=机构|公司|单位|顾问)|机构|实验室|单位|公司|供应商|服务商|律所|中介|银行|处理|"
    r"(?:with|to (?:handle|develop|run|find|sell|have|move|borrow)|us|me|someone|somebody|who can|that|to|an?|the|for|our|some|your|any|another|please|urgently|one|two|three|is)(?![a-z0-9])|:|-|\s|,|的)+"
)
_LEADING = re.compile(r"^(?:[\s:,\-\"']+)")
_ENDING = re.compile(
    r"(?:的(?:公司|机构|厂家?|单位|团队|供应商|服务商|朋友|专业机构|人|认证顾问|顾问)|[,。;:!?\s\"(]|\bthat\b|\bso that\b|吗|谢谢)+$"
)
_STOP = re.compile(
    r",? ?\b(?:so that|because|and we|which must|please|before we|with labels|near|around|budget|ideally)\b|，|的(?:公司|机构|厂家|单位|团队|朋友)(?=$|\W)"
)
_BUSINESS = re.compile(
    r"预算|上限|费用|报价|价格|月薪|年薪|元|万|电话|联系|成立|年产|营业额|注册|budget|price|salary|quote|phone|tel\b|regards|dear|founded|turnover|rmb|cny|hkd|usd|deadline|此致|敬礼|尊敬|您好|你好|hello|hi\b|工期|交付时间|之前|年底"
)
_GREETED = re.compile(
    r"您好|你好|各位|尊敬|老师|敬启|公告|启事|榜单|[:,]$|^(?:hi|hello|dear|good|to whom|request)\b|我"
)
_FIRM = re.compile(r"我们|我司|我厂|本厂|公司(?:在|位)|成立|位于|we are|our company|founded")
_SUBJECT = re.compile(
    r"erp|mes\b|plm|检测|测试|试验|认证|校准|仿真|分析|设计|开发|研发|改造|维修|加工|代工|治理|培训|辅导|咨询|审计|保险|贷款|融资|保理|租赁|数据|标注|系统|物流|运输|冷链|仓库|报关|招|工程|巡检|检修|宣传片|拍摄|方案|报告|修|氧化|电镀|喷涂|外协|机器人|机械人|无人|码垛|仓|吊装|搬运|改为|官网|投放|ads\b|专利|学徒|高新技术|专精特新|应用场景|评估|掉色|附着力|saas|sap\b|试点|示范|优化|推广|品牌|商标|仲裁|申报|"
    r"test|calibrat|certif|design|simulat|develop|repair|mainten|audit|training|course|manufactur|mould|mold|data|software|logistic|freight|warehouse|insur|loan|lease|borrow|finance|engineer|"
    r"search|review|assessment|monitor|prototype|study|pilot|brand|agency|law|attorney|carrier|site|license|permission|cloud|operator|crew|builder|series|retrofit|recycl|adhesive|brazing|noise"
)  # fmt: skip


def proposed(said: Said) -> list[Found]:
    """At most three titles, the likeliest first, as Found with the text as written; always one where there is text."""
    found = [*_named(said), *_headed(said), *_asked(said)]
    if not found:
        found = [_opening(said)]
    seen: dict[str, Found] = {}
    for one in sorted(found, key=lambda one: (-one.weight, one.begin)):
        if one.value and str(one.value) not in seen:
            seen[str(one.value)] = one
    return list(seen.values())[:3]


def _named(said: Said) -> list[Found]:
    found: list[Found] = []
    for weight, pattern in ((9.0, _QUOTED), (8.0, _LABEL)):
        for match in pattern.finditer(said.text[:_READ]):
            begin, end = _cut(said, match.start("title"), match.end("title"))
            if end - begin >= 4:
                found.append(_title(said, begin, end, weight - 0.01 * len(found)))
    return found


def _headed(said: Said) -> list[Found]:
    """A short first line with more behind it."""
    line, _, rest = said.text.partition("\n")
    begin, end = _cut(said, 0, len(line.rstrip("。. ")))
    most = _MOST_LATIN if line.isascii() else _MOST_HAN
    if not rest.strip() or not 4 <= end - begin <= most or _GREETED.search(line):
        return []
    return [_title(said, begin, end, 7.0)]


def _asked(said: Said) -> list[Found]:
    """Pieces that ask for something, weighed by how clearly they do."""
    found = []
    for number, begin in enumerate(said.pieces):
        if begin >= _READ:
            break
        end = said.pieces[number + 1] if number + 1 < len(said.pieces) else len(said.text)
        piece = said.text[begin : min(end, begin + _PIECE)]
        ask = _ASK.search(piece)
        start = begin
        if ask:
            opening = _OPENING.match(piece, ask.end())
            start = begin + (opening.end() if opening else ask.end())
        first, last = _cut(said, start, begin + len(piece))
        short = 3 if said.text[first:last].isascii() else 4
        if last - first < short:
            first, last = _cut(said, begin, begin + len(piece))
        if last - first >= short:
            title = said.text[first:last]
            subjects = min(2, len(_SUBJECT.findall(title))) - (last - first < short + 3)
            weight = (
                1.5 * bool(ask)
                + 1.5 * subjects
                - 1.6 * bool(_BUSINESS.search(piece))
                - 2.0 * bool(_FIRM.search(title))
            )
            if weight > 0:
                found.append(_title(said, first, last, weight - 0.05 * min(number, 20)))
    return found


def _cut(said: Said, begin: int, end: int) -> tuple[int, int]:
    """A stretch without what stands around a title, and not longer than one."""
    text = said.text[begin : min(end, begin + _PIECE)]
    if stop := _STOP.search(text, 6):
        text = text[: stop.start()]
    most = _MOST_HAN if any(sign >= "\u3400" for sign in text[:20]) else _MOST_LATIN
    if len(text) > most:
        text = text[:most]
        if text[-1].isascii() and " " in text[most // 2 :]:
            text = text[: text.rindex(" ")]
    text = _closed(said, begin, _ENDING.sub("", text), most)
    leading = _LEADING.match(text)
    return begin + (leading.end() if leading else 0), begin + len(text)


def _closed(said: Said, begin: int, text: str, most: int) -> str:
    """A stretch that ends inside brackets goes on until they close, or ends before them where that is too far."""
    if text.count("(") <= text.count(")"):
        return text
    closing = said.text.find(")", begin + len(text), begin + most)
    return said.text[begin : closing + 1] if closing >= 0 else _ENDING.sub("", text[: text.rindex("(")])


def _opening(said: Said) -> Found:
    """The first words of a text."""
    first = next((place for place, sign in enumerate(said.text) if sign.isalnum()), 0)
    begin, end = _cut(said, first, min(said.piece(first)[1], len(said.text)))
    return _title(said, begin, max(end, begin), 0.5)


def _title(said: Said, begin: int, end: int, weight: float) -> Found:
    if end <= begin:
        return Found("", begin, begin, 0.0)
    first, last = said.span(begin, end)
    return Found(said.written[first:last].strip(), begin, end, weight)
