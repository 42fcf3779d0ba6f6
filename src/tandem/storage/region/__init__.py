"""The region register on disk: reading of any size, append-only imports, export."""

from tandem.storage.region.export import export_register
from tandem.storage.region.parts import Import, is_register
from tandem.storage.region.read import Given, read_tables
from tandem.storage.region.register import Prepared, Register, from_tables, open_register, prepare, save

__all__ = [
    "Given",
    "Import",
    "Prepared",
    "Register",
    "export_register",
    "from_tables",
    "is_register",
    "open_register",
    "prepare",
    "read_tables",
    "save",
]
