"""Runs any process; knows no web and no organisation's words."""
