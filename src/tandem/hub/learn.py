"""Learn: past needs and who served them in, a ranker with its worth out."""

from __future__ import annotations

from tandem.base.errors import Invalid
from tandem.engine.matching import learn as engine
from tandem.engine.matching.settings import MatchSettings
from tandem.hub import reading
from tandem.hub.actions import Asker
from tandem.hub.answers import Trained
from tandem.hub.inputs import LearnInput
from tandem.storage import calibration_plot, ranker, staging


def learn(given: LearnInput, asker: Asker) -> Trained:
    """One ranker file; bad rows are left out and reported."""
    book = reading.read(given, asker, given.merge)
    told = reading.told(book)
    if not book.truth.height:
        raise Invalid("learn.no_truth", told.findings)
    if not book.offers.height and not book.deliveries.height:
        raise Invalid("match.no_supply", told.findings)
    asker.progress("progress.learning")
    found = engine.learn(
        book.needs,
        book.organisations,
        book.offers,
        book.deliveries,
        book.truth,
        MatchSettings(as_of=given.as_of),
    )
    asker.progress("progress.writing")
    with staging.staged_file(given.out) as path:
        ranker.write(path, found.ranker)
    plot = given.out.with_suffix(".calibration.svg")
    with staging.staged_file(plot) as path:
        calibration_plot.write_calibration_plot(path, found.reliability, asker.lang)
    return Trained(
        reading=told,
        file=given.out,
        plot=plot,
        kept=found.ranker.blend > 0,
        data=found.ranker.data,
        quality=found.ranker.quality,
        reliability=tuple(found.reliability.iter_rows(named=True)),
    )
