from __future__ import annotations

import json
import os
import pickle
import stat
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sealing import (
    AesGcm,
    Keyring,
    KeyringBroken,
    NothingToIndex,
    NotSealed,
    Tampered,
    UnknownSealingKey,
    is_sealed,
    key_of,
)

ID_CARD = "11010519491231002X"
HERE = "case-1/id_card"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keyring(folder: Path) -> Keyring:
    return Keyring.create(folder)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    return Keyring.create(tmp_path_factory.mktemp("lasting") / "keys")


class ReversingCipher:
    """Stands for a second, national algorithm: AES under another name, with turned bytes."""

    algorithm: ClassVar[str] = "TEST-REVERSED"
    key_size: ClassVar[int] = 16

    def __init__(self, key: bytes) -> None:
        self._inner = AesGcm(key * 2)

    def encrypt(self, plain: bytes, associated: bytes) -> bytes:
        return self._inner.encrypt(plain, associated)[::-1]

    def decrypt(self, sealed: bytes, associated: bytes) -> bytes:
        return self._inner.decrypt(sealed[::-1], associated)


def flip_last(token: str) -> str:
    return token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]


def test_a_sealed_value_opens_where_it_was_sealed(keyring):
    token = keyring.seal(ID_CARD, HERE)
    assert ID_CARD not in token
    assert is_sealed(token)
    assert keyring.open_sealed(token, HERE) == ID_CARD


def test_the_same_value_is_never_sealed_to_the_same_token_twice(keyring):
    assert keyring.seal(ID_CARD, HERE) != keyring.seal(ID_CARD, HERE)


def test_a_sealed_value_does_not_open_in_another_case_or_field(keyring):
    token = keyring.seal(ID_CARD, HERE)
    for elsewhere in ("case-2/id_card", "case-1/account", ""):
        with pytest.raises(Tampered):
            keyring.open_sealed(token, elsewhere)


def test_an_altered_token_is_refused(keyring):
    token = keyring.seal(ID_CARD, HERE)
    with pytest.raises(Tampered):
        keyring.open_sealed(flip_last(token), HERE)


def test_every_single_changed_character_of_a_token_is_noticed(keyring):
    token = keyring.seal("x", HERE)
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises((Tampered, NotSealed, UnknownSealingKey)):
            keyring.open_sealed(changed, HERE)


@pytest.mark.parametrize("value", ["", "plain", "gs1.", "gs1.k1.x", "gs2.k00000000." + "A" * 40])
def test_what_is_not_a_token_is_refused_by_name(keyring, value):
    assert not is_sealed(value)
    with pytest.raises(NotSealed):
        keyring.open_sealed(value, HERE)


@pytest.mark.parametrize("value", [None, 5, ["gs1"], {"a": 1}])
def test_only_a_string_can_be_a_token(value):
    assert not is_sealed(value)


def test_a_key_of_another_keyring_is_named_in_the_refusal(keyring, tmp_path):
    token = Keyring.create(tmp_path / "other").seal(ID_CARD, HERE)
    with pytest.raises(UnknownSealingKey) as refusal:
        keyring.open_sealed(token, HERE)
    assert refusal.value.parts == {"key": key_of(token)}


def test_the_length_of_a_token_does_not_tell_which_value_of_a_list_it_hides(keyring):
    lengths = {len(keyring.seal(value, HERE)) for value in ("", "癌", "尿毒症", "OTHER", ID_CARD)}
    assert len(lengths) == 1


def test_after_rotation_old_tokens_open_and_new_ones_use_the_new_key(keyring):
    old = keyring.seal(ID_CARD, HERE)
    new_key = keyring.add_key()
    assert keyring.current == new_key
    assert key_of(keyring.seal(ID_CARD, HERE)) == new_key
    assert keyring.open_sealed(old, HERE) == ID_CARD
    resealed = keyring.reseal(old, HERE)
    assert key_of(resealed) == new_key
    assert keyring.open_sealed(resealed, HERE) == ID_CARD
    assert keyring.reseal(resealed, HERE) == resealed


def test_a_folder_loaded_later_opens_what_was_sealed_before(keyring, folder):
    old = keyring.seal(ID_CARD, HERE)
    keyring.add_key()
    again = Keyring.load(folder)
    assert again.open_sealed(old, HERE) == ID_CARD
    assert again.key_ids == keyring.key_ids
    assert again.current == keyring.current
    assert again.index("id_card", ID_CARD) == keyring.index("id_card", ID_CARD)


def test_a_running_process_meets_a_key_that_another_one_added(keyring, folder):
    running = Keyring.load(folder)
    keyring.add_key()
    token = keyring.seal(ID_CARD, HERE)
    assert running.open_sealed(token, HERE) == ID_CARD
    assert running.current == keyring.current


