"""How often a page asks the hub: a small number, whatever stands in its lists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.interfaces.web.conftest import Site

from tandem.hub import notices
from tandem.hub.actions import Asker, run
from tandem.hub.call import Call
from tandem.hub.rounds.runner import work_off
from tandem.interfaces import web

FIRMS, NEEDS, NOTICES = 10, 6, 12


@contextmanager
def counted(pages: Site) -> Iterator[list[str]]:
    """The actions that are asked for from now on, in their order."""
    application, asked = pages.web.application, []
    done = application.done

    async def noted(action: Any, given: Any, asker: Any) -> Any:
        asked.append(action.name)
        return await done(action, given, asker)

    application.done = noted  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        application.done = done  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def town(lasting_pages: Site) -> Site:
    """Organisations that all could answer the same needs, two rounds that assign them differently, and notices."""
    pages, world = lasting_pages, lasting_pages.web.world
    pages.firms = [world.organisation(f"检测所{n}") for n in range(FIRMS)]
    for n, firm in enumerate(pages.firms):
        said = {"title": f"主轴温升检测{n}", "text": "主轴 温升 精度 检测", "visibility": "members",
                "organisation": firm}  # fmt: skip
        pages.web.ask("opal", "offer.add", kind="service", capacity=3, **said)
        for day in ("2026-04-01", "2026-05-01"):
            pages.web.ask("opal", "delivery.add", delivered_on=day, rating=0.8, **said)
        world.person("member", firm)
    pages.needs = [pose(pages, n) for n in range(NEEDS)]
    rules = "".join(f'[[rule]]\nname = "{n}"\ncolumn = "org_id"\nvalues = ["{firm}"]\nmax_units = 0\n\n'
                    for n, firm in enumerate(pages.firms[: FIRMS // 2]))  # fmt: skip
    pages.rounds = [
        str(pages.web.ask("opal", "round.start", title="轮", rules=one).id) for one in (None, rules)
    ]
    work_off(world.hub)
    for who in ("ann", "opal"):
        actor = pages.web.actors[who]
        for _ in range(NOTICES):
            world.hub.database.write(
                lambda tx, actor=actor: notices.to_account(
                    Call(tx, actor, world.hub), actor.account, "round.done"
                )
            ).result()
    for n, firm in enumerate(pages.firms[:3]):
        made = pages.web.ask("ann", "introduction.propose", need=pages.needs[n], organisation=firm)
        pages.web.ask("ann", "introduction.invite", id=made.id)
    return pages


def pose(pages: Site, n: int) -> str:
    return str(
        pages.web.ask("ann", "need.pose", title=f"主轴温升测试{n}", text="主轴温升与精度", kind="service",
                      visibility="members").id
    )  # fmt: skip


def of(town: Site, path: str) -> str:
    """An address with the ids that stand for its names."""
    names = {"need": town.needs[-1], "round": town.rounds[0], "other": town.rounds[1], "firm": town.firms[0]}
    return path.format(**names)


@pytest.mark.parametrize(("who", "path", "most", "shown"), [
    ("ann", "/needs/{need}", 7, "检测所"),
    ("ann", "/needs/{need}?all=1", 7, "检测所"),
    ("ann", "/needs/{need}?why=检测所1", 8, "检测所1"),
    ("opal", "/needs/{need}", 7, "检测所"),
    ("opal", "/fits?organisation={firm}", 4, "主轴温升测试"),
    ("bob", "/needs?text=主轴", 1, "试1"),
    ("bob", "/offers", 2, "检测所9"),
    ("bob", "/offers?organisation={firm}", 3, "检测所0"),
    ("opal", "/people", 3, "检测所9"),
    ("opal", "/journal", 2, "检测所9"),
    ("ann", "/notices", 1, ""),
    ("opal", "/worklist", 1, "检测所0"),
    ("opal", "/introductions", 1, "检测所0"),
    ("opal", "/rounds/{round}/compare?other={other}", 5, "检测所8"),
    ("opal", "/rounds/{round}/assignments?need={need}", 3, "检测所"),
    ("opal", "/overview", 1, ""),
])  # fmt: skip
def test_a_page_asks_a_few_times(town: Site, who: str, path: str, most: int, shown: str) -> None:
    """No page asks once for each thing that it lists."""
    with counted(town) as asked:
        page = town.read(who, of(town, path), "zh")
    assert shown in page.text
    assert len(asked) <= most, asked


def test_notices_are_read_in_one_transaction(town: Site) -> None:
    """All that a page shows is marked at once, and the page says no more of it."""
    with counted(town) as asked:
        forms = town.read("ann", "/notices").forms
        form = next(fields for own, fields in forms if own["action"] == "/notices/read")
        before = len(asked)
        answer = town.web.client.post(
            "/notices/read", content="&".join(f"{name}={value}" for name, value in form),
            headers={**town.headers("ann", "en"), "content-type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        assert answer.status_code == 303, answer.text
    assert asked[before:].count("notice.read") == 1
    unread = run("notice.list", {"unread": True}, Asker(town.web.actors["ann"], hub=town.web.world.hub))
    assert unread.items == ()


def test_pages_know_of_the_hub_what_they_may() -> None:
    """Its registry, inputs and answers, and of its working only what decision 0033 names."""
    found = set()
    for path in Path(web.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tandem.hub"):
                found |= {f"{node.module}.{alias.name}".removeprefix("tandem.hub.") for alias in node.names}
    beyond = {
        name for name in found if not re.fullmatch(r"actions(\.\w+)?|(\w+\.)?(answers|inputs)\.\w+", name)
    }
    assert beyond == {"feeds.mail", "glossary", "installation.Hub", "overview.cells", "people.limits", "people.oidc",
                      "people.setup"}  # fmt: skip
