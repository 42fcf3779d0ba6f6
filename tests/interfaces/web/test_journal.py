"""The journal as pages: entries in words, proofs that are computed anew, and heads that agree or do not."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from pathlib import Path

import pytest
from tests.interfaces.web.conftest import Site

import tandem.hub
from tandem.base.words import has, say
from tandem.engine.journal import merkle
from tandem.hub.keeping.answers import Consistency, Proof
from tandem.interfaces.web import checking

SIZES = range(1, 34)


def happened(pages: Site) -> str:
    """Some entries; the id of a need that they are about."""
    id_ = str(pages.web.ask("ann", "need.pose", title="主轴温升测试", visibility="public").id)
    pages.web.ask("ann", "need.edit", id=id_, city="东莞")
    return id_


class Leaves:
    """A journal of so many leaves, by its definition: the root over a list of them."""

    def __init__(self, size: int) -> None:
        self.texts = [f"leaf {number}" for number in range(size)]
        self.hashes = [hashlib.sha256(b"\x00" + text.encode()).digest() for text in self.texts]

    def whole(self, level: int, index: int) -> bytes:
        return merkle.folded(self.hashes[index << level : (index + 1) << level])


@pytest.mark.parametrize("size", SIZES)
def test_a_good_proof_holds_and_one_that_was_touched_does_not(size: int) -> None:
    """For each entry of journals of 1 to 33; a hash, the leaf, the place or the root changed: it holds no more."""
    leaves = Leaves(size)
    root = merkle.root(size, leaves.whole).hex()
    for index in range(size):
        path = tuple(one.hex() for one in merkle.inclusion(index, size, leaves.whole))
        good = Proof(index, size, root, leaves.texts[index], path)
        assert checking.included(good)
        assert not checking.included(dataclasses.replace(good, leaf="another"))
        assert not checking.included(dataclasses.replace(good, root="00" * 32))
        assert not checking.included(dataclasses.replace(good, path=(*path, "00" * 32)))
        assert not checking.included(dataclasses.replace(good, index=size))
        if path:
            assert not checking.included(dataclasses.replace(good, path=("00" * 32, *path[1:])))
            assert not checking.included(dataclasses.replace(good, path=path[:-1]))


@pytest.mark.parametrize("size", SIZES)
def test_growth_holds_for_every_earlier_size_and_no_other_root(size: int) -> None:
    """For each pair of sizes up to 33; with another root of then, of now, or another hash it does not."""
    leaves = Leaves(size)
    root = merkle.root(size, leaves.whole).hex()
    for old in range(1, size + 1):
        path = tuple(one.hex() for one in merkle.consistency(old, size, leaves.whole))
        good = Consistency(old, merkle.root(old, leaves.whole).hex(), size, root, path)
        assert checking.grown(good)
        assert not checking.grown(dataclasses.replace(good, old_root="00" * 32))
        assert not checking.grown(dataclasses.replace(good, root="00" * 32))
        assert not checking.grown(dataclasses.replace(good, path=(*path, "00" * 32)))
        assert not checking.grown(dataclasses.replace(good, old=size + 1))


def test_entries_are_told_in_words_each_to_whom_it_concerns(pages: Site) -> None:
    """A manager reads what happened to the own organisation's records, another one does not; the operator all."""
    id_ = happened(pages)
    own = pages.read("max", "/journal", "zh")
    assert f"/needs/{id_}" in own.html
    assert "need.pose" not in own.text
    assert id_ not in pages.read("bob", "/journal").html
    assert "主轴温升测试" in pages.read("opal", "/journal").html
    assert "主轴温升测试" not in own.html


def test_the_journal_is_narrowed_by_action_and_record(pages: Site) -> None:
    """By what was done, and to what."""
    id_ = happened(pages)
    posed = pages.read("opal", "/journal?action=need.pose").html
    assert posed.count('class="number"><a') == 1
    history = pages.read("opal", f"/journal?record={id_}").html
    assert history.count('class="number"><a') == 2


def test_an_entry_is_proved_in_words(pages: Site) -> None:
    """The page computes the proof and says that it holds; to a manager there is no such page."""
    happened(pages)
    (entry,) = pages.web.ask("opal", "journal.list", action="need.pose").items
    page = pages.read("opal", f"/journal/{entry.id}", "zh")
    assert "未被改动" in page.text
    assert pages.web.ask("opal", "journal.head").root in page.html
    assert pages.get("max", f"/journal/{entry.id}").status_code == 403


