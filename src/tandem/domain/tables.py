"""The exchange tables: which columns each has, of what type, and every header under which they are recognised.

This is the one description of the public file formats: reading, templates, documentation and checks follow it.
"""

from __future__ import annotations

from tandem.domain.columns import Column, ColumnType, Table
from tandem.domain.region.tables import REGISTER_TABLES

__all__ = [
    "ASSIGNMENT", "CLEARING_NEEDS", "CLEARING_OFFERS", "CLEARING_TABLES", "CURRENCIES", "DELIVERIES", "EDGES",
    "INPUT_TABLES", "INTEGER_LIMIT", "KINDS", "LONG_TEXT_LIMIT", "MATCHES", "MERGES", "NEEDS", "OFFERS",
    "ORGANISATIONS", "ORGANISATION_TYPES", "PRICES", "REGISTER_TABLES", "SIZES", "TABLES", "TEXT_LANGUAGES",
    "TEXT_LIMIT", "TRUTH", "Column", "ColumnType", "Table",
]  # fmt: skip

KINDS = ("technology", "service", "capacity", "talent", "data", "finance", "scenario")
ORGANISATION_TYPES = ("maker", "service", "lab", "agency", "finance", "talent")
SIZES = ("micro", "small", "medium", "large")
SMALL_SIZES = SIZES[:2]  # of a firm that counts as small, whatever it has delivered
CURRENCIES = ("CNY", "HKD", "MOP", "USD", "EUR")
TEXT_LANGUAGES = ("zh", "en", "mixed")

TEXT_LIMIT = 500
LONG_TEXT_LIMIT = 20_000
INTEGER_LIMIT = 2**31 - 1


def _organisation(required: bool, *, several: bool = False) -> Column:
    return Column(
        "organisation",
        "references" if several else "reference",
        "机构名称",
        ("org_id", "org_ids", "organisation_id", "organisation_ids", "organization", "organization_id", "company",
         "provider", "机构", "单位", "单位名称",
         "企业", "企业名称", "公司", "公司名称", "机构编号", "机构ID", "需求方", "供给方", "服务商", "承担单位"),
        required=required,
    )  # fmt: skip


ORGANISATIONS = Table(
    "organisations",
    "机构",
    (
        Column("org_id", "id", "机构编号", ("id", "organisation_id", "organization_id", "编号", "机构ID", "机构代码")),
        Column("name", "text", "机构名称", ("organisation", "organization", "company", "名称", "单位名称", "企业名称", "公司名称",
                                        "机构"), required=True),
        Column("name_zh", "text", "中文名称", ("chinese name", "中文名")),
        Column("name_en", "text", "英文名称", ("english name", "英文名")),
        Column("reg_no", "registration", "统一社会信用代码", ("registration number", "registration_no", "uscc", "信用代码",
                                                        "社会信用代码", "注册号", "登记号")),
        Column("type", "choice", "机构类型", ("类型", "机构性质"), choices=ORGANISATION_TYPES),
        Column("city", "city", "城市", ("所在城市", "地市", "所在地")),
        Column("size", "choice", "规模", ("企业规模", "机构规模"), choices=SIZES),
        Column("sector", "text", "行业", ("industry", "所属行业", "产业")),
        Column("service_code", "service", "服务代码", ("service code",)),
    ),
    key="org_id",
    sheet_aliases=("organisation", "organizations", "organization", "companies", "机构表", "企业", "单位"),
)  # fmt: skip

