"""The payment file and the bank's reply."""

import csv
import datetime
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bankfile import (
    BankFileInvalid,
    Batch,
    Order,
    Reply,
    make_reply,
    read_reply,
    write,
)
from engine.bankfile.model import MESSAGES

DAY = datetime.date(2026, 3, 20)
PAID_ON = datetime.date(2026, 3, 21)


def build_order(number="PO-1", **changes):
    facts = {
        "payee": "陈静",
        "account": "6222020200112233445",
        "bank": "工商银行城东支行",
        "amount_fen": 150000,
        "purpose": "帮扶资金",
    }
    return Order(number, **(facts | changes))


def build_batch(*orders):
    return Batch("ZF-2026-0001", DAY, orders or (build_order(), build_order("PO-2", amount_fen=5)))


PAID = Reply("PO-1", "paid", PAID_ON, "V-1")
RETURNED = Reply("PO-2", "returned", reason="户名不符")


def rows(content, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def faults(work, *arguments, **options):
    with pytest.raises(BankFileInvalid) as caught:
        work(*arguments, **options)
    for fault in caught.value.faults:
        assert fault.message("zh") != fault.message("en")
    return [(fault.line, fault.code) for fault in caught.value.faults]


class TestBatch:
    def test_a_batch_has_a_head_its_orders_and_an_end(self):
        head, first, second, end = rows(write(build_batch()))
        assert head == ["H", "PAY", "1", "ZF-2026-0001", "2026-03-20", "2", "1500.05"]
        assert first == [
            "D",
            "PO-1",
            "陈静",
            "6222020200112233445",
            "工商银行城东支行",
            "1500.00",
            "帮扶资金",
        ]
        assert second[5] == "0.05"
        assert end[:3] == ["T", "2", "1500.05"]
        assert len(end[3]) == 64

    def test_the_same_batch_gives_the_same_bytes(self):
        assert write(build_batch()) == write(build_batch())

    def test_both_encodings_have_the_same_lines_and_hash(self):
        batch = build_batch(build_order(payee="𠀀丽·买买提"))
        assert rows(write(batch, "gb18030"), "gb18030") == rows(write(batch))

    def test_utf_8_begins_with_its_mark_and_lines_end_with_cr_lf(self):
        content = write(build_batch())
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "＝1", " =1", "'=1"])
    def test_no_cell_is_a_formula(self, text):
        order = rows(write(build_batch(build_order(payee=text, bank=text, purpose=text))))[1]
        assert [order[2], order[4], order[6]] == ["'" + text] * 3

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"amount_fen": 0}, "not_positive"),
            ({"amount_fen": -1}, "not_positive"),
            ({"account": "6222 0202"}, "number"),
            ({"account": "=cmd"}, "number"),
            ({"payee": ""}, "control"),
            ({"payee": "陈\r\nD,PO-9"}, "control"),
            ({"purpose": "x" * 500}, "control"),
        ],
    )
    def test_an_order_that_cannot_be_paid_is_refused(self, changes, code):
        assert faults(write, build_batch(build_order(**changes))) == [(2, code)]

    def test_an_order_occurs_once(self):
        assert faults(write, build_batch(build_order(), build_order())) == [(3, "duplicate_order")]

    def test_a_batch_without_orders_is_none(self):
        assert faults(write, Batch("ZF-1", DAY, ())) == [(0, "no_orders")]


