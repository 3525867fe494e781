"""Runs the program as a process of its own, with its progress, warnings and errors as Python knows them.

llama.cpp and Arrow C++ are loaded in that process alone: they cannot meet a user's own in this one, what they hold
goes back to the system when the work is done, and a crash of theirs is an exception here.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from typing import IO, Any

from ._command import PROGRAM
from ._errors import Error, Interrupted, error_of

PREFIX, WARNING = "isogloss: ", "isogloss: warning: "
LINES_KEPT = 5  # of what a program that crashed said last

Progress = Callable[[str, str, int, int], None]  # stage, unit, done, total


class _Listener:
    """Takes what the program writes on its standard error."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.message = ""
        self.last: deque[str] = deque(maxlen=LINES_KEPT)

    def take(self, line: str) -> None:
        if line.startswith('{"stage"'):
            update = json.loads(line)
            if self.progress:
                self.progress(update["stage"], update["unit"], update["done"], update["total"])
        elif line.startswith(WARNING):
            warnings.warn(line.removeprefix(WARNING), stacklevel=2)
        else:
            self.last.append(line)
            if line.startswith(PREFIX):
                self.message = line.removeprefix(PREFIX)


def call(words: Sequence[str], progress: Progress | None = None) -> str:
    """Runs `isogloss WORDS` and returns its standard output. Raises isogloss.Error by kind; Ctrl-C stops the program,
    waits until it has put away its work, and raises isogloss.Interrupted."""
    listener = _Listener(progress)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        exit_code = _run([str(PROGRAM), *words], output, listener)
        if exit_code != 0:
            raise _error(exit_code, listener)
        output.seek(0)
        return output.read()


def call_json(words: Sequence[str]) -> Any:
    return json.loads(call([*words, "--json"]))


def _run(command: list[str], output: IO[str], listener: _Listener) -> int:
    # In a session of its own the program gets no Ctrl-C of the terminal beside the one that is passed on.
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, encoding="utf-8",
                          errors="replace", start_new_session=True) as process:
        assert process.stderr is not None
        interrupted = False
        while True:
            try:
                for line in process.stderr:
                    listener.take(line.rstrip("\n"))
                exit_code = process.wait()
                return Interrupted.exit_code if interrupted else exit_code
            except KeyboardInterrupt:
                interrupted = True
                process.send_signal(signal.SIGINT)
            except BaseException:
                process.kill()
                raise


def _error(exit_code: int, listener: _Listener) -> BaseException:
    if exit_code < 0:
        said = " ".join(listener.last)
        return Error(f"the program was ended by {signal.Signals(-exit_code).name}; report this, with what it said last: {said}")
    return error_of(exit_code, listener.message or " ".join(listener.last))
