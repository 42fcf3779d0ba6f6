"""Three tasks by somebody who has been told nothing: clicks, fields typed in and seconds, from the start page on.

    TANDEM_TEST_BROWSER=/usr/bin/chromium python -m bench.walks [--lang zh|en] [--width 1280|390]

The walker has its errand in everyday words, what it would type if asked, and no address, code or selector of ours: of
all that a page offers to be clicked it takes what shares most with its errand by the words that can be seen. What its
last click has opened draws it more than what stood there before, the strong button more than others, most of all once
it has typed something; it takes nothing on the same page twice, and gives up after so many clicks. Whether an errand is
done is judged from the hub's records, not from the page. Seconds are those of the machine, from the start page to the
last page that has come, without any time to read.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from tests.browser.conftest import BROWSER, FLAGS, Person, Served, sampled, serving

from tandem.base.words import Lang
from tandem.hub.installation import open_hub
from tandem.storage.database import schema as s

MOST = 12
_OFFERED = "main a[href], main button, main summary, nav.menu a[href], button.menu-button"
# Everything that can be clicked, with its words and whether it is the page's strong one; numbered, so as to be clicked.
_LOOK = """(offered) => [...document.querySelectorAll(offered)].map((one, n) => {
  one.dataset.walk = n;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const seen = !one.closest("[aria-hidden=true]") && box.width > 2 && box.height > 2
    && one.checkVisibility({checkVisibilityCSS: true, checkOpacity: true});
  const strong = style.backgroundColor !== "rgba(0, 0, 0, 0)" && one.closest("main") !== null;
  return {n, seen, strong, main: one.closest("main") !== null,
          record: one.closest("main table, main .card, main .lines") !== null,
          text: one.innerText.replace(/\\s+/g, " ").trim()}; }).filter((one) => one.seen && one.text)"""


@dataclass
class Walk:
    """An errand: who has it, its words, what they would type into an empty field, and whether it is done."""

    name: str
    login: str
    errand: str
    types: str
    done: Callable[[Path], bool]
    clicks: int = 0
    typed: int = 0
    seconds: float = 0.0
    took: list[str] = field(default_factory=list)
    ended: bool = False


_NEED = {
    "zh": "我们厂在佛山，想找一家机构做注塑件的高低温循环试验，预算10万元以内，2030年6月30日前出报告。",
    "en": "Our plant in Foshan needs a lab to run temperature cycling tests on moulded parts, budget up to "
    "RMB 100,000, report by 30 June 2030.",
}
_ERRANDS = {
    "zh": ("发布一个新的需求", "看看有什么等我处理，回复邀请，表示有兴趣", "找适合我们的需求，告诉对方我们可以承接"),
    "en": ("post a new need", "see what waits for me, answer the invitation, we are interested",
           "find needs that fit us and tell them that we could help"),
}  # fmt: skip


def tasks(lang: Lang) -> list[Walk]:
    """The three, in the words that somebody would use for them."""
    i, n = s.introductions.c, s.needs.c
    pose, answer, volunteer = _ERRANDS[lang]
    posed = sa.select(n.id).where(n.state == "posed", n.text.contains(_NEED[lang][:20]))
    return [
        Walk("pose a need", "mei", pose, _NEED[lang], _holds(posed)),
        Walk("answer an invitation", "lin", answer, "", _holds(sa.select(i.id).where(i.state == "interested"))),
        Walk("find a need that fits, volunteer", "lin", volunteer, "",
             _holds(sa.select(s.journal.c.seq).where(s.journal.c.action == "introduction.volunteer"))),
    ]  # fmt: skip


def _holds(statement: sa.Select[Any]) -> Callable[[Path], bool]:
    def held(folder: Path) -> bool:
        hub = open_hub(folder)
        try:
            with hub.database.reading() as tx:
                return bool(tx.unguarded(statement.limit(1)))
        finally:
            hub.close()

    return held


def walk(task: Walk, person: Person, folder: Path) -> None:
    """Follows what the pages offer until it is done."""
    page, been = person.page, set()
    before: tuple[str, set[str]] = ("", set())
    begun = time.perf_counter()
    person.go("/")
    while task.clicks < MOST and not task.ended:
        typed = _fill(task, page)
        offered = [one for one in page.evaluate(_LOOK, _OFFERED) if (_page(page), one["text"]) not in been]
        if not offered:
            break
        for one in offered:
            one["new"] = before[0] == _page(page) and one["text"] not in before[1]
            one["ends"] = typed and one["strong"]
        best = max(offered, key=lambda one: (_worth(task.errand, one), -one["n"]))
        before = (_page(page), {one["text"] for one in offered})
        been.add((_page(page), best["text"]))
        task.took.append(best["text"][:24])
        task.clicks += 1
        page.click(f"[data-walk='{best['n']}']")
        page.wait_for_load_state("load")
        page.wait_for_timeout(150)
        task.seconds = time.perf_counter() - begun
        task.ended = task.done(folder)


def _page(page: Any) -> str:
    return str(page.url).partition("?")[0] + str(page.title())


def _fill(task: Walk, page: Any) -> bool:
    """Types what there is to say into the first field of several lines where it is empty; whether it did."""
    for box in page.locator("main textarea:visible").all()[:1]:
        if task.types and not box.input_value():
            box.fill(task.types)
            task.typed += 1
            return True
    return False


def _worth(errand: str, one: dict[str, Any]) -> float:
    """How much something that can be clicked promises: the words that it shares with the errand, and how it looks."""
    shared, own = _pieces(errand), _pieces(one["text"])
    share = sum(1.0 for piece in own if piece in shared) / max(len(own), 3) ** 0.5
    return (
        share
        + 0.4 * one["strong"]
        + 0.15 * one["main"]
        + 0.1 * one["record"]
        + 0.8 * one["new"]
        + one["ends"]
    )


def _pieces(text: str) -> set[str]:
    """What two texts are compared by: pairs of Chinese characters, beginnings of English words."""
    text = text.lower()
    han = {run[i : i + 2] for run in re.findall(r"[\u4e00-\u9fff]+", text) for i in range(len(run) - 1)}
    return han | {word[:5] for word in re.findall(r"[a-z]{3,}", text) if word not in _SMALL}


_SMALL = frozenset(("the", "and", "for", "that", "with", "what", "see", "are", "all", "you", "your", "our"))


def main() -> None:
    """Prints one line for each task."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(prog="bench.walks")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--width", type=int, default=1280)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tandem-walks-")) / "hub"
    sampled(folder)
    table = Table("errand", "done", "clicks", "typed", "seconds", "took")
    with serving(folder) as served, sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=BROWSER, args=FLAGS)
        for task in tasks(given.lang):
            person = arrived(browser, served, given.lang, given.width, task.login)
            walk(task, person, folder)
            table.add_row(task.name, "yes" if task.ended else "NO", str(task.clicks), str(task.typed),
                          f"{task.seconds:.1f}", " > ".join(task.took))  # fmt: skip
        browser.close()
    Console(width=150).print(table)


def arrived(browser: Any, served: Served, lang: str, width: int, login: str | None) -> Person:
    """Somebody who has signed in and stands on the start page."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="zh-CN" if lang == "zh" else "en-GB"
    )
    context.add_cookies([{"name": "tandem_lang", "value": lang, "url": served.address}])
    person = Person(context.new_page(), served.address)
    if login is not None:
        person.sign_in(login)
    return person


if __name__ == "__main__":
    main()
