"""The register's exchange tables: figures, indicators, geographies, clusters, links, measures, facts."""

from __future__ import annotations

from tandem.domain.columns import Column, Table

FIGURE_KINDS = ("baseline", "target", "threshold", "context", "date")
LEVELS = ("city", "metropolitan_area", "region", "province", "country", "world", "other")
ROLES = ("quality", "structure", "quantity", "context")
DIRECTIONS = ("up", "down")
PRICE_BASES = ("nominal", "real", "undefined")
CLASSES = ("exclusive", "overlapping")
STAGES = ("up", "mid", "down")
CATEGORIES = ("traditional", "emerging", "strategic")
ITEM_TYPES = ("measure", "recommendation")
ITEM_STATUSES = ("planned", "under_way", "done", "stopped", "not_reported")

_NAMES = (
    Column("name_zh", "text", "中文名称", ("chinese name", "中文名")),
    Column("name_en", "text", "英文名称", ("english name", "英文名")),
)
_SOURCE = Column("source", "text", "来源", ("数据来源", "出处", "资料来源", "publication"))
_NOTE = Column("note", "long_text", "备注", ("notes", "remark", "remarks", "说明", "注释", "注"))

FIGURES = Table(
    "figures",
    "数字",
    (
        Column("figure_id", "id", "数字编号", ("id", "编号", "figure", "数字ID")),
        Column("indicator", "text", "指标", ("indicator_id", "indicator name", "指标名称", "指标编号", "metric"),
               required=True),
        Column("value", "text", "数值", ("published value", "figure value", "值", "指标值", "数据", "公布值"),
               required=True),
        Column("unit", "text", "单位", ("units", "计量单位", "unit of measure")),
        Column("period", "text", "时期", ("year", "years", "年份", "年度", "时间", "期间", "date", "time")),
        Column("geography", "text", "地域", ("geo_id", "geo", "region", "area", "地区", "区域", "地域编号", "行政区",
                                           "城市"),
               required=True),
        Column("kind", "choice", "类别", ("type", "类型", "数字类别"), default="baseline", choices=FIGURE_KINDS),
        _NOTE,
        _SOURCE,
        Column("vintage", "text", "发布版本", ("release", "edition", "data version", "published on", "版本",
                                                "发布日期")),
        Column("definition", "long_text", "定义", ("口径", "指标口径", "指标定义")),
        Column("denominator", "text", "分母", ("base", "基数", "whole")),
        Column("price_basis", "choice", "价格口径", ("price base", "price basis", "价格基准"), choices=PRICE_BASES),
        Column("direction", "choice", "方向", ("better", "指标方向"), choices=DIRECTIONS),
        Column("owner", "text", "责任单位", ("responsible", "牵头单位", "责任部门")),
        Column("measure", "text", "举措", ("action", "对应举措")),
        Column("clause", "text", "条款", ("plan clause", "规划条款")),
        Column("budget_line", "text", "预算科目", ("budget line", "预算项目")),
        Column("quality", "text", "数据质量", ("data quality", "status flag", "质量标记")),
    ),
    key="figure_id",
    sheet_aliases=("figure", "observations", "data", "数字表", "指标数据", "数据", "公布数字"),
)  # fmt: skip

INDICATORS = Table(
    "indicators",
    "指标",
    (
        Column("indicator_id", "id", "指标编号", ("id", "编号", "indicator", "指标代码", "指标ID")),
        Column("name", "text", "指标名称", ("indicator name", "名称"), required=True),
        *_NAMES,
        Column("aliases", "text", "别名", ("alias", "also called", "其他名称")),
        Column("definition", "long_text", "定义", ("口径", "指标定义", "指标口径")),
        Column("definition_zh", "long_text", "中文定义", ("chinese definition",)),
        Column("unit", "text", "单位", ("units", "计量单位")),
        Column("denominator", "text", "分母", ("base", "基数", "whole")),
        Column("direction", "choice", "方向", ("better", "指标方向"), choices=DIRECTIONS),
        Column("price_basis", "choice", "价格口径", ("price base", "price basis", "价格基准"), choices=PRICE_BASES),
        Column("role", "choice", "作用", ("用途", "指标作用"), choices=ROLES),
        Column("part_of", "text", "属于指标", ("part of", "上级指标")),
        Column("classes", "choice", "分类关系", ("class relation",), choices=CLASSES),
        Column("growth_of", "text", "增长指标", ("growth of", "增速对应指标")),
        Column("numerator", "text", "分子指标", ("numerator id",)),
        Column("denominator_id", "text", "分母指标", ("denominator indicator",)),
    ),
    key="indicator_id",
    sheet_aliases=("indicator", "指标表", "指标目录"),
)  # fmt: skip

