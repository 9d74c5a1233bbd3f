"""The studio's pages: packages changed, checked and proposed by administrators."""
