"""The revisions of the engine's tables.

To change a table: change it in `engine/store/tables`, then

    python -m engine.store.migrations.make "what changes"
    python -m engine.store.migrations.make --of webapp.accounts.migrations "what changes"

writes the next revision from the difference; read it, for it knows nothing of renamed columns, of
data that has to move, of triggers and of CHECK constraints. A revision that has been released is never
changed; it does not import tables, which go on changing. `tests/engine/store/test_migrations.py`
fails until the revisions lead to exactly the tables of the program.

SQLite cannot alter a column: there, `op.batch_alter_table` copies the table. The kept tables (event,
event_payload, checkpoint) must not be copied: add a table beside them instead.
"""

from engine.store.upgrade import ENGINE as HISTORY

__all__ = ["HISTORY"]
