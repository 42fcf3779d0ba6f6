# ruff: noqa: E501
"""A small, made-up result: 30 needs in Chinese and English, 40 organisations, and the stories a report must tell.

Not made by the engine: the frames have the shapes of the contract and known figures, so that tests can state them.
O01, O02 and O03 are first choice of 7, 6 and 5 needs with room for 2, 1 and 3; N29 and N30 have no supply; N27 and N28
are weak; O33 to O36 are newcomers; O37 to O40 are never proposed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from tandem.base.words import Lang
from tandem.engine.assignment.matches import cleared as clear
from tandem.engine.matching.story import story
from tandem.storage.exchange.book import Book, Counts
from tandem.storage.report import ReportView

AS_OF = date(2026, 9, 30)

TOPICS: list[dict[str, Any]] = [
    {"kind": "technology", "terms": ["谐波减速器", "柔轮", "断裂"],
     "done": ["谐波减速器柔轮疲劳断裂分析与齿形改进", "Fatigue test bench for harmonic reducers"],
     "needs": [("膝关节谐波减速器柔轮三百小时断裂，求失效机理", "440300", "我司人形机器人膝关节柔轮齿根开裂，要查清齿形、轴承还是热处理的问题，并跑满两千小时台架。"),
               ("Transmission error of harmonic reducers in a cobot wrist", "440600", "Our 5 kg cobot wobbles twice per turn; we need dual-encoder measurement of thirty reducers under load."),
               ("摆线减速器回差增大，求现场诊断", "441900", "四十六台弧焊机器人用了九千小时后回差到二点三弧分，判断换针齿还是换整机。")]},
    {"kind": "service", "terms": ["blade", "fatigue", "composite"],
     "done": ["Full-scale fatigue test of a 91 m composite blade", "海上风电叶片雷击损伤检测"],
     "needs": [("Fatigue test of a 104 m offshore blade root", "441700", "Bolted root joint, two million cycles, witness by a certification body before the typhoon season."),
               ("海上风机叶片前缘腐蚀的修复服务", "441500", "二十一台六兆瓦机组，前缘腐蚀二级至四级，要求绳索作业并保修两年。"),
               ("导管架焊缝的水下检测", "440800", "十二座导管架，水深三十五米，要求相控阵，台风前完成。")]},
    {"kind": "capacity", "terms": ["小单", "针织", "快反"],
     "done": ["跨境女装小单快反：单款八十件，七天出货", "Quick-response knitwear for a Hong Kong label"],
     "needs": [("针织连衣裙小单快反产能，单款一百件", "440100", "每周二十款，七天交货，色牢度四级，要求能接数码印花。"),
               ("Small-batch outdoor jackets, seam-sealed, 300 pieces", "440700", "Three-layer fabric, taped seams, hydrostatic head 20,000 mm, two colourways."),
               ("潮州婚纱手工钉珠产能", "445100", "每月六十件，珠片自带，要求留样和逐件检验。")]},
    {"kind": "service", "terms": ["certification", "CE", "EMC"],
     "done": ["CE and EMC certification of service robots for two makers", "家电出口欧盟能效认证"],
     "needs": [("空气炸锅出口欧盟的能效与材料认证", "442000", "三个型号，年底前上架，需要接触食品材料与能效标签的测试和注册。"),
               ("EMC pre-compliance for a floor-cleaning robot", "440300", "Radiated emission fails by 6 dB at 148 MHz; we need a chamber and an engineer for a week."),
               ("储能柜 UL 9540A 热失控测试", "441300", "两百六十安时电芯与整柜，要出完整的大样测试报告。")]},
    {"kind": "finance", "terms": ["trade finance", "invoice"],
     "done": ["Invoice financing for eleven Dongguan exporters", "设备融资租赁：五轴机床三十台"],
     "needs": [("出口退税前的应收账款融资", "441900", "年出口一亿二千万，账期九十天，希望放款不超过三天。"),
               ("Export credit insurance for a first order to Brazil", "440400", "USD 800,000, 120 days open account, buyer has no rating."),
               ("五轴机床融资租赁，带残值回购", "440600", "八台，三年，要求厂家参与回购。")]},
    {"kind": "technology", "terms": ["视觉", "缺陷", "检测"],
     "done": ["显示面板表面缺陷视觉检测线", "Inline vision inspection of solder joints"],
     "needs": [("陶瓷釉面针孔的在线视觉检测", "445100", "每分钟十二块，针孔零点二毫米，反光强，误报率低于百分之二。"),
               ("Detect hairline cracks in die-cast housings", "441200", "Aluminium housings, 14 s cycle, cracks above 0.3 mm, two stations."),
               ("半导体引线框架电镀的缺陷检测", "441600", "镀层色差与漏镀，每小时两万片。")]},
    {"kind": "talent", "terms": ["工程师", "培训"],
     "done": ["数控编程工程师定向培训，三期一百二十人", "Training of field engineers for drone operators"],
     "needs": [("低空物流航线的飞行安全工程师", "440300", "三名，持超视距执照，能写运行手册。"),
               ("Mould design engineers for thin-wall packaging", "445200", "Two people, hot-runner experience, relocation paid."),
               ("揭阳中药饮片质检员培训", "445200", "四十人，理化与显微两个模块。")]},
    {"kind": "data", "terms": ["数据", "能耗"],
     "done": ["注塑车间能耗数据采集与基线", "Energy data platform for a textile park"],
     "needs": [("印染园区逐台设备的能耗数据", "441800", "九十六台定型机，一分钟一次，要能和订单对上。"),
               ("Machine data of 40 CNC lathes for a scheduling trial", "440200", "Spindle load and part counts, MTConnect, one year of history."),
               ("云浮石材切割的粉尘与能耗数据", "445300", "十八家工厂，可共用边缘网关。")]},
    {"kind": "scenario", "terms": ["无人机", "场景"],
     "done": ["海岛无人机物流航线试运行", "Bridge inspection by drones over the Pearl River"],
     "needs": [("山区茶园的无人机吊运场景", "441400", "坡度三十五度，单次四十公斤，日均六十架次。"),
               ("Night drone delivery between two hospitals", "820000", "9 km across the water, blood samples, corridor approval needed."),
               ("核电冷源海生物的无人船监测场景", "440900", "取水口水母预警，提前六小时。")]},
    {"kind": "technology", "terms": ["钠离子", "电解液"],
     "done": ["钠离子电芯低温循环改进", "Electrolyte additive screening"],
     "needs": [("钠电零下三十度放电保持率", "440500", "软包，保持率要到八成，循环四千次。"),
               ("Solid electrolyte film under 20 µm", "810000", "Roll-to-roll, ionic conductivity above 1 mS/cm at 25 °C."),
               ("光刻胶显影缺陷的根因", "440400", "线宽四十纳米以下，缺陷密度突增三倍，现有供应商不愿公开配方。")]},
]  # fmt: skip

NAMES = [
    ("岭衡传动技术研究院", "Lingheng Transmission Institute", "440100", "large"),
    ("Harbour Certification Ltd.", "Harbour Certification Ltd.", "810000", "medium"),
    ("佛山市顺铎精密传动有限公司", None, "440600", "small"),
    ("粤海风能检测中心", "Yuehai Wind Testing Centre", "441700", "medium"),
    ("Kinghoi Gearworks Ltd.", "Kinghoi Gearworks Ltd.", "440700", "small"),
    ("东莞市织里快反供应链有限公司", "Zhili Quick Response", "441900", "small"),
    ("珠江金控融资租赁有限公司", None, "440100", "large"),
    ("明瞳视觉科技（深圳）有限公司", "Mingtong Vision", "440300", "small"),
    ("Pearl Delta Trade Finance", "Pearl Delta Trade Finance", "810000", "medium"),
    ("惠州储安实验室", "Chu'an Storage Lab", "441300", "small"),
]


@dataclass(frozen=True)
class Sample:
    """The frames of a book and of a result."""

    organisations: pl.DataFrame
    needs: pl.DataFrame
    offers: pl.DataFrame
    deliveries: pl.DataFrame
    matches: pl.DataFrame
    excluded: pl.DataFrame
    supply: pl.DataFrame


def view_of(
    made: Sample | None = None, lang: Lang = "en", demo: bool = True, cleared: bool = False
) -> ReportView:
    """The report's input for a made-up result, its lists cleared jointly or not."""
    made = made or sample()
    frames = {name: getattr(made, name) for name in ("organisations", "needs", "offers", "deliveries")}
    counts = {name: Counts(frame.height, frame.height, 0) for name, frame in frames.items()}
    joint = clear(made.matches, **frames) if cleared else None
    result = {
        "matches": joint.matches if joint else made.matches,
        "excluded": made.excluded,
        "supply": made.supply,
    }
    return ReportView(
        book=Book(**frames, truth=pl.DataFrame(), counts=counts),
        **result,
        story=story(**frames, **result),
        as_of=AS_OF,
        settings={"top": 10, "as_of": AS_OF, "ranker": None},
        lang=lang,
        demo=demo,
        cleared=joint,
    )


