"""Writes what is missing between the migrations and the schema as a new migration; read it before you keep it.

    python docs/new_migration.py NAME        for instance: python docs/new_migration.py added_permits

Makes a database by the migrations there are, compares it with storage/database/schema.py, and writes
src/tandem/storage/database/migrations/NNNN_NAME.py with one function for each table.
"""

from __future__ import annotations

import re
import sys

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import render_op
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from tandem.storage.database import migrate, schema

WRITTEN = {"sqlalchemy_module_prefix": "sa.", "alembic_module_prefix": "op.", "user_module_prefix": None,
           "render_as_batch": False, "render_item": None}  # fmt: skip
HEAD = '''"""{about}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = {before}


def upgrade() -> None:
    """All of it, inside one transaction."""
{calls}
'''
PART = """

def _{name}() -> None:
{lines}
"""


def parts(connection: sa.Connection) -> dict[str, list[ops.MigrateOperation]]:
    """What has to be done, by table."""
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    found: dict[str, list[ops.MigrateOperation]] = {}
    for one in produce_migrations(context, schema.metadata).upgrade_ops.ops:
        inner = one.ops if isinstance(one, ops.ModifyTableOps) else [one]
        found.setdefault(one.table_name, []).extend(inner)
    return found


def rendered(operations: list[ops.MigrateOperation], connection: sa.Connection) -> list[str]:
    """Lines of Python, within the house's width where they can be."""
    context = MigrationContext.configure(connection, opts=WRITTEN)
    lines = []
    for one in operations:
        for text in render_op(AutogenContext(context, schema.metadata), one):
            lines += [f"    {line}".rstrip() for line in text.split("\n")]
    return lines


def main(name: str) -> None:
    """Writes the file, and says where."""
    known = migrate.versions()
    number = f"{len(known) + 1:04d}"
    engine = sa.create_engine("sqlite://")
    if known:
        migrate.upgrade(engine)
    with engine.connect() as connection:
        tables = {table: rendered(todo, connection) for table, todo in parts(connection).items()}
    if not tables:
        sys.exit("the schema is what the migrations make: nothing to write")
    text = HEAD.format(about=f"Migration {number}: {name.replace(chr(95), chr(32))}", number=number,
                       before=repr(known[-1]).replace("'", '"') if known else "None",
                       calls="\n".join(f"    _{table}()" for table in tables))  # fmt: skip
    text += "".join(PART.format(name=table, lines="\n".join(lines)) for table, lines in tables.items())
    file = migrate.FOLDER / f"{number}_{re.sub(r'[^a-z0-9]+', '_', name.lower())}.py"
    file.write_text(text, "utf-8")
    print(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
