"""Keeps the front page on the record. For notebooks: `standfirst.open("archive.db")`."""

from standfirst.api import Archive, Rows, open  # noqa: A004 - `standfirst.open(...)` is how it is called

__all__ = ["Archive", "Rows", "open"]