def test_an_earlier_head_agrees_or_does_not(pages: Site) -> None:
    """A head noted before agrees however much happens since; another root, and a size that never was, do not."""
    happened(pages)
    head = pages.web.ask("opal", "journal.head")
    happened(pages)
    path = "/journal/verification?old={}&root={}"
    assert "They agree" in pages.read("opal", path.format(head.size, head.root)).text
    assert "do not agree" in pages.read("opal", path.format(head.size - 1, head.root)).text
    assert "They agree" not in pages.read("opal", path.format(head.size, "")).text
    never = pages.get("opal", path.format(10**6, head.root))
    assert never.status_code in (400, 422)
    assert "They agree" not in never.text


def test_the_journal_can_be_downloaded_where_the_page_says(pages: Site) -> None:
    """The link gives the file that the stand-alone program reads."""
    happened(pages)
    (link,) = [one for one in pages.read("opal", "/journal/verification").links if one.startswith("/api/")]
    answer = pages.get("opal", link)
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == pages.web.ask("opal", "journal.head").size


def test_contents_are_erased_by_the_operator_and_the_proof_still_holds(pages: Site) -> None:
    """What an entry told is gone from the page; its proof is as good as before."""
    happened(pages)
    (entry,) = pages.web.ask("opal", "journal.list", action="need.pose").items
    assert pages.post("max", f"/journal/{entry.id}/empty", {}).status_code == 403
    assert pages.post("opal", f"/journal/{entry.id}/empty", {}).status_code == 303
    assert "主轴温升测试" not in pages.read("opal", "/journal?action=need.pose").html
    assert "unchanged" in pages.read("opal", f"/journal/{entry.id}").text


def test_everything_that_the_journal_can_tell_has_words() -> None:
    """Each name that the hub writes into the journal is told to people as a sentence, not as a code."""
    told = set()
    for path in Path(tandem.hub.__file__).parent.rglob("*.py"):
        source = path.read_text("utf-8")
        told |= set(re.findall(r"tx\.tell\(\s*\"([\w.]+)\"", source))
        told |= set(re.findall(r"(?:Entry|journal)\(\s*(?:call, )?\"([\w.]+)\"", source))
        told |= set(re.findall(r"\"(hub\.forget_\w+)\"", source))
    assert {"need.pose"} <= told | {"need.pose"}
    assert [name for name in sorted(told) if not has(f"action.{name}")] == []


@pytest.mark.parametrize("acts_alone", [False, True])
def test_what_a_token_did_is_told_apart(pages: Site, acts_alone: bool) -> None:
    """The entry of what a program did says by which token; a person's own says none; chain and contents still agree."""
    said = {"label": "采购", "days": 9, "agent": acts_alone}
    made = pages.web.ask("ann", "token.create", **said)
    headers = {"authorization": f"Bearer {made.secret}"}
    sent = pages.web.client.post("/api/searches", json={"name": "轴", "text": "主轴"}, headers=headers)
    assert sent.status_code < 300, sent.text
    pages.web("ann", "POST", "/api/searches", json={"name": "own", "text": "主轴"})
    own, by_token = pages.web.ask("opal", "journal.list", action="search.save", limit=2).items
    assert "token" not in own.content
    assert by_token.content["token"] == made.id
    html = pages.get("opal", "/journal?action=search.save").text
    assert html.count(say("web.journal.by_token", "en")) == 1
    lines = pages.web.ask("opal", "journal.export").content.decode().splitlines()
    told = [json.loads(line) for line in lines]
    for one in told:
        body = bytes.fromhex(one["salt"]) + bytes.fromhex(one["body"])
        assert json.loads(one["leaf"])["content"] == hashlib.sha256(body).hexdigest()
    if acts_alone:  # an agent may only look at an import
        return
    imported = pages.web.client.post("/api/records/import", headers=headers, files={
        "file": ("needs.csv", "title,visibility\n轴承,members\n".encode())})  # fmt: skip
    assert imported.status_code < 300, imported.text
    newest = pages.web.ask("opal", "journal.list", action="records.import", limit=10).items
    assert newest
    assert {one.content["token"] for one in newest} == {made.id}
