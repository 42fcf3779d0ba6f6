"""The actions on keeping the hub: backup, restore, migration, a check-up, and the journal."""

from __future__ import annotations

from tandem.domain.people import AUDITORS, MEMBERS, OPERATORS, Role
from tandem.hub.action import Action
from tandem.hub.answers import Download
from tandem.hub.keeping import answers, inputs

_READERS: frozenset[Role] = MEMBERS | AUDITORS

ACTIONS = (
    Action("backup", OPERATORS, inputs.BackupInput, (answers.BackedUp,), "keeping.backup:backup"),
    Action("restore", OPERATORS, inputs.RestoreInput, (answers.Restored,), "keeping.restore:restore"),
    Action("migrate", OPERATORS, inputs.Place, (answers.Migrated,), "keeping.migrating:migrate"),
    Action("doctor", OPERATORS, inputs.Place, (answers.Examined,), "keeping.doctor:doctor"),
    Action("hub.health", AUDITORS, inputs.Nothing, (answers.Health,), "keeping.health:health", "reads"),
    Action("journal.verify", OPERATORS, inputs.VerifyInput, (answers.Verified,), "keeping.verifying:verify"),
    Action("journal.list", _READERS, inputs.JournalQuery, (answers.Entries,), "keeping.journal:listed", "reads"),
    Action("journal.export", AUDITORS, inputs.ExportInput, (Download,), "keeping.journal:export", "reads", heavy=True),
    Action("journal.head", AUDITORS, inputs.Nothing, (answers.Head,), "keeping.proofs:head", "reads"),
    Action("journal.prove", AUDITORS, inputs.ProofInput, (answers.Proof,), "keeping.proofs:prove", "reads"),
    Action("journal.consistency", AUDITORS, inputs.ConsistencyInput, (answers.Consistency,),
           "keeping.proofs:consistency", "reads"),
    Action("journal.erase", OPERATORS, inputs.ErasureInput, (answers.Erased,), "keeping.journal:erase", "writes"),
)  # fmt: skip
