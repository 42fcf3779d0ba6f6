"""The actions on what leaves the hub by itself: webhooks; events are listened to where journal.list may be asked."""

from __future__ import annotations

from tandem.domain.people import MANAGERS
from tandem.hub.action import Action
from tandem.hub.answers import Done
from tandem.hub.feeds import answers, inputs
from tandem.hub.records.inputs import Named

ACTIONS: tuple[Action, ...] = (
    Action("webhook.add", MANAGERS, inputs.WebhookDraft, (answers.MadeWebhook,), "feeds.webhooks:add", "writes"),
    Action("webhook.list", MANAGERS, inputs.WebhookQuery, (answers.Webhooks,), "feeds.webhooks:listed", "reads"),
    Action("webhook.show", MANAGERS, Named, (answers.WebhookShown,), "feeds.webhooks:show", "reads"),
    Action("webhook.remove", MANAGERS, Named, (Done,), "feeds.webhooks:remove", "writes"),
    Action("webhook.test", MANAGERS, Named, (Done,), "feeds.webhooks:test", "writes"),
    Action("webhook.replay", MANAGERS, inputs.Replay, (answers.Replayed,), "feeds.webhooks:replay", "writes"),
)  # fmt: skip
