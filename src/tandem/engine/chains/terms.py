"""Where terms stand in many texts at once: one scan of all texts for all terms of a register.

Texts and terms are brought to one form: simplified characters, lower case, a blank between words and between Latin and
Chinese runs, a bar where a sentence or a part of it ends. A Latin term's last word is met in singular and plural. Stems
would not do: they make one word of a controller and control, of timing and time. All patterns are looked for together
(Aho & Corasick 1975).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from tandem.engine.language import script, text

BAR = "|"  # stands where a part of a sentence ends; no term reaches over it
_WORD = r"[\p{L}\p{N}&&[^\p{Han}]]"
_LENS = 4  # letters of a word too short for its s to be a plural's

HIT: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32, "term": pl.UInt32, "before": pl.String, "after": pl.String,
}  # fmt: skip


def find(texts: pl.Series, terms: Iterable[str]) -> pl.DataFrame:
    """Every place where a term stands in a text.

    texts    (n,) String, null for none
    terms    the terms asked for: Chinese ones as written, Latin ones word by word, the last in singular and plural
    Returns  rows (row, term, before, after) as HIT says: positions in texts and terms, and what stands in the same part
             of the sentence before and after the term, in normal form
    Guarantees  inputs unchanged; O(characters + occurrences)
    """
    normal = normalised(texts)
    patterns = _patterns(list(terms))
    wanted = patterns["pattern"].unique().to_list()
    if not wanted or not len(normal):
        return pl.DataFrame(schema=HIT)
    found = _met(normal, wanted)
    at = found["text"].str.find_many(wanted, overlapping=True)
    found = found.with_columns(at=at).explode("pattern", "at")
    return _in_context(found).join(patterns, on="pattern").select(*HIT).unique(maintain_order=True)


def mentions(texts: pl.Series, terms: Iterable[str]) -> pl.DataFrame:
    """Which texts name which terms: rows (row, term), each pair once; as `find`, without places."""
    normal = normalised(texts)
    patterns = _patterns(list(terms))
    wanted = patterns["pattern"].unique().to_list()
    if not wanted or not len(normal):
        return pl.DataFrame(schema={"row": pl.UInt32, "term": pl.UInt32})
    found = _met(normal, wanted).select("row", "pattern").explode("pattern")
    return found.join(patterns, on="pattern").select("row", "term").unique(maintain_order=True)


def _met(normal: pl.Series, wanted: list[str]) -> pl.DataFrame:
    """(row, text, pattern): the texts that hold a pattern, with the list of those they hold."""
    rows = pl.DataFrame({"text": normal}).with_row_index("row")
    return rows.with_columns(pattern=normal.str.extract_many(wanted, overlapping=True)).filter(
        pl.col("pattern").list.len() > 0
    )


def normalised(texts: pl.Series) -> pl.Series:
    """Texts in the form in which terms are looked for; null becomes empty."""
    plain = texts.fill_null("").str.normalize("NFKC").str.to_lowercase()
    simple = pl.Series([script.simplified(one) for one in plain.to_list()], dtype=pl.String)
    return (
        pl.DataFrame({"text": simple})
        .select(
            pl.lit(" ")
            + pl.col("text")
            .str.replace_all(r"[,;:!?()\[\]。、“”|\n]|\.(?:\s|$)", f" {BAR} ")
            .str.replace_all(r"[^\p{L}\p{N}|]+", " ")
            .str.replace_all(rf"({_WORD})(\p{{Han}})", "$1 $2")
            .str.replace_all(rf"(\p{{Han}})({_WORD})", "$1 $2")
            + pl.lit(" ")
        )
        .to_series()
    )


def _patterns(terms: Sequence[str]) -> pl.DataFrame:
    """(term, pattern): the forms in which each term can occur."""
    words = [one.split() for one in normalised(pl.Series(terms, dtype=pl.String)).to_list()]
    rows = [
        (number, _padded((*each[:-1], last)))
        for number, each in enumerate(words)
        if each
        for last in (numbers(each[-1]) if _is_latin(each[-1]) else (each[-1],))
    ]
    return pl.DataFrame(rows, schema={"term": pl.UInt32, "pattern": pl.String}, orient="row")


def numbers(word: str) -> tuple[str, ...]:
    """A lower-case Latin word in the singular and the plural, whichever is given; some forms may be no words."""
    forms = {word, word + "s", word + "es"}
    if word.endswith("y"):
        forms.add(word[:-1] + "ies")
    if word.endswith("s") and not word.endswith("ss") and len(word) > _LENS:
        forms.add(word[:-1])
        if word.endswith("ies"):
            forms.add(word[:-3] + "y")
        elif word.endswith("es"):
            forms.add(word[:-2])
    return tuple(sorted(forms))


def _padded(words: tuple[str, ...]) -> str:
    """Latin words are bounded by blanks, Chinese ones are not."""
    start = " " if _is_latin(words[0]) else ""
    end = " " if _is_latin(words[-1]) else ""
    return f"{start}{' '.join(words)}{end}"


def _is_latin(word: str) -> bool:
    return bool(word) and not text.is_han(word)


def _in_context(found: pl.DataFrame) -> pl.DataFrame:
    """The part of the sentence on both sides of each occurrence; offsets are in bytes, as the automaton gives them."""
    whole = pl.col("text").cast(pl.Binary)
    end = pl.col("at") + pl.col("pattern").str.len_bytes()
    return found.with_columns(
        before=whole.bin.slice(0, pl.col("at")).cast(pl.String).str.split(BAR).list.last().str.strip_chars(),
        after=whole.bin.slice(end).cast(pl.String).str.split(BAR).list.first().str.strip_chars(),
    )
