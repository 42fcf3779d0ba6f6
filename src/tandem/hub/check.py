"""Check a book: read it and report, nothing else."""

from __future__ import annotations

from tandem.hub import reading
from tandem.hub.actions import Asker
from tandem.hub.answers import Checked
from tandem.hub.inputs import CheckInput


def check(given: CheckInput, asker: Asker) -> Checked:
    """Counts and findings of every table; an annotated copy in the folder `out` where one is asked for."""
    told = reading.told(reading.read(given, asker))
    if given.out is not None:
        told = reading.annotated(given, told, given.out, asker)
    return Checked(told)
