"""The market that tests of rounds clear."""

from __future__ import annotations

from typing import Any

import pytest
from tests.hub.rounds.market import Market, stage


@pytest.fixture
def market(world: Any) -> Market:
    return stage(world)
