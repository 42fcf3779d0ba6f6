"""The description of the API (OpenAPI 3.1), made from the declarations of the actions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import tandem
from tandem.base.words import Lang, has, say
from tandem.hub import schemas
from tandem.hub.answers import Download
from tandem.hub.schemas import Schema
from tandem.interfaces.http.admission import CSRF_HEADER, SESSION
from tandem.interfaces.http.layout import Route, routes
from tandem.interfaces.http.response import encoded

PREFIX = "#/components/schemas/"
_PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "params", "request"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "params": {"type": "object"},
        "request": {"type": "string"},
        "findings": {"type": "array", "items": {"type": "object"}},
    },
}


@cache
def document(lang: Lang) -> bytes:
    """The description as JSON, in one language."""
    return encoded(described(routes(), lang))


def described(held: Iterable[Route], lang: Lang) -> dict[str, Any]:
    """The description of some routes."""
    components: dict[str, Schema] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    families: dict[str, None] = {}
    for route in held:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, lang, components)
        families[route.action.family] = None
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tandem", "version": tandem.__version__, "description": say("http.about", lang)},
        "tags": [_tag(family, lang) for family in families],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _schemes(lang)},
    }


def _tag(family: str, lang: Lang) -> dict[str, str]:
    about = f"cli.group.{family}"
    return {"name": family, **({"description": say(about, lang)} if has(about) else {})}


def _schemes(lang: Lang) -> dict[str, Any]:
    header = CSRF_HEADER.decode()
    return {
        "token": {"type": "http", "scheme": "bearer", "description": say("http.token", lang)},
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION,
                    "description": say("http.session", lang, header=header)},
    }  # fmt: skip


def _operation(route: Route, lang: Lang, components: dict[str, Schema]) -> dict[str, Any]:
    action = route.action
    known: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
    made: dict[str, Any] = {
        "operationId": action.name,
        "tags": [action.family],
        "description": schemas.described(action, lang),
        "security": [{}, *known] if "visitor" in action.may else known,
        "x-roles": sorted(action.may),
        "responses": _responses(route, lang, components),
    }
    if parameters := [*_parameters(route, lang), *_headers(route, lang)]:
        made["parameters"] = parameters
    if route.method != "GET" and (asked := _body(route, lang)):
        made["requestBody"] = asked
    return made


def _parameters(route: Route, lang: Lang) -> list[dict[str, Any]]:
    made = []
    for one in route.settings.values():
        if one.name == "id" and route.named:
            where: dict[str, Any] = {"in": "path", "required": True}
        elif route.method == "GET":
            where = {"in": "query", "required": one.required}
        else:
            continue
        schema = schemas.setting(route.action, one, lang)
        about = {"description": schema.pop("description")} if "description" in schema else {}
        made.append({"name": one.name, **where, **about, "schema": schema})
    return made


def _headers(route: Route, lang: Lang) -> list[dict[str, Any]]:
    """Preconditions and repetition, as headers."""
    made = []
    if route.method != "GET":
        made.append(_header("Idempotency-Key", "http.key", lang, {"minLength": 1, "maxLength": 255}))
    if route.guarded:
        made.append({**_header("If-Match", "http.version", lang, {}), "required": True})
    return made


def _header(name: str, words: str, lang: Lang, bounds: Schema) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": say(words, lang),
            "schema": {"type": "string", **bounds}}  # fmt: skip


def _body(route: Route, lang: Lang) -> dict[str, Any] | None:
    schema = schemas.taken(route.action, lang, without=("id",) if route.named else ())
    if not schema["properties"]:
        return None
    media = "multipart/form-data" if route.upload else "application/json"
    return {"required": "required" in schema, "content": {media: {"schema": schema}}}


def _responses(route: Route, lang: Lang, components: dict[str, Schema]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": PREFIX + "Problem"}}}
    made: dict[str, Any] = {}
    if Download in route.action.gives:
        made["200"] = {"description": say("http.file", lang), "content": {"*/*": {"schema": {}}}}
    else:
        schema = schemas.given(route.action, components, PREFIX)
        done = {"description": say("http.done", lang), "content": {"application/json": {"schema": schema}}}
        made["201" if route.creates else "200"] = done
        if route.action.binds:
            made["202"] = {**done, "description": say("http.awaiting", lang)}
    if route.method == "GET":
        made["304"] = {"description": say("http.same", lang)}
    made["default"] = {"description": say("http.problem", lang), "content": problem}
    return made