def sample(copies: int = 1) -> Sample:
    """The made-up result; `copies` repeats its needs under new ids for tests of size."""
    organisations = _organisations()
    offers, deliveries = _offers(), _deliveries()
    plans = [_need(number, copy) for copy in range(copies) for number in range(1, 31)]
    ids = [need["need_id"] for need in plans]
    matches = [row for copy in range(copies) for number in range(1, 31) for row in _matches(number, copy)]
    states = {27: "weak", 28: "weak", 29: "none", 30: "none"}
    supply = [
        (ids[i], 0 if number in (29, 30) else 1 if number == 26 else 12, 0.08 if number in (27, 28) else 0.62,
         states.get(number, "served"))
        for i, number in enumerate([n for _ in range(copies) for n in range(1, 31)])
    ]  # fmt: skip
    excluded = [
        row
        for need_id, number in zip(ids, [n for _ in range(copies) for n in range(1, 31)], strict=True)
        for row in _excluded(need_id, number)
    ]
    return Sample(
        organisations,
        pl.DataFrame(
            plans, schema_overrides={"due_on": pl.Date, "budget_max": pl.Int64}, infer_schema_length=None
        ),
        offers,
        deliveries,
        pl.DataFrame(matches, schema=_MATCHES, orient="row"),
        pl.DataFrame(excluded, schema=_EXCLUDED, orient="row"),
        pl.DataFrame(supply, schema=_SUPPLY, orient="row"),
    )


