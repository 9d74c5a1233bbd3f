"""The file a bank gets for a batch of payments, and the file it answers with.

Both are CSV with CR LF, in UTF-8 with a byte order mark or in GB18030. The first cell of a line
says what the line is; amounts are 元 with two decimals, dates `YYYY-MM-DD`:

    batch  H,PAY,1,<batch number>,<date>,<count>,<total>
           D,<order>,<payee>,<account>,<bank>,<amount>,<purpose>
           T,<count>,<total>,<hash>
    reply  H,REPLY,1,<batch number>,<date>,<count>,<total>
           D,<order>,<amount>,<paid|returned>,<paid on>,<voucher>,<reason>
           T,<count>,<total>,<hash>

The hash is SHA-256 over the lines before, as UTF-8 with CR LF, in hex: it finds a file that was
cut or edited, in either encoding. It is no signature. A text cell that a spreadsheet would take for
a formula (it begins with = + - @) is written behind an apostrophe, and read without it.
"""

from engine.bankfile.batch import write
from engine.bankfile.model import BankFileInvalid, Batch, Fault, Order, Reply
from engine.bankfile.reply import make_reply, read_reply

__all__ = [
    "BankFileInvalid",
    "Batch",
    "Fault",
    "Order",
    "Reply",
    "make_reply",
    "read_reply",
    "write",
]
