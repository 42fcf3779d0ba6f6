"""The hub's register in a backup: one file beside the database, with the imports that the database knows of."""

from __future__ import annotations

import tarfile
from pathlib import Path

from tandem.hub.regional import folder
from tandem.storage.database.open import Database
from tandem.storage.region import is_register, parts

FILE = "register.tar"


def pack(data: Path, held: Database, out: Path) -> None:
    """Packs a data directory's register into the folder `out`, after the records were copied: imports only grow."""
    with held.reading() as tx:
        noted = folder.noted(tx)
    folder.settle(data, noted)
    own = folder.place(data)
    if not is_register(own):
        return
    with tarfile.open(out / FILE, "w") as packed:
        packed.add(own / parts.MARK, parts.MARK)
        for entry in parts.imports(own):
            parts.verify(own, entry)
            written = parts.made(own, entry)
            packed.add(written, f"{parts.IMPORTS}/{written.name}")


def unpack(data: Path) -> None:
    """Puts the register back where a restored data directory has it packed."""
    packed = data / FILE
    if not packed.is_file():
        return
    with tarfile.open(packed) as held:
        held.extractall(folder.place(data), filter="data")
    packed.unlink()