_MATCHES = {"need_id": pl.String, "rank": pl.Int64, "org_id": pl.String, "offer_id": pl.String, "score": pl.Float64,
            "probability": pl.Float64, "reasons": pl.String}  # fmt: skip
_EXCLUDED = {"need_id": pl.String, "code": pl.String, "organisations": pl.Int64, "offers": pl.Int64,
             "examples": pl.List(pl.String)}  # fmt: skip
_SUPPLY = {"need_id": pl.String, "candidates": pl.Int64, "coverage": pl.Float64, "state": pl.String}


def _organisations() -> pl.DataFrame:
    rows = []
    cities = ["440100", "440300", "440600", "441900", "442000", "440400", "441300", "440700", "810000", "820000",
              "445100", "441200", "420100", None]  # fmt: skip
    for n in range(1, 41):
        if n <= len(NAMES):
            zh, en, city, size = NAMES[n - 1]
        else:
            zh, en = f"示例机构{n}号有限公司", f"Example Works No. {n}" if n % 2 else None
            city, size = cities[n % len(cities)], ("micro", "small", "medium", None)[n % 4]
        rows.append((f"O{n:02}", zh, zh, en, city, size))
    names = ["org_id", "name", "name_zh", "name_en", "city", "size"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _offers() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for n in [*range(1, 13), 33, 34, 35, 36, 38]:
        topic = TOPICS[(n - 1) % len(TOPICS)]
        rows.append({
            "offer_id": f"F{n:02}", "title": f"{topic['terms'][0]} 服务" if n % 2 else f"Service: {topic['terms'][-1]}",
            "org_id": f"O{n:02}", "kind": topic["kind"], "text": "，".join(topic["terms"]) + "；可到现场。",
            "capacity": {1: 2, 2: 1, 38: 0}.get(n, 3),
        })  # fmt: skip
    return pl.DataFrame(rows)


def _deliveries() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for n in range(1, 33):
        many = 9 if n <= 2 else 5 if n % 4 == 0 else 1 + n % 3
        for k in range(many):
            topic = TOPICS[(n - 1 + k) % len(TOPICS)]
            rows.append({
                "delivery_id": f"D{n:02}-{k}", "title": topic["done"][k % 2], "org_ids": [f"O{n:02}"],
                "text": f"围绕{topic['terms'][0]}完成第{n}-{k}项交付，" + "、".join(topic["terms"]) + "均通过客户验收。",
                "delivered_on": None if (n + k) % 11 == 0 else date(2019, 3, 1) + timedelta(days=61 * n + 17 * k),
            })  # fmt: skip
    return pl.DataFrame(rows)


def _need(number: int, copy: int) -> dict[str, Any]:
    topic = TOPICS[(number - 1) // 3]
    title, city, text = topic["needs"][(number - 1) % 3]
    return {
        "need_id": f"N{number:02}" + (f"-{copy}" if copy else ""),
        "title": title, "org_id": None if number % 7 == 0 else f"O{20 + number % 10:02}", "kind": topic["kind"],
        "text": text, "city": city, "posted_on": date(2026, 1, 5) + timedelta(days=8 * number),
        "due_on": None if number % 5 == 0 else date(2026, 12, 31), "slots": 2 if number % 9 == 0 else 1,
        "importance": 1 + number % 5, "budget_min": None if number % 4 else 20_000_000,
        "budget_max": None if number % 3 == 0 else 50_000_000 + number * 1_000_000,
        "currency": "HKD" if city == "810000" else "CNY",
    }  # fmt: skip


def _firsts(number: int) -> int:
    """Who is first for a need: O01 for seven, O02 for six, O03 for five (room for 3), then others in turn; N26 has O03 only."""
    if number <= 7:
        return 1
    if number <= 13:
        return 2
    if number <= 17 or number == 26:
        return 3
    return 4 + number % 9


def _matches(number: int, copy: int) -> list[tuple[Any, ...]]:
    if number >= 29:
        return []
    order = [_firsts(number)]
    order += [n for n in (3 + (number * 5 + step * 3) % 34 for step in range(30)) if n not in order][:40]
    ranked = list(dict.fromkeys(order))[: 1 if number == 26 else 8]
    return [_match(number, copy, rank, n) for rank, n in enumerate(ranked, 1)]


def _match(number: int, copy: int, rank: int, n: int) -> tuple[Any, ...]:
    score = round((0.18 if number in (27, 28) else 0.91) / rank**0.6, 6)
    need_id = f"N{number:02}" + (f"-{copy}" if copy else "")
    reasons = _reasons(number, n, score)
    probability = None if number % 6 == 0 else round(0.8 / rank**0.5, 4)
    offer = f"F{n:02}" if n <= 12 or n >= 33 else None
    return (need_id, rank, f"O{n:02}", offer, score, probability, json.dumps(reasons, ensure_ascii=False))


def _reasons(number: int, n: int, score: float) -> list[dict[str, Any]]:
    topic = TOPICS[(number - 1) // 3]
    terms = topic["terms"]
    parts: list[tuple[str, float, dict[str, Any], list[str]]] = []
    if n >= 33:
        parts += [("offer", 0.8, {"offer_id": f"F{n:02}", "title": f"{terms[0]} 服务", "terms": terms[:2]}, [f"F{n:02}"]),
                  ("profile", 0.2, {"terms": terms[:1]}, []), ("newcomer", 0, {}, [])]  # fmt: skip
    else:
        when = None if n % 11 == 0 else (date(2019, 3, 1) + timedelta(days=61 * n)).isoformat()
        done = {"delivery_id": f"D{n:02}-0", "title": topic["done"][0], "delivered_on": when, "terms": terms}
        parts += [("delivery", 0.46, done, [f"D{n:02}-0"]), ("profile", 0.22, {"terms": terms[1:]}, []),
                  ("deliveries_more", 0.14, {"n": 1 + n % 4}, []),
                  ("translated", 0.18, {"pairs": [[terms[0], "harmonic reducer"]]}, [])]  # fmt: skip
    if number in (27, 28):
        parts.append(("weak", 0, {"coverage": 0.08}, []))
    parts += [("kind_met", 0, {"kind": topic["kind"]}, []),
              ("city_met", 0, {"city": "440600"}, []) if n % 2 else ("city_unknown", 0, {}, []),
              ("dates_met", 0, {"from": "2026-01-01", "to": "2026-12-31"}, []) if n % 3 else ("dates_unknown", 0, {}, []),
              ("capacity_met", 0, {"capacity": 2}, []) if n % 5 else ("capacity_unknown", 0, {}, [])]  # fmt: skip
    return [
        {"code": code, "weight": round(share * score, 6), "params": params, "evidence": evidence}
        for code, share, params, evidence in parts
    ]


def _excluded(need_id: str, number: int) -> list[tuple[Any, ...]]:
    rows = [(need_id, "self", 1, 0, [f"O{20 + number % 10:02}"])] if number % 7 else []
    if number % 3 == 0:
        rows.append((need_id, "kind", 6, 7, ["O07", "O09"]))
    if number in (5, 12, 29):
        rows.append((need_id, "dates", 2, 2, ["O10", "O11"]))
    if number == 29:
        rows.append((need_id, "city", 3, 4, ["O04", "O05", "O06"]))
    if number % 10 == 0 and number != 30:
        rows.append((need_id, "capacity", 1, 1, ["O38"]))
    return rows
