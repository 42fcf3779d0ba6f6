"""The empty database that every hub of these tests begins with, and a hub with somebody and something of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hub.conftest import empty_file  # noqa: F401  a fixture
from tests.trust.roles import fill
from tests.trust.worlds import Place, place


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Place]:  # noqa: F811
    """A hub with one record of every table, visibility and state, and somebody of every role."""
    with place(tmp_path_factory.mktemp("filled") / "hub", empty_file) as at:
        fill(at)
        yield at
