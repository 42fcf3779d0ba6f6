"""The industry's own words: our list of Chinese terms with their English and with other forms of the same term.

industry_terms.tsv, one term a line:  Chinese (simplified) <TAB> English[;English...] [<TAB> other form[;...]]
Lines that begin with # are headings. Other forms (減速機, 晶片, 軟體) are those of Hong Kong, Taiwan and the workshop.
Written in simplified characters, a form stands for the term everywhere; written in traditional ones it does so only in
traditional text, because mainland text means something else by it (软体 is soft-bodied, 软件 is software).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tandem.engine.language import packaged, script


@dataclass(frozen=True)
class Terms:
    """The list, read.

    english      term -> its English forms, the usual one first
    everywhere   other form -> the term it stands for in any text
    traditional  the same for traditional text, in simplified characters, those of `everywhere` among them
    """

    english: Mapping[str, tuple[str, ...]]
    everywhere: Mapping[str, str]
    traditional: Mapping[str, str]


@cache
def terms() -> Terms:
    """The list as shipped."""
    return parse(packaged.read("tandem.engine.language", "industry_terms.tsv") or "")


def parse(lines: str) -> Terms:
    """A list in the format of this module's docstring."""
    english: dict[str, tuple[str, ...]] = {}
    forms: dict[str, str] = {}
    for line in lines.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        term, meanings, *others = line.split("\t")
        english[term] = tuple(meanings.split(";"))
        for form in others[0].split(";") if others else ():
            forms[form] = term
    everywhere = {form: term for form, term in forms.items() if script.simplified(form) == form}
    return Terms(english, everywhere, {script.simplified(form): term for form, term in forms.items()})
