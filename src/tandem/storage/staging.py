"""Files appear whole or not at all: they are written beside their place under a temporary name, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tandem.base.errors import Failed, Invalid


@contextmanager
def staged(folder: Path, *, private: bool = False) -> Iterator[Path]:
    """A temporary folder whose files move into `folder` when the block ends well, and vanish when it does not.

    The temporary folder stands beside the final one, so that moving is renaming; files of the same name are
    replaced. `private` leaves all files, and the folder where it was not there, to their owner alone.
    Raises Invalid out.not_folder where a file stands in the way, Failed out.write where the system refuses.
    """
    if folder.exists() and not folder.is_dir():
        raise Invalid("out.not_folder", path=str(folder))
    parents = [part for part in folder.absolute().parents if not part.exists()]
    made: Path | None = None
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".tandem-", dir=folder.absolute().parent))
        yield made
        folder.mkdir(mode=0o700 if private else 0o777, exist_ok=True)
        for file in sorted(made.iterdir()):
            if private:
                file.chmod(0o600)
            os.replace(file, folder / file.name)
        parents = []
    except OSError as error:
        raise Failed(
            "out.write", path=str(error.filename or folder), why=error.strerror or str(error)
        ) from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        _remove_empty(parents)


@contextmanager
def staged_file(path: Path) -> Iterator[Path]:
    """The same for one file: yields the temporary path (same suffix) that becomes `path`."""
    if path.is_dir():
        raise Invalid("out.is_folder", path=str(path))
    with staged(path.parent) as folder:
        yield folder / path.name


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder` for what is too large for memory; it vanishes when the block ends."""
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".tandem-", dir=folder.absolute().parent))
    except OSError as error:
        raise Failed("out.write", path=str(folder), why=error.strerror or str(error)) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:  # innermost first
        try:
            folder.rmdir()
        except OSError:
            return
