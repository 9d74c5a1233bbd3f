"""The audit trail: hash chain, signed checkpoints, export, and a verifier that trusts nobody."""

from engine.audit.checkpoint import (
    Checkpoint,
    Ed25519Signer,
    PublicKey,
    SealedHead,
    Signer,
    make_checkpoint,
)
from engine.audit.events import Chained, Event, Head, Payload, chain, erasure_subject, genesis
from engine.audit.export import write_export
from engine.audit.verify import Finding, Report, verify_export, verify_rows

__all__ = [
    "Chained",
    "Checkpoint",
    "Ed25519Signer",
    "Event",
    "Finding",
    "Head",
    "Payload",
    "PublicKey",
    "Report",
    "SealedHead",
    "Signer",
    "chain",
    "erasure_subject",
    "genesis",
    "make_checkpoint",
    "verify_export",
    "verify_rows",
    "write_export",
]
