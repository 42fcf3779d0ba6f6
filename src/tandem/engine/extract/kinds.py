"""What sort of need a text poses, and which producer services it asks for.

A kind has words that speak for it, each with a weight; the heaviest kind is proposed, `service` where none speaks.
Services come from engine/matching/classify over what is asked for (not over amounts, days and where the firm stands),
and must go with the kind: a need for money has a financial service, one for people a service of people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tandem.engine.extract.said import Found, Said
from tandem.engine.matching import classify

_READ = 1_200  # signs that services are read from
_HEAD = 80  # signs at the beginning that tell what a text is about
_TROUBLE = (  # in the head: something does not work as it should
    r"漂移|温漂|开裂|裂纹|断裂|失效|偏大|过大|太大|超差|脱落|分层|翘曲|空洞|气孔|回差|噪声|异响|温升|偏低|偏高|失锁|串扰|蠕变|泄漏|卡滞|摆动|不足|优化|防爆|改造|替代|抓取|浸润|控制(?:$|[。\n])"
    r"|\bdrift|cracks?\b|failures?\b|noise|\bleaks?\b|warp|\bvoids?\b|fatigue|losses\b|ripple|wobble|containment|suppress|sensorless"
)
_SERVICE = re.compile(  # in the head: a service by name
    r"净化|cleanroom|clean room|检测|检验|测试|试验|校准|计量|认证|注册|备案|仲裁|审计|培训|物流|运输|货代|冷链|仓储|报关|清关|律师|合规|专利|商标|维修|检修|运维|巡检|测绘|勘察|设计|咨询|诊断|申报|品牌|展会|展台|营销|电商|碳足迹|核查|环评|监测|仿真"
    r"|test|calibrat|certif|inspect|arbitrat|audit|course|logistic|freight|customs|lawyer|legal|patent|trade ?mark|repair|mainten|survey|design|consult|brand|exhibition|marketing|footprint|assessment|simulat|contract\b|interchange|attorney|agency"
)
_WORDS: dict[str, tuple[tuple[float, re.Pattern[str]], ...]] = {
    kind: tuple((weight, re.compile(words)) for weight, words in given)
    for kind, given in {
        "talent": (
            (4, r"招聘|招请|聘请|急招|急聘|诚聘|招募|招\d{1,3}名|聘\d{1,3}名|猎头|劳务派遣|引进人才|人才引进|带教|培训师|人员培养|hiring|recruit\w*|headhunt\w*|secondment|staffing agenc\w+|vacanc\w+|job opening"),
            (2.5, r"月薪|年薪|底薪|薪资|包吃住|劳务公司|salary|wages|day rate|onboard before"),
            (2, r"\d{1,3}\s?名\S{0,12}(?:工程师|技工|师傅|焊工|技术员|普工|操作工|飞手|设计师|技师)|(?:工程师|技工|师傅|焊工|技术员|普工|操作工|飞手|设计师|技师)\s?\S{0,4}\d{1,3}\s?名"
                r"|(?:\d{1,3}|two|three|four|five|six|ten)\s(?:\w+\s){0,4}(?:engineers|technicians|welders|(?:crane|machine|forklift|cnc) operators|designers|pilots)\b"),
        ),
        "finance": (
            (4, r"求?融资(?!租赁物)|贷款|贷\s?\d{1,5}|保理|授信|放款|融资租赁|售后回租|信用保险|保函|[abc]轮|天使轮|股权|loan\b|borrow\w*|refinanc\w*|factoring|finance lease|leaseback"
                r"|series [abc]\b|raises?\s(?:usd|rmb|cny|hk|us|\$|eur)|letter of credit|working capital|trade finance|discount its invoices|without recourse"),
            (3, r"投保|保险经纪|一切险|责任险|保费|insurance (?:cover|policy|broker)|liability cover|underwrit\w+|performance bond|担保公司"),
            (1, r"银行|投资人|利率|年化|应收账款|investors?|lenders?|facility of"),
        ),
        "data": (
            (4, r"数据集|标注服务|求购数据|数据采购|labell?ed (?:\S+ ){0,3}(?:images|data|samples)|data ?sets?\b|图片标注|数据标注"),
            (3.5, r"(?:求购?|购买|买|找|征集|采购|有没有人手上有|需要|获取)[^,。;\n]{0,28}数据(?!合规|采集系统|安全|出境|中心|备份|保护|迁移|平台|治理|看板)"),
            (2.4, r"数据\s?(?:[。\n]|$)|历史(?:运行)?数据|数据采集[。\n]|实测\S{0,4}数据|(?:operating|wind|weather|test|field|historical) data\b|人体尺寸|emission factors"),
            (1, r"脱敏|采样频率|分钟级数据|训练(?:一个)?(?:\S{0,6})模型|model training|annotation"),
        ),
        "capacity": (
            (4, r"代工|外协|协力厂|代加工|来料加工|委外加工|(?:找|寻|求)\S{0,12}加工厂|产能不足|富余\S{0,6}产能|富余产能|contract manufactur\w*|subcontract\w*|toll manufactur\w*|oem factory|molding factory|moulding factory"),
            (2, r"injection mou?lder|加工不过来|自己做不过来|机时|space .{0,20}pallet positions|pallet positions|press free|machine time|machining capacity|manufacturing capacity|小批量试产|外发加工"),
            (2.4, r"首批\s?\d|小批量(?!试制|试产)|百件起单|小缸|批量(?:热压|成型|印花|染色)|代分选|short-run|jack-up slot|周产|富余机台|月增到|每月\S{0,6}片"),
            (1, r"每月\S{0,6}万?件|月产|a month\b.{0,12}(?:pcs|units|pieces)|单件|单价|unit price|price per"),
        ),
        "scenario": (
            (4, r"(?:实训|应用|生产|工厂)\S{0,2}场景|愿意?开放|场景开放|落地示范|真实的?工厂产线|试点(?:园区|场地|工厂|企业)|做试点|示范应用|试运行|pilot site|host (?:site|warehouse|park|factory|industrial)|a host\b|test ?bed|demonstration site|lets? us (?:run|test|try)\b"),
            (2, r"找场地|免费(?:试用|提供)|不收费|开放道路|no fee either way|free of charge trial"),
        ),
        "technology": (
            (2.4, _TROUBLE),
            (4, r"揭榜|榜单|联合攻关|技术攻关|联合研发|合作研发|委托研发|技术难题|卡脖子|征集技术|技术方案|技术征集|technology wanted|joint(?:ly)? develop\w*|open challenge|partner to develop|development partner|co-develop\w*"),
            (2, r"求解决方案|研发预算|国产替代|技术指标|提升到|预测性维护|predictive maintenance|condition monitoring|研究所|university"),
            (1.5, r"(?:上|引进|引入|增加|采购|安装|需要|上马)\S{0,10}(?:系统|工位|产线|生产线|包装线|设备|工作站|机器人|检测线|一条)"),
        ),
    }.items()
}  # fmt: skip
_PLAIN, _THIN = (
    classify.Evidence(),
    classify.Evidence(threshold=0.3),
)  # thin evidence is better than none where all is shown
_AREAS = {"finance": ("FN.",), "talent": ("HR.",), "data": ("DG.DATA", "MK.RESEARCH")}
_ALLOWED = {
    "scenario": (),
    "capacity": ("LG.WAREHOUSE", "EN.RENTAL", "RD.PILOT", "LG.CUSTOMS"),
}
_DEFAULT = {"talent": "HR.RECRUIT", "data": "DG.DATA"}
_HINTS = (  # words that mean one service, whatever else stands beside them
    ("RD.SIMULATION", r"仿真|模流|有限元|simulat\w*|mou?ld ?flow|cfd\b|fea\b"),
    ("LG.CUSTOMS", r"报关|清关|customs clearance|customs broker"),
    ("QA.CERT", r"认证(?!顾问|工程师)|recertif\w+|\bbe certified|iso \d{4,5} cert"),
    ("LW.IP", r"专利|商标|著作权|版权|patent|trade ?mark|copyright|freedom-to-operate"),
    ("DG.SECURITY", r"渗透测试|等保测评|penetration test"),
    ("EN.SURVEY", r"测绘|航测|drone survey|point cloud|land survey"),
    ("ES.TREATMENT", r"废水|废气|污水|wastewater|waste water|effluent"),
    ("EN.AUTOMATION", r"码垛|机械人|自动化\S{0,4}线|上下料|工作站|palletis|robot cell"),
    ("MR.REPAIR", r"上门修|修理|大修|抢修|refurbish\w*|overhaul|repair"),
    ("QA.TESTING", r"第三方(?:检测|实验室)|(?:检测|测试|试验)报告|盐雾|化验|third-party lab|salt spray|shelf-life"),
    ("LG.WAREHOUSE", r"海外仓|云仓|仓库|warehouse space|pallet positions"),
    ("DG.ERP", r"\berp\b|进销存"),
    ("DG.MES", r"\bmes\b(?! data)"),
    ("DG.SOFTWARE", r"软件开发|fleet software|软件\s?开发商|software develop\w+"),
    ("ES.EFFICIENCY", r"节能审计|能源审计|合同能源管理|余热|energy audit"),
    ("HR.TRAIN", r"培训|学徒|实训班|training course|trainer\b|\d day \S{0,8} ?course"),
    ("FN.LEASING", r"融资租赁|售后回租|finance lease|leaseback"),
    ("FN.FACTORING", r"保理|factoring|without recourse|discount its invoices"),
    ("FN.CREDIT", r"贷款|贷\d|borrow\w*|refinanc\w*|term loan"),
    ("FN.VENTURE", r"[abc]轮|天使轮|出让\S{0,6}股|series [abc]\b"),
    ("FN.INSURANCE", r"保险|投保|insurance"),
    ("RD.CONTRACT", r"揭榜|榜单|联合攻关|联合研发|合作研发|joint develop\w*|partner to develop|development partner|technology wanted|open challenge"),
)  # fmt: skip
_HINT = tuple((code, re.compile(words)) for code, words in _HINTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a stretch of the text without its business terms, and the title proposed for it, both folded."""

    title: str
    text: str


