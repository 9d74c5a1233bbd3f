from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.audit.checkpoint import Ed25519Signer, PublicKey
from engine.audit.events import Payload, event_hash, genesis
from engine.audit.verify import Report

OTHER_SIGNER = Ed25519Signer.from_private_bytes(bytes(range(1, 33)))


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}


def find(trail, stream: str, seq: int) -> int:
    return next(
        i for i, event in enumerate(trail.events) if (event.stream, event.seq) == (stream, seq)
    )


def rewrite(trail, stream: str, seq: int, **change) -> None:
    """What somebody with the whole database would do: change an event and rehash all after it."""
    head = genesis(stream)
    for event in sorted((e for e in trail.events if e.stream == stream), key=lambda e: e.seq):
        changed = change if event.seq == seq else {}
        new = replace(event, **changed, prev_hash=head.hash)
        new = replace(new, hash=event_hash(new))
        trail.events[find(trail, stream, event.seq)] = new
        head = new.head
    trail.heads[stream] = head


def test_an_untouched_trail_has_no_findings(trail):
    report = trail.verify(heads=trail.heads.values())
    assert report.findings == []
    assert (report.streams, report.events, report.checkpoints) == (4, 7, 2)
    assert (report.payloads, report.erased) == (3, 1)
    assert (report.sealed_events, report.unsealed_events) == (7, 0)


def test_an_empty_trail_is_in_order(empty_trail):
    report = empty_trail.verify()
    assert report.ok
    assert "no checkpoint" in report.proves


def test_a_changed_event_is_named(trail):
    place = find(trail, "instance/b", 1)
    trail.events[place] = replace(trail.events[place], actor="u9")
    report = trail.verify()
    assert [finding[:3] for finding in report.findings] == [("changed_event", "instance/b", 1)]
    assert report.proves == "Nothing, until the findings are explained."


def test_a_changed_event_rehashed_to_the_end_differs_from_what_was_sealed(trail):
    rewrite(trail, "instance/a", 2, actor="u9")
    report = trail.verify(heads=trail.heads.values())
    assert kinds(report) == {"rewritten_event"}


def test_an_event_that_was_never_sealed_can_be_rewritten_without_a_trace(trail):
    trail.record("instance/c", "late")
    rewrite(trail, "instance/c", 2, actor="u9")
    report = trail.verify(heads=trail.heads.values())
    assert report.ok
    assert "The 1 events after the last checkpoint are self-consistent only." in report.proves


def test_a_changed_payload_is_named(trail):
    trail.payloads = [
        replace(payload, data=b'"forged"') if payload.stream == "instance/b" else payload
        for payload in trail.payloads
    ]
    assert kinds(trail.verify()) == {"changed_payload"}


@pytest.mark.parametrize("data", [b"\xff", b"", b"{}"])
def test_a_payload_damaged_beyond_reading_is_a_finding_and_no_crash(trail, data):
    trail.payloads[-1] = replace(trail.payloads[-1], data=data)
    assert kinds(trail.verify()) == {"changed_payload"}


def test_a_salt_of_another_length_is_a_finding(trail):
    trail.payloads[-1] = replace(trail.payloads[-1], salt=b"short")
    assert kinds(trail.verify()) == {"malformed_payload", "missing_payload"}


def test_a_payload_that_vanished_is_not_taken_for_erased(trail):
    del trail.payloads[-1]
    assert kinds(trail.verify()) == {"missing_payload"}


def test_a_payload_without_event_is_a_finding(trail):
    trail.payloads.append(Payload("instance/c", 1, bytes(16), b'"x"'))
    trail.payloads.append(Payload("instance/z", 1, bytes(16), b'"x"'))
    assert kinds(trail.verify()) == {"unexpected_payload"}


def test_erasing_without_saying_so_is_a_finding(trail):
    trail.erase(trail.events[find(trail, "instance/b", 1)], on_record=False)
    assert kinds(trail.verify()) == {"unrecorded_erasure"}


