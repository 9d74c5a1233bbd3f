"""Durable background work: timers and ability calls, leased, retried, and given up in the open."""
