"""Which program this is, for the user agent, the archive's rows and `--version`."""

from __future__ import annotations

VERSION = "0.1.0"  # pyproject.toml reads it from here
EXTRACTOR_VERSION = f"{VERSION}+2"  # the number grows with every change that can give other cards for the same bytes
