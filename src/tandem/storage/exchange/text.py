"""Text files of unknown encoding, read by bounded lines: UTF-8, UTF-16 with a mark, GB18030."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from tandem.base.errors import Invalid
from tandem.storage.exchange import limits

_CHUNK = 1 << 20
_SAMPLE = 20_000  # characters after which the kind of script is clear
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(path: Path) -> str:
    """The encoding that reads the whole file; Invalid where it holds NUL bytes or is no text we know.

    GB18030 decodes almost anything, so a file that is not UTF-8 must also look Chinese when read so.
    """
    with path.open("rb") as handle:
        start = handle.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            _decode(path, "utf-8" if name == "utf-8-sig" else name)
            return name
    if _decode(path, "utf-8", strict=False) is not None:
        return "utf-8"
    sample = _decode(path, "gb18030")
    if sample is None or not _looks_chinese(sample):
        raise Invalid("file.encoding", file=path.name)
    return "gb18030"


def bounded_lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends, never holding more than one line of the permitted length."""
    with path.open(encoding=encoding, newline="") as handle:
        number = 1
        while line := handle.readline(limits.LINE_CHARACTERS + 1):
            if len(line) > limits.LINE_CHARACTERS:
                raise Invalid("file.line", file=path.name, row=number, limit=limits.LINE_CHARACTERS)
            yield line
            number += 1


def _decode(path: Path, encoding: str, *, strict: bool = True) -> str | None:
    """The non-ASCII characters of the start; None (or Invalid when strict) where the bytes do not decode."""
    decoder = codecs.getincrementaldecoder(encoding)()
    sample: list[str] = []
    seen = since_break = 0
    with path.open("rb") as handle:
        while True:
            chunk = handle.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                if strict:
                    raise Invalid("file.encoding", file=path.name) from error
                return None
            if "\0" in text:
                raise Invalid("file.nul", file=path.name)
            since_break = _length_of_last_line(text, since_break, path)
            if seen < _SAMPLE and not text.isascii():
                sample.append("".join(char for char in text if char > "\x7f"))
                seen += len(sample[-1])
            if not chunk:
                return "".join(sample)


def _length_of_last_line(text: str, before: int, path: Path) -> int:
    """Characters since the last line break, so that an endless line is refused before all of it is scanned."""
    at = max(text.rfind("\n"), text.rfind("\r"))
    length = before + len(text) if at < 0 else len(text) - at - 1
    if length > limits.LINE_CHARACTERS + _CHUNK:
        raise Invalid("file.line", file=path.name, limit=limits.LINE_CHARACTERS)
    return length


def _looks_chinese(sample: str) -> bool:
    """Whether a third of the characters are common simplified ones; misread Latin text gives rare ones."""
    common = sum(1 for char in sample if len(char.encode("gb2312", "ignore")) == 2)
    return common * 3 >= len(sample)
