"""The revisions of the organisation's tables; `engine.store.migrations` says how to make one."""

from pathlib import Path

from engine.store.upgrade import History
from webapp.accounts.tables import metadata

HISTORY = History("accounts", Path(__file__).parent, metadata, "accounts_revision")
