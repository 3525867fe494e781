"""fetch.py from packages made here to files that isogloss reads. The environment's ISOGLOSS_PROGRAM
names the program; without it the last step is skipped."""

import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile
from unittest import mock

import corpora_path  # noqa: F401
import fetch
import packages

TEXTS = {
    "en": {"a": "The lamp is on in the kitchen.", "b": "The door to the garden is open.",
           "c": "Short.", "d": "Connect to {host} with your own password."},
    "es": {"a": "La lámpara de la cocina está encendida.", "b": "La puerta del jardín está abierta.",
           "c": "Corto.", "d": "Conecte con {host} con su propia contraseña."},
    "zh-Hans": {"a": "厨房的灯亮着。", "b": "通往花园的门开着。", "c": "短。", "d": "请连接到 {host}。"},
}


class FetchTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        archive = self.folder / "made.zip"
        with zipfile.ZipFile(archive, "w") as made:
            made.writestr("homeassistant-1.dist-info/licenses/LICENSE.md", "The licence.\n")
            for language, texts in TEXTS.items():
                made.writestr(f"homeassistant/components/lamp/translations/{language}.json",
                              json.dumps(texts))
        package = packages.Package("homeassistant", "1", archive)
        patch = mock.patch.object(packages, "pypi", return_value=package)
        patch.start()
        self.addCleanup(patch.stop)

    def fetch(self, languages, corpus="homeassistant"):
        output, printed = self.folder / "corpora", io.StringIO()
        command = ["fetch.py", corpus, "--languages", languages, "--output", str(output)]
        with mock.patch.object(sys, "argv", command), contextlib.redirect_stdout(printed):
            fetch.main()
        return output, printed.getvalue()

    def test_files_counts_and_notice(self):
        output, printed = self.fetch("zh,en")
        self.assertEqual((output / "homeassistant.tsv").read_text(encoding="utf-8"),
                         f"zh\ten\n厨房的灯亮着。\t{TEXTS['en']['a']}\n通往花园的门开着。\t{TEXTS['en']['b']}\n")
        self.assertEqual((output / "homeassistant.ids").read_text(),
                         "id\tdocument\nlamp:a\tlamp\nlamp:b\tlamp\n")
        licence = (output / "homeassistant.LICENSE.txt").read_text()
        for wanted in ("homeassistant 1\n", "Apache-2.0", "zh is zh-Hans, en is en.",
                       "stripped of markup", "The licence."):
            self.assertIn(wanted, licence)
        self.assertIn("2 rows in 2 languages, 1 documents", printed)
        self.assertIn("1 units dropped: fewer than 5 words in English", printed)
        self.assertIn("1 units dropped: a placeholder", printed)
        self.assertIn("licence: Apache-2.0", printed)

    def test_a_second_run_writes_the_same_bytes(self):
        first = {path.name: path.read_bytes() for path in self.fetch("en,es,zh")[0].iterdir()}
        self.assertEqual({path.name: path.read_bytes() for path in self.fetch("en,es,zh")[0].iterdir()}, first)

    def test_a_language_that_is_not_there_is_one_line(self):
        with self.assertRaises(SystemExit) as stopped:
            self.fetch("en,xx")
        self.assertEqual(stopped.exception.code,
                         "isogloss: homeassistant: no language xx; there are en, es, zh")
        self.assertFalse((self.folder / "corpora").exists())

    def test_wrong_options_are_refused(self):
        for languages, corpus in (("en", "udhr"), ("en,en", "udhr"), ("en,e s", "udhr"), ("en,es", "books")):
            with self.subTest(languages=languages, corpus=corpus), self.assertRaises(SystemExit) as stopped:
                with contextlib.redirect_stderr(io.StringIO()):
                    self.fetch(languages, corpus)
            self.assertEqual(stopped.exception.code, 2)

    @unittest.skipUnless(os.environ.get("ISOGLOSS_PROGRAM"), "ISOGLOSS_PROGRAM names no program")
    def test_isogloss_reads_what_was_written(self):
        output, _ = self.fetch("en,es,zh")
        inspected = subprocess.run([os.environ["ISOGLOSS_PROGRAM"], "inspect", output / "homeassistant.tsv"],
                                   capture_output=True, text=True, check=False)
        self.assertEqual(inspected.returncode, 0, inspected.stderr)
        self.assertRegex(inspected.stdout, r"languages\s+en es zh\n")
        self.assertRegex(inspected.stdout, r"kept after cleaning\s+2\n")


if __name__ == "__main__":
    unittest.main()
