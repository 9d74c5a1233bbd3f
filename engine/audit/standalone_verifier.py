"""Verifies an audit export. One file; needs Python 3.11 and `cryptography`, nothing of the server.

    python verify.py [EXPORT] [--held FILE]… [--key FINGERPRINT]… [--last-root-only] [--json]

EXPORT is a folder or zip (default: the folder of this file). Exit code 0: no finding, 1: findings,
2: no export. It shares no code with the program that wrote the export, on purpose, and is one file
so that an auditor can read it through; the format is described in docs/audit-format.md.
"""

from __future__ import annotations

import argparse
import bisect
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Row = dict[str, Any]

_FILES = ("keys.jsonl", "checkpoints.jsonl", "heads.jsonl", "events.jsonl", "payloads.jsonl")
_HASH = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"([0-9a-f]{2})+")
_SALT = re.compile(r"[0-9a-f]{32}")
_LARGEST_INTEGER = 2**53 - 1
_MOST_FINDINGS = 1000
_EVENT = {"actor", "at", "hash", "payload", "prev", "seq", "stream", "subject", "type"}
_PAYLOAD, _ERASED = {"payload", "salt", "seq", "stream"}, {"erased", "seq", "stream"}
_HEAD = {"checkpoint", "hash", "length", "stream"}
_KEY = {"algorithm", "key", "public"}
_CHECKPOINT = {"algorithm", "at", "count", "key", "number", "previous", "root", "signature"}


class Finding(NamedTuple):
    """Something that should not be so; docs/audit-format.md lists the words for `kind`."""

    kind: str
    stream: str | None
    seq: int | None
    message: str


@dataclass
class Report:
    """What was looked at, what was found, and what that proves."""

    findings: list[Finding] = field(default_factory=list)
    findings_in_all: int = 0
    streams: int = 0
    events: int = 0
    payloads: int = 0
    erased: int = 0
    checkpoints: int = 0
    last_checkpoint: int | None = None
    last_checkpoint_at: str | None = None
    held_checkpoint: int | None = None
    sealed_events: int = 0
    unsealed_events: int = 0
    keys: list[str] = field(default_factory=list)
    proves: str = ""

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return self.findings_in_all == 0

    def add(
        self, kind: str, message: str, stream: str | None = None, seq: int | None = None
    ) -> None:
        """Note a finding; beyond the first thousand they are only counted."""
        self.findings_in_all += 1
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(Finding(kind, stream, seq, message))


# --- the format -----------------------------------------------------------------------------------


_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def canonical(value: Any) -> bytes:
    return _encode(value).encode()


def digest(prefix: bytes, content: bytes) -> str:
    return hashlib.sha256(prefix + content).hexdigest()


def without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def event_hash(row: Row) -> str:
    try:
        return digest(b"gongban:event:1\n", canonical(without(row, "hash")))
    except (ValueError, TypeError):  # a live row may hold what has no canonical form
        return ""


def checkpoint_bytes(row: Row) -> bytes:
    return b"gongban:checkpoint:1\n" + canonical(without(row, "signature"))


def checkpoint_hash(row: Row) -> str:
    return digest(b"", checkpoint_bytes(row))


def leaf_hash(stream: str, length: int, hash_: str) -> bytes:
    return hashlib.sha256(b"\x00" + canonical([stream, length, hash_])).digest()


def merkle_root(level: list[bytes]) -> str:
    if not level:
        return digest(b"", b"")
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest()
            for i in range(0, len(level) - 1, 2)
        ]
        level = pairs + level[-1:] if len(level) % 2 else pairs
    return level[0].hex()


def is_number(value: Any, least: int) -> bool:
    return type(value) is int and least <= value <= _LARGEST_INTEGER


