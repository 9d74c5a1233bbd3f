"""Shapes: the files of a process package and the bodies on the wire.

A leaf: it imports marshmallow and the standard library only.
"""
