"""The studio's pages: processes changed by people who are no programmers."""