NEEDS = Table(
    "needs",
    "需求",
    (
        Column("need_id", "id", "需求编号", ("id", "编号", "需求ID")),
        Column("title", "text", "需求名称", ("需求标题", "名称", "标题", "榜单名称", "项目名称"), required=True),
        _organisation(False),
        Column("kind", "choice", "需求类别", ("需求类型", "类别", "类型", "type"), choices=KINDS),
        Column("text", "long_text", "需求描述", ("description", "描述", "需求内容", "内容", "说明", "需求说明", "详情")),
        Column("lang", "choice", "语言", ("language",), choices=TEXT_LANGUAGES),
        Column("city", "city", "城市", ("所在城市", "地市", "所在地", "需求城市")),
        Column("sector", "text", "行业", ("industry", "所属行业", "产业", "领域")),
        Column("service_code", "service", "服务代码", ("service code",)),
        Column("posted_on", "date", "发布日期", ("posted", "date", "发布时间", "提出日期", "日期")),
        Column("due_on", "date", "截止日期", ("due", "deadline", "截止时间", "交付日期", "完成期限")),
        Column("slots", "integer", "需要家数", ("名额", "需求数量", "拟选家数"), default=1, minimum=0),
        Column("importance", "integer", "重要程度", ("重要性", "优先级", "priority"), default=1, minimum=1),
        Column("budget_min", "money", "预算下限", ("最低预算",), minimum=0),
        Column("budget_max", "money", "预算上限", ("budget", "预算", "最高预算", "拟投入资金"), minimum=0),
        Column("currency", "choice", "币种", ("货币",), default="CNY", choices=CURRENCIES),
    ),
    key="need_id",
    sheet_aliases=("need", "demands", "demand", "requirements", "需求表", "需求清单", "榜单"),
)  # fmt: skip

OFFERS = Table(
    "offers",
    "供给",
    (
        Column("offer_id", "id", "供给编号", ("id", "编号", "供给ID", "服务编号")),
        Column("title", "text", "供给名称", ("服务名称", "名称", "标题", "产品名称", "能力名称"), required=True),
        _organisation(True),
        Column("kind", "choice", "供给类别", ("供给类型", "类别", "类型", "type"), choices=KINDS),
        Column("text", "long_text", "供给描述", ("description", "描述", "服务内容", "内容", "说明", "能力描述", "详情")),
        Column("capacity", "integer", "可承接数量", ("承接能力", "容量", "可接数量"), default=1, minimum=0),
        Column("service_code", "service", "服务代码", ("service code",)),
        Column("price_from", "money", "起价", ("price", "价格", "报价", "起步价"), minimum=0),
        Column("currency", "choice", "币种", ("货币",), default="CNY", choices=CURRENCIES),
        Column("cities_served", "cities", "服务城市", ("cities", "服务区域", "覆盖城市", "服务范围")),
        Column("available_from", "date", "可用起始日期", ("可用开始", "开始日期", "起始日期")),
        Column("available_to", "date", "可用截止日期", ("可用结束", "结束日期", "有效期至")),
    ),
    key="offer_id",
    sheet_aliases=("offer", "supply", "services", "供给表", "服务", "服务清单"),
)  # fmt: skip

DELIVERIES = Table(
    "deliveries",
    "业绩",
    (
        Column("delivery_id", "id", "业绩编号", ("id", "编号", "业绩ID", "项目编号")),
        Column("title", "text", "业绩名称", ("项目名称", "名称", "标题", "案例名称"), required=True),
        _organisation(True, several=True),
        Column("text", "long_text", "业绩描述", ("description", "描述", "内容", "说明", "项目内容", "详情", "abstract")),
        Column("delivered_on", "date", "交付日期", ("delivered", "date", "完成日期", "完成时间", "日期", "验收日期")),
        Column("need", "reference", "对应需求", ("need_id", "需求编号")),
        Column("rating", "ratio", "评分", ("评价", "满意度")),
    ),
    key="delivery_id",
    sheet_aliases=("delivery", "projects", "cases", "track record", "业绩表", "案例", "项目业绩"),
)  # fmt: skip

TRUTH = Table(
    "truth",
    "历史结果",
    (
        Column("need", "reference", "需求编号", ("need_id", "需求", "需求名称"), required=True),
        Column("organisation", "reference", "机构编号", ("org_id", "organisation_id", "organization", "机构", "机构名称",
                                                     "中标单位", "承担单位"), required=True),
    ),
    sheet_aliases=("outcomes", "results", "结果", "成交结果"),
)  # fmt: skip

