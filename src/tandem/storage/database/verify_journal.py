"""Verifies a hub's journal with Python's own library alone; may be copied anywhere.

    python verify_journal.py hub.db | part1.jsonl part2.jsonl ...  [--size N --root HEX]

Every entry must have its number, the chain before it, the record's columns as its leaf tells them, and the content
that its leaf commits to unless that was erased. With --size and --root, a head noted earlier, the journal must begin
with just those entries. Ends with 1 and the first entry that does not hold, if there is one.
"""

import argparse
import fileinput
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

_TOLD = ("seq", "id", "at", "action", "account", "kind", "record", "org")  # by a leaf
_COLUMNS = ("seq", "id", "at", "action", "account_id", "kind", "record_id", "org_id")


class Broken(Exception):
    """Its args: the first entry that does not hold, and what of it (form, number, columns, chain, content, head)."""


def verify(
    entries: Iterable[dict[str, Any]], size: int | None = None, root: str | None = None
) -> dict[str, Any]:
    """Judges entries in their order: leaf, chain, salt, body as bytes, and the columns where the source has them."""
    chain, count, erased, peaks = bytes(32), 0, 0, list[tuple[int, bytes]]()
    noted = None if size else _root([])
    for count, entry in enumerate(entries, 1):
        try:
            told = json.loads(leaf := entry["leaf"])
            columns, content = [told[name] for name in _TOLD], told["content"]
        except (ValueError, KeyError, TypeError):
            raise Broken(count, "form") from None
        hashed = hashlib.sha256(b"\0" + leaf).digest()
        chain = hashlib.sha256(chain + hashed).digest()
        kept = entry["salt"] is not None and entry["body"] is not None
        erased += not kept
        for what, holds in (
            ("number", columns[0] == count),
            ("columns", "id" not in entry or [entry[name] for name in _COLUMNS] == columns),
            ("chain", chain == entry["chain"]),
            ("content", not kept or hashlib.sha256(entry["salt"] + entry["body"]).hexdigest() == content),
        ):
            if not holds:
                raise Broken(count, what)
        peaks.append((0, hashed))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            height, right = peaks.pop()
            peaks[-1] = (height + 1, hashlib.sha256(b"\1" + peaks[-1][1] + right).digest())
        if count == size:
            noted = _root(peaks)
    if noted is None or (root is not None and root != (_root(peaks) if size is None else noted)):
        raise Broken(min(count, size or count), "head")
    return {"size": count, "chain": chain.hex(), "root": _root(peaks), "erased": erased}


def _root(peaks: list[tuple[int, bytes]]) -> str:
    """The Merkle tree hash of RFC 6962 from the complete subtrees, the largest first."""
    row = [left for _, left in peaks] or [hashlib.sha256().digest()]
    return reduce(lambda made, left: hashlib.sha256(b"\1" + left + made).digest(), row[::-1]).hex()


def database(file: str) -> Iterator[dict[str, Any]]:
    """The entries of a hub's SQLite file, which may be in use."""
    connection = sqlite3.connect(f"{Path(file).absolute().as_uri()}?mode=ro", uri=True)
    connection.row_factory, columns = sqlite3.Row, ", ".join(f"journal.{name}" for name in _COLUMNS)
    tables = "journal LEFT JOIN journal_contents USING (seq) ORDER BY journal.seq"
    yield from map(dict, connection.execute(f"SELECT {columns}, leaf, chain, salt, body FROM {tables}"))  # noqa: S608


def lines(files: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The entries of exported parts (JSON Lines), in the order of the files."""
    for text in fileinput.FileInput(files, encoding="utf-8"):  # noqa: SIM115  it closes each file
        try:
            one = json.loads(text)
            salt, body, chain = (one[name] and bytes.fromhex(one[name]) for name in ("salt", "body", "chain"))
            yield {"leaf": one["leaf"].encode(), "chain": chain, "salt": salt, "body": body}
        except (ValueError, KeyError, TypeError, AttributeError):
            yield {"leaf": b""}  # no form that an entry has


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("files", nargs="+")
    asked.add_argument("--size", type=int)
    asked.add_argument("--root")
    given = asked.parse_args()
    source = lines(given.files) if given.files[0].endswith(".jsonl") else database(given.files[0])
    try:
        sys.stdout.write(f"whole / 日志账完整  {json.dumps(verify(source, given.size, given.root))}\n")
    except Broken as broken:
        sys.exit("BROKEN at entry {0}: {1} / 日志账在第 {0} 条处断裂".format(*broken.args))
