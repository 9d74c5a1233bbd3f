"""Proving a process before anybody meets it: whatever people decide, can every case end well?

`explore` walks through everything a diagram can do, `problems` says what is wrong with it. What is
proved, and what is not, stands in docs/proving.md.
"""

from engine.proving.exploring import Bound, Explored, explore
from engine.proving.facts import Facts
from engine.proving.net import Net
from engine.proving.telling import told

__all__ = ["Bound", "Explored", "Facts", "Net", "explore", "told"]
