"""Databases for tests: SQLite in a file, and PostgreSQL by its URL."""

from __future__ import annotations

from tests.hub.conftest import empty_file, place, world

__all__ = ["empty_file", "place", "world"]
