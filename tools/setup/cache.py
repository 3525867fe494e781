"""Where fetched and built things are kept, and how they get there whole or not at all."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent


def folder() -> pathlib.Path:
    root = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    path = pathlib.Path(root) / "isogloss"
    path.mkdir(parents=True, exist_ok=True)
    return path


def say(text: str) -> None:
    print(f"isogloss: {text}", flush=True)


def fail(text: str) -> None:
    sys.exit(f"isogloss: {text}")


def key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def run(command: list, log: pathlib.Path, begun: str = "") -> None:
    """Runs a command with its output in `log`; shows the end of it and stops on failure. With
    `begun`, says that if it takes over two seconds, and then every half minute how far ninja's own
    count in the log has come."""
    with log.open("a") as out:
        process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL)
    patience = 2 if begun else None
    while True:
        try:
            process.wait(timeout=patience)
            break
        except subprocess.TimeoutExpired:
            if patience == 2:
                say(begun)
                patience = 30
                continue
            done = re.findall(r"^\[(\d+)/(\d+)\]", log.read_text(errors="replace"), re.MULTILINE)
            if done:
                say(f"  {done[-1][0]} of {done[-1][1]} steps")
        except KeyboardInterrupt:
            process.wait()
            sys.exit(130)
    if process.returncode != 0:
        fail(f"`{' '.join(str(c) for c in command)}` failed; its log is {log}:\n{reason(log)}")


def reason(log: pathlib.Path) -> str:
    """What ninja says of its first failure, without the long command line; else the log's end."""
    lines = log.read_text(errors="replace").splitlines()
    for i, line in enumerate(lines):
        if line.startswith("FAILED: "):
            return "\n".join([line, *lines[i + 2:i + 30]])
    return "\n".join(lines[-15:])


@contextlib.contextmanager
def lock():
    """Two set-ups at once take turns."""
    with (folder() / "setup.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make(name: str, build) -> pathlib.Path:
    """The cached folder `name`; if it is not there, build(temporary folder) fills it first."""
    target = folder() / name
    if target.exists():
        return target
    temporary = pathlib.Path(tempfile.mkdtemp(prefix=name + ".", dir=folder()))
    try:
        build(temporary)
        temporary.chmod(0o755)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return target


def log_file(name: str) -> pathlib.Path:
    logs = folder() / "logs"
    logs.mkdir(exist_ok=True)
    path = logs / f"{name}.log"
    path.write_text("")
    return path


def venv_python() -> pathlib.Path:
    """A Python of our own with pip and the pinned build backend; touches nothing of the user's."""
    requirements = HERE / "requirements" / "build-backend.txt"
    target = folder() / f"venv-{key(sys.version, sys.prefix, requirements.read_text())}"
    python = target / "bin" / "python"
    if (target / "complete").exists():
        return python
    say("making a Python environment for fetching")
    log = log_file("venv")
    # A venv cannot be moved, so it is marked complete instead of renamed into place.
    run([sys.executable, "-m", "venv", "--clear", target], log)
    run([python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
         "--require-hashes", "--no-deps", "-r", requirements], log)
    (target / "complete").touch()
    return python


def download(requirements: str, destination: pathlib.Path, *options: str) -> None:
    """Fetches the packages of requirements/NAME.txt, hashes checked, into `destination`."""
    python = venv_python()
    run([python, "-m", "pip", "download", "--no-input", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", "-r", HERE / "requirements" / f"{requirements}.txt",
         "-d", destination, *options], log_file(f"fetch-{requirements}"))