def kinds(said: Said) -> list[Found]:
    """Kinds, the likeliest first, with the words that speak for them; always at least one."""
    found = []
    for kind, words in _WORDS.items():
        weight, place = 0.0, None
        for strength, pattern in words:
            head = pattern.pattern == _TROUBLE
            if match := pattern.search(said.text, 0, _HEAD if head else len(said.text)):
                weight += strength
                place = place or match
        if place is not None and weight >= 1.5:
            found.append(Found(kind, place.start(), place.end(), weight))
    named = _SERVICE.search(said.text, 0, _HEAD)
    found.append(Found("service", *(named.span() if named else (0, 0)), 2.7 if named else 1.7))
    return sorted(found, key=lambda one: -one.weight)


def services(said: Said, asked: Asked, kind: str) -> list[Found]:
    """Codes of producer services, the likeliest first, with the stretch that speaks for each; [] where none does."""
    if kind == "scenario":
        return []
    hinted = _hinted(said, asked, kind)
    given = _classified(said, asked, kind, _PLAIN) or _classified(said, asked, kind, _THIN)
    codes = dict.fromkeys([*(str(one.value) for one in hinted), *(str(one.value) for one in given)])
    by_code = {str(one.value): one for one in (*given, *hinted)}
    if not codes and kind in _DEFAULT:
        return [Found(_DEFAULT[kind], 0, 0, 0.5)]
    return [by_code[code] for code in codes][: classify.MOST]


