"""The actions on records: organisations, needs, offers, deliveries, and all of them by file."""

from __future__ import annotations

from tandem.domain.people import EVERYONE, MANAGERS, MEMBERS, OPERATORS
from tandem.hub.action import Action
from tandem.hub.answers import Done, Download
from tandem.hub.records import answers, inputs
from tandem.hub.rounds.answers import Job

_NEED, _OFFER, _DELIVERY = (answers.OwnNeed,), (answers.OwnOffer,), (answers.OwnDelivery,)
_ORGANISATION = (answers.OwnOrganisation,)
_ONE = inputs.Named

_ORGANISATIONS = (
    Action("organisation.register", MEMBERS, inputs.OrganisationDraft, _ORGANISATION,
           "records.organisations:register", "writes", binds=True),
    Action("organisation.list", EVERYONE, inputs.OrganisationQuery, (answers.Organisations,),
           "records.organisations:listed", "reads"),
    Action("organisation.show", EVERYONE, _ONE, (answers.Organisation, answers.OwnOrganisation),
           "records.organisations:show", "reads"),
    Action("organisation.calendar", EVERYONE, inputs.CalendarQuery, (answers.Calendar,), "records.calendar:calendar",
           "reads"),
    Action("organisation.edit", MANAGERS, inputs.OrganisationChange, _ORGANISATION,
           "records.organisations:edit", "writes", binds=True),
    Action("organisation.verify", OPERATORS, inputs.Verdict, _ORGANISATION,
           "records.organisations:verify", "writes", binds=True),
)  # fmt: skip
_NEEDS = (
    Action("need.pose", MEMBERS, inputs.NeedDraft, _NEED, "records.needs:pose", "writes", binds=True),
    Action("need.list", EVERYONE, inputs.NeedQuery, (answers.Needs,), "records.needs:listed", "reads"),
    Action("need.show", EVERYONE, _ONE, (answers.Need, answers.OwnNeed), "records.needs:show", "reads"),
    Action("need.edit", MEMBERS, inputs.NeedChange, _NEED, "records.needs:edit", "writes", binds=True),
    Action("need.publish", MEMBERS, _ONE, _NEED, "records.needs:publish", "writes", binds=True),
    Action("need.withdraw", MEMBERS, _ONE, _NEED, "records.needs:withdraw", "writes", binds=True),
    Action("need.close", MEMBERS, _ONE, _NEED, "records.needs:close", "writes", binds=True),
    Action("need.reopen", MEMBERS, _ONE, _NEED, "records.needs:reopen", "writes", binds=True),
)
_OFFERS = (
    Action("offer.add", MEMBERS, inputs.OfferDraft, _OFFER, "records.offers:add", "writes", binds=True),
    Action("offer.list", EVERYONE, inputs.OfferQuery, (answers.Offers,), "records.offers:listed", "reads"),
    Action("offer.show", EVERYONE, _ONE, (answers.Offer, answers.OwnOffer), "records.offers:show", "reads"),
    Action("offer.edit", MEMBERS, inputs.OfferChange, _OFFER, "records.offers:edit", "writes", binds=True),
    Action("offer.withdraw", MEMBERS, _ONE, _OFFER, "records.offers:withdraw", "writes"),
    Action("offer.reopen", MEMBERS, _ONE, _OFFER, "records.offers:reopen", "writes", binds=True),
)
_DELIVERIES = (
    Action("delivery.add", MEMBERS, inputs.DeliveryDraft, _DELIVERY, "records.deliveries:add", "writes", binds=True),
    Action("delivery.list", EVERYONE, inputs.DeliveryQuery, (answers.Deliveries,),
           "records.deliveries:listed", "reads"),
    Action("delivery.show", EVERYONE, _ONE, (answers.Delivery, answers.OwnDelivery),
           "records.deliveries:show", "reads"),
    Action("delivery.edit", MEMBERS, inputs.DeliveryChange, _DELIVERY, "records.deliveries:edit", "writes", binds=True),
    Action("delivery.remove", MEMBERS, _ONE, _DELIVERY, "records.deliveries:remove", "writes"),
)  # fmt: skip
_FILES = (
    Action("records.import", MEMBERS, inputs.ImportInput, (answers.Imported,), "records.importing:imported",
           "writes", before="records.importing:prepared", heavy=True),
    Action("records.import_later", MEMBERS, inputs.ImportLater, (Job,), "records.import_later:post", "writes",
           heavy=True),
    Action("records.hand_over", MEMBERS, inputs.HandOver, (answers.HandedOver,), "records.held:kept",
           "writes", before="records.held:placed"),
    Action("records.mend", MEMBERS, inputs.Mending, (answers.HandedOver,), "records.held:mended", "writes"),
    Action("records.let_go", MEMBERS, _ONE, (Done,), "records.held:let_go", "writes"),
    Action("records.columns", MEMBERS, inputs.ColumnsInput, (answers.ColumnsSeen,), "records.columns:seen", "reads",
           heavy=True),
    Action("records.template", EVERYONE, inputs.TemplateWanted, (Download,), "records.export:template", "reads",
           heavy=True),
    Action("records.problems", MEMBERS, inputs.ProblemsInput, (Download,), "records.importing:problems", "reads",
           heavy=True),
    Action("records.export", EVERYONE, inputs.ExportInput, (Download,), "records.export:exported", "reads",
           heavy=True),
    Action("records.sample", OPERATORS, inputs.SampleInput, (answers.Imported,), "records.importing:sampled",
           "writes", before="records.importing:prepared_sample", heavy=True),
)  # fmt: skip

_SEVERAL = (
    Action("records.names", EVERYONE, inputs.Several, (answers.Names,), "records.naming:names", "reads"),
    Action(
        "records.evidence",
        EVERYONE,
        inputs.Cited,
        (answers.EvidenceSaid,),
        "records.naming:evidence",
        "reads",
    ),
)

ACTIONS = (*_ORGANISATIONS, *_NEEDS, *_OFFERS, *_DELIVERIES, *_FILES, *_SEVERAL)
