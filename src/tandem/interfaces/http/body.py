"""What was given to an action over HTTP: the path's id, and the query, a JSON object or a form.

JSON is read strictly (RFC 8259, I-JSON): no name twice, no NaN, no number or nesting beyond reason, no lone surrogate.
"""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NoReturn

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from tandem.base.errors import Invalid
from tandem.base.settings import Setting, SettingType, Upload
from tandem.interfaces.http.layout import Route
from tandem.interfaces.http.request import Request

JSON_MOST, FORM_MOST = 1_000_000, 64_000_000  # bytes of a body
JSON_SECONDS, FORM_SECONDS = 20.0, 300.0  # within which it must have come
_DEPTH, _DIGITS = 16, 20
_FIELDS = 200  # of a form
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


Read = Callable[[int, float], Awaitable[bytes]]  # a body, of so many bytes at most, within so many seconds


async def given(route: Route, request: Request, id: str | None, read: Read) -> dict[str, Any]:
    """Setting name -> value. Raises Invalid http.*, setting.unknown, and setting.* for a wrong JSON type; as `read`."""
    if route.method == "GET":
        values = texts(request.query(), route.settings)
    else:
        if request.scope.get("query_string"):
            raise Invalid("http.query")
        values = await (_form if route.upload else _json)(route, request, read)
    if route.named:
        if "id" in values:
            raise Invalid("http.repeated", name="id")
        values["id"] = id
    return values


def texts(pairs: Iterable[tuple[str, str]], settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Values that came as text: amounts of money are whole minor units here too. Raises Invalid http.repeated."""
    values: dict[str, Any] = {}
    for name, text in pairs:
        one = settings.get(name)
        if one is not None and one.type == "texts":
            values.setdefault(name, []).append(text)
        elif name in values:
            raise Invalid("http.repeated", name=name)
        else:
            values[name] = text if one is None else _read(one, text)
    return values


def strict(body: bytes) -> Any:
    """A JSON text as plain values. Raises Invalid http.json_*."""
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        _wrong("http.json_encoding")
    except RecursionError:
        _wrong("http.json_depth")
    except ValueError:
        _wrong("http.json_syntax")
    _sound(value, _DEPTH)
    return value


async def _json(route: Route, request: Request, read: Read) -> dict[str, Any]:
    """A JSON object; nothing at all is one without members."""
    media = request.header(b"content-type").partition(";")[0].strip().lower()
    body = await read(JSON_MOST, JSON_SECONDS)
    if not body:
        return {}
    if media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
        raise Invalid("http.media", wanted="application/json")
    values = strict(body)
    if not isinstance(values, dict):
        _wrong("http.json_object")
    return {name: _typed(route.settings.get(name), value) for name, value in values.items()}


async def _form(route: Route, request: Request, read: Read) -> dict[str, Any]:
    """A multipart form: files become uploads, fields are read as a query's are."""
    fields, files = await form(request, read)
    return {**texts(fields, route.settings), **files}


async def form(request: Request, read: Read) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    """The fields of a multipart form in their order, and its files by name. Raises Invalid http.*; Gone."""
    if not request.header(b"content-type").lower().startswith("multipart/form-data"):
        raise Invalid("http.media", wanted="multipart/form-data")
    body = await read(FORM_MOST, FORM_SECONDS)

    async def whole() -> Any:
        yield body

    parser = MultiPartParser(Headers(raw=list(request.scope["headers"])), whole(), max_files=8,
                             max_fields=_FIELDS, max_part_size=JSON_MOST)  # fmt: skip
    try:
        parsed = await parser.parse()
    except (MultiPartException, KeyError, ValueError, LookupError):
        raise Invalid("http.form") from None
    fields: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    for name, value in parsed.multi_items():
        if not isinstance(value, UploadFile):
            fields.append((name, value))
        elif name in files:
            raise Invalid("http.repeated", name=name)
        else:
            files[name] = Upload(value.filename or "", await value.read())
    await parsed.close()
    _sound([text for pair in fields for text in pair] + [one.name for one in files.values()], 2)
    return fields, files


def _read(one: Setting, text: str) -> Any:
    if one.type == "flag":
        return _FLAGS.get(text, text)
    if (
        one.type == "money"
        and text.lstrip("-").isascii()
        and text.lstrip("-").isdigit()
        and len(text) <= _DIGITS
    ):
        return int(text)
    if one.type == "money":
        raise Invalid("setting.integer", name=one.name, value=text[:40])
    return text


def _typed(one: Setting | None, value: Any) -> Any:
    """A JSON value, refused where its type is not the setting's: "12.34" would mean other money than 1234.

    A whole number is one however it is written (JSON Schema): 5.0 is 5.
    """
    if one is None or value is None:
        return value
    if isinstance(value, float) and value.is_integer() and one.type in ("integer", "money"):
        value = int(value)
    wanted = _JSON_TYPES.get(one.type, (str,))
    if (isinstance(value, bool) and bool not in wanted) or not isinstance(value, wanted):
        code = "setting.integer" if one.type == "money" else f"setting.{_CODES.get(one.type, one.type)}"
        told: dict[str, Any] = {} if code in _WITHOUT_VALUE else {"value": str(value)[:40]}
        if code == "setting.choice":
            told["choices"] = list(one.choices)
        raise Invalid(code, name=one.name, **told)
    return value


_JSON_TYPES: Mapping[SettingType, tuple[type, ...]] = {
    "integer": (int,),
    "money": (int,),
    "flag": (bool,),
    "share": (int, float),
    "percent": (int, float),
    "texts": (list,),
}
_CODES: Mapping[SettingType, str] = {"id": "text", "long_text": "text", "secret": "text"}
_WITHOUT_VALUE = ("setting.text", "setting.texts", "setting.upload", "setting.path")


def _sound(value: Any, left: int) -> None:
    """Refuses what nests too deep and text that is no Unicode."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            _wrong("http.json_encoding")
    elif isinstance(value, (dict, list)):
        if left == 0:
            _wrong("http.json_depth")
        for item in value:
            _sound(item, left - 1)
        if isinstance(value, dict):
            for item in value.values():
                _sound(item, left - 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        _wrong("http.json_twice")
    return made


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        _wrong("http.json_number")
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _wrong("http.json_number")
    return value


def _constant(_: str) -> NoReturn:
    _wrong("http.json_number")


def _wrong(code: str) -> NoReturn:
    raise Invalid(code)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
)
