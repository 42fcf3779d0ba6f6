"""Give a workbook to start from."""

from __future__ import annotations

from tandem.base.errors import Invalid
from tandem.hub.actions import Asker
from tandem.hub.answers import Written
from tandem.hub.inputs import TemplateInput
from tandem.storage import exchange, staging


def template(given: TemplateInput, asker: Asker) -> Written:
    """An empty workbook with guidance and one filled example; never over a file that is there already."""
    if given.out.suffix.casefold() != ".xlsx":
        raise Invalid("out.xlsx", path=str(given.out))
    if given.out.exists():
        raise Invalid("out.exists", path=str(given.out))
    with staging.staged_file(given.out) as path:
        exchange.write_template(path, asker.lang)
    return Written(given.out)
