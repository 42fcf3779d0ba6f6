"""The schema's version on disk: made in an empty database, refused where code and data do not fit."""

from __future__ import annotations

import sqlalchemy as sa

from tandem.storage.database import schema


def prepare(engine: sa.Engine) -> None:
    """Makes the tables of an empty database."""
    schema.metadata.create_all(engine)