def test_key_files_are_readable_by_their_owner_alone(keyring, folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_file_open_to_others_is_refused_unless_told_so(keyring, folder):
    path = next(folder.glob("k*.key"))
    os.chmod(path, 0o644)
    with pytest.raises(KeyringBroken):
        Keyring.load(folder)
    assert Keyring.load(folder, check_modes=False).current == keyring.current


def test_a_keyring_is_never_made_over_another_one(keyring, folder):
    with pytest.raises(KeyringBroken):
        Keyring.create(folder)


def test_an_empty_folder_is_not_a_keyring(tmp_path):
    with pytest.raises(KeyringBroken):
        Keyring.load(tmp_path)


@pytest.mark.parametrize(
    "spoiled", ["", "{}", "[]", '{"algorithm": "AES-256-GCM", "key": "c2hvcnQ="}']
)
def test_a_spoiled_key_file_is_refused_without_showing_it(keyring, folder, spoiled):
    path = next(folder.glob("k*.key"))
    path.write_text(spoiled)
    with pytest.raises(KeyringBroken) as refusal:
        Keyring.load(folder)
    assert "c2hvcnQ" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_current_key_that_is_missing_is_refused(keyring, folder):
    (folder / "current").write_text("k00000000\n")
    with pytest.raises(KeyringBroken):
        Keyring.load(folder)


def test_neither_keys_nor_values_show_in_reprs_and_refusals(keyring, folder):
    secret = json.loads(next(folder.glob("k*.key")).read_text())["key"]
    token = keyring.seal(ID_CARD, HERE)
    assert secret not in repr(keyring)
    with pytest.raises(Tampered) as refusal:
        keyring.open_sealed(token, "elsewhere")
    for text in (str(refusal.value), repr(refusal.value), repr(refusal.value.parts)):
        assert ID_CARD not in text
        assert token not in text


def test_a_keyring_is_not_pickled(keyring):
    with pytest.raises(TypeError):
        pickle.dumps(keyring)


def test_files_are_sealed_without_becoming_a_third_longer(keyring):
    data = os.urandom(100_000)
    sealed = keyring.seal_bytes(data, HERE)
    assert len(sealed) < len(data) + 64
    assert keyring.open_bytes(sealed, HERE) == data
    with pytest.raises(Tampered):
        keyring.open_bytes(sealed, "elsewhere")
    with pytest.raises(Tampered):
        keyring.open_bytes(sealed[:-1], HERE)
    with pytest.raises(NotSealed):
        keyring.open_bytes(b"%PDF-1.7", HERE)
    with pytest.raises(UnknownSealingKey):
        keyring.open_bytes(b"gs1f../../etc" + sealed[13:], HERE)


def test_bytes_that_are_no_text_are_not_opened_as_text(keyring):
    with pytest.raises(NotSealed):
        keyring.open_sealed(keyring.seal(b"\xff\xfe", HERE), HERE)


def test_another_cipher_fits_into_the_same_keyring(keyring, folder):
    old = keyring.seal(ID_CARD, HERE)
    keyring.add_key(ReversingCipher)
    new = keyring.reseal(old, HERE)
    assert keyring.open_sealed(new, HERE) == ID_CARD
    both = {AesGcm.algorithm: AesGcm, ReversingCipher.algorithm: ReversingCipher}
    assert Keyring.load(folder, ciphers=both).open_sealed(new, HERE) == ID_CARD
    with pytest.raises(KeyringBroken):
        Keyring.load(folder)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("id_card", "11010519491231002x", " 110105 19491231 002X "),
        ("id_card", "１１０１０５19491231002Ｘ", ID_CARD),
        ("bank_account", "6222 0202-0000 1234", "6222020200001234"),
        ("mobile", "+86 138-1234-1234", "13812341234"),
        ("health", " Diabetes  II", "diabetes ii"),
    ],
)
def test_two_ways_of_writing_one_value_have_one_index(keyring, kind, one, other):
    assert keyring.index(kind, one) == keyring.index(kind, other)


def test_equal_values_of_different_kinds_have_different_indexes(keyring):
    assert keyring.index("mobile", "13812341234") != keyring.index("bank_account", "13812341234")
    assert keyring.index("ab", "c") != keyring.index("a", "bc")


def test_the_index_depends_on_the_keyring_and_not_on_rotation(keyring, tmp_path):
    before = keyring.index("id_card", ID_CARD)
    keyring.add_key()
    assert keyring.index("id_card", ID_CARD) == before
    assert Keyring.create(tmp_path / "other").index("id_card", ID_CARD) != before


def test_nothing_is_not_indexed(keyring):
    with pytest.raises(NothingToIndex):
        keyring.index("bank_account", "unknown")


@given(st.text(max_size=200), st.text(max_size=50))
def test_whatever_was_sealed_comes_back(lasting, value, context):
    try:
        value.encode(), context.encode()
    except UnicodeEncodeError:
        return
    assert lasting.open_sealed(lasting.seal(value, context), context) == value
    assert (
        lasting.open_bytes(lasting.seal_bytes(value.encode(), context), context) == value.encode()
    )
