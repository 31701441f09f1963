"""The command line. `main` is the `standfirst` command."""

from standfirst.cli.group import main

__all__ = ["main"]
