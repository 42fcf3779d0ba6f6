"""What all tests share: property tests without a deadline of their own, and which begin first."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("tandem", deadline=None, derandomize=True)
settings.load_profile("tandem")

_HERE = Path(__file__).parent
# Begun in this order, before all others: nobody waits at the end for one of these alone.
_LONGEST = ("browser/test_pages.py", "trust/test_two_worlds.py", "browser/test_safety.py", "browser/test_forms.py",
            "interfaces/http/test_generated.py", "journeys/test_demo.py", "journeys/test_walkthrough.py")  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first; where several processes run the tests, those of one file stay in one of them."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    file = item.path.relative_to(_HERE).as_posix()
    return _LONGEST.index(file) if file in _LONGEST else len(_LONGEST)
