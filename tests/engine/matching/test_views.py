"""The nearest documents, found without sorting all."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.engine.matching import views


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=400), st.integers(1, 6))
def test_the_window_is_the_head_of_the_sorted_list(values, size):
    """Best first, ties by number, none that met nothing; many ties and long lists among them."""
    scores = np.array(values, np.float64)
    ranked = sorted((i for i, value in enumerate(values) if value > 0), key=lambda i: (-values[i], i))
    assert views.window(scores, size).tolist() == ranked[:size]
