"""The auction's loops, as they stand or compiled: small markets must not wait for a compiler."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from tandem.engine.clearing import dual, loops, lowering

LARGE = 20_000  # edges from which compiling pays: seconds, once; kept on disk where that is possible
_ROOMS = (loops, lowering, dual)


def chosen(edges: int, *more: ModuleType) -> SimpleNamespace:
    """The functions of the loops (and of more modules of loops), by name, for a market of so many edges."""
    return compiled(*more) if edges >= LARGE else plain(*more)


@cache
def plain(*more: ModuleType) -> SimpleNamespace:
    """The loops as they stand."""
    return SimpleNamespace(**_functions((*_ROOMS, *more)))


@cache
def compiled(*more: ModuleType) -> SimpleNamespace:
    """The same functions, calling each other's compiled form.

    What numba keeps on disk is named by a hash of all loops together: numba itself looks only at the date and length
    of the one file that holds a function, not at what the function calls.
    """
    rooms = (*_ROOMS, *more)
    digest = sha256(b"".join(Path(str(room.__file__)).read_bytes() for room in rooms)).hexdigest()[:16]
    functions = _functions(rooms)
    names = {name: value for room in rooms for name, value in vars(room).items()}
    names["prefetch"] = _prefetch()
    for name, function in functions.items():
        if name == "prefetch":
            continue
        twin = FunctionType(function.__code__, names, name, function.__defaults__)
        twin.__module__, twin.__qualname__ = function.__module__, f"{name}_{digest}"
        names[name] = _jitted(twin)
    return SimpleNamespace(**{name: names[name] for name in functions})


def _jitted(function: FunctionType) -> Any:
    """Compiled at its first call, and kept on disk where there is a place to write."""
    import numba  # noqa: PLC0415

    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither beside the package nor in a home folder
        return numba.njit(nogil=True)(function)


def _prefetch() -> Any:
    """The processor's instruction for loops.prefetch."""
    from llvmlite import ir  # noqa: PLC0415
    from numba.core import types  # noqa: PLC0415
    from numba.extending import intrinsic  # noqa: PLC0415

    @intrinsic
    def prefetch(typing: Any, array: Any, at: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            data = context.make_array(signature.args[0])(context, builder, args[0]).data
            byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
            call = builder.module.declare_intrinsic(
                "llvm.prefetch",
                (byte,),
                ir.FunctionType(ir.VoidType(), (byte, number, number, number)),
            )
            place = builder.bitcast(builder.gep(data, [args[1]]), byte)
            builder.call(call, [place, number(0), number(3), number(1)])  # to read, keep in all caches, data
            return context.get_dummy_value()

        return types.void(array, at), code

    return prefetch


def _functions(rooms: tuple[ModuleType, ...]) -> dict[str, FunctionType]:
    return {
        name: value for room in rooms for name, value in vars(room).items() if isinstance(value, FunctionType)
    }
