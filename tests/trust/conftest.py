"""The empty database that every hub of these tests begins with."""

from tests.hub.conftest import empty_file  # noqa: F401  a fixture
