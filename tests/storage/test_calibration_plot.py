"""The calibration plot shows each bin where it belongs."""

import re

import polars as pl
import pytest

from tandem.base.words import say
from tandem.storage.calibration_plot import write_calibration_plot

TABLE = pl.DataFrame({"matches": [100, 25, 0], "predicted": [0.1, 0.5, 0.9], "observed": [0.1, 0.25, 0.0]})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_dot_for_each_bin_at_its_place(tmp_path, lang):
    """Two bins with matches, two dots: the first on the diagonal, the second below it; the words are there."""
    write_calibration_plot(tmp_path / "plot.svg", TABLE, lang)
    drawn = (tmp_path / "plot.svg").read_text("utf-8")
    dots = [tuple(map(float, dot)) for dot in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert dots == [(120.0, 280.0), (360.0, 190.0)]
    assert say("plot.calibration", lang) in drawn


def test_an_empty_table_is_an_empty_picture(tmp_path):
    """Nothing judged, nothing drawn, no error."""
    write_calibration_plot(tmp_path / "plot.svg", TABLE.clear(), "en")
    assert "<circle" not in (tmp_path / "plot.svg").read_text("utf-8")