def _classified(said: Said, asked: Asked, kind: str, how: classify.Evidence) -> list[Found]:
    return [
        _placed(said, one.code, one.terms, one.score)
        for one in classify.propose(asked.title, asked.text[:_READ], how)
        if _fits(one.code, kind)
    ]


def _fits(code: str, kind: str) -> bool:
    if kind in _ALLOWED:
        return code in _ALLOWED[kind]
    return code.startswith(_AREAS.get(kind, ("",)))


def _hinted(said: Said, asked: Asked, kind: str) -> list[Found]:
    found = []
    for code, pattern in _HINT:
        match = pattern.search(asked.title)
        if match is None and (kind in _AREAS or code in ("RD.CONTRACT", "RD.SIMULATION")):
            match = pattern.search(said.text)
        if match is not None and _fits(code, kind) and (code != "RD.CONTRACT" or kind == "technology"):
            begin = said.text.find(match[0])
            found.append(
                Found(code, max(begin, 0), max(begin, 0) + (len(match[0]) if begin >= 0 else 0), 2.0)
            )
    return found


def _placed(said: Said, code: str, terms: tuple[str, ...], score: float) -> Found:
    """A service with the place of its strongest term that stands in the text as it is."""
    for term in terms:
        begin = said.text.find(term)
        if begin >= 0:
            return Found(code, begin, begin + len(term), score)
    return Found(code, 0, 0, score)
