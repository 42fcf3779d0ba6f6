"""What is sent to pages: who sends is known before anything is read, and files are taken only where they belong."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from tests.hub.records.test_held import files
from tests.interfaces.http.test_places import _asked, _moment, _scope
from tests.interfaces.web.conftest import Read, Site

from tandem.base.settings import settings_of
from tandem.base.words import say
from tandem.hub.actions import ACTIONS
from tandem.interfaces.http.places import Places
from tandem.interfaces.web import signing, site

PLAIN = b"application/x-www-form-urlencoded"
FILES = b"multipart/form-data; boundary=x"


def sending(pages: Site, who: str | None, path: str, media: bytes, ends: asyncio.Event) -> asyncio.Task[int]:
    """The status of what the page answers to somebody who sends no body until it ends."""
    known = {**pages.headers(who, "en"), "host": "hub.example", "content-type": media.decode()}
    scope = _scope(path, "1.1.1.1", *((k.encode(), v.encode()) for k, v in known.items()), method="POST")
    return asyncio.create_task(_asked(pages.web, scope, ends))


async def told(pages: Site, *asked: tuple[str | None, str, bytes]) -> list[int]:
    """The statuses before anything was sent; 0 where it is waited for."""
    ends = asyncio.Event()
    tasks = []
    for who, path, media in asked:
        tasks.append(sending(pages, who, path, media, ends))
        await _moment()
    early = [task.result() if task.done() else 0 for task in tasks]
    ends.set()
    await asyncio.gather(*tasks)
    return early


def test_strangers_take_no_places_of_who_has_signed_in(pages):
    """Visitors have those of their network; whoever has signed in has their own, wherever they sit."""
    pages.web.application.bodies.places = Places(2, 9)
    asked = (
        [(None, "/sign-in", PLAIN)] * 3 + [("ann", "/needs/new", PLAIN)] * 3 + [("bob", "/needs/new", PLAIN)]
    )
    assert asyncio.run(told(pages, *asked)) == [0, 0, 429, 0, 0, 429, 0]


def test_files_are_read_only_where_they_belong_and_from_who_may_send_them(pages):
    """Elsewhere, and from all others, they are refused before anything has come."""
    pages.web.join("rita", "reviewer")
    asked = [
        (None, "/sign-in", FILES),
        ("ann", "/needs/new", FILES),
        ("ann", "/import/x/columns", FILES),
        (None, "/import", FILES),
        ("rita", "/import", FILES),
        ("ann", "/region/import", FILES),
        ("ann", "/import", FILES),
        ("opal", "/region/import", FILES),
    ]
    assert asyncio.run(told(pages, *asked)) == [415, 415, 415, 401, 403, 403, 0, 0]


def test_each_form_with_a_file_goes_where_files_are_taken():
    """And each action there is one that takes a file."""
    templates = Path(site.__file__).parent / "templates"
    forms = {
        found[1]
        for one in templates.rglob("*.html")
        for found in re.finditer(
            r'open\(visit, form, csrf, "([^"]+)"[^)]*upload=true', one.read_text("utf-8")
        )
    }
    assert forms == set(site.files())
    assert {("POST", path) for path in forms} <= set(site.views())
    for action in site.files().values():
        assert "upload" in {one.type for one in settings_of(ACTIONS[action].takes)}


def test_a_file_without_the_pages_token_is_not_kept(pages):
    """Who sends is known before, but that a page of this hub made it is still asked of the form."""
    answer = pages.post("ann", "/import", {"_csrf": "wrong"}, files={"file": ("a.csv", b"title\nx\n")})
    assert answer.status_code == 409
    assert not (pages.web.world.hub.folder / "uploads").exists()
    assert pages.post("ann", "/import", {}, files={"file": ("a.csv", b"title\nx\n")}).status_code == 303
    assert len(files(pages.web.world)) == 1


@pytest.mark.parametrize("path", ["/import", "/region/import"])
def test_a_file_of_a_session_that_is_over(pages, path):
    """Whoever sends it is told so, signs in, and comes back to where files are taken."""
    pages.web.secrets["ann"] = "tds_over"
    answer: Any = pages.post("ann", path, {}, files={"file": ("a.csv", b"title\nx\n")})
    page = Read(answer.text)
    assert answer.status_code == 401
    assert say("web.sign_in.expired", "en") in page.text
    form = page.form("/sign-in")
    assert (form.get("_carried", ""), form["_back"]) == ("", path)
    assert path not in signing.BEGINS
