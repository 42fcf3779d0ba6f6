"""A title for a need: what is asked for, in the writer's own words.

A labelled or quoted name (项目名称, Item, Subject) is taken as it is. Otherwise the piece of the text that asks most
clearly is taken, from behind its asking words (想找一家做…, we are looking for) to where the request itself ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from tandem.domain import services
from tandem.engine.extract import sectors
from tandem.engine.extract.said import Found, Said

_MOST_HAN, _MOST_LATIN = 40, 96  # signs of a title
_PIECE = 240  # signs of a piece that are looked at
_READ = 4_000  # signs that a title is looked for in
_TABLE = Path(__file__).with_name("subjects.tsv")
_SERVICES = Path(__file__).with_name("service_words.tsv")
_PLAIN = re.compile(r"[\u3400-\u9fff]{2,}|[a-z][a-z -]{2,}")  # a word of that table that is no pattern
_LATIN = re.compile(r"[a-z0-9]+(?:[-/][a-z0-9]+)*")
_LABEL = re.compile(
    r"(?:^|\n|;|。|\s)\s{0,3}(?:[一二三四五六七八九]、)?(?:项目名称|需求名称|榜单名称|需求标题|标题|采购内容|采购项目|采购需求|需求内容|服务内容|工作内容|事由|内容|标的|需求|主题|项目|名称|融资需求|货物名称|货物|货名|品名|产品名称|拟建内容|诉求内容|诉求|求助内容|需求简述|招聘岗位|招聘职位|岗位|职位|事项|item|subject|project|re|title|scope of (?:work|services?)|service required|services required|job|open challenge|technology wanted|"
    r"position|job title|role|vacancy|cargo|commodity|goods|product|part name|requirement|requirements summary|what we need|we need|need|topic|rfq|rfp|rfi|request|enquiry|inquiry|looking for|"
    r"invitation to tender|request for quotation|wanted)[^\S\n]?(?::|-(?=\s))[^\S\n]?(?P<title>[^\n。;]{4,160})"
)
_QUOTED = re.compile(r"(?:公开征集|就|关于|開展|开展|征集)\s?\"(?P<title>[^\"\n]{6,60})\"")
_ASK = re.compile(
    r"外发|现需|办理|急求|诚求|诚找|谁家有|谁有|谁做|边个有|边度有|搵|揾|愿意拿出|给做|拟采购|采购|想上|想买|想贷|想学|须做|需做|要个|麻烦|想找|寻找|寻求|尋求|需要租用|需要|急需|求购|求推荐|(?<![要需请追])求|征集|委托|拟选聘|拟引进|拟对|拟|希望|想要?|找|诚聘|急聘|诚征|急招|招聘|招(?!标|不到|投)|缺(?![陷口点少乏失损])|借用|外委|外请|请教|物色|公开寻找|计划引入|计划|用于|能不能做|可不可以做|要做|要找|要(?!求|有|在)|有没有|谁能|问下|准备|现寻找|选聘|想把|推荐|"
    r"(?<![a-z])(?:looking (?:for|to)|look for|in search of|search(?:ing)? for|we search|(?:asks?|asked|asking) (?:us )?for|hunting for|sourcing|in need of|required|(?<!not )needed|needs?|want(?:s|ed)?|seek(?:ing|s)?|would like|recommend|require|recruiting|hiring|find|who can|we're after|after|any|project|please find|anyone|anybody|somebody|someone|kindly|necessary to|wish(?:es)? to|hope to|plan(?:s|ning)? to|nominate|do the needful for|is there|do you (?:do|offer|have)|can (?:you|we|open)|what i need is|i want|i need|we want|who (?:has|does|offers)|tenders? for|quotations? for|quotes? for|request(?:s|ing)? for|invit\w+)(?![a-z])"
)
_OPENING = re.compile(
    r"(?:或者?|间|(?:\d |two |three )?quotes? for|律师事务所|会计师事务所|律所|搵|揾|个|人帮|的人|了解|个会|会|给|一批|一套|一条|一台|请|想|能(?!耗|源|量|效|力)|帮忙|帮我|急|现|拟|我们|对方|专业|有资质的?|靠谱的?|一下|到|能够?(?!耗|源|量|效|力)|可以|人|租|问下|问|你|认不认识|有没有|人手上有|谁能?|谁|上|引进|引入|采购|购买|买|做|为|对|把|从事|提供|开展|组织|完成|找|"
    r"(?:[一两二三四五六几1-9]{1,2}\s?)(?:家|个|名|位|套|条|台|间)|第三方|懂|帮忙|代理机构|代理商|咨询(?=机构|公司|单位|顾问)|机构|实验室|单位|公司|供应商|服务商|律所|中介|银行|处理|"
    r"(?:anyone|someone who|who (?:has|does|offers|knows)|know|has|doing|make(?= the)|a quote for|tenders? for|quotations? for|offers? for|\d{1,2}(?= [a-z])|with|learn|know|if|is there|any|to (?:handle|learn|know|buy|get|make|do|nominate|engage|hire|appoint|sell(?= the)|develop|run|find|sell|have|move|borrow)|us|me|someone|somebody|who can|that|to|an?|the|for|our|some|your|any|another|please|urgently|one|two|three|is)(?![a-z0-9])|:|-|\s|,|的)+"
)
_PASSIVE = re.compile(  # audit report wanted before March
    r"(?:wanted|needed|required)\b(?=\W*$|\s(?:by|before|in|at|from|until|asap|urgently|now|this|next|on|within|please|pls)\b)"
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
_MONEY = re.compile(
    r"融资(?!租赁)|贷款|series [abc]\b|\b(?:loan|borrow|raise|raising)\b"
)  # where it is what is asked
_GREETED = re.compile(
    r"您好|你好|各位|尊敬|老师|敬启|公告|启事|榜单|[:,]$|→|^(?:hi|hello|dear|good|to whom|request|to|from|attn|merhaba|bonjour|respected|okay|ok|greetings|急|张|王|李|刘|陈|林|黄)\b|^(?:to|from|attn|cc|date)\s?:|^急|^\S{1,4}(?:总|工|生|姐|律师|行长|经理|老板)$|我"
)
_NOTICE = re.compile(
    r"的?(?:采购|招标|询价|比选|遴选|竞争性(?:磋商|谈判)|磋商|竞价|征集|项目){0,2}的?(?:公告|公示|邀请函|启事|通知|函)\s*$"
)
# A heading that names nothing: 需求描述, 【诚征合作】, 请购单 PR-260318-07.
_EMPTY = re.compile(
    r"(?:企业|技术|难题|需求|诉求|求助|求购|求|合作|诚征|诚邀|诚聘|征集|登记|描述|说明|简述|背景|内容|情况|表|单|书|请购|采购|外协|加工|招聘|急聘|招标|询价|询比|比选|项目|信息|通知|公告|紧急|备忘录?|内部|呈批|发布|意向|简介|概况|基本|产品|公司|设备|"
    r"urgent|request|enquiry|inquiry|rfq|rfp|rfi|quotation|memo|requirements?|description|background|overview|need|subject|facility|for|of|the|[a-z]{2,4}-?\d[\d-]*|\(\S{2,12}\)|[\W\d_])+"
)
_BULLET = re.compile(r"\s*[-*·•]\s|\s*\d{1,2}[.、)]\s?\D")
_FIRM = re.compile(
    r"我们(?:是|在|厂|公司|主|这边|\S{0,4}做)|做\S{2,12}的$|我司|我厂|本厂|我[系哋]|公司(?:在|位)|成立|位于|we are|our company|founded"
)
_STRONG = re.compile(  # asking words that name what is sought at once
    r"找|寻求?|搵|揾|(?<![要需请追])求(?![职证])|征集|委托|采购|购买|想买|想上|想贷|想学|急需|需要|须做|招|聘|外发|有没有|谁[家有做能]|边[个度]有|选聘|引进|能不能做|可不可以做|愿意|给做|要做|想做|[想要]把|想[请整学收用换]|请(?:人|个|位|老师|师傅|顾问)|拟"
    r"|物色|诚征|缺(?![陷口点少乏失损])|借用|外委|外请|looking|search|hunting|sourcing|ask|seek|need|want|wish|invit|require|recruit|hiring|find|anyone|any\b|who (?:can|has|does)|tenders? for|quotes? for|quotations? for|needful|nominate|necessary|wanted|what i|kindly|quote for|do you|is there|recommend"
)
_SEEKS = re.compile(
    r"找|寻|求|征集|招|聘|采购|购买|委托|搵|looking|seek|find|recommend|recruit|hiring|tender|quot|wanted|anyone"
)
# What is required of whoever does it, or how it is to be done: no title of its own.
_TERMS = re.compile(
    r"^\s*(?:供应商|服务商|投标人|参选|须|需(?!要|求)|持有|具备|具有|熟悉|必须|要有|要求|要能|能跟|能提供|最好|表面|并且?|同时|含|包括?|不能|不要|另外|其中|有意|有兴趣|如果|因为|否则|等|先|资金|前提|"
    r"tenderers?|bidders?|suppliers? (?:must|shall|should)|must|should|ha(?:s|ve) to|please (?:confirm|quote|send|indicate|advise|reply)|pls|ideally|preferably|with |including|if |because|as |it |they |we supply|photos?)"
)


# Where one thing that is said ends: the parts of a list stay together.
_CLAUSE = re.compile(
    r"[。!?;\n|,.](?:(?<=[。!?;\n|])|(?<=,)(?!(?<=\d,)\d{3}(?!\d))|(?<=\.)(?<!approx\.)(?<!\bno\.)(?<!\bnos\.)(?=\s|$))"
    r"|(?<=[\u3400-\u9fff])\s(?=[\u3400-\u9fff])|\s-\s(?![^a-z]{0,9}\d)|:(?=我们|我司|我厂|本公司)"
)
_BREATH = re.compile(r"(?:啊|呢|嘛|吧|然后|所以|因为|就是说|的话)+")  # where somebody who dictates pauses
_BARE = 6  # signs of a Chinese title below which it may lack what it is about
_SHORT = 16  # signs of a Chinese title that may be widened
_PREFIX = 20  # signs before asking words that may say what it is about
_SPOKEN = 60  # signs of a clause without any mark, from which it is taken for dictated
_PROVIDER = re.compile(
    r"(?:公司|代理|机构|厂家?|单位|团队|供应商|服务商|事务所|律所|consultanc(?:y|ies)|consultants?|suppliers?|vendors?|firms?|compan(?:y|ies)|labs?|factor(?:y|ies)|contractors?|partners?)\W*$"
)
_NO_TITLE = re.compile(
    r"^\([^)]*\)$|^(?:in|at|as|from|on|of)\b|^who can(?: do)?(?: it| this)?$|^(?:to|fr|from|cc|attn|date)\s?:|^(?:\d{1,2}月|今天|明天|听日|tomorrow|today|asap|urgent)|(?:启事|公告|通知)$|^找?[一二两三四几\d]{1,3}[家个]?$|^(?:编号|项目编号|号|no\b|ref\b|过来|上门$|来人)|^(?:急|诚)?(?:招|聘|招聘|求购|外协|采购|征集|招人)!?$|^(?:或者?|可以|能)?(?:可以做|能做|做得了|可以)$|(?:可以|能)做$|^(?:before|by|within|until|after|are|is|our (?:engineers|team|office|company|budget|plant is|factory is))\b|有兴趣|\bbefore (?:xmas|chri|chinese|cny|\w+ \d)|^(?:be |been |this |that |it |they |there |know|to be |have it\b|get back|do so|be done|报价|回复|联系|了解|问一下|请教|合作$|付|有一|再说)|再说|另议|勿扰|不要$|费用$|费率|费目标|availability|"
    r"your (?:rate|quote|manday|best|price|offer)|rates?$|^rates?\b(?! \S+ \S+ )|advance rate|[作方]案发|报个价|what we look for|(?:企业|公司|单位|集团|有限公司|厂|厂家|厂商)(?:内企业)?$|^(?:数据|效果|以前|现在|目前|上次)"
)


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
    notice = _NOTICE.search(line)
    begin, end = _cut(said, 0, notice.start() if notice else len(line.rstrip("。. ")))
    most = _most(line)
    telling = notice is not None and _Evidence(line).within(begin, end) >= 0.9
    if not rest.strip() or not 4 <= end - begin <= most or (_GREETED.search(line) and not telling):
        return []
    if _BULLET.match(line) or _EMPTY.fullmatch(said.text[begin:end].replace("融资", "x")):
        return []
    return [_title(said, begin, end, 7.0)]


def _asked(said: Said) -> list[Found]:
    """Clauses that ask for something, weighed by how clearly they do; a bare one with its neighbour that says what."""
    evidence = _Evidence(said.text[:_READ])
    clauses = [_clause(said, evidence, *ends) for ends in _clauses(said.text[:_READ])]
    found = []
    for number, one in enumerate(clauses):
        if one.weight > 0:
            begin = _widened(said, clauses, number)
            found.append(_title(said, begin, one.end, one.weight - 0.1 * min(number, 20)))
        if one.asks and one.weight > 0 and (one.bare or one.subjects < 0.5):
            found += _helped(said, clauses, number)
    return found


def _widened(said: Said, clauses: Sequence[_Clause], number: int) -> int:
    """Where a title begins: a short Chinese one takes the clause before, where that says what it is about."""
    one, before = clauses[number], clauses[number - 1] if number else None
    if before is None or not one.asks or one.end - one.begin > _SHORT or said.text[one.begin] < "\u3400":
        return one.begin
    telling = before.subjects >= 0.9 and before.weight > 0 and not before.other
    fits = _most(said.text[before.begin : one.end]) == one.end - before.begin
    return before.begin if telling and fits else one.begin


def _is_bare(words: str, more: int = 0) -> bool:
    """Whether a title is too short to say what is done to what: 辅导, supply."""
    return words.count(" ") < 2 + more if words.isascii() else len(words) < _BARE + 2 * more


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause: the stretch that would be its title, what it speaks of, whether it asks, what speaks for it."""

    begin: int
    end: int
    subjects: float
    asks: bool
    bare: bool  # it is too short to say what is done to what
    other: bool  # it speaks of money, of times or of what is required
    weight: float


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for stop in (*_CLAUSE.finditer(text), None):
        end = stop.end() if stop else len(text)
        if end - begin > _SPOKEN and text[begin : begin + 1] >= "\u3400":
            for breath in _BREATH.finditer(text, begin, end):
                yield begin, breath.end()
                begin = breath.end()
        if end > begin:
            yield begin, end
        begin = end


