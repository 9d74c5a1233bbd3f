"""Every table of the engine, by theme."""

from engine.store.metadata import metadata
from engine.store.tables.abilities import (
    effect,
    fund,
    fund_account,
    fund_budget,
    fund_correction,
    fund_entry,
    notice,
    number_sequence,
    objection,
    payment_batch,
    payment_order,
    register_entry,
)
from engine.store.tables.audit import checkpoint, event, event_payload, stream
from engine.store.tables.cases import (
    NO_AMOUNT,
    NO_DUE,
    case_document,
    case_gram,
    draft,
    instance,
    signer,
    task,
    task_candidate,
)
from engine.store.tables.catalog import accepted_warning, blob, definition, package_file
from engine.store.tables.clearing import held_decision, preference
from engine.store.tables.files import document_file
from engine.store.tables.jobs import idempotency, job
from engine.store.tables.migrating import migration, migration_case
from engine.store.tables.notifications import (
    delivery,
    notification,
    notification_choice,
    webhook,
)
from engine.store.tables.people import (
    comment,
    copy,
    delegation,
    proxy,
    recusal,
    saved_filter,
    urge,
)
from engine.store.tables.rehearsing import rehearsal, rehearsed_case
from engine.store.tables.settings import setting, working_day
from engine.store.tables.studio import (
    candidate,
    candidate_file,
    package_draft,
    package_draft_file,
    package_draft_save,
    package_draft_share,
    package_merge,
    proposal,
)

__all__ = [
    "NO_AMOUNT",
    "NO_DUE",
    "accepted_warning",
    "blob",
    "candidate",
    "candidate_file",
    "case_document",
    "case_gram",
    "checkpoint",
    "comment",
    "copy",
    "definition",
    "delegation",
    "delivery",
    "document_file",
    "draft",
    "effect",
    "event",
    "event_payload",
    "fund",
    "fund_account",
    "fund_budget",
    "fund_correction",
    "fund_entry",
    "held_decision",
    "idempotency",
    "instance",
    "job",
    "metadata",
    "migration",
    "migration_case",
    "notice",
    "notification",
    "notification_choice",
    "number_sequence",
    "objection",
    "package_draft",
    "package_draft_file",
    "package_draft_save",
    "package_draft_share",
    "package_file",
    "package_merge",
    "payment_batch",
    "payment_order",
    "preference",
    "proposal",
    "proxy",
    "recusal",
    "register_entry",
    "rehearsal",
    "rehearsed_case",
    "saved_filter",
    "setting",
    "signer",
    "stream",
    "task",
    "task_candidate",
    "urge",
    "webhook",
    "working_day",
]
