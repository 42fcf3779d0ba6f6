"""One e-mail: what it says, and how it is handed to the operator's mail server.

Mail leaves the hub's walls and is kept by others for years. So a message tells how many notices wait and where they are
read: no title, no name, no kind.
"""

from __future__ import annotations

import hashlib
import os
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from urllib.parse import urlsplit

from tandem.base.errors import Invalid
from tandem.base.words import Lang, say
from tandem.hub.installation import Hub
from tandem.hub.people.configured import FILE, Configured

SECONDS = 10.0  # that the mail server has for each of its replies
NOTICES, UNSUBSCRIBE = "/notices", "/unsubscribe"  # pages of the hub
# What is written into a header and into the envelope: no space, no comma, no bracket, nothing beyond ASCII.
_PLAIN = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?", re.ASCII
)
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server that the operator has configured.

    tls      "starttls", "tls" (from the first byte), or "none"
    sender   the address that messages come from
    address  where the hub is reached: "https://hub.example.org"
    """

    host: str
    port: int
    tls: str
    sender: str
    login: str | None
    secret: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What one message tells: to whom, in which language, how many notices, up to which instant; and its way out."""

    account: str
    email: str
    lang: Lang
    notices: int
    upto: int
    secret: str


def server(hub: Hub) -> Server | None:
    """The configured server, if there is one. Raises Invalid hub.mail where the settings are not complete."""
    told = hub.part(Configured).section("mail")
    if not told:
        return None
    tls, login = told.get("tls", "starttls"), told.get("login")
    port, secret = (
        told.get("port", _PORTS.get(str(tls))),
        os.environ.get("TANDEM_MAIL_SECRET") or told.get("secret"),
    )
    host, sender, address = (told.get(name) for name in ("host", "from", "address"))
    texts = (host, sender, address, login or "", secret or "", tls)
    if not all(isinstance(one, str) and one.isprintable() for one in texts) or tls not in _PORTS:
        raise Invalid("hub.mail", file=FILE)
    if (
        not host
        or not plain(str(sender))
        or not _origin(str(address))
        or type(port) is not int
        or not 0 < port < 65536
    ):
        raise Invalid("hub.mail", file=FILE)
    if login and tls == "none" and host not in _HERE:  # a password in the open
        raise Invalid("hub.mail", file=FILE)
    return Server(
        str(host), port, str(tls), str(sender), login or None, secret or None, str(address).rstrip("/")
    )


def plain(email: str) -> bool:
    """Whether an address can be written to: one address, and nothing that a header could read otherwise."""
    return _PLAIN.fullmatch(email) is not None


def message(known: Server, told: Digest, at: int) -> EmailMessage:
    """The message (RFC 5322, 8058 for its way out); at: seconds UTC of this attempt."""
    out = f"{known.address}{UNSUBSCRIBE}/{told.secret}"
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = known.sender, told.email
    made["Subject"] = say("mail.subject", told.lang, n=told.notices)
    made["Date"] = formatdate(at, usegmt=True)
    made["Message-ID"] = f"<{_name(told)}@{known.sender.rpartition('@')[2]}>"
    made["List-Unsubscribe"] = f"<{out}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = told.lang
    read = f"{known.address}{NOTICES}"
    made.set_content(say("mail.body", told.lang, n=told.notices, read=read, out=out) + "\n", cte="base64")
    return made


def send(
    known: Server, told: Digest, at: int, encrypted: Callable[[], ssl.SSLContext] = ssl.create_default_context
) -> str | None:
    """Hands one message to the server; a code of `choice.error` says what went wrong, None that it was taken."""
    if not plain(told.email):
        return "recipient"
    connection: smtplib.SMTP | None = None
    try:
        connection = _connected(known, encrypted)
        connection.send_message(message(known, told, at), known.sender, [told.email])
    except (OSError, smtplib.SMTPException) as error:
        return _code(error)
    finally:
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
    return None


def _code(error: Exception) -> str:
    """What went wrong; a receiver that refuses for now is not one that refuses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "recipient" if all(code >= 500 for code, _ in error.recipients.values()) else "status"
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (smtplib.SMTPAuthenticationError, "sign_in"), (smtplib.SMTPServerDisconnected, "connection"),
        (smtplib.SMTPConnectError, "connection"), (smtplib.SMTPException, "status"), (TimeoutError, "slow"),
        (ssl.SSLError, "certificate"),
    )  # fmt: skip
    return next((code for kind, code in kinds if isinstance(error, kind)), "connection")


def _connected(known: Server, encrypted: Callable[[], ssl.SSLContext]) -> smtplib.SMTP:
    """A connection that may send. Raises OSError, smtplib.SMTPException"""
    if known.tls == "tls":
        made: smtplib.SMTP = smtplib.SMTP_SSL(known.host, known.port, timeout=SECONDS, context=encrypted())
    else:
        made = smtplib.SMTP(known.host, known.port, timeout=SECONDS)
    try:
        if known.tls == "starttls":
            made.starttls(
                context=encrypted()
            )  # refused where the server does not offer it: never in the open
        if known.login is not None:
            made.login(known.login, known.secret or "")
    except BaseException:
        made.close()
        raise
    return made


def _name(told: Digest) -> str:
    """The same for each attempt at one message, so that whoever gets it twice can see that."""
    return hashlib.sha256(f"{told.secret} {told.upto}".encode()).hexdigest()[:32]


def _origin(address: str) -> bool:
    parts = urlsplit(address)
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and parts.path in ("", "/")
        and not parts.query
    )
