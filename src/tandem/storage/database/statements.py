"""Statements compiled once for each form: what differs from one run to the next is handed to the driver as parameters.

Two statements have one form where SQLAlchemy would make the same text of them; for whoever reads, the form also
depends on what `visible` adds for that kind of actor. Making the text costs ten times as much as running it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from tandem.domain.people import Actor
from tandem.storage.database.visible import bound, shape, visible

Statement: TypeAlias = "sa.Select[Any] | sa.CompoundSelect[Any] | sa.Insert | sa.Update | sa.Delete"
Process: TypeAlias = Callable[[Any], Any]
Parameters: TypeAlias = "list[Any] | dict[str, Any]"
_MOST = 4_000  # forms kept; a hub has some hundreds


@dataclass(frozen=True, slots=True)
class Form:
    """The text of a statement for one driver, and where its values go.

    fixed    all parameters, with the values that are the same in every run
    own      place, which bind of the statement, which item of it where it is a list, conversion
    actor    place, and what of the actor stands there
    columns  the names of what comes back, with the conversion of each that needs one
    """

    sql: str
    fixed: Parameters
    own: tuple[tuple[Any, int, int | None, Process | None], ...]
    actor: tuple[tuple[Any, str], ...]
    columns: tuple[str, ...]
    processes: tuple[tuple[str, Process], ...]

    def parameters(self, values: Sequence[Any], actor: Actor | None) -> Parameters:
        """What the driver is handed beside the text."""
        filled = self.fixed.copy()
        for place, index, item, process in self.own:
            value = values[index] if item is None else values[index][item]
            filled[place] = value if process is None else process(value)
        if self.actor and actor is not None:
            said = bound(actor)
            for place, name in self.actor:
                filled[place] = said[name]
        return filled

    def places(self, index: int) -> Iterator[Any]:
        """Where the value of one bind of the statement goes."""
        return (place for place, number, _, _ in self.own if number == index)

    def row(self, found: Sequence[Any]) -> dict[str, Any]:
        """A row of the driver's as a mapping by column name."""
        made = dict(zip(self.columns, found, strict=True))
        for name, process in self.processes:
            made[name] = process(made[name])
        return made