MATCHES = Table(
    "matches",
    "匹配",
    (
        Column("need_id", "id", "需求编号", ("need",), required=True),
        Column("rank", "integer", "名次", ("排名",), required=True, minimum=1),
        Column("org_id", "id", "机构编号", ("organisation",), required=True),
        Column("offer_id", "id", "供给编号", ("offer",)),
        Column("score", "number", "得分", ("分数",)),
        Column("probability", "number", "成功概率"),
        Column("reasons", "long_text", "理由"),
        Column("cleared", "flag", "出清"),
        Column("price", "number", "影子价格"),
    ),
    sheet_aliases=("match", "匹配结果"),
)  # fmt: skip

MERGES = Table(
    "merge",
    "机构合并",
    (
        Column("org_id", "id", "机构编号", ("organisation", "from"), required=True),
        Column("into_org_id", "id", "并入机构编号", ("into", "并入机构"), required=True),
    ),
    sheet_aliases=("merges", "合并"),
)

EDGES = Table(
    "edges",
    "边",
    (
        Column("need_id", "id", "需求编号", ("need", "需求", "需求ID"), required=True),
        Column("offer_id", "id", "供给编号", ("offer", "供给", "供给ID"), required=True),
        Column("value", "integer", "价值", ("匹配价值", "weight"), required=True, minimum=0),
    ),
    sheet_aliases=("edge", "匹配边"),
)

# Needs and offers as clearing on its own takes them: an id, a number, and any columns by which rules can group.
CLEARING_NEEDS = Table(
    "clearing_needs",
    "出清需求",
    (
        Column("need_id", "id", "需求编号", ("id", "编号", "需求ID"), required=True),
        Column("slots", "integer", "需要家数", ("名额", "需求数量", "拟选家数"), default=1, minimum=0),
        Column("org_id", "id", "机构编号", ("organisation", "organization", "机构ID", "需求方")),
        Column("kind", "text", "需求类别", ("需求类型", "类别", "类型", "type")),
        Column("city", "text", "城市", ("所在城市", "地市", "所在地", "需求城市")),
        Column("size", "text", "规模", ("企业规模", "机构规模")),
    ),
    key="need_id",
    sheet_aliases=("need", "needs", "需求", "需求表", "需求清单"),
)

CLEARING_OFFERS = Table(
    "clearing_offers",
    "出清供给",
    (
        Column("offer_id", "id", "供给编号", ("id", "编号", "供给ID", "服务编号"), required=True),
        Column("capacity", "integer", "可承接数量", ("承接能力", "容量", "可接数量"), default=1, minimum=0),
        Column("org_id", "id", "机构编号", ("organisation", "organization", "机构ID", "供给方", "服务商")),
        Column("kind", "text", "供给类别", ("供给类型", "类别", "类型", "type")),
        Column("city", "text", "城市", ("所在城市", "地市", "所在地")),
        Column("size", "text", "规模", ("企业规模", "机构规模")),
    ),
    key="offer_id",
    sheet_aliases=("offer", "offers", "供给", "供给表"),
)

# What clearing gives.
ASSIGNMENT = Table(
    "assignment",
    "出清结果",
    (
        Column("need_id", "id", "需求编号", ("need",), required=True),
        Column("offer_id", "id", "供给编号", ("offer",), required=True),
        Column("value", "integer", "价值", required=True, minimum=0),
        Column("price", "number", "影子价格", required=True),
    ),
)

PRICES = Table(
    "prices",
    "影子价格表",
    (
        Column("offer_id", "id", "供给编号", ("offer",), required=True),
        Column("capacity", "integer", "可承接数量", required=True, minimum=0),
        Column("used", "integer", "已用数量", required=True, minimum=0),
        Column("first_choices", "integer", "首选次数", required=True, minimum=0),
        Column("price", "number", "影子价格", required=True),
    ),
)

# What a user brings, in the order in which references between the tables can be resolved.
INPUT_TABLES = (ORGANISATIONS, NEEDS, OFFERS, DELIVERIES, TRUTH)
CLEARING_TABLES = (EDGES, CLEARING_NEEDS, CLEARING_OFFERS, ASSIGNMENT, PRICES)
TABLES = {table.name: table for table in (*INPUT_TABLES, MATCHES, MERGES, *CLEARING_TABLES, *REGISTER_TABLES)}
