"""What isogloss raises, by who can mend it."""

from __future__ import annotations


class Error(Exception):
    """A problem that the message says how to mend. `exit_code` is the program's."""

    exit_code = 1


class UsageError(Error, ValueError):
    """The call itself is wrong: an option, a language that is not there."""

    exit_code = 2


class BadInputError(Error, ValueError):
    """A file's or an array's content is wrong: truncated, NaN, another width."""

    exit_code = 3


class MachineError(Error, OSError):
    """The machine's side: a missing file, a full disk, no memory, no network."""

    exit_code = 4


class Interrupted(KeyboardInterrupt):
    """The work was asked to stop. What it has written is kept, and the same call resumes it."""

    exit_code = 130


_KINDS: dict[int, type[Error] | type[Interrupted]] = {
    kind.exit_code: kind for kind in (UsageError, BadInputError, MachineError, Interrupted)
}


def error_of(exit_code: int, message: str) -> Error | Interrupted:
    """The exception for an exit code of the program; Error itself for any other."""
    return _KINDS.get(exit_code, Error)(message)
