"""The audit trail: hash chain, signed checkpoints, export, and a verifier that trusts nobody."""
