"""The pages of a hub in this process, and people who walk through them as a browser without scripts would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.hub.conftest import empty_file  # noqa: F401  a fixture
from tests.interfaces.http.conftest import ADDRESS, Web, opened

from tandem.interfaces.http import admission
from tandem.interfaces.web import site


class Read(HTMLParser):
    """A page: its text, its links, and the forms with the fields that a browser would send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.words, self.links = html, [], []
        self.forms: list[tuple[dict[str, str], list[tuple[str, str]]]] = []
        self._select = self._area = None
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in own:
            self.links.append(own["href"])
        if tag == "form":
            self.forms.append((own, []))
        if not self.forms:
            return
        fields = self.forms[-1][1]
        if tag == "input" and "name" in own and own.get("type") not in ("submit", "file"):
            if own.get("type") not in ("checkbox", "radio") or "checked" in own:
                fields.append((own["name"], own.get("value", "")))
        elif tag == "select":
            self._select = own.get("name")
        elif tag == "option" and self._select and "selected" in own:
            fields.append((self._select, own.get("value", "")))
        elif tag == "textarea":
            self._area = own.get("name")
            fields.append((str(self._area), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            fields = self.forms[-1][1]
            fields[-1] = (fields[-1][0], fields[-1][1] + data)
        elif self.lasttag not in ("script", "style"):
            self.words.append(data)

    def form(self, action: str) -> dict[str, str]:
        """What the form to an address would send, as it stands."""
        return next(dict(fields) for own, fields in self.forms if own.get("action") == action)


@dataclass
class Site:
    """A hub's pages and whoever looks at them; `note`: what the browser keeps of the last form for the next page."""

    web: Web
    note: str = ""

    def headers(self, who: str | None, lang: str) -> dict[str, str]:
        cookies = [f"tandem_lang={lang}"]
        if who is not None:
            cookies.append(f"{admission.SESSION}={self.web.secrets[who]}")
        if self.note:
            cookies.append(f"tandem_done={self.note}")
        return {"cookie": "; ".join(cookies), "accept": "text/html", "sec-fetch-site": "same-origin",
                "origin": ADDRESS}  # fmt: skip

    def get(self, who: str | None, path: str, lang: str = "en", **headers: str) -> Any:
        """A page as one of the people sees it."""
        answer = self.web.client.get(path, headers={**self.headers(who, lang), **headers})
        self.note = ""
        return answer

    def read(self, who: str | None, path: str, lang: str = "en") -> Read:
        answer = self.get(who, path, lang)
        assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
        return Read(answer.text)

    def post(self, who: str | None, path: str, data: Mapping[str, Any], lang: str = "en", **more: Any) -> Any:
        """What a form sends; the token of the session goes along unless another is given."""
        token = admission.csrf(self.web.secrets[who]) if who is not None else ""
        answer = self.web.client.post(
            path, data={"_csrf": token, **data}, headers=self.headers(who, lang), **more
        )
        self.note = answer.cookies.get("tandem_done", "")
        self.web.client.cookies.delete("tandem_done")
        return answer


def _site(made: Web) -> Site:
    site.add(made.application)
    return Site(made)


@pytest.fixture
def pages(tmp_path: Path, empty_file: Path) -> Iterator[Site]:  # noqa: F811
    with opened(tmp_path / "hub", empty_file) as made:
        yield _site(made)


@pytest.fixture(scope="module")
def lasting_pages(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Site]:  # noqa: F811
    """One hub for all tests of a file that do not mind what others did."""
    with opened(tmp_path_factory.mktemp("pages") / "hub", empty_file) as made:
        yield _site(made)
