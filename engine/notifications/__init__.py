"""Telling people: what happened is written with the command and leaves after it, at least once.

`write` makes rows of what commands told, `announce` finds new tasks and ended cases, `digest` and
`deliver` let what is due leave the house through a courier. The sentences are the courier's affair.
"""
