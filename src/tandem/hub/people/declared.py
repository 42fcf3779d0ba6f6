"""The actions on people: accounts, memberships, sessions, tokens, confirmations, and a hub's first run."""

from __future__ import annotations

from tandem.domain.people import EVERYONE, MANAGERS, OPERATORS, SIGNED_IN, Role
from tandem.hub.action import Action
from tandem.hub.answers import Done
from tandem.hub.people import answers, inputs

_NEW: frozenset[Role] = frozenset(("visitor", "operator"))
_PLACED = (answers.Account, answers.Colleague)

ACTIONS = (
    Action("setup.begin", _NEW, inputs.FirstOperator, (Done,), "people.setup:begin", "writes",
           before="people.setup:prepare", heavy=True),
    Action("account.register", _NEW, inputs.Registration, (Done,), "people.accounts:register", "writes",
           before="people.accounts:hash_password", heavy=True),
    Action("account.show", SIGNED_IN, inputs.Nothing, (answers.Account,), "people.accounts:show", "reads"),
    Action("account.edit", SIGNED_IN, inputs.AccountChange, (answers.Account,), "people.accounts:edit", "writes",
           before="people.accounts:check_old", heavy=True),
    Action("account.list", MANAGERS, inputs.AccountQuery, (answers.Accounts,), "people.accounts:listed", "reads"),
    Action("account.set", MANAGERS, inputs.Standing, _PLACED, "people.accounts:place", "writes"),
    Action("membership.invite", MANAGERS, inputs.InvitationDraft, (answers.Invitation,), "people.membership:invite",
           "writes", binds=True),
    Action("membership.accept", SIGNED_IN, inputs.Named, (answers.Invited,), "people.membership:accept", "writes",
           binds=True),
    Action("membership.decline", SIGNED_IN, inputs.Named, (Done,), "people.membership:decline", "writes"),
    Action("membership.withdraw", MANAGERS, inputs.Named, (Done,), "people.membership:withdraw", "writes"),
    Action("membership.list", SIGNED_IN, inputs.InvitationQuery, (answers.Invitations,), "people.membership:listed",
           "reads"),
    Action("account.erase", SIGNED_IN, inputs.Erasure, (Done,), "people.erasing:erase", "writes",
           before="people.erasing:check_password", heavy=True),
    Action("account.reset", OPERATORS, inputs.Named, (answers.MadeReset,), "people.renewing:reset", "writes"),
    Action("account.renew", EVERYONE, inputs.Renewal, (Done,), "people.renewing:renew", "writes",
           before="people.renewing:prepare", heavy=True),
    Action("account.unsubscribe", EVERYONE, inputs.Unsubscribing, (Done,), "feeds.mailings:unsubscribe", "writes"),
    Action("session.open", EVERYONE, inputs.Credentials, (answers.Opened,), "people.sessions:open", "writes",
           before="people.sessions:prove", heavy=True),
    Action("session.close", SIGNED_IN, inputs.Nothing, (Done,), "people.sessions:close", "writes"),
    Action("session.list", SIGNED_IN, inputs.KeyQuery, (answers.Sessions,), "people.sessions:listed", "reads"),
    Action("session.revoke", SIGNED_IN, inputs.Named, (Done,), "people.sessions:revoke", "writes"),
    Action("token.create", SIGNED_IN, inputs.TokenDraft, (answers.MadeToken,), "people.tokens:create", "writes"),
    Action("token.list", SIGNED_IN, inputs.KeyQuery, (answers.Tokens,), "people.tokens:listed", "reads"),
    Action("token.revoke", SIGNED_IN, inputs.Named, (Done,), "people.tokens:revoke", "writes"),
    Action("confirmation.list", SIGNED_IN, inputs.ConfirmationQuery, (answers.Confirmations,),
           "people.confirmations:listed", "reads"),
    Action("confirmation.accept", SIGNED_IN, inputs.Named, (answers.Accepted,), "people.confirmations:accept",
           "writes", before="people.confirmations:ready", heavy=True),
    Action("confirmation.refuse", SIGNED_IN, inputs.Named, (Done,), "people.confirmations:refuse", "writes"),
)  # fmt: skip
