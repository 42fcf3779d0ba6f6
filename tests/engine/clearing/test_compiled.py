"""Compiling the loops where nothing can be written, as in a container with a read-only file system."""

from __future__ import annotations

import pytest

from tandem.engine.clearing import compiled
from tandem.engine.clearing.loops import taken


def test_without_a_place_for_compiled_code_it_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """numba refuses to keep code that it has no folder for; the function is compiled all the same."""
    caching = pytest.importorskip("numba.core.caching")
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert compiled._jitted(taken)(3, 5, 2) == taken(3, 5, 2)
