"""Pages as text: the templates, the words and values they may use, and the headers that every page has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tandem.base.words import Lang, has, say
from tandem.interfaces.http import admission
from tandem.interfaces.http.response import Header
from tandem.interfaces.web import assets, menu, whose, write

if TYPE_CHECKING:
    from tandem.interfaces.web.visit import Visit

_HAN = re.compile("[\u3400-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'-]+(?: [A-Za-z][A-Za-z'-]+)*")
TEMPLATES = Path(__file__).parent / "templates"
_CSP = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: tuple[Header, ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", _CSP),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"vary", b"cookie, accept-language, hx-request"),
    (b"cache-control", b"private, no-cache"),
)


def headers(lang: Lang) -> tuple[Header, ...]:
    """The headers of a page: nothing from elsewhere, nothing evaluated, nobody else's to keep or to frame."""
    return (*_HEADERS, (b"content-language", b"zh-Hans" if lang == "zh" else b"en"))


def rendered(template: str, visit: Visit, values: Mapping[str, Any]) -> str:
    """A template with its values; `visit` is there too, and what the frame of every page shows."""
    return (
        environment(visit.lang)
        .get_template(template)
        .render(
            visit=visit,
            actor=visit.actor,
            menu=menu.shown(visit),
            csrf=_token(visit),
            mark=whose.mark(visit.actor.account),
            **values,
        )
    )


def chinese(text: str | None) -> bool:
    """Whether a text holds a Chinese character: it stands under that language then."""
    return bool(_HAN.search(text or ""))


def language(text: str) -> str:
    """The language of a text, as an attribute of HTML names it."""
    return "zh-Hans" if chinese(text) else "en"


def mixed(text: str, lang: Lang) -> Markup:
    """A sentence with the words of the other language in it under that language.

    >>> mixed("Met: 烧结 = sinter", "en")
    Markup('Met: <span lang="zh-Hans">烧结</span> = sinter')
    """
    other, words = ("en", _LATIN) if lang == "zh" else ("zh-Hans", _HAN)
    out, end = Markup(), 0
    for found in words.finditer(text):
        out += escape(text[end : found.start()]) + Markup('<span lang="{}">{}</span>').format(other, found[0])
        end = found.end()
    return out + escape(text[end:])


def _token(visit: Visit) -> str:
    held = admission.session(visit.request)
    return whose.token(held, visit.actor.account) if held and visit.signed_in else ""


@cache
def environment(lang: Lang) -> Environment:
    """Jinja for one language: every word and value is written in it."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.do"],
    )  # fmt: skip
    ways = ("day", "instant", "away", "lasting", "number", "share", "city", "service", "listed", "coded")
    made.filters.update({name: partial(_last, getattr(write, name), lang) for name in ways})
    made.tests["chinese"] = chinese
    made.globals.update(
        t=lambda code, /, **params: say(code, lang, **params),
        has=has,
        lang=lang,
        other="en" if lang == "zh" else "zh",
        choice=lambda field, value: write.choice(field, value, lang),
        money=lambda minor, currency=None: write.money(minor, currency, lang),
        band=lambda text, currency=None: write.band(text, currency, lang),
        asset=assets.address,
    )
    return made


def _last(function: Any, lang: Lang, value: Any, *more: Any) -> Any:
    return function(value, *more, lang)
