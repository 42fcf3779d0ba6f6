"""What actions take and give, as JSON Schema 2020-12, made from the declarations; HTTP and MCP publish the same.

An answer is described as base/error_words.py `answer_plain` and msgspec write it: every field is there, always.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tandem.base.errors import Finding
from tandem.base.settings import LONGEST, Setting, SettingType, settings_of
from tandem.base.words import Lang, has, of_setting, say
from tandem.hub.action import Action
from tandem.hub.answers import Awaiting

Schema = dict[str, Any]
_OF_TYPE: Mapping[SettingType, Schema] = {
    "path": {"type": "string"},
    "upload": {"type": "string", "format": "binary"},
    "secret": {"type": "string", "format": "password"},
    "id": {"type": "string"},
    "text": {"type": "string"},
    "long_text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "money": {"type": "integer"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "percent": {"type": "number", "minimum": 0, "maximum": 100},
    "flag": {"type": "boolean"},
    "choice": {"type": "string"},
}
_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    type(None): {"type": "null"},
    Path: {"type": "string"},
    date: {"type": "string", "format": "date"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    Any: {},
}


def described(action: Action, lang: Lang) -> str:
    """What an action does, in one sentence or two."""
    more = f"action.{action.name}.more"
    return " ".join(say(code, lang) for code in (f"action.{action.name}", more) if has(code))


def setting(action: Action, one: Setting, lang: Lang) -> Schema:
    """The schema of one setting, with its words; amounts of money are whole minor units."""
    words = of_setting(action.name, one.name)
    about = {"description": say(words, lang)} if has(words) else {}
    if one.type == "texts":
        many = {"minItems": one.at_least} if one.required else {}
        most = {} if one.at_most is None else {"maxItems": one.at_most}
        return {
            "type": "array",
            "items": {"type": "string", "maxLength": LONGEST["texts"]},
            **many,
            **most,
            **about,
        }
    made = {**_OF_TYPE[one.type], **about}
    if one.type in LONGEST:
        made["maxLength"] = LONGEST[one.type]
    if one.type == "choice":
        made["enum"] = list(one.choices)
    if one.type in ("integer", "money"):
        made |= {"minimum": -one.maximum if one.minimum is None else one.minimum, "maximum": one.maximum}
    if one.default not in (None, ()):
        made["default"] = one.default.isoformat() if isinstance(one.default, date) else one.default
    return made


def taken(action: Action, lang: Lang, without: Sequence[str] = ()) -> Schema:
    """The schema of an action's input as one object; `without` are settings that come another way."""
    settings = [one for one in settings_of(action.takes) if one.name not in without]
    made: Schema = {
        "type": "object",
        "properties": {one.name: setting(action, one, lang) for one in settings},
        "additionalProperties": False,
    }
    if required := [one.name for one in settings if one.required]:
        made["required"] = required
    return made


def given(action: Action, components: MutableMapping[str, Schema], prefix: str) -> Schema:
    """The schema of an action's answer; types of its own are put among the components, referred to by prefix + name."""
    several = (*action.gives, Awaiting) if action.binds else action.gives
    return _any([_of(one, components, prefix) for one in several])


@cache
def holds_findings(kind: Any) -> bool:
    """Whether an answer of that type has findings in it, whose sentences depend on the language."""
    if kind is Finding:
        return True
    if dataclasses.is_dataclass(kind):
        return any(holds_findings(one) for one in typing.get_type_hints(kind).values())
    return any(holds_findings(one) for one in typing.get_args(kind))


def _of(kind: Any, components: MutableMapping[str, Schema], prefix: str) -> Schema:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if dataclasses.is_dataclass(kind):
        return {"$ref": prefix + _component(kind, components, prefix)}
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return {"enum": list(parts)}
    if origin in (typing.Union, types.UnionType):
        return _any([_of(one, components, prefix) for one in parts])
    if kind is dict or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {"type": "object", "additionalProperties": _of(parts[1], components, prefix) if parts else {}}
    return _listed(kind, components, prefix)


def _listed(kind: Any, components: MutableMapping[str, Schema], prefix: str) -> Schema:
    """A list of one type, or a tuple of several."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if not (isinstance(origin, type) and issubclass(origin, Sequence)):
        raise TypeError(f"answers are plain values: {kind}")
    if origin is tuple and parts[-1:] != (Ellipsis,):
        items = [_of(one, components, prefix) for one in parts]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    return {"type": "array", "items": _of(parts[0], components, prefix)}


def _component(kind: Any, components: MutableMapping[str, Schema], prefix: str) -> str:
    """The name under which a type of ours is described; two types of one name are told apart by their modules."""
    name: str = kind.__name__
    module = str(kind.__module__)
    if components.get(name, {}).get("x-module", module) != module:
        name = "".join(part.capitalize() for part in module.removeprefix("tandem.hub.").split(".")) + name
    if name in components:
        return name
    made: Schema = {"type": "object", "x-module": module, "description": (kind.__doc__ or "").split("\n")[0]}
    components[name] = made
    hints = typing.get_type_hints(kind)
    fields = {one.name: _of(hints[one.name], components, prefix) for one in dataclasses.fields(kind)}
    if kind is Finding:
        fields = {**{one: shape for one, shape in fields.items() if one != "params"}, "message": _PLAIN[str]}
    made |= {"properties": fields, "required": list(fields)}
    return name


def _any(shapes: Sequence[Schema]) -> Schema:
    """One of several shapes; values that may be missing are types with null where that says it."""
    if len(shapes) == 1:
        return shapes[0]
    if all(set(one) == {"type"} and isinstance(one["type"], str) for one in shapes):
        return {"type": [one["type"] for one in shapes]}
    return {"anyOf": list(shapes)}
