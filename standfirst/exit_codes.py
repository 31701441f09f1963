"""The command line's exit codes, where its verbs look for them; see `schedules.exit_codes`."""

from schedules.exit_codes import ExitCode, code_of

__all__ = ["ExitCode", "code_of"]
