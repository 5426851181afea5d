"""The OpenAPI description of the interfaces, from the same names that the answers are made of.

Written by hand (docs/decisions/0016-interfaces.md): four routes that answer with two agreed documents. The
tests hold every real answer against it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from campaigns.thresholds import THRESHOLDS
from reports.api.asked import BY, MOST_DAYS, RESIDENCIES
from reports.api.tokens import PER_HOUR
from reports.ledger_rows import COVERAGE_KEYS, LEDGER_KEYS
from reports.rules import Status

Schema = dict[str, Any]

VERSION = "1.0.0"
_FEW = THRESHOLDS["small_cell"].default
_ABOUT = (
    "只读的接种进度数据，不含任何个人信息。令牌由街道专班发给使用单位，放在请求头里：Authorization: Bearer 令牌。"
    f"每个令牌一小时最多请求 {PER_HOUR} 次，只能取其范围内的地方。"
    f"小数隐去：禁忌缓种（exempt）或暂缓中（excused）少于方案规定的人数（通常 {_FEW} 人）时不给出（null），"
    "同一行的应种未种（unvaccinated）或间隔未到（waiting）也不给出，免得倒推；"
    "各行能加成合计时，另有一行同样处理。没有接种记录的人数仍可由 in_scope − completed − incomplete 得出。"
)
_HIDDEN = {"exempt", "unvaccinated", "excused", "waiting"}
_TRUTHS = {"first_met", "full_met"}
_MAY_BE_NULL = {"census_base", "goal", "first_gap", "full_gap"}
_MEANS = {
    "key": "村（社区）代码、单位名称、年龄段或标签；空为待归类或不属于任何单位的人",
    "name": "名称",
    "in_scope": "最低年龄及以上在册人数",
    "completed": "已完成接种（台账一）",
    "incomplete": "未完成全程接种（台账二）",
    "waiting": "间隔未到",
    "due": "到期可种",
    "overdue": "超期未种",
    "excused": "暂缓中",
    "exempt": "禁忌缓种登记",
    "unvaccinated": "应种未种（台账三）",
    "census_base": "七普最低年龄及以上常住人口",
    "goal": "目标任务数",
    "first_dose": "常住口径有第一针的人数",
    "full": "常住口径已完成接种的人数",
    "first_gap": "第一针还差",
    "full_gap": "全程还差",
    "first_rate": "第一针接种率",
    "full_rate": "全程接种率",
    "first_rate_registry": "第一针接种率（在册口径）",
    "full_rate_registry": "全程接种率（在册口径）",
    "first_met": "第一针达到目标任务数",
    "full_met": "全程达到目标任务数",
    "dropout_base": "第二针应完成人数",
    "dropout_lost": "其中超期未种",
    "dropout_rate": "脱失率（超期口径）",
    "dropout_rate_who": "累计脱失率",
}


@cache
def description() -> Schema:
    """Return the document; it is the same for everybody and does not depend on data."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "接种进度数据接口", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {
            "/api/v1/campaigns/": _get("接种工作", "campaigns", "这个令牌能取哪些接种工作", [], "Campaigns"),
            "/api/v1/summary/": _get(
                "台账汇总", "summary", "某天三本台账、接种率和脱失率", [_CAMPAIGN, _AS_OF, _BY, _RESIDENCY], "Summary"
            ),
            "/api/v1/phases/": _get(
                "阶段任务", "phases", "某天方案阶段任务的进度", [_CAMPAIGN, _AS_OF, _VILLAGE], "Phases"
            ),
            "/api/v1/daily.csv": _daily(),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _parameter(name: str, about: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


_DAY: Schema = {"type": "string", "format": "date"}
_CAMPAIGN = _parameter("campaign", "接种工作的标识；不写是默认的一项", {"type": "string"})
_AS_OF = _parameter("as_of", "截至哪一天 24:00；不写是今天", _DAY)
_BY = _parameter("by", "按什么分行", {"type": "string", "enum": list(BY), "default": BY[0]})
_RESIDENCY = _parameter(
    "residency",
    "台账的口径：all 全口径，permanent 常住口径；接种率、脱失率总是常住口径",
    {"type": "string", "enum": list(RESIDENCIES), "default": RESIDENCIES[0]},
)
_VILLAGE = _parameter("village", "村（社区）代码；不写是全辖区", {"type": "string", "pattern": "^[0-9]{12}$"})
_FROM = _parameter("from", f"第一天，含当天；不写是最后一天以前的六天；一次最多 {MOST_DAYS} 天", _DAY)
_TO = _parameter("to", "最后一天，含当天；不写是今天", _DAY)


def _get(title: str, name: str, about: str, parameters: list[Schema], schema: str) -> Schema:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"get": _operation(title, name, about, parameters, content)}