def test_erasing_on_the_record_leaves_the_chain_whole(trail):
    trail.erase(trail.events[find(trail, "instance/b", 1)])
    assert trail.verify().ok


def test_a_missing_event_is_named(trail):
    del trail.events[find(trail, "instance/a", 2)]
    found = trail.verify().findings
    assert ("missing_event", "instance/a", 3) in [finding[:3] for finding in found]


def test_a_missing_first_event_is_named(trail):
    del trail.events[find(trail, "instance/a", 1)]
    assert "missing_event" in kinds(trail.verify())


def test_a_duplicated_event_is_named(trail):
    trail.events.append(trail.events[find(trail, "instance/a", 2)])
    assert kinds(trail.verify()) == {"duplicated_event"}


def test_events_that_changed_places_are_named(trail):
    one, two = find(trail, "instance/a", 1), find(trail, "instance/a", 2)
    first, second = trail.events[one], trail.events[two]
    trail.events[one] = replace(second, seq=1)
    trail.events[two] = replace(first, seq=2)
    assert {"changed_event", "broken_chain"} <= kinds(trail.verify())


def test_a_tail_cut_off_after_a_checkpoint_is_found(trail):
    del trail.events[find(trail, "instance/a", 3)]
    assert kinds(trail.verify()) == {"truncated_stream"}


def test_a_tail_that_was_never_sealed_is_missed_only_by_the_table_of_heads(trail):
    trail.record("instance/c", "late")
    heads = list(trail.heads.values())
    del trail.events[find(trail, "instance/c", 2)]
    assert trail.verify().ok
    assert kinds(trail.verify(heads=heads)) == {"head_mismatch"}


def test_a_stream_that_is_gone_is_found(trail):
    trail.events = [event for event in trail.events if event.stream != "instance/c"]
    assert kinds(trail.verify()) == {"missing_stream"}


def test_a_new_stream_that_is_gone_is_missed_only_by_the_table_of_heads(trail):
    trail.record("instance/d", "started")
    heads = list(trail.heads.values())
    trail.events.pop()
    assert trail.verify().ok
    assert kinds(trail.verify(heads=heads)) == {"missing_stream"}


def test_swapped_streams_are_found_even_when_rehashed(trail):
    names = {"instance/b": "instance/a", "instance/a": "instance/b"}
    trail.events = [
        replace(event, stream=names.get(event.stream, event.stream)) for event in trail.events
    ]
    assert {"changed_event", "broken_chain", "rewritten_event"} <= kinds(trail.verify())
    trail.events = [replace(event, hash=event_hash(event)) for event in trail.events]
    assert "broken_chain" in kinds(trail.verify())


def test_a_forged_signature_is_found(trail):
    trail.checkpoints[-1] = replace(trail.checkpoints[-1], signature=bytes(64))
    assert kinds(trail.verify()) == {"forged_signature"}


def test_a_changed_checkpoint_is_found(trail):
    trail.checkpoints[0] = replace(trail.checkpoints[0], at=trail.checkpoints[0].at - timedelta(1))
    assert {"forged_signature", "checkpoint_chain"} <= kinds(trail.verify())


def test_a_missing_checkpoint_is_found(trail):
    del trail.checkpoints[0]
    assert {"checkpoint_order", "checkpoint_chain"} <= kinds(trail.verify())


def test_sealed_heads_that_do_not_give_the_root_are_found(trail):
    last = trail.sealed[-1]
    trail.sealed[-1] = replace(last, head=replace(last.head, hash=bytes(32)))
    assert "merkle_root" in kinds(trail.verify())


def test_heads_that_go_back_are_found(trail):
    first = next(sealed for sealed in trail.sealed if sealed.head.stream == "instance/a")
    trail.sealed = [
        replace(sealed, head=first.head)
        if (sealed.checkpoint, sealed.head.stream) == (2, "instance/a")
        else sealed
        for sealed in trail.sealed
    ]
    assert "head_not_monotone" in kinds(trail.verify())


