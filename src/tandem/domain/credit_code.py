"""The unified social credit code of Chinese organisations and its check character (GB 32100-2015)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters: no I, O, S, V, Z
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def check_character(first17: str) -> str:
    """The 18th character: C = 31 - (sum of c_i x 3^i mod 31) mod 31.  GB 32100-2015, annex A.

    first17  17 characters of the alphabet, upper case; ValueError where one is not

    >>> check_character("91350100M000100Y4")
    '3'
    """
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def looks_like(number: str) -> bool:
    """Whether the text has the shape of a unified social credit code: 18 letters and digits."""
    return len(number) == 18 and number.isascii() and number.isalnum()


def valid(number: str) -> bool:
    """Whether an 18-character code uses the alphabet and ends with its check character."""
    if not looks_like(number) or any(char not in ALPHABET for char in number):
        return False
    return check_character(number[:17]) == number[17]
