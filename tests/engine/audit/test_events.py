from __future__ import annotations

import enum
import hashlib
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audit.canonical import LARGEST_INTEGER, NotCanonical, canonical, timestamp
from engine.audit.events import chain, event_hash, event_row, genesis, payload_digest

AT = datetime(2026, 3, 2, 1, 2, 3, 4, tzinfo=UTC)
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def encodable(value) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def test_events_follow_each_other_from_the_hash_of_the_streams_name():
    start = genesis("instance/1")
    first = chain(start, at=AT, type="started", actor="u1", subject={"element": "start"}).event
    second = chain(first.head, at=AT, type="completed", actor=None).event
    assert start.hash == hashlib.sha256(b"gongban:stream:1\ninstance/1").digest()
    assert (first.seq, second.seq) == (1, 2)
    assert first.prev_hash == start.hash
    assert second.prev_hash == first.hash
    assert event_hash(second) == second.hash


@pytest.mark.parametrize(
    "change",
    [
        {"stream": "instance/2"},
        {"seq": 2},
        {"prev_hash": b"\0" * 32},
        {"at": AT + timedelta(microseconds=1)},
        {"type": "other"},
        {"actor": "u2"},
        {"actor": None},
        {"subject": {"element": "other"}},
        {"subject": {}},
        {"payload_digest": b"\0" * 32},
        {"payload_digest": None},
    ],
    ids=str,
)
def test_every_part_of_an_event_is_in_its_hash(change):
    event = chain(
        genesis("instance/1"), at=AT, type="t", actor="u1", subject={"element": "e"}, payload="x"
    ).event
    assert event_hash(replace(event, **change)) != event.hash


def test_an_event_shows_nothing_of_its_payload_but_a_salted_hash():
    one = chain(genesis("s"), at=AT, type="t", actor=None, payload={"name": "王小明"})
    two = chain(genesis("s"), at=AT, type="t", actor=None, payload={"name": "王小明"})
    assert "王小明" not in repr(one.event)
    assert one.event.payload_digest != two.event.payload_digest
    assert payload_digest(one.salt, one.payload) == one.event.payload_digest
    assert one.payload == '{"name":"王小明"}'.encode()


def test_an_event_without_payload_has_no_salt_either():
    assert chain(genesis("s"), at=AT, type="t", actor=None)[1:] == (None, None)


@pytest.mark.parametrize(
    "subject",
    [
        {"note": "two words"},
        {"note": "x" * 201},
        {"note": ""},
        {"Note": "x"},
        {"list": ["x"]},
        {"amount": 1.5},
        {f"k{i}": i for i in range(17)},
    ],
    ids=str,
)
def test_a_subject_takes_ids_and_words_and_no_text(subject):
    with pytest.raises(NotCanonical) as refusal:
        chain(genesis("s"), at=AT, type="t", actor=None, subject=subject)
    assert "two words" not in str(refusal.value)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        chain(genesis("s"), at=datetime(2026, 3, 2), type="t", actor=None)


def test_a_time_is_written_in_utc_with_six_decimals():
    assert timestamp(AT) == "2026-03-02T01:02:03.000004Z"
    assert timestamp(AT.astimezone(timezone(timedelta(hours=8)))) == timestamp(AT)


class Word(enum.StrEnum):
    AGREE = "agree"


class Level(enum.IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ({"é": 1, "z": 2, "中": 3, "😀": 4, "\uffee": 5}, '{"z":2,"é":1,"中":3,"\uffee":5,"😀":4}'),
        ('"\\/\b\f\n\r\t\x00\x1f\x7f\u2028', '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\u2028"'),
        (1.5, '"1.5"'),
        (1.0, '"1.0"'),
        (Decimal("1.50"), '"1.50"'),
        (2**53 - 1, "9007199254740991"),
        (2**53, '"9007199254740992"'),
        (-(2**53), '"-9007199254740992"'),
        ((1, 2), "[1,2]"),
        (Word.AGREE, '"agree"'),
        (Level.HIGH, "3"),
        ("e\u0301", '"e\u0301"'),
    ],
    ids=str,
)
def test_there_is_one_way_to_write_a_value(value, text):
    assert canonical(value) == text.encode()


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        {1: 2},
        {"a"},
        b"x",
        "\ud800",
        AT,
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_does_not_know_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical({"inner": [value]})


def test_a_value_nested_without_end_is_refused():
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(NotCanonical):
        canonical(endless)


@given(JSON_VALUES.filter(encodable))
def test_the_canonical_form_is_json_and_stays_as_it_is(value):
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize("vector", VECTORS["canonical"], ids=lambda vector: vector["canonical"])
def test_published_vectors_of_the_canonical_form_hold(vector):
    assert canonical(vector["value"]).decode() == vector["canonical"]


def test_published_vectors_of_the_chain_hold():
    head = genesis(VECTORS["chain"]["stream"])
    assert head.hash.hex() == VECTORS["chain"]["genesis"]
    for link in VECTORS["chain"]["events"]:
        given_, row = link["given"], link["row"]
        chained = chain(
            head,
            at=datetime.fromisoformat(given_["at"]),
            type=given_["type"],
            actor=given_["actor"],
            subject=given_["subject"],
            payload=given_["payload"],
            salt=bytes.fromhex(given_["salt"]) if given_["salt"] else None,
        )
        assert event_row(chained.event) == row
        assert (chained.payload.decode() if chained.payload else None) == link["payload_text"]
        head = chained.event.head


def test_chaining_takes_tens_of_microseconds():
    head, subject = genesis("instance/1"), {"task": "t" * 20, "element": "accept", "outcome": "ok"}
    payload = {"form": {f"field{i}": "value" for i in range(8)}, "opinion": "…"}
    best = 1.0
    for _ in range(10):
        begun = time.perf_counter()
        for _ in range(100):
            chain(head, at=AT, type="t", actor="u", subject=subject, payload=payload)
        best = min(best, (time.perf_counter() - begun) / 100)
    assert best < 200e-6  # measured: 35; the rest is for a busy machine
