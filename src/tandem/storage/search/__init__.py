"""The search index on disk: one folder per audience."""

from tandem.storage.search.index import PUBLIC, load, open_or_build

__all__ = ["PUBLIC", "load", "open_or_build"]