def _clause(said: Said, evidence: _Evidence, begin: int, end: int) -> _Clause:
    piece = said.text[begin : min(end, begin + _PIECE)]
    ask = _ASK.search(piece)
    start = begin
    if ask:
        opening = _OPENING.match(piece, ask.end())
        start = begin + (opening.end() if opening else ask.end())
    finish = begin + len(piece)
    if ask and evidence.within(begin, begin + ask.start()) >= 0.9:
        if _PASSIVE.match(piece, ask.start()):
            start, finish = begin, begin + ask.start()
        elif (
            not piece.isascii()
            and ask.start() <= _PREFIX
            and len(piece.rstrip("。,;:!?\n ")) - ask.end() > 2
            and not _FIRM.search(piece[: ask.start()])
        ):
            start = begin
    first, last = _cut(said, start, finish)
    short = 3 if said.text[first:last].isascii() else 4
    bare = _is_bare(said.text[first:last])
    if last - first < short and evidence.within(first, last) < 0.9:
        first, last = _cut(said, begin, begin + len(piece))
    title = said.text[first:last]
    subjects = evidence.within(first, last)
    provider = _PROVIDER.search(title)
    if provider and _is_bare(title, 2) and evidence.within(first, first + provider.start()) < 0.9:
        subjects, bare = 0.3 * subjects, True
    business = bool(_BUSINESS.search(piece)) and not _MONEY.search(piece)
    terms = bool(_TERMS.match(piece))
    junk = bool(_NO_TITLE.search(title.strip()))
    seeks = bool(ask and _STRONG.search(ask[0]) and not provider and _says_much(title))
    weight = _asking(piece[: ask.end() + 2] if ask else "", max(subjects, 0.5 * seeks), business)
    weight -= (
        2.0 * bool(_FIRM.search(title))
        + 2.5 * junk
        + 1.5 * terms
        + _bareness(title, subjects, bool(ask)) * bare
    )
    if last - first < short + 3 and subjects < 0.9:
        weight -= 0.4 if ask and _STRONG.search(piece[: ask.end() + 2]) else 1.0
    if last - first < (2 if subjects >= 0.9 else short):
        weight = 0.0
    return _Clause(first, last, 0.0 if junk else subjects, bool(ask), bare, business or terms, weight)


