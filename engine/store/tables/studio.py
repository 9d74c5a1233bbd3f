"""The studio: drafts of packages, saved as they are written, and what was proposed of them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: A package that somebody is working on. It may hold anything: it is checked, not refused.
package_draft = Table(
    "package_draft",
    metadata,
    Column("id", Id, primary_key=True),
    #: The process it would become a version of, as its process.toml last said.
    Column("key", String(64), nullable=False),
    Column("title", String(200), nullable=False),
    #: The version it began as; none for a new process.
    Column("base_id", Id, ForeignKey("definition.id")),
    Column("owner_id", Id, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("updated_by", Id, nullable=False),
    #: How many saves there have been; each save takes the next number.
    Column("saves", Integer, nullable=False),
    #: Discarded drafts can be brought back for a while.
    Column("discarded_at", UtcTime),
    Index(None, "owner_id"),
)

#: The files as they are. A file that was deleted keeps its row, so that its version goes on counting.
package_draft_file = Table(
    "package_draft_file",
    metadata,
    Column("draft_id", Id, ForeignKey("package_draft.id"), primary_key=True),
    Column("path", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("hash", Id, ForeignKey("blob.hash")),
    Column("size", Integer, nullable=False),
    Column("updated_by", Id, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Index(None, "hash"),
)

#: The files as they were: one row per save, thinned out as they grow old.
package_draft_save = Table(
    "package_draft_save",
    metadata,
    Column("draft_id", Id, ForeignKey("package_draft.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("path", String(200), primary_key=True),
    Column("hash", Id, ForeignKey("blob.hash")),
    Column("saved_by", Id, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    Index(None, "draft_id", "path", "number"),
    Index(None, "hash"),
)

#: Who else sees a draft, and who of them may change it.
package_draft_share = Table(
    "package_draft_share",
    metadata,
    Column("draft_id", Id, ForeignKey("package_draft.id"), primary_key=True),
    Column("person_id", Id, primary_key=True),
    Column("edits", Boolean, nullable=False),
    Column("shared_at", UtcTime, nullable=False),
    Index(None, "person_id"),
)

#: What a draft held when it was proposed. The id is the hash of every byte of it, drawing included.
candidate = Table(
    "candidate",
    metadata,
    Column("id", Id, primary_key=True),
    #: The version it becomes when it is deployed.
    Column("definition_id", Id, nullable=False),
    Column("key", String(64), nullable=False),
    Column("title", String(200), nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

candidate_file = Table(
    "candidate_file",
    metadata,
    Column("candidate_id", Id, ForeignKey("candidate.id"), primary_key=True),
    Column("path", String(200), primary_key=True),
    Column("hash", Id, ForeignKey("blob.hash"), nullable=False),
    #: README and scenarios: kept with the version, but no part of what it says.
    Column("companion", Boolean, nullable=False),
    Index(None, "hash"),
)

#: A candidate that somebody wants deployed, and what became of it.
proposal = Table(
    "proposal",
    metadata,
    Column("id", Id, primary_key=True),
    #: None where an earlier version is proposed again.
    Column("draft_id", Id, ForeignKey("package_draft.id")),
    Column("candidate_id", Id, ForeignKey("candidate.id"), nullable=False),
    #: The version in use when it was proposed; another one in use later refuses it.
    Column("base_id", Id, ForeignKey("definition.id")),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    Column("proposed_by", Id, nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("why", Text, nullable=False),
    #: Ids of everybody who worked on it: none of them may consent.
    Column("editors", Json, nullable=False),
    #: The warnings it was proposed with, each with its reason.
    Column("warnings", Json, nullable=False),
    #: waiting, deployed, refused, returned, overtaken or withdrawn
    Column("state", String(16), nullable=False),
    Column("decided_by", Id),
    Column("decided_at", UtcTime),
    Index(None, "draft_id"),
    Index(None, "candidate_id"),
    Index(None, "instance_id"),
)

#: Drafts that bring a release and the version in use together: once such a draft is in use, the next release is
#: compared with this one.
package_merge = Table(
    "package_merge",
    metadata,
    Column("draft_id", Id, ForeignKey("package_draft.id"), primary_key=True),
    Column("release_id", Id, ForeignKey("definition.id"), nullable=False),
    Column("merged_at", UtcTime, nullable=False),
)

#: The scenarios of a package played, for what the package holds to the byte. They take seconds each: jobs play them.
scenario_run = Table(
    "scenario_run",
    metadata,
    #: The same hash as a candidate's.
    Column("content", Id, primary_key=True),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    #: running, done, or gave_up: its job failed again and again
    Column("state", String(16), nullable=False),
    #: When it last went on.
    Column("moved_at", UtcTime, nullable=False),
    Column("total", Integer, nullable=False),
    #: name of the scenario → how often it came to each element and took each flow
    Column("passed", Json, nullable=False),
    #: name of the scenario → why it did not come out as written: {kind, parts, step, doing}
    Column("failed", Json, nullable=False),
)
