"""The loops of auction rounds, as they stand or compiled; as in compiled.py, whose functions they call."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from types import FunctionType, SimpleNamespace

from tandem.engine.clearing import compiled, loops
from tandem.engine.rounds import round_loops


def chosen(edges: int) -> SimpleNamespace:
    """The functions of the loops and of the rounds, by name, for so many edges."""
    return _compiled() if edges >= compiled.LARGE else _plain()


@cache
def _plain() -> SimpleNamespace:
    return SimpleNamespace(**vars(compiled.plain()), **_functions())


@cache
def _compiled() -> SimpleNamespace:
    import numba  # noqa: PLC0415

    below = vars(compiled.compiled())
    sources = b"".join(Path(str(room.__file__)).read_bytes() for room in (loops, round_loops))
    digest = sha256(sources).hexdigest()[:16]
    names = {**vars(round_loops), **below}
    for name, function in _functions().items():
        twin = FunctionType(function.__code__, names, name, function.__defaults__)
        twin.__module__, twin.__qualname__ = function.__module__, f"{name}_{digest}"
        names[name] = numba.njit(cache=True, nogil=True)(twin)
    return SimpleNamespace(**{**below, **{name: names[name] for name in _functions()}})


def _functions() -> dict[str, FunctionType]:
    return {
        name: value
        for name, value in vars(round_loops).items()
        if isinstance(value, FunctionType) and value.__module__ == round_loops.__name__
    }
