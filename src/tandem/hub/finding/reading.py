"""A need read out of free text: proposals for its fields, from the text alone and from no record of the hub."""

from __future__ import annotations

from datetime import date

from tandem.base.clock import day
from tandem.engine.extract import read as engine
from tandem.hub.call import Call
from tandem.hub.finding import answers
from tandem.hub.finding.inputs import Pasted


def read(call: Call, given: Pasted) -> answers.NeedRead:
    """What a text says of a need, field by field, each with the words that it rests on."""
    as_of = given.as_of or date.fromisoformat(day(call.now))
    found = engine.proposals(given.text, as_of)
    return answers.NeedRead(as_of.isoformat(), tuple(_field(given.text, one) for one in found))


def _field(text: str, one: engine.Proposal) -> answers.ReadField:
    said = text[one.begin : one.end]
    others = tuple(_value(text, other) for other in one.others)
    return answers.ReadField(one.field, _told(one.value), said, one.begin, one.end, one.sure, others)


def _value(text: str, one: engine.Choice) -> answers.ReadValue:
    return answers.ReadValue(_told(one.value), text[one.begin : one.end], one.begin, one.end)


def _told(value: engine.Value) -> str | int:
    return value.isoformat() if isinstance(value, date) else value
