"""Hostile texts, the forms that are sent with them, and what a smuggled script would leave behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.browser import crawl
from tests.browser.conftest import PASSWORD, Person

CANARY = "canary"  # a property of the window that only a smuggled script would set
_RUNS = f"window.{CANARY}=1"
HOSTILE = {
    "markup": f'"><img src=x onerror="{_RUNS}"><script>{_RUNS}</script><svg onload={_RUNS}><b>x\' autofocus '
    f"onfocus='{_RUNS}' x='</textarea><script>{_RUNS}</script>"
    + "{{ 7 * 191 }}${7*191}<%= 7*191 %>{% raw %}",
    "address": f"javascript:{_RUNS}//",
    "long": "“轴承”" * 1_000,
    "turned": "轴承\u202egnp.exe\u2066\u200f检测\u200b\u0008",
}
COMPUTED = "1337"
# As the browser's own markup of the page would be, had the text come through.
CAME_THROUGH = re.compile(r"<img src=x|<svg onload|<script>|onfocus='window")
# Forms that would end what the other forms need, or the session itself.
_LEFT = ("/sign-out", "/account/erase", "/account/password", "/sample", "/erase", "/remove", "/withdraw", "/end",
         "/let-go", "/reset", "/drop")  # fmt: skip
# What stands in a field that takes no text of one's own choice.
FITS = {"due_on": "2031-05-06", "delivered_on": "2024-05-06", "available_from": "2031-01-01",
        "available_to": "2031-12-31", "city": "东莞", "budget_min": "1000", "budget_max": "250000",
        "price_from": "1000", "slots": "1", "capacity": "2", "hours": "48", "amount": "18000", "rating": "0.9",
        "login": "kwan", "top": "2", "gap": "5", "capacity_on": "2031-02-01"}  # fmt: skip
# Fields for words of one's own: what else a form has is left as it fits, once all that was hostile has been refused.
_FREE = frozenset(
    ("title", "text", "name", "name_zh", "name_en", "label", "note", "why", "reason", "free", "named")
)
_FORMS = """() => [...document.forms].map((one) => ({
  to: one.getAttribute("action") || location.pathname, method: one.method,
  names: [...one.elements].filter((each) => each.name && !["hidden", "submit", "button", "file", "checkbox", "radio"]
    .includes(each.type)).map((each) => each.name),
}))"""
# Fills every field of a form with the same text, past what the browser itself would refuse, and sends it as its main
# button does; fields that were refused take what fits them.
_SEND = """([number, text, fits, refused, password]) => {
  const form = document.forms[number];
  for (const one of form.elements) {
    if (["hidden", "submit", "button", "file", "checkbox", "radio"].includes(one.type) || !one.name) continue;
    if (one.tagName === "FIELDSET") continue;
    const plain = refused.includes(one.name);
    if (one.tagName === "SELECT") {
      if (!plain && !one.value && one.options.length > 1) one.selectedIndex = 1;
      continue;
    }
    one.removeAttribute("maxlength");
    if (plain) { one.value = fits[one.name] ?? one.defaultValue; continue; }
    if (["number", "date", "email", "url"].includes(one.type)) one.type = "text";
    one.value = one.type === "password" ? password : text;
  }
  const button = form.querySelector("button[value=post], button[value=store]")
    || form.querySelector("button[type=submit]:not([name])") || form.querySelector("button[type=submit]");
  if (button && button.name) {
    const {name, value} = button;
    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
  }
  HTMLFormElement.prototype.submit.call(form);
}"""


def watched(person: Person) -> Person:
    """Somebody whose browser tells of dialogs too."""
    person.page.on("dialog", lambda one: (person.wrong.append(f"dialog {one.message}"), one.dismiss()))
    return person


def unharmed(person: Person, where: str) -> list[str]:
    """What went wrong on the page that is shown: a script ran, markup came through, something was asked elsewhere."""
    told = [f"{where}: {one}" for one in person.wrong if not one.startswith("Failed to load resource")]
    found = person.page.evaluate(
        f"""() => ({{ran: window.{CANARY} !== undefined,
          markup: document.querySelectorAll("body script, [onerror], [onload], [onfocus], [onmouseover], iframe, "
            + "img[src='x']").length,
          address: [...document.links].some((one) => one.protocol === "javascript:"),
          status: performance.getEntriesByType("navigation")[0].responseStatus,
          computed: document.body.textContent.includes("{COMPUTED}")}})"""
    )
    told += [f"{where}: {text}" for name, text in (
        ("ran", "a script ran"), ("markup", "markup came through"), ("address", "an address that is a script"),
        ("computed", "a template was computed")) if found[name]]  # fmt: skip
    if found["status"] >= 500:
        told.append(f"{where}: {found['status']}")
    person.wrong.clear()
    return told


def sent(person: Person, addresses: Iterable[str], text: str) -> tuple[list[str], dict[str, bool]]:
    """Sends each kind of form of some pages with a text in each of its fields.

    Returns what went wrong, and the kinds of forms that were sent with whether they were taken in the end.
    """
    told: list[str] = []
    taken: dict[str, bool] = {}
    for address in addresses:
        person.go(address)
        for number, form in enumerate(person.page.evaluate(_FORMS)):
            to = crawl.place(form["to"].partition("?")[0])
            kind = f"{form['method']} {to} {' '.join(sorted(set(form['names'])))}"
            if kind in taken or not form["names"] or to.endswith(_LEFT):
                continue
            wrong, taken[kind] = _sent(person, address, number, text, form["names"])
            told += [f"{one} ({kind})" for one in wrong]
    return told, taken


def _sent(person: Person, address: str, number: int, text: str, names: list[str]) -> tuple[list[str], bool]:
    """Sends one form, again without what was refused: (what went wrong, whether it was taken)."""
    told: list[str] = []
    refused: list[str] = []
    for attempt in range(3):
        if attempt == 2:
            refused = [one for one in names if one not in _FREE]
        person.go(address)
        with person.page.expect_navigation(wait_until="load", timeout=60_000):
            person.page.evaluate(_SEND, [number, text, FITS, refused, PASSWORD])
        told += unharmed(person, f"{address} without {refused}")
        status: Any = person.page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
        if status < 400:
            return told, True
        faults = person.page.eval_on_selector_all(
            "[aria-invalid=true]", "(all) => all.map((one) => one.name)"
        )
        refused += [one for one in faults if one in names]
    return told, False


def with_forms(html: str) -> bool:
    """Whether a page has a form of its own to be filled in."""
    main = html.partition("<main")[2]
    return bool(re.search(r"<textarea|<input(?![^>]*type=\"(?:hidden|checkbox|radio|file)\")", main))