class TestReply:
    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_a_reply_comes_back_as_it_was_made(self, encoding):
        content = make_reply(build_batch(), [PAID, RETURNED], encoding)
        assert read_reply(content, build_batch()) == [PAID, RETURNED]

    def test_a_reply_for_another_batch_is_refused(self):
        content = make_reply(Batch("ZF-2", DAY, build_batch().orders), [PAID, RETURNED])
        assert faults(read_reply, content, build_batch()) == [(1, "other_batch")]

    def test_an_order_that_is_not_in_the_batch_is_refused(self):
        content = make_reply(build_batch(), [PAID, RETURNED, Reply("PO-9", "paid", PAID_ON, "V")])
        assert (4, "unknown_order") in faults(read_reply, content, build_batch())

    def test_an_order_answered_twice_is_refused(self):
        content = make_reply(build_batch(), [PAID, RETURNED, PAID])
        assert (4, "duplicate_order") in faults(read_reply, content, build_batch())

    def test_another_amount_is_refused(self):
        cheaper = build_batch(build_order(amount_fen=149999), build_order("PO-2", amount_fen=5))
        content = make_reply(cheaper, [PAID, RETURNED])
        found = faults(read_reply, content, build_batch())
        assert (2, "amount") in found
        assert (1, "total") in found

    def test_every_order_is_answered_unless_the_bank_answers_in_parts(self):
        content = make_reply(build_batch(), [PAID])
        assert faults(read_reply, content, build_batch()) == [(0, "missing_order")]
        assert read_reply(content, build_batch(), complete=False) == [PAID]

    def test_a_file_cut_off_anywhere_is_refused(self):
        content = make_reply(build_batch(), [PAID, RETURNED])
        # The last line's end alone carries nothing.
        for length in range(len(content) - 2):
            with pytest.raises(BankFileInvalid):
                read_reply(content[:length], build_batch())

    def test_an_edited_file_is_refused(self):
        content = make_reply(build_batch(), [PAID, RETURNED])
        edited = content.replace("户名不符".encode(), "账号有误".encode())
        assert faults(read_reply, edited, build_batch()) == [(4, "hash")]

    def test_lines_after_the_end_are_refused(self):
        content = make_reply(build_batch(), [PAID, RETURNED])
        more = content + b"D,PO-3,1.00,paid,2026-03-21,V,\r\n"
        assert faults(read_reply, more, build_batch()) == [(5, "after_end")]

    @pytest.mark.parametrize(
        ("reply", "code"),
        [
            (Reply("PO-1", "paid", None, "V"), "paid_needs"),
            (Reply("PO-1", "paid", PAID_ON, ""), "paid_needs"),
            (Reply("PO-1", "paid", DAY - datetime.timedelta(days=1), "V"), "too_early"),
            (Reply("PO-1", "returned"), "returned_needs"),
            (Reply("PO-1", "returned", PAID_ON, "", "x"), "returned_needs"),
            (Reply("PO-1", "lost"), "result"),  # type: ignore[arg-type]
        ],
    )
    def test_a_result_says_what_a_result_must(self, reply, code):
        content = make_reply(build_batch(), [reply, RETURNED])
        assert (2, code) in faults(read_reply, content, build_batch())

    def test_a_reason_that_looks_like_a_formula_is_text(self):
        reply = Reply("PO-2", "returned", reason="=HYPERLINK(x)")
        content = make_reply(build_batch(), [PAID, reply])
        assert b"'=HYPERLINK" in content
        assert read_reply(content, build_batch())[1].reason == "=HYPERLINK(x)"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"\r\n\r\n", "empty"),
            (b"hello", "not_a_reply"),
            (b"\x80\xff\xfe", "encoding"),
            (b'H,REPLY,"1', "not_csv"),
            (b"H,REPLY,2,ZF-2026-0001,2026-03-20,0,0.00\r\nT,0,0.00,x\r\n", "version"),
            (b"0" * (10 * 1024 * 1024 + 1), "too_big"),
        ],
    )
    def test_what_is_no_reply_is_refused(self, content, code):
        assert faults(read_reply, content, build_batch())[0][1] == code

    def test_a_batch_file_is_no_reply(self):
        assert faults(read_reply, write(build_batch()), build_batch()) == [(1, "not_a_reply")]

    @given(st.binary(max_size=200))
    def test_any_bytes_are_refused_and_nothing_else_happens(self, content):
        with pytest.raises(BankFileInvalid):
            read_reply(content, build_batch())

    @given(
        st.lists(
            st.sampled_from(["T", "D", "H", "", "1.00", "paid", "PO-1", "2026-03-21", "'", "x"]),
            max_size=8,
        ).map(",".join)
    )
    def test_any_line_in_between_is_refused(self, line):
        content = make_reply(build_batch(), [PAID, RETURNED])
        head, rest = content.split(b"\r\n", 1)
        with pytest.raises(BankFileInvalid):
            read_reply(head + b"\r\n" + line.encode() + b"\r\n" + rest, build_batch())

    @given(st.text(max_size=40), st.sampled_from(["utf-8", "gb18030"]))
    def test_a_reason_survives_or_is_refused(self, reason, encoding):
        content_of = make_reply
        try:
            content = content_of(
                build_batch(), [PAID, Reply("PO-2", "returned", reason=reason)], encoding
            )
            (_, reply) = read_reply(content, build_batch())
        except (BankFileInvalid, UnicodeEncodeError):
            return
        assert reply.reason == reason.strip()


def test_every_sentence_exists_in_both_languages():
    for chinese, english in MESSAGES.values():
        assert chinese.strip()
        assert english.strip()