def _bareness(words: str, subjects: float, asks: bool) -> float:
    """What speaks against a short title: a Chinese word that is asked for by name is one all the same."""
    return 0.8 if not asks else 0.6 if words.isascii() or subjects < 0.9 else 0.0


def _says_much(words: str) -> bool:
    """Whether a title is long enough to name an object, known or not."""
    return words.count(" ") >= 3 if words.isascii() else len(words) >= 8


def _asking(ask: str, subjects: float, business: bool) -> float:
    """What speaks for a clause: how clearly it asks, what it speaks of, and against it money and times."""
    strong = bool(_STRONG.search(ask))
    weight = 0.8 * bool(ask) + 1.2 * strong + 0.4 * bool(strong and _SEEKS.search(ask))
    weight += (1.5 if ask else 1.2) * min(1.5, subjects)
    return weight - (0.5 if strong and subjects >= 0.9 else 1.6) * business


def _helped(said: Said, clauses: Sequence[_Clause], number: int) -> Iterator[Found]:
    """A clause that asks and does not say for what, with the one behind or before it that does."""
    one = clauses[number]
    behind = clauses[number + 1 : number + 2]
    before = sorted(clauses[max(number - 3, 0) : number], key=lambda other: -other.subjects)[:1]
    for other in (*behind, *before):
        if other.subjects < 0.35 or other.other or (other.asks and other is not clauses[number - 1]):
            continue
        begin, end = min(one.begin, other.begin), max(one.end, other.end)
        fits = _most(said.text[begin:end]) == end - begin
        if not fits and not one.bare:
            continue
        if not fits:
            begin, end = other.begin, other.end
        weight = (
            max(one.weight, 0.0)
            + 1.5 * min(1.5, other.subjects)
            + 0.2
            - 1.5 * (not fits and other.begin < one.begin)
        )
        yield _title(said, begin, end, weight - 0.1 * min(number, 20))


