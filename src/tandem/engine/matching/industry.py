"""The industry's own words: our list of Chinese terms with their English and with the forms of Hong Kong and Taiwan.

industry_terms.tsv, one term a line:  Chinese (simplified) <TAB> English[;English...] [<TAB> regional form[;...]]
Lines that begin with # are headings. A regional form is written in traditional characters, as it is met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tandem.engine.matching import packaged


@dataclass(frozen=True)
class Terms:
    """english: Chinese term -> its English forms, the usual one first; regional: form -> the Chinese term it stands for."""

    english: Mapping[str, tuple[str, ...]]
    regional: Mapping[str, str]


@cache
def terms() -> Terms:
    """The list as shipped."""
    return parse(packaged.read("tandem.engine.matching", "industry_terms.tsv") or "")


def parse(lines: str) -> Terms:
    """A list in the format of this module's docstring."""
    english: dict[str, tuple[str, ...]] = {}
    regional: dict[str, str] = {}
    for line in lines.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        term, meanings, *forms = line.split("\t")
        english[term] = tuple(meanings.split(";"))
        for form in forms[0].split(";") if forms else ():
            regional[form] = term
    return Terms(english, regional)
