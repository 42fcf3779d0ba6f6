"""What clearing discloses, for whoever wants to know before taking part."""

from __future__ import annotations

from tandem.domain.disclosures import DISCLOSURES
from tandem.hub.call import Call
from tandem.hub.rounds import answers
from tandem.hub.rounds.inputs import Nothing


def disclosures(call: Call, given: Nothing) -> answers.Disclosures:
    """Everything that is declared."""
    return answers.Disclosures(
        tuple(answers.Disclosure(one.code, one.party, one.at, one.band) for one in DISCLOSURES)
    )
