"""What a reader of the region's page meets: every visible text with what stands around it, every id, every link."""

from __future__ import annotations

import base64
import csv
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "link", "img", "hr"}
# Where digits are no numbers of the page: names and texts of the user, pictures (their numbers stand in the tables),
# column headings, our own fixed explanations, and the two lists that links lead to.
FREE_TAGS = {"svg", "thead", "style", "title", "script", "time"}
FREE_CLASSES = {"nm", "static", "legend"}
FREE_IDS = {"s-figures", "s-how"}
DIGIT = re.compile(r"\d")


@dataclass
class Text:
    """A text node: what it says, the link it stands in, whether its digits need one."""

    said: str
    link: str | None
    free: bool


@dataclass
class Page(HTMLParser):
    """The page as one reader sees it; `hidden` is the class of the other language."""

    hidden: str = "z"
    texts: list[Text] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    downloads: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    stack: list[tuple[str, bool, str | None, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.handlers += [name for name in given if name.startswith("on")]
        if "id" in given:
            self.ids.append(given["id"])
        address = given.get("href", "")
        if tag == "a" and "download" in given:
            self.downloads[given["download"]] = address
        elif tag == "a":
            self.links.append(address)
        self.outside += [
            given[name] for name in ("src", "href", "srcset", "action")
            if given.get(name) and not given[name].startswith(("#", "data:text/csv"))
        ]  # fmt: skip
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag in VOID:
            return
        _, off, link, free = self.stack[-1] if self.stack else ("", False, None, False)
        classes = set(given.get("class", "").split())
        self.stack.append((
            tag,
            off or self.hidden in classes,
            address if tag == "a" else link,
            free or tag in FREE_TAGS or bool(classes & FREE_CLASSES) or given.get("id") in FREE_IDS,
        ))  # fmt: skip

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.stack or self.stack[-1][0] != tag:
            self.wrong.append(f"</{tag}> closes {self.stack[-1:]}")
        else:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.stack and not self.stack[-1][1]:
            self.texts.append(Text(data.strip(), self.stack[-1][2], self.stack[-1][3]))

    @property
    def numbers(self) -> list[Text]:
        """The texts with digits that must lead to where they come from."""
        return [text for text in self.texts if DIGIT.search(text.said) and not text.free]

    @property
    def words(self) -> str:
        """Everything visible."""
        return " ".join(text.said for text in self.texts)


def walk(page: str, lang: str) -> Page:
    """The page as a reader of `lang` sees it."""
    reader = Page(hidden="e" if lang == "zh" else "z")
    reader.feed(page)
    return reader


def table(address: str) -> list[list[str]]:
    """The rows of a CSV that stands in a data: address."""
    head, data = address.split(",", 1)
    assert head == "data:text/csv;charset=utf-8;base64"
    text = base64.b64decode(data).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))