GEOGRAPHIES = Table(
    "geographies",
    "地域",
    (
        Column("geo_id", "id", "地域编号", ("id", "编号", "code", "代码", "geography", "地域代码", "行政区划代码")),
        Column("name", "text", "地域名称", ("geography name", "名称", "地区名称"), required=True),
        *_NAMES,
        Column("aliases", "text", "别名", ("alias", "also called", "其他名称")),
        Column("level", "choice", "层级", ("type", "级别"), choices=LEVELS),
        Column("part_of", "text", "属于地域", ("part of", "parents", "parent", "上级地域", "上级")),
        Column("currency", "text", "币种", ("货币",)),
    ),
    key="geo_id",
    sheet_aliases=("geography", "areas", "regions", "地域表", "地区"),
)  # fmt: skip

CLUSTERS = Table(
    "clusters",
    "产业集群",
    (
        Column("cluster_id", "id", "集群编号", ("id", "编号", "集群代码")),
        Column("name", "text", "集群名称", ("cluster", "名称", "cluster name"), required=True),
        *_NAMES,
        Column("industries", "text", "行业", ("industry", "industry codes", "产业", "行业代码")),
        Column("cities", "text", "城市", ("city", "所在城市", "geographies", "地域")),
        Column("revenue", "text", "营业收入指标", ("revenue indicator", "营收指标", "收入指标")),
        Column("chain", "text", "产业链", ("chain name", "链条")),
        Column("category", "choice", "类别", ("type", "类型"), choices=CATEGORIES),
        _NOTE,
        _SOURCE,
    ),
    key="cluster_id",
    sheet_aliases=("cluster", "集群", "集群表"),
)  # fmt: skip

LINKS = Table(
    "links",
    "链点",
    (
        Column("link_id", "id", "链点编号", ("id", "编号", "link")),
        Column("chain", "text", "产业链", ("chain name", "链条"), required=True),
        Column("stage", "choice", "环节", ("up/mid/down", "上中下游"), required=True, choices=STAGES),
        Column("name", "text", "链点名称", ("名称", "link name"), required=True),
        *_NAMES,
        Column("terms", "long_text", "用语", ("keywords", "关键词", "evidence terms")),
        Column("importance", "integer", "重要程度", ("重要性", "优先级", "priority"), minimum=1),
        Column("codes", "text", "代码", ("industry codes", "行业代码", "hs codes")),
        _NOTE,
        _SOURCE,
    ),
    key="link_id",
    sheet_aliases=("link", "chain links", "链点表", "产业链图谱"),
)  # fmt: skip

MEASURES = Table(
    "measures",
    "举措",
    (
        Column("item_id", "id", "事项编号", ("id", "编号", "measure_id", "measure id")),
        Column("title", "text", "事项名称", ("measure", "name", "名称", "标题", "举措名称", "建议名称"), required=True),
        Column("title_zh", "text", "中文名称", ("chinese title", "name_zh")),
        Column("title_en", "text", "英文名称", ("english title", "name_en")),
        Column("type", "choice", "类型", ("item type", "类别"), choices=ITEM_TYPES),
        Column("pillar", "text", "支柱", ("theme", "方向", "板块")),
        Column("owner", "text", "责任单位", ("responsible", "牵头单位", "责任部门")),
        Column("clause", "text", "条款", ("plan clause", "规划条款")),
        Column("budget_line", "text", "预算科目", ("budget line", "预算项目")),
        Column("budget", "money", "预算", ("budget amount", "预算金额"), minimum=0),
        Column("spent", "money", "已支出", ("expenditure", "支出", "已支出金额"), minimum=0),
        Column("promised", "number", "承诺数量", ("承诺", "目标数量", "planned quantity")),
        Column("delivered", "number", "完成数量", ("完成", "已完成", "delivered quantity")),
        Column("unit", "text", "单位", ("units", "计量单位")),
        Column("due_on", "date", "截止日期", ("due", "deadline", "完成期限", "截止时间")),
        Column("status", "choice", "状态", ("进展", "进度"), choices=ITEM_STATUSES),
        Column("evidence", "long_text", "证据", ("proof", "佐证", "佐证材料")),
        _SOURCE,
    ),
    key="item_id",
    sheet_aliases=("measure", "recommendations", "举措表", "建议"),
)  # fmt: skip

FACTS = Table(
    "facts",
    "自述事实",
    (
        Column("organisation", "text", "机构名称", ("org_id", "organization", "company", "企业", "企业名称", "机构",
                                               "机构编号",
                                               "单位名称"), required=True),
        Column("criterion", "text", "条件", ("criteria", "指标", "条件名称", "criterion_id"), required=True),
        Column("value", "text", "数值", ("值", "answer"), required=True),
        Column("year", "text", "年份", ("period", "年度", "时间")),
        Column("evidence", "long_text", "证据", ("proof", "佐证", "佐证材料")),
    ),
    sheet_aliases=("fact", "statements", "事实", "自评"),
)  # fmt: skip

REGISTER_TABLES = (FIGURES, INDICATORS, GEOGRAPHIES, CLUSTERS, LINKS, MEASURES, FACTS)