class _Evidence:
    """How much is said of what can be asked for, up to every place of a text.  O(length)."""

    def __init__(self, text: str) -> None:
        sums = [0.0] * (len(text) + 1)
        for begin, end, weight in _spoken(text):
            sums[begin + 1 if begin < end else begin] += weight
        self._sums = list(accumulate(sums))

    def within(self, begin: int, end: int) -> float:
        """The sum of what begins in a stretch."""
        last = len(self._sums) - 1
        return self._sums[min(max(end, begin), last)] - self._sums[min(begin, last)]


def _spoken(text: str) -> Iterator[tuple[int, int, float]]:
    """Every word of what can be asked for, the longest first, with its weight."""
    words, starts, longest = _words()
    reached = 0
    for begin in range(len(text) - 1):
        if begin < reached or text[begin] < "\u3400" or text[begin : begin + 2] not in starts:
            continue
        for size in range(min(longest, len(text) - begin), 1, -1):
            if weight := words.get(text[begin : begin + size]):
                yield begin, begin + size, weight
                reached = begin + size
                break
    runs = [(match[0], match.start(), match.end()) for match in _LATIN.finditer(text)]
    place = 0
    while place < len(runs):
        step = 1
        for size in (3, 2, 1):
            taken = runs[place : place + size]
            if weight := words.get(" ".join(_singular(word) for word, _, _ in taken)):
                yield taken[0][1], taken[-1][2], weight
                step = len(taken)
                break
        place += step


