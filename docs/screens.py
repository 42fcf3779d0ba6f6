"""Takes the pictures of README and docs from a hub that holds the sample world and the sample register.

    TANDEM_TEST_BROWSER=/usr/bin/chromium python docs/screens.py [NAME ...]

Each is a WebP picture of at most 100 KB in docs/screens/, drawn by the browser itself, so that nothing else is needed.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import BROWSER, FLAGS, Person, Served, sampled, serving  # noqa: E402

from tandem.domain.people import HERE  # noqa: E402
from tandem.hub.actions import Asker, run  # noqa: E402
from tandem.hub.installation import open_hub  # noqa: E402
from tandem.hub.rounds.runner import work_off  # noqa: E402

FOLDER = Path(__file__).with_name("screens")
MOST = 100 * 1024
PASTED = (
    "We are a drone maker in Foshan and look for a laboratory for EMC tests to DO-160G, radiated emission, of our "
    "flight computer, two rounds, before 31 March 2027, budget CNY 180,000 to 260,000."
)
RULES = """
[[rule]]
name = "小微机构"
column = "size"
values = ["micro", "small"]
min_share = "30%"

[[rule]]
name = "深圳上限"
column = "city"
values = ["440300"]
max_units = 4
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A picture: who looks, in which language and window, and from which page on.

    steps  what is done there: "follow CSS" a link, "open CSS" a section, "paste CSS" the text, "press CSS" a button
    top    what stands at the top of the picture; the page's own top without one
    """

    name: str
    lang: str
    size: tuple[int, int]
    login: str
    path: str
    steps: tuple[str, ...] = ()
    top: str = ""


SCREENS = (
    Screen("overview-zh", "zh", (1280, 1240), "opal", "/?flows=1", top="main h2 >> nth=2"),
    Screen("matches-en", "en", (1280, 1000), "opal", "/needs?text=瓷砖货款仲裁", ("follow #results h2 a >> nth=0",
           "open li[id^=m-] details >> nth=0"), top="#matches"),
    Screen("round-zh", "zh", (1280, 1000), "opal", "/rounds", ("follow main table a >> nth=0",)),
    Screen("region-en", "en", (1280, 900), "opal", "/region"),
    Screen("introduction-zh-phone", "zh", (390, 844), "lin", "/introductions?waiting=on",
           ("follow main a[href^='/introductions/'] >> nth=0",)),
    Screen("posing-en", "en", (1280, 1000), "mei", "/needs/new", ("paste #pasted", "press button[value=read]")),
)  # fmt: skip


def furnished(folder: Path) -> None:
    """A hub with the sample world and register, people at work, a round that is published and one under rules."""
    sampled(folder)
    hub = open_hub(folder)
    here = Asker(HERE, hub=hub)
    try:
        published = run("round.start", {"title": "九月出清", "kind": "service"}, here)
        work_off(hub)
        run("round.publish", {"id": published.id}, here)
        run("round.start", {"title": "十月出清", "rules": RULES}, here)
        work_off(hub)
    finally:
        hub.close()


def arrived(browser: Any, served: Served, screen: Screen) -> Person:
    """Somebody who has signed in and done what leads to the picture."""
    width, height = screen.size
    context = browser.new_context(viewport={"width": width, "height": height}, locale=screen.lang)
    context.add_cookies([{"name": "tandem_lang", "value": screen.lang, "url": served.address}])
    person = Person(context.new_page(), served.address)
    person.sign_in(screen.login)
    person.go(screen.path)
    for step in screen.steps:
        does, where = step.split(" ", 1)
        target = person.page.locator(where)
        if does == "paste":
            target.fill(PASTED)
        elif does == "open":
            target.evaluate("one => { one.open = true }")
        else:
            with person.page.expect_navigation():
                target.click()
    return person


def shot(page: Any) -> bytes:
    """The window as WebP, as fine as fits."""
    session = page.context.new_cdp_session(page)
    for quality in (85, 75, 65, 55, 45, 35, 25):
        taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        content = base64.b64decode(taken["data"])
        if len(content) <= MOST:
            return content
    raise SystemExit(f"{page.url} does not fit into {MOST} bytes")


def main(names: list[str]) -> None:
    """Writes the named pictures; all without a name."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="tandem-screens-")) / "hub"
    furnished(folder)
    with serving(folder) as served, sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=BROWSER, args=FLAGS)
        for screen in SCREENS:
            if names and screen.name not in names:
                continue
            person = arrived(browser, served, screen)
            if screen.top:
                person.page.locator(screen.top).evaluate("one => { one.scrollIntoView(); scrollBy(0, -16) }")
            person.page.wait_for_timeout(300)
            path = FOLDER / f"{screen.name}.webp"
            path.write_bytes(shot(person.page))
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1024:.0f} KB")
            person.page.context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
