"""The tables of a hub. Records follow the exchange tables' own columns; nothing here needs a database extension.

Every record has a random id, a version that grows with each change (the ETag of the interfaces), an owner and a
visibility. Instants are whole seconds UTC, money is minor units, days are ISO 8601 text, lists are JSON text.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tandem.domain.columns import Column as Described
from tandem.domain.columns import Table as Described_Table
from tandem.domain.tables import DELIVERIES, NEEDS, OFFERS, ORGANISATIONS

metadata = sa.MetaData()

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "integer": sa.BigInteger(),
    "money": sa.BigInteger(),
    "ratio": sa.Float(),
    "number": sa.Float(),
    "flag": sa.Boolean(),
}
_POSED, _OPEN = sa.text("state = 'posed'"), sa.text("state = 'open'")
# References and keys of the exchange tables have columns of their own in every record.
_LEFT_OUT = {"org_id", "need_id", "offer_id", "delivery_id", "organisation", "need"}


def _described(table: Described_Table) -> list[sa.Column[Any]]:
    """The columns that an exchange table describes, by the same names."""
    return [_column(one) for one in table.columns if one.name not in _LEFT_OUT]


def _column(one: Described) -> sa.Column[Any]:
    return sa.Column(one.name, _TYPES.get(one.type, sa.Text()), nullable=not one.required)


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), primary_key=True)


def _counted(name: str, where: sa.TextClause, *columns: str) -> sa.Index:
    """An index of records in one state that holds all that is counted of them, so that counting reads no records."""
    return sa.Index(name, *columns, "id", "state", sqlite_where=where, postgresql_where=where)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _whole(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _record(name: str, described: Described_Table, *own: sa.Column[Any] | sa.Index) -> sa.Table:
    """A table of records.

    state       moves only by domain/moves.py
    visibility  one of domain/records.py VISIBILITIES
    ref         the id under which its importer knows it, unique for that importer (`ref_of`: an organisation, or "hub")
    extra       JSON object of the columns that the exchange tables do not know
    """
    return sa.Table(
        name,
        metadata,
        _id(),
        _whole("version"),
        _text("state"),
        _text("visibility"),
        _text("ref", null=True),
        _text("ref_of", null=True),
        _whole("created_at"),
        _whole("changed_at"),
        *_described(described),
        _text("extra", null=True),
        *own,
        sa.UniqueConstraint("ref_of", "ref", name=f"{name}_ref"),
        sa.Index(f"{name}_changed", "changed_at"),  # what the search index has to read again
    )


organisations = _record(
    "organisations",
    ORGANISATIONS,
    _text("name_key"),  # the normalised names, for finding the same organisation again
    _text("name_zh_key", null=True),
    _text("name_en_key", null=True),
    _whole("checked_at", null=True),
    _text("check_note", null=True),
    sa.Index("organisations_reg_no", "reg_no"),
    sa.Index("organisations_name_key", "name_key"),
    sa.Index("organisations_name_zh_key", "name_zh_key"),
    sa.Index("organisations_name_en_key", "name_en_key"),
    sa.Index("organisations_newest", "created_at", "id"),
)
needs = _record(
    "needs",
    NEEDS,
    _text("org_id", null=True),
    _flag("anonymous"),
    _text("pseudonym", null=True),  # random, for this need alone
    sa.Index("needs_org", "org_id", "created_at", "id"),
    sa.Index("needs_newest", "created_at", "id"),
    # Of posed needs alone: an index that began with the state would be taken for lists too, which then sort all of one.
    sa.Index("needs_due", "due_on", sqlite_where=_POSED, postgresql_where=_POSED),
    # It begins with what no list asks for: else lists of one kind would go by it, and sort all of them.
    _counted("needs_posed", _POSED, "slots", "kind", "service_code", "city", "sector", "due_on"),
)
# By this text, and not by a parameter, that index is found.
posed = needs.c.state == sa.literal_column("'posed'")
offers = _record(
    "offers",
    OFFERS,
    _text("org_id"),
    sa.Index("offers_org", "org_id", "created_at", "id"),
    sa.Index("offers_newest", "created_at", "id"),
    _counted("offers_open", _OPEN, "org_id", "kind", "service_code", "available_to", "capacity"),
)
offered = offers.c.state == sa.literal_column("'open'")
deliveries = _record(
    "deliveries",
    DELIVERIES,
    _text("org_id"),  # the organisation that keeps the record; all that delivered are in org_ids
    _text("org_ids"),  # JSON list
    _text("need_id", null=True),
    sa.Index("deliveries_org", "org_id", "created_at", "id"),
    sa.Index("deliveries_newest", "created_at", "id"),
    sa.Index("deliveries_need", "need_id"),
)
delivered_by = sa.Table(
    "delivered_by",
    metadata,
    sa.Column("delivery_id", sa.Text(), primary_key=True),
    sa.Column("org_id", sa.Text(), primary_key=True),
    sa.Index("delivered_by_org", "org_id"),
)
# Organisations that a record of visibility `named` is open to; and whoever was invited to answer a need.
named = sa.Table(
    "named",
    metadata,
    sa.Column("record_id", sa.Text(), primary_key=True),
    sa.Column("org_id", sa.Text(), primary_key=True),
    sa.Index("named_org", "org_id"),
)
RECORDS = {"organisations": organisations, "needs": needs, "offers": offers, "deliveries": deliveries}

accounts = sa.Table(
    "accounts",
    metadata,
    _id(),
    _whole("version"),
    sa.Column("login", sa.Text(), nullable=False, unique=True),  # folded to lower case
    _text("password", null=True),  # argon2 hash; None where only a login provider signs in
    _text("name"),
    _text("email", null=True),
    _text("lang"),
    _text("role"),
    _text("org_id", null=True),
    _text("state"),  # active, blocked, erased
    _text("subject", null=True),  # issuer and subject at a login provider
    _text("mail", null=True),  # notices by e-mail: daily or now; None: none
    _whole("created_at"),
    _whole("changed_at"),
    sa.UniqueConstraint("subject", name="accounts_subject"),
    sa.Index("accounts_org", "org_id"),
    sa.Index("accounts_role", "role", "state"),
)
# Sessions of people, tokens of programs, and what renews a password alike: only the hash of the secret is kept.
keys = sa.Table(
    "keys",
    metadata,
    _id(),
    sa.Column("hash", sa.LargeBinary(), nullable=False, unique=True),
    _text("kind"),  # session, token, agent or reset
    _text("account_id"),
    _text("label", null=True),
    _text("scopes", null=True),  # JSON list; None: all that the account may
    _whole("created_at"),
    _whole("expires_at"),
    _whole("used_at", null=True),  # to the hour
    _whole("revoked_at", null=True),
    sa.Index("keys_account", "account_id"),
    sa.Index("keys_end", "expires_at"),
)
confirmations = sa.Table(
    "confirmations",
    metadata,
    _id(),
    _whole("version"),
    _text("account_id"),  # whose word is awaited
    _text("key_id", null=True),  # which agent asked
    _text("action"),
    _text("given"),  # JSON
    _whole("seen", null=True),  # the version of the record that the agent had seen
    _text("state"),  # waiting, accepted, refused, expired
    _whole("created_at"),
    _whole("expires_at"),
    _whole("answered_at", null=True),
    sa.Index("confirmations_account", "account_id", "state"),
)
# To act for an organisation. What was told of the person stays apart from whom it reached, so that whoever invites
# hears of an account only once that account has answered.
invitations = sa.Table(
    "invitations",
    metadata,
    _id(),
    _whole("version"),
    _text("org_id"),
    _text("role"),  # member or manager
    _text("login", null=True),  # as it was told, or
    _text("account", null=True),  # the id as it was told
    _text("account_id", null=True),  # whose word is awaited; None where it reached nobody
    _text("by_id", null=True),  # the account that invited
    _text("state"),  # invited, accepted, declined, withdrawn, expired
    _whole("created_at"),
    _whole("expires_at"),
    _whole("answered_at", null=True),
    sa.Index("invitations_account", "account_id", "state"),
    sa.Index("invitations_org", "org_id", "state"),
)
kept_answers = sa.Table(
    "kept_answers",  # idempotency: the first answer to a key is the answer to every repetition
    metadata,
    sa.Column("asker", sa.Text(), primary_key=True),
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("request", sa.LargeBinary(), nullable=False),
    _text("kind"),
    sa.Column("body", sa.LargeBinary(), nullable=False),
    _whole("created_at"),
    sa.Index("kept_answers_age", "created_at"),
)

# Files that somebody has handed over and not yet imported; their bytes lie in the data directory under the same id.
uploads = sa.Table(
    "uploads",
    metadata,
    _id(),
    _text("account_id"),
    _text("key_id", null=True),  # the session or token that brought it, with which it goes
    _text("name"),
    _whole("size"),
    _text("said"),  # JSON: what is said of it, as hub/records/saying.py writes it
    _whole("created_at"),
    _whole("expires_at"),
    sa.Index("uploads_account", "account_id"),
    sa.Index("uploads_end", "expires_at"),
)
learned_headers = sa.Table(
    "learned_headers",  # what an organisation's own headers mean, as it was said when a file was imported
    metadata,
    sa.Column("scope", sa.Text(), primary_key=True),  # an organisation, or "hub"
    sa.Column("kind", sa.Text(), primary_key=True),  # which table
    sa.Column("header", sa.Text(), primary_key=True),  # as storage/exchange/headers.py normalises it
    _text("means"),  # the column; "" for none
    _whole("changed_at"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    _id(),
    _whole("version"),
    _text("kind"),
    _text("state"),
    _text("given"),  # JSON
    _text("account_id", null=True),
    _text("org_id", null=True),
    _text("role"),
    _whole("done"),  # how much of `total` is done
    _whole("total"),
    _text("step", null=True),  # code of what is being done
    _whole("attempts"),
    _text("holder", null=True),
    _whole("lease_until", null=True),
    _text("error", null=True),  # JSON: code and params
    _text("result", null=True),  # JSON
    _whole("created_at"),
    _whole("changed_at"),
    sa.Index("jobs_state", "state", "created_at"),
)
rounds = sa.Table(
    "rounds",
    metadata,
    _id(),
    _whole("version"),
    _text("state"),  # planned, cleared, published, failed, dropped
    _text("job_id", null=True),
    _text("given"),  # JSON: settings and rules
    _text("summary", null=True),  # JSON: totals, certificate, exposure
    _whole("created_at"),
    _whole("changed_at"),
)
assignments = sa.Table(
    "assignments",
    metadata,
    sa.Column("round_id", sa.Text(), primary_key=True),
    sa.Column("need_id", sa.Text(), primary_key=True),
    sa.Column("rank", sa.BigInteger(), primary_key=True),
    _text("org_id"),
    _text("offer_id", null=True),
    sa.Column("score", sa.Float(), nullable=False),
    sa.Column("probability", sa.Float(), nullable=True),
    _whole("value"),
    _whole("price", null=True),
    _flag("cleared"),
    _text("reasons"),  # JSON
    _text("told"),  # JSON: what clearing decided of this pair, as codes and figures
    sa.Index("assignments_org", "round_id", "org_id"),
)
round_needs = sa.Table(
    "round_needs",  # what a round decided of each need that took part
    metadata,
    sa.Column("round_id", sa.Text(), primary_key=True),
    sa.Column("need_id", sa.Text(), primary_key=True),
    _text("code"),
    _whole("slots"),  # that were open
    _whole("got"),
    _whole("listed"),
    _whole("candidates"),
    _text("supply"),  # served, weak, none
    _text("told"),  # JSON: what it got, and what it missed and why, as codes and figures
)

introductions = sa.Table(
    "introductions",
    metadata,
    _id(),
    _whole("version"),
    _text("state"),
    _text("need_id"),
    _text("poser_id", null=True),  # the organisation that posed the need
    _text("org_id"),  # the organisation that is introduced
    _text("offer_id", null=True),
    _text("round_id", null=True),
    _text("title", null=True),  # of the need, as it stood when the organisation was invited
    _text("reasons", null=True),  # JSON
    _text("reason", null=True),  # code of a decline or a loss
    _text("note", null=True),
    _flag("poser_revealed"),
    _flag("org_revealed"),
    _text("poser_contact", null=True),  # the account that agreed for the poser
    _text("org_contact", null=True),  # the account that agreed for the organisation
    _whole("quote", null=True),
    _text("currency", null=True),
    sa.Column("rating", sa.Float(), nullable=True),
    _text("delivery_id", null=True),
    _whole("created_at"),
    _whole("changed_at"),
    _whole("lease_until", null=True),
    _whole("remind_at", null=True),
    _whole("reminded_at", null=True),
    _whole("invited_at", null=True),
    _whole("answered_at", null=True),
    _whole("introduced_at", null=True),
    _whole("agreed_at", null=True),
    _whole("ended_at", null=True),
    sa.UniqueConstraint("need_id", "org_id", name="introductions_pair"),
    sa.Index("introductions_org", "org_id", "state"),
    sa.Index("introductions_poser", "poser_id", "state"),
    sa.Index("introductions_offer", "offer_id", "state"),
    sa.Index("introductions_lease", "lease_until"),
    sa.Index("introductions_remind", "remind_at"),
    sa.Index("introductions_round", "round_id"),
    sa.Index("introductions_invited", "invited_at"),
    sa.Index("introductions_newest", "created_at", "id"),
)

saved_searches = sa.Table(
    "saved_searches",
    metadata,
    _id(),
    _whole("version"),
    _text("account_id"),
    _text("name"),
    _text("asked"),  # JSON: what is searched for
    _flag("notify"),
    _whole("seen_at"),
    _whole("created_at"),
    sa.Index("saved_searches_account", "account_id"),
)
notices = sa.Table(
    "notices",
    metadata,
    _id(),
    _text("account_id"),
    _text("code"),
    _text("params"),  # JSON
    _text("about", null=True),  # id of the record that it is about
    _whole("created_at"),
    _whole("read_at", null=True),
    sa.Index("notices_account", "account_id", "created_at"),
)
mailings = sa.Table(  # how far accounts that asked for it were told by e-mail of their notices
    "mailings",
    metadata,
    _id("account_id"),
    sa.Column("secret", sa.Text(), nullable=False, unique=True),  # lets whoever gets the mail end it
    _whole("told_to"),  # notices made up to then were told of
    _whole("due_at"),  # no attempt before
    _whole("attempts"),
    _text("error", null=True),  # code: what went wrong the last time
    _whole("sent_at", null=True),
    _whole("leased_until", null=True),  # until then it is one server's to send, and no other's
)

# The journal: see journal.py. What may have to be erased lies in its own table, salted.
journal = sa.Table(
    "journal",
    metadata,
    sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text(), nullable=False, unique=True),
    _whole("at"),
    _text("action"),
    _text("account_id", null=True),
    _text("kind", null=True),
    _text("record_id", null=True),
    _text("org_id", null=True),  # whose record it is: may read the entry
    sa.Column("leaf", sa.LargeBinary(), nullable=False),
    sa.Column("chain", sa.LargeBinary(), nullable=False),
    sa.Index("journal_record", "record_id", "seq"),
    sa.Index("journal_org", "org_id", "seq"),
    sa.Index("journal_action", "action", "seq"),
    sa.Index("journal_account", "account_id", "kind"),
)
journal_contents = sa.Table(
    "journal_contents",
    metadata,
    sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("salt", sa.LargeBinary(), nullable=False),
    sa.Column("body", sa.LargeBinary(), nullable=False),
)
journal_tree = sa.Table(
    "journal_tree",  # the hashes of complete runs of 256^step entries: see tree.py
    metadata,
    sa.Column("step", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary(), nullable=False),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    _id(),
    _whole("version"),
    _text("account_id"),
    _text("org_id", null=True),
    _text("url"),
    _text("secret"),
    _text("actions", null=True),  # JSON list of action names; None: all
    _text("state"),  # active, failing, stopped
    _whole("created_at"),
    _whole("changed_at"),
    _whole("position"),  # number of the journal entry up to which its messages are in the outbox
    _text("ended", null=True),  # code: why it was stopped
)
outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    _text("webhook_id"),
    _text("entry_id"),
    _text("body"),
    _whole("due_at"),
    _whole("attempts"),
    _text("state"),  # waiting, delivered, dead
    _whole("status", null=True),  # what the receiver answered last
    _whole("created_at"),
    _whole("seq"),  # of the entry: the order in which a webhook's messages go out
    _text("error", null=True),  # code: what went wrong the last time
    _whole("sent_at", null=True),
    _whole("leased_until", null=True),  # until then it is one server's to send, and no other's
    sa.Index("outbox_due", "state", "due_at"),
    sa.Index("outbox_webhook", "webhook_id", "seq"),
    sa.Index("outbox_age", "created_at"),
)
meta = sa.Table("meta", metadata, sa.Column("name", sa.Text(), primary_key=True), _text("value"))