@cache
def _words() -> tuple[Mapping[str, float], frozenset[str], int]:
    """Words and their weights, the beginnings of Chinese ones, and how long the longest is."""
    known: dict[str, float] = {}
    for service in services.services().values():
        known.update({_key(term.text): 0.4 if term.weak else 1.0 for term in service.terms})
    for line in _SERVICES.read_text("utf-8").splitlines():
        known.update(
            {_key(word): 1.0 for word in line.replace("\t", ";").split(";")[1:] if _PLAIN.fullmatch(word)}
        )
    for line in _TABLE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            weight, *given = line.split("\t")
            known.update(dict.fromkeys(map(_key, ";".join(given).split(";")), float(weight)))
    for term in map(_key, sectors.terms()):
        parts = (term[begin:end] for begin in range(len(term)) for end in range(begin + 2, len(term) + 1))
        known.setdefault(term, max((known.get(part, 0.0) for part in parts), default=0.0) or 0.2)
    han = [word for word in known if word >= "\u3400"]
    return known, frozenset(word[:2] for word in han), max(map(len, han))


def _key(term: str) -> str:
    return " ".join(map(_singular, term.lower().split()))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _cut(said: Said, begin: int, end: int) -> tuple[int, int]:
    """A stretch without what stands around a title, and not longer than one."""
    text = said.text[begin : min(end, begin + _PIECE)]
    if stop := _STOP.search(text, 6 if any(sign >= "\u3400" for sign in text[:20]) else 40):
        text = text[: stop.start()]
    most = _most(text)
    if len(text) > most:
        text = text[:most]
        if text[-1].isascii() and " " in text[most // 2 :]:
            text = text[: text.rindex(" ")]
    room = _MOST_LATIN if text.isascii() else _MOST_HAN
    text = _closed(said, begin, _ENDING.sub("", text), room)
    leading = _LEADING.match(text)
    return begin + (leading.end() if leading else 0), begin + len(text)


def _most(text: str) -> int:
    """How many signs a title may have: a Chinese one is as wide as two Latin ones and some."""
    room = 1.0 * _MOST_LATIN
    for number, sign in enumerate(text):
        room -= _MOST_LATIN / _MOST_HAN if sign >= "\u3400" else 1.0
        if room < 0:
            return number
    return len(text)


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