def _operation(title: str, name: str, about: str, parameters: list[Schema], content: Schema) -> Schema:
    answers = {"200": {"description": "数据", "content": content}}
    for status, meaning in _REFUSALS.items():
        error = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        answers[status] = {"description": meaning, "content": error}
    return {
        "operationId": name,
        "summary": title,
        "description": about,
        "parameters": parameters,
        "responses": answers,
    }


_REFUSALS = {
    "401": "没有令牌，或令牌不对、已停用、已到期",
    "403": "超出令牌的范围",
    "404": "没有这项接种工作或这个村（社区）",
    "409": "没有或有多项接种工作，要用参数 campaign 指明",
    "422": "参数写得不对",
    "429": "请求太多",
}


def _daily() -> Schema:
    columns = "、".join(("as_of", "key", "name", *LEDGER_KEYS, *COVERAGE_KEYS))
    about = (
        f"每个地方每天一行，UTF-8（带 BOM），首行是列名：{columns}。"
        "各村（社区）之后是待归类（key 为空）和合计（key 为地方的代码）；空格子就是 null。"
    )
    content = {"text/csv": {"schema": {"type": "string"}}}
    return {"get": _operation("逐日数据", "daily", about, [_CAMPAIGN, _FROM, _TO, _RESIDENCY], content)}


def _schemas() -> dict[str, Schema]:
    return {
        "Row": _object({key: _figure(key) for key in ("key", "name", *LEDGER_KEYS, *COVERAGE_KEYS)}),
        "Summary": _object(
            {
                "as_of": _DAY,
                "by": {"enum": list(BY)},
                "residency": {"enum": list(RESIDENCIES)},
                "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
                "total": {"$ref": "#/components/schemas/Row"},
                "computed_at": {"type": ["string", "null"], "format": "date-time", "description": "计算时间"},
            }
        ),
        "Phases": _object(
            {
                "as_of": _DAY,
                "village": {"type": ["string", "null"]},
                "items": {"type": "array", "items": {"$ref": "#/components/schemas/PhaseItem"}},
            }
        ),
        "PhaseItem": _object(_PHASE_ITEM),
        "Campaigns": _object({"campaigns": {"type": "array", "items": {"$ref": "#/components/schemas/Campaign"}}}),
        "Campaign": _object(_CAMPAIGN_FIELDS),
        "Refusal": _object({"code": {"type": "string"}, "message": {"type": "string"}}),
    }


_COUNT: Schema = {"type": "integer", "minimum": 0}
_MAYBE_COUNT: Schema = {"type": ["integer", "null"], "minimum": 0}
_MAYBE_NUMBER: Schema = {"type": ["number", "null"]}
_PHASE_ITEM: dict[str, Schema] = {
    "key": {"type": "string"},
    "article": {"type": "string", "description": "方案条款"},
    "start": _DAY,
    "deadline": _DAY | {"description": "截止日"},
    "cohort": _MAYBE_COUNT | {"description": "目标人群"},
    "done": _COUNT | {"description": "已完成"},
    "remaining": _MAYBE_COUNT | {"description": "还差"},
    "rate": _MAYBE_NUMBER,
    "status": {"enum": list(get_args(Status))},
    "required_pace": _MAYBE_NUMBER | {"description": "每天需完成"},
    "pace": _MAYBE_NUMBER | {"description": "近7天日均"},
    "forecast": {"type": ["string", "null"], "format": "date", "description": "预计完成日"},
}
_CAMPAIGN_FIELDS: dict[str, Schema] = {
    "key": {"type": "string"},
    "name": {"type": "string"},
    "place": {"type": "string", "pattern": "^[0-9]{12}$"},
    "start": _DAY,
    "end": _DAY,
    "is_active": {"type": "boolean"},
}


def _figure(key: str) -> Schema:
    if key in ("key", "name"):
        schema: Schema = {"type": "string"}
    elif key in _TRUTHS:
        schema = {"type": ["boolean", "null"]}
    elif "rate" in key:
        schema = _MAYBE_NUMBER
    else:
        schema = _MAYBE_COUNT if key in _HIDDEN | _MAY_BE_NULL else _COUNT
    return schema | {"description": _MEANS[key]}


def _object(properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
