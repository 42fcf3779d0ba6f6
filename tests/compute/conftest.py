from __future__ import annotations

from collections.abc import Iterator

import pytest

from tandem.compute import where
from tandem.compute.where import Place, Workers


@pytest.fixture(scope="session")
def two() -> Iterator[Workers]:
    """Two worker processes of this machine; tests may kill them, they come back."""
    pytest.importorskip("distributed", reason="needs the extra: tandem-hub[cluster]")
    with where.on(Place(workers=2, patience=60.0)) as workers:
        yield workers