class Forms:
    """The forms of one database's statements."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._held: dict[Any, Form] = {}
        self._known: list[Statement] = []

    def of(
        self, statement: Statement, actor: Actor | None, values: Mapping[str, Any] = MappingProxyType({})
    ) -> tuple[Form, Parameters]:
        """The form of a statement as that actor may run it (None: as it stands), and its parameters.

        values  of the named parameters of a statement that is made once and used again and again
        """
        if values:
            return self._lasting(statement, actor, values)
        key = statement._generate_cache_key()
        if key is None or key[2]:  # no two such statements have one text
            form = self._made(statement, actor, ())
            return form, form.parameters((), actor)
        own: list[Any] = [_plain(bind) for bind in key.bindparams]
        lengths = tuple(len(value) for value, bind in zip(own, key.bindparams, strict=True) if bind.expanding)
        name = (key.key, None if actor is None else shape(actor), lengths)
        form_ = self._held.get(name)
        if form_ is None:
            form_ = self._kept(name, self._made(statement, actor, key.bindparams))
        return form_, form_.parameters(own, actor)

    def _lasting(
        self, statement: Statement, actor: Actor | None, values: Mapping[str, Any]
    ) -> tuple[Form, Parameters]:
        many = tuple(len(value) if isinstance(value, (list, tuple)) else -1 for value in values.values())
        name = (id(statement), None if actor is None else shape(actor), *values, many)
        form = self._held.get(name)
        if form is None:
            binds: list[sa.BindParameter[Any]] = [
                sa.bindparam(one, value, expanding=number >= 0)
                for (one, value), number in zip(values.items(), many, strict=True)
            ]
            form = self._kept(name, self._made(statement, actor, binds))
            self._known.append(statement)  # so that its number stays its own
        return form, form.parameters(list(values.values()), actor)

    def one(self, table: sa.Table, actor: Actor) -> Form:
        """The form that reads one record by its id, its only value."""
        name = (table.name, shape(actor))
        form = self._held.get(name)
        if form is None:
            wanted = sa.bindparam("wanted_id", type_=sa.Text())
            asked = sa.select(table).where(table.c.id == wanted)
            form = self._kept(name, self._made(asked, actor, [wanted]))
        return form

    def insert(self, table: sa.Table, columns: tuple[str, ...]) -> Form:
        """The form that writes one row, its values in the order of the columns."""
        name = (table.name, columns)
        form = self._held.get(name)
        if form is None:
            binds = [sa.bindparam(f"new_{column}", type_=table.c[column].type) for column in columns]
            statement = table.insert().values(dict(zip(columns, binds, strict=True)))
            form = self._kept(name, self._made(statement, None, binds))
        return form

    def change(self, table: sa.Table, columns: tuple[str, ...]) -> Form:
        """The form that changes a record; values: those of the columns, then its id and the version it must have."""
        name = (table.name, "change", columns)
        form = self._held.get(name)
        if form is None:
            binds = [sa.bindparam(f"new_{column}", type_=table.c[column].type) for column in columns]
            id_, version = (
                sa.bindparam("old_id", type_=sa.Text()),
                sa.bindparam("old_version", type_=sa.BigInteger()),
            )
            statement = (
                table.update()
                .where(table.c.id == id_, table.c.version == version)
                .values(dict(zip(columns, binds, strict=True)))
            )
            form = self._kept(name, self._made(statement, None, [*binds, id_, version]))
        return form

    def _kept(self, name: Any, form: Form) -> Form:
        if len(self._held) >= _MOST:
            self._held.clear()
            self._known.clear()
        self._held[name] = form
        return form

    def _made(
        self, statement: Statement, actor: Actor | None, binds: Sequence[sa.BindParameter[Any]]
    ) -> Form:
        guarded = (
            visible(statement, actor) if isinstance(statement, sa.Select) and actor is not None else statement
        )
        if actor is not None and guarded is statement:
            raise TypeError("only a select is read on somebody's behalf")
        compiled = guarded.compile(dialect=self.dialect)
        assert isinstance(compiled, SQLCompiler)
        return _form(compiled, self.dialect, binds)


def _positions(names: Sequence[str]) -> Mapping[str, list[Any]]:
    """Where each name stands."""
    places: dict[str, list[Any]] = {}
    for at, name in enumerate(names):
        places.setdefault(name, []).append(at)
    return places


def _plain(bind: sa.BindParameter[Any]) -> Any:
    """The value of a parameter; a list as one that has a length."""
    value: Any = bind.effective_value
    return tuple(value) if bind.expanding else value


def _form(compiled: SQLCompiler, dialect: Dialect, binds: Sequence[sa.BindParameter[Any]]) -> Form:
    values = {bind.key: bind.effective_value for bind in compiled.bind_names}
    values |= {bind.key: () if bind.expanding else None for bind in compiled.bind_names if bind.required}
    values |= {bind.key: bind.effective_value for bind in binds if bind.expanding}
    values |= compiled._collected_params
    state = compiled.construct_expanded_state(values)
    names = {bind.key: name for bind, name in compiled.bind_names.items()}
    # The driver takes values by position (SQLite) or by name (PostgreSQL).
    places: Mapping[str, list[Any]] = (
        {name: [name] for name in state.parameters}
        if state.positiontup is None
        else _positions(state.positiontup)
    )
    own: list[tuple[Any, int, int | None, Process | None]] = []
    for index, bind in enumerate(binds):
        if bind.key not in names:
            continue  # what is false in any case is not written out
        name = names[bind.key]
        parts = state.parameter_expansion.get(name)
        for item, part in enumerate(parts if parts is not None else [name]):
            own += [(place, index, None if parts is None else item, state.processors.get(part))
                    for place in places.get(part, ())]  # fmt: skip
    actor = tuple((place, name) for name in ("actor_org", "actor_account") for place in places.get(name, ()))
    fixed = {
        name: state.processors[name](value) if name in state.processors and value is not None else value
        for name, value in state.parameters.items()
    }
    told = compiled._result_columns
    converted = [(one.keyname, _conversion(one.type, dialect)) for one in told]
    return Form(
        sql=state.statement,
        fixed=fixed if state.positiontup is None else [fixed[name] for name in state.positiontup],
        own=tuple(own),
        actor=actor,
        columns=tuple(one.keyname for one in told),
        processes=tuple((name, process) for name, process in converted if process is not None),
    )


def _conversion(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Process | None:
    """What makes our value of the driver's; drivers give floating-point numbers as they are."""
    return None if isinstance(kind, sa.Float) else kind._cached_result_processor(dialect, None)