def is_match(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


# --- checkpoints, keys and heads ------------------------------------------------------------------


@dataclass
class Sealed:
    """What the checkpoints say: per stream, the hash at each sealed length."""

    hashes: dict[str, dict[int, tuple[str, int]]] = field(default_factory=dict)
    length: dict[str, int] = field(default_factory=dict)
    events_up_to: dict[int, int] = field(default_factory=dict)


def read_keys(rows: Iterable[Row], trusted: set[str], report: Report) -> dict[str, Row]:
    keys: dict[str, Row] = {}
    for row in rows:
        good = set(row) == _KEY and is_match(_HEX, row["public"])
        if good and isinstance(row["algorithm"], str):
            raw = row["algorithm"].encode() + b":" + bytes.fromhex(row["public"])
            if row["key"] == hashlib.sha256(raw).hexdigest()[:32]:
                if row["key"] in keys:
                    report.add("duplicated_key", f"Key {row['key']} is listed twice.")
                keys[row["key"]] = row
                continue
        report.add("malformed_key", "A public key does not fit its fingerprint.")
    report.keys = sorted(keys)
    for key in sorted(trusted - set(keys)):
        report.add("missing_key", f"The key {key} that you trust is not among the export's keys.")
    return keys


def signature_fault(row: Row, keys: dict[str, Row]) -> str | None:
    key = keys.get(row["key"])
    if key is None:
        return "is signed by a key that is not there"
    if row["algorithm"] != key["algorithm"]:
        return "names another algorithm than its key"
    if row["algorithm"] != "Ed25519":
        return f"is signed with {row['algorithm']}, which this verifier does not know"
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public"]))
        public.verify(bytes.fromhex(row["signature"]), checkpoint_bytes(row))
    except (InvalidSignature, ValueError):
        return "has a signature that is not its key's"
    return None


def is_checkpoint(row: Row) -> bool:
    return (
        set(row) == _CHECKPOINT
        and is_number(row["number"], 1)
        and is_number(row["count"], 0)
        and all(is_match(_HASH, row[name]) for name in ("previous", "root"))
        and is_match(_HEX, row["signature"])
        and all(isinstance(row[name], str) for name in ("algorithm", "at", "key"))
    )


def read_checkpoints(
    rows: Iterable[Row], keys: dict[str, Row], trusted: set[str], report: Report
) -> list[Row]:
    found: list[Row] = []
    previous = "0" * 64
    for row in rows:
        if not is_checkpoint(row):
            report.add("malformed_checkpoint", "A checkpoint has not the form of one.")
            continue
        number = row["number"]
        if number != len(found) + 1:
            report.add(
                "checkpoint_order", f"Checkpoint {number} stands where {len(found) + 1} should."
            )
        if row["previous"] != previous:
            report.add(
                "checkpoint_chain", f"Checkpoint {number} does not follow the one before it."
            )
        fault = signature_fault(row, keys)
        if fault:
            report.add("forged_signature", f"Checkpoint {number} {fault}.")
        elif trusted and row["key"] not in trusted:
            report.add("untrusted_key", f"Checkpoint {number} is signed by a key you did not name.")
        previous = checkpoint_hash(row)
        found.append(row)
    report.checkpoints = len(found)
    if found:
        report.last_checkpoint = found[-1]["number"]
        report.last_checkpoint_at = found[-1]["at"]
    return found


def read_heads(
    rows: Iterable[Row], checkpoints: list[Row], roots_of: set[int] | None, report: Report
) -> Sealed:
    """Replay the heads checkpoint by checkpoint, and compare each root (None: all of them)."""
    sealed = Sealed()
    names: list[str] = []  # of all streams so far, ascending
    leaves: dict[str, bytes] = {}
    events = 0
    rest = iter(rows)
    row = next(rest, None)
    for checkpoint in checkpoints:
        number = checkpoint["number"]
        last = ""
        while row is not None:
            if not is_head(row):
                report.add("malformed_head", "A sealed head has not the form of one.")
            elif row["checkpoint"] > number:
                break
            elif row["checkpoint"] < number or row["stream"] <= last:
                report.add("head_order", f"A head of checkpoint {number} is out of order.", last)
            else:
                stream, length = row["stream"], row["length"]
                last = stream
                before = sealed.length.get(stream, 0)
                if length <= before:
                    message = f"Checkpoint {number} seals fewer events than an earlier one."
                    report.add("head_not_monotone", message, stream, length)
                if stream not in sealed.length:
                    bisect.insort(names, stream)
                events += length - before
                sealed.length[stream] = length
                sealed.hashes.setdefault(stream, {})[length] = (row["hash"], number)
                leaves[stream] = leaf_hash(stream, length, row["hash"])
            row = next(rest, None)
        sealed.events_up_to[number] = events
        if len(names) != checkpoint["count"]:
            message = f"Checkpoint {number} counts {checkpoint['count']} streams, not {len(names)}."
            report.add("merkle_root", message)
        elif (roots_of is None or number in roots_of) and checkpoint["root"] != merkle_root(
            [leaves[name] for name in names]
        ):
            report.add("merkle_root", f"The heads do not give the root of checkpoint {number}.")
    if row is not None:
        report.add("head_order", "There are heads of a checkpoint that is not there.")
        for _ in rest:
            pass  # the file is read to its end, because its hash is compared
    return sealed


def is_head(row: Row) -> bool:
    return (
        set(row) == _HEAD
        and is_number(row["checkpoint"], 1)
        and is_number(row["length"], 1)
        and is_match(_HASH, row["hash"])
        and isinstance(row["stream"], str)
    )


def compare_held(held: Iterable[Row], checkpoints: list[Row], report: Report) -> set[int]:
    """What the outsider holds against what is there. Returns the numbers that agree."""
    by_number = {row["number"]: row for row in checkpoints}
    agreed: set[int] = set()
    for row in held:
        if not is_checkpoint(row):
            report.add(
                "malformed_checkpoint", "A checkpoint that you hold has not the form of one."
            )
            continue
        number = row["number"]
        here = by_number.get(number)
        if here is None:
            last = report.last_checkpoint or 0
            message = f"You hold checkpoint {number} of {row['at']}; here the last is {last}."
            report.add("rolled_back", message)
        elif checkpoint_hash(here) != checkpoint_hash(row):
            message = f"Checkpoint {number} is not the one of {row['at']} that you hold."
            report.add("other_checkpoint", message)
        else:
            agreed.add(number)
    return agreed


# --- events and payloads --------------------------------------------------------------------------


class Chains:
    """Walks through events and payloads side by side, both ascending by stream and number."""

    def __init__(
        self, payloads: Iterable[Row], sealed: Sealed, heads: dict[str, Row] | None, report: Report
    ) -> None:
        self.payloads = iter(payloads)
        self.payload = next(self.payloads, None)
        self.sealed, self.heads, self.report = sealed, heads, report
        self.stream: str | None = None
        self.seq, self.hash = 0, ""
        self.seen: set[str] = set()
        self.erasures: set[tuple[Any, Any]] = set()
        self.erased: list[tuple[str, int]] = []

    def run(self, events: Iterable[Row]) -> None:
        for row in events:
            if not is_event(row):
                self.report.add("malformed_event", "An event has not the form of one.", *where(row))
                continue
            if row["stream"] != self.stream:
                self._end_stream()
                self._begin_stream(row["stream"])
            if self._link(row):
                self._match_payload(row)
        self._end_stream()
        self._take_payloads_before(None)
        for stream in sorted(self.sealed.length.keys() - self.seen):
            number = max(number for _, number in self.sealed.hashes[stream].values())
            message = f"Checkpoint {number} seals this stream, but none of its events are here."
            self.report.add("missing_stream", message, stream)
        for stream in sorted((self.heads or {}).keys() - self.seen - self.sealed.length.keys()):
            self.report.add("missing_stream", "The stream has a head, but no events.", stream)
        for stream, seq in self.erased:
            if (stream, seq) not in self.erasures:
                message = "The payload is marked as erased, but no event says who erased it."
                self.report.add("unrecorded_erasure", message, stream, seq)

    def _begin_stream(self, stream: str) -> None:
        if stream in self.seen or (self.stream is not None and stream < self.stream):
            self.report.add("reordered_stream", "The stream is out of order.", stream)
        self.seen.add(stream)
        self.report.streams = len(self.seen)
        self.stream, self.seq = stream, 0
        self.hash = digest(b"gongban:stream:1\n", stream.encode())

    def _link(self, row: Row) -> bool:
        """Check one event against the one before it; False if it has had its turn already."""
        stream, seq = row["stream"], row["seq"]
        self.report.events += 1
        if event_hash(row) != row["hash"]:
            self.report.add(
                "changed_event", "The event does not have the hash it was given.", stream, seq
            )
        if seq <= self.seq:
            self.report.add("duplicated_event", "The event comes twice or too late.", stream, seq)
            return False
        if seq > self.seq + 1:
            message = f"Events {self.seq + 1} to {seq - 1} are missing."
            self.report.add("missing_event", message, stream, seq)
        elif row["prev"] != self.hash:
            origin = "the one before it" if self.seq else "its stream's name"
            self.report.add("broken_chain", f"The event does not follow {origin}.", stream, seq)
        self.seq, self.hash = seq, row["hash"]
        hash_, number = self.sealed.hashes.get(stream, {}).get(seq, (row["hash"], 0))
        if hash_ != row["hash"]:
            message = f"The event is not the one that checkpoint {number} sealed."
            self.report.add("rewritten_event", message, stream, seq)
        if row["type"] == "payload_erased":
            self.erasures.add((row["subject"].get("stream"), row["subject"].get("seq")))
        return True

    def _end_stream(self) -> None:
        if self.stream is None:
            return
        sealed = self.sealed.length.get(self.stream, 0)
        self.report.unsealed_events += max(0, self.seq - sealed)
        if sealed > self.seq:
            message = f"{sealed} events were sealed, the last here is {self.seq}."
            self.report.add("truncated_stream", message, self.stream, self.seq)
        if self.heads is not None:
            head = self.heads.get(self.stream)
            if head is None or (head["length"], head["hash"]) != (self.seq, self.hash):
                self.report.add(
                    "head_mismatch",
                    "The stream's head is not its last event.",
                    self.stream,
                    self.seq,
                )

    def _match_payload(self, row: Row) -> None:
        place = (row["stream"], row["seq"])
        self._take_payloads_before(place)
        payload = self.payload
        if payload is None or (payload["stream"], payload["seq"]) != place:
            if row["payload"] is not None:
                self.report.add("missing_payload", "The payload is missing, not erased.", *place)
            return
        self._advance()
        if row["payload"] is None:
            self.report.add("unexpected_payload", "The event has no payload.", *place)
        elif "erased" in payload:
            self.report.erased += 1
            self.erased.append(place)
        elif digest(bytes.fromhex(payload["salt"]), payload["payload"].encode()) != row["payload"]:
            self.report.add("changed_payload", "The payload is not the one of its event.", *place)
        else:
            self.report.payloads += 1

    def _take_payloads_before(self, place: tuple[str, int] | None) -> None:
        while self.payload is not None:
            if not is_payload(self.payload):
                message = "A payload has not the form of one."
                self.report.add("malformed_payload", message, *where(self.payload))
            else:
                here = (self.payload["stream"], self.payload["seq"])
                if place is not None and here >= place:
                    return
                self.report.add("unexpected_payload", "No event has this payload.", *here)
            self._advance()

    def _advance(self) -> None:
        self.payload = next(self.payloads, None)


def where(row: Row) -> tuple[str | None, int | None]:
    stream, seq = row.get("stream"), row.get("seq")
    return (stream if isinstance(stream, str) else None, seq if type(seq) is int else None)


def is_event(row: Row) -> bool:
    return (
        set(row) == _EVENT
        and is_number(row["seq"], 1)
        and isinstance(row["subject"], dict)
        and all(part is None or isinstance(part, (str, int)) for part in row["subject"].values())
        and all(isinstance(row[name], str) for name in ("stream", "type", "at"))
        and all(is_match(_HASH, row[name]) for name in ("hash", "prev"))
        and (row["payload"] is None or is_match(_HASH, row["payload"]))
    )


def is_payload(row: Row) -> bool:
    if not (isinstance(row.get("stream"), str) and is_number(row.get("seq"), 1)):
        return False
    if set(row) == _ERASED:
        return row["erased"] is True
    return set(row) == _PAYLOAD and is_match(_SALT, row["salt"]) and isinstance(row["payload"], str)


# --- all of it ------------------------------------------------------------------------------------


def verify_all(
    *,
    keys: Iterable[Row],
    checkpoints: Iterable[Row],
    heads: Iterable[Row],
    events: Iterable[Row],
    payloads: Iterable[Row],
    held: Iterable[Row] = (),
    trusted_keys: Iterable[str] = (),
    all_roots: bool = True,
    current_heads: Iterable[Row] | None = None,
    report: Report | None = None,
) -> Report:
    """Verify rows in the form of an export's lines; they may come from files or from a database."""
    report = report or Report()
    trusted = set(trusted_keys)
    known = read_keys(keys, trusted, report)
    sealing = read_checkpoints(checkpoints, known, trusted, report)
    agreed = compare_held(held, sealing, report)
    roots_of = None if all_roots else agreed | {report.last_checkpoint or 0}
    sealed = read_heads(heads, sealing, roots_of, report)
    current = None if current_heads is None else {row["stream"]: row for row in current_heads}
    Chains(payloads, sealed, current, report).run(events)
    report.held_checkpoint = max(agreed, default=None)
    report.sealed_events = sum(sealed.length.values())
    report.proves = what_it_proves(report, sealed, sealing, bool(trusted))
    return report


def what_it_proves(report: Report, sealed: Sealed, sealing: list[Row], trusted: bool) -> str:
    """The exact claim, in one or two sentences; no more than the evidence carries."""
    if not report.ok:
        return "Nothing, until the findings are explained."
    after = (
        f"The {report.unsealed_events} events after the last checkpoint are self-consistent only."
    )
    if not sealing:
        return f"There is no checkpoint: {report.events} events are only self-consistent."
    last = f"checkpoint {report.last_checkpoint} of {report.last_checkpoint_at}"
    if report.held_checkpoint is not None:
        held = report.held_checkpoint
        at = next(row["at"] for row in sealing if row["number"] == held)
        covered = sealed.events_up_to[held]
        claim = (
            f"Everything up to checkpoint {held} of {at}, which you hold, is complete and "
            f"unchanged: {covered} events. "
        )
        if held == report.last_checkpoint:
            return claim + after
        later = report.events - covered
        signed = f", and signed up to {last}" + (" by a key you trust" if trusted else "")
        return claim + f"The {later} events after it are only self-consistent{signed}."
    if trusted:
        return (
            f"Everything up to {last} is as it was signed by a key you trust: "
            f"{report.sealed_events} events. Whether a later checkpoint existed, only one that you "
            f"hold can show. {after}"
        )
    return (
        f"Everything up to {last} is consistent with signatures by keys that came with it "
        f"({', '.join(report.keys)}). Without a checkpoint you hold or a fingerprint you know, "
        f"all of it could have been made anew. {after}"
    )


# --- reading an export ----------------------------------------------------------------------------


class NoExport(Exception):
    """There is no export at that place."""


class Export:
    """A folder or zip; counts and hashes every file while it is read."""

    def __init__(self, place: Path, report: Report) -> None:
        self.place, self.report = place, report
        self.archive = zipfile.ZipFile(place) if place.is_file() else None
        self.seen: dict[str, Row] = {}

    def open(self, name: str) -> IO[bytes]:
        try:
            return self.archive.open(name) if self.archive else (self.place / name).open("rb")
        except (KeyError, OSError) as error:
            raise NoExport(f"{self.place} has no {name}") from error

    def rows(self, name: str) -> Iterator[Row]:
        hash_ = hashlib.sha256()
        count = 0
        with self.open(name) as file:
            for line in file:
                hash_.update(line)
                count += 1
                row = parse(line)
                if row is None:
                    self.report.add("malformed_line", f"Line {count} of {name} is not canonical.")
                else:
                    yield row
        self.seen[name] = {"rows": count, "sha256": hash_.hexdigest()}

    def check_manifest(self) -> None:
        with self.open("manifest.json") as file:
            manifest = parse(file.read())
        files = manifest.get("files") if manifest else None
        if not manifest or not isinstance(files, dict):
            self.report.add("manifest", "The manifest is not canonical.")
            return
        if (manifest.get("format"), manifest.get("version")) != ("gongban-audit-export", 1):
            self.report.add("manifest", "The export has another format or version.")
        for name in sorted(set(files) | set(_FILES)):
            seen = self.seen.get(name) or self._hash_file(name)
            if seen != files.get(name):
                self.report.add("manifest", f"{name} is not the file that the manifest lists.")

    def _hash_file(self, name: str) -> Row | None:
        if "/" in name or "\\" in name:
            return None
        try:
            with self.open(name) as file:
                return {"sha256": digest(b"", file.read())}
        except NoExport:
            return None


def parse(line: bytes) -> Row | None:
    """The row of a line; None unless the line is exactly the canonical form of an object."""
    try:
        row = _decode(line.decode())
        good = isinstance(row, dict) and canonical(row) + b"\n" == line
    except (ValueError, RecursionError):
        return None
    return row if good else None


def refuse(text: str) -> Any:
    raise ValueError(text)


def small(text: str) -> int:
    number = int(text)
    if abs(number) > _LARGEST_INTEGER:
        raise ValueError(text)
    return number


_decode = json.JSONDecoder(parse_float=refuse, parse_constant=refuse, parse_int=small).decode


def verify_export(
    place: Path | str,
    *,
    held: Iterable[Row] = (),
    trusted_keys: Iterable[str] = (),
    all_roots: bool = True,
) -> Report:
    """Verify a folder or zip. Raises `NoExport` if there is none."""
    report = Report()
    try:
        export = Export(Path(place), report)
    except zipfile.BadZipFile as error:
        raise NoExport(f"{place} is not a zip file") from error
    keys, checkpoints, heads, events, payloads = (export.rows(name) for name in _FILES)
    verify_all(
        keys=keys,
        checkpoints=checkpoints,
        heads=heads,
        events=events,
        payloads=payloads,
        held=held,
        trusted_keys=trusted_keys,
        all_roots=all_roots,
        report=report,
    )
    export.check_manifest()
    if not report.ok:
        report.proves = what_it_proves(report, Sealed(), [], False)
    return report


def read_held(place: Path | str) -> list[Row]:
    """Checkpoints that an outsider holds: one JSON object per line. `ValueError` for others."""
    rows = [
        json.loads(line) for line in Path(place).read_text("utf-8").splitlines() if line.strip()
    ]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{place} does not hold checkpoints")
    return rows


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an audit export.")
    parser.add_argument("export", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("--held", action="append", default=[], help="file of checkpoints you hold")
    parser.add_argument("--key", action="append", default=[], help="fingerprint of a key you trust")
    parser.add_argument("--last-root-only", action="store_true", help="faster: skip earlier roots")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    try:
        held = [row for place in options.held for row in read_held(place)]
        report = verify_export(
            options.export,
            held=held,
            trusted_keys=options.key,
            all_roots=not options.last_root_only,
        )
    except (NoExport, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        found = [finding._asdict() for finding in report.findings]
        print(
            json.dumps({**asdict(report), "ok": report.ok, "findings": found}, ensure_ascii=False)
        )
        return 0 if report.ok else 1
    for finding in report.findings:
        where = f" {finding.stream or ''}#{finding.seq or ''}" if finding.stream else ""
        print(f"{finding.kind}{where}: {finding.message}")
    print(
        f"{report.events} events in {report.streams} streams, {report.payloads} payloads, "
        f"{report.erased} erased, {report.checkpoints} checkpoints, "
        f"{report.findings_in_all} findings."
    )
    print(f"Proved: {report.proves}")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
