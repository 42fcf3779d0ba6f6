"""Export: the register's tables as files that an import reads again, every vintage among them."""

from __future__ import annotations

from pathlib import Path

from tandem.base.errors import Invalid
from tandem.hub import register as registers
from tandem.hub.actions import Asker
from tandem.hub.region_answers import RegionExported
from tandem.hub.region_inputs import RegionExportInput
from tandem.storage import region, region_rules

BOOK = ".xlsx"


def region_export(given: RegionExportInput, asker: Asker) -> RegionExported:
    """A workbook where `out` ends in .xlsx, else a folder of files; a folder gets the rule files too."""
    if given.out.suffix and given.out.suffix.casefold() != BOOK and not given.out.is_dir():
        raise Invalid("out.suffix", path=str(given.out), known=[BOOK])
    opened = registers.opened(given.register, asker, history=True)
    asker.progress("progress.writing")
    files = region.export_register(opened.register, given.out, asker.lang, given.format)
    if given.out.suffix.casefold() != BOOK:
        files = (*files, *_rules(opened.rules, given.out))
    told = registers.told(opened)
    return RegionExported(told, {name: count for name, count in told.rows.items() if count}, files)


def _rules(folder: Path, out: Path) -> tuple[Path, ...]:
    """The rule files beside the tables."""
    rules = region_rules.given(folder)
    region_rules.keep(rules, out)
    return tuple(out / path.name for path in rules)
