"""Whose page it is: a mark of each account, so that what one person typed is never offered to the next one.

Pages bear the mark, drafts in the browser are kept under it, and forms carry it in their token: a form that was sent
after its session had ended says with it who had filled it in. The mark is made from the account's id, which is random
and on no page of anybody else's, and does not tell it; it is the same in every session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from tandem.interfaces.http import admission


def mark(account: str | None) -> str:
    """The mark of an account; empty for a visitor."""
    if account is None:
        return ""
    made = hmac.digest(account.encode(), b"tandem page", hashlib.sha256)
    return base64.urlsafe_b64encode(made[:18]).decode()


def token(secret: str, account: str | None) -> str:
    """What the forms of a page send beside the cookie of its session."""
    return f"{admission.csrf(secret)}.{mark(account)}"


def read(token: str) -> tuple[str, str]:
    """The two parts of a form's token: what shows that a page of the session made it, and the mark.

    >>> read("shown.mark"), read("shown")
    (('shown', 'mark'), ('shown', ''))
    """
    shown, _, told = token.partition(".")
    return shown, told


def same(one: object, other: str) -> bool:
    """Whether two marks are those of one account."""
    return (
        bool(other)
        and isinstance(one, str)
        and hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
    )