def test_heads_of_a_checkpoint_that_is_gone_are_found(trail):
    trail.checkpoints.pop()
    assert "head_order" in kinds(trail.verify())


def test_a_trail_made_anew_with_another_key_is_found_by_whoever_knows_the_key(trail, empty_trail):
    empty_trail.keys = [PublicKey(OTHER_SIGNER.algorithm, OTHER_SIGNER.public_key)]
    empty_trail.record("instance/a")
    empty_trail.checkpoint(OTHER_SIGNER)
    assert empty_trail.verify().ok
    known = trail.keys[0].id
    assert kinds(empty_trail.verify(trusted_keys=[known])) == {"missing_key", "untrusted_key"}
    assert "other_checkpoint" in kinds(empty_trail.verify(held=trail.checkpoints[:1]))


def test_after_a_change_of_keys_both_are_needed(trail):
    second = PublicKey(OTHER_SIGNER.algorithm, OTHER_SIGNER.public_key)
    trail.record("instance/c")
    trail.checkpoint(OTHER_SIGNER)
    assert kinds(trail.verify()) == {"forged_signature"}
    trail.keys = [*trail.keys, second]
    assert trail.verify(trusted_keys=[key.id for key in trail.keys]).ok
    assert kinds(trail.verify(trusted_keys=[second.id])) == {"untrusted_key"}


def test_a_database_that_was_rolled_back_is_found_by_a_newer_checkpoint(trail):
    trail.record("instance/c", "later")
    backup = trail.rows()
    held = trail.checkpoint()
    restored = {**backup, "checkpoints": trail.checkpoints[:2], "sealed_heads": trail.sealed[:-1]}
    trail.checkpoints, trail.sealed = restored["checkpoints"], restored["sealed_heads"]
    assert trail.verify().ok
    report = trail.verify(held=[held])
    assert kinds(report) == {"rolled_back"}
    assert "checkpoint 3" in report.findings[0].message


def test_a_report_claims_no_more_than_the_evidence_carries(trail):
    trail.record("instance/c", "late")
    assert "could have been made anew" in trail.verify().proves
    trusted = trail.verify(trusted_keys=[trail.keys[0].id]).proves
    assert "signed by a key you trust: 7 events" in trusted
    assert "only one that you hold can show" in trusted
    old = trail.verify(held=[trail.checkpoints[0]]).proves
    assert "up to checkpoint 1 of 2026-03-02T02:00:00.000000Z" in old
    assert "which you hold, is complete and unchanged: 4 events" in old
    assert "The 4 events after it are only self-consistent" in old
    new = trail.verify(held=trail.checkpoints).proves
    assert "unchanged: 7 events" in new
    assert "The 1 events after the last checkpoint" in new


def test_earlier_roots_may_be_skipped_but_not_those_that_are_held(trail):
    trail.checkpoints[0] = replace(trail.checkpoints[0], root=bytes(32))
    held = [trail.checkpoints[0]]
    assert "merkle_root" in kinds(trail.verify())
    assert "merkle_root" not in kinds(trail.verify(all_roots=False))
    assert "merkle_root" in kinds(trail.verify(all_roots=False, held=held))


def test_many_findings_are_counted_but_not_all_listed(empty_trail):
    for number in range(1100):
        event = empty_trail.record(f"s{number:04}")
        empty_trail.events[-1] = replace(event, actor="u9")
    report = empty_trail.verify()
    assert (len(report.findings), report.findings_in_all) == (1000, 1100)


@pytest.mark.parametrize("change", [{"subject": {"x": float("nan")}}, {"actor": float("nan")}])
def test_a_live_event_that_cannot_be_written_down_is_a_finding_and_no_crash(trail, change):
    place = find(trail, "instance/c", 1)
    trail.events[place] = replace(trail.events[place], **change)
    first = trail.verify().findings[0]
    assert first.kind in {"changed_event", "malformed_event"}
    assert (first.stream, first.seq) == ("instance/c", 1)
