#!/usr/bin/env python3
"""Writes FOLDER: small corpora as Python's csv, json and compression modules and gettext's msgfmt write
them, and expected.json, the rows that Python's own readers find in each.

Usage: corpora.py FOLDER
msgfmt is of Debian's package gettext.
"""
import bz2
import csv
import gettext
import gzip
import io
import json
import lzma
import pathlib
import platform
import subprocess
import sys

ROWS = [
    ("The baker said: \"Bread!\"", "El panadero dijo: «¡Pan!»"),
    ("\"All of it is quoted.\"", "\"Todo.\""),
    ("She spoke\tsoftly.", "Habló\nbajito."),
    ("one, two; three", "\"\""),
    ("", "A text that ends in a quote\""),
    ("emoji 🍞, backslash \\n", "día"),
]
MESSAGES = [("", "sea", "mar"), ("menu", "Open \"%s\"\n", "Abrir «%s»\t\\\n"), ("", "river", "río"),
            ("menu", "river", "Río")]


def delimited(dialect, end):
    text = io.StringIO()
    writer = csv.writer(text, dialect=dialect, lineterminator=end)
    writer.writerow(("en", "es"))
    writer.writerows(ROWS)
    return text.getvalue().encode()


def read_delimited(content, dialect):
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), dialect=dialect))
    return rows[1:]


def quote(text):
    for plain, escaped in (("\\", "\\\\"), ("\"", "\\\""), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f"\"{text}\""


def po():
    entries = ["msgid \"\"\nmsgstr \"Language: es\\nContent-Type: text/plain; charset=UTF-8\\n\"\n"]
    for context, message, translation in MESSAGES:
        head = f"msgctxt {quote(context)}\n" if context else ""
        entries.append(f"{head}msgid {quote(message)}\nmsgstr {quote(translation)}\n")
    return "\n".join(entries).encode()


def read_mo(content):
    catalogue = gettext.GNUTranslations(io.BytesIO(content))
    return [[message, catalogue.pgettext(context, message) if context else catalogue.gettext(message)]
            for context, message, _ in MESSAGES]


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    tsv = delimited("excel-tab", "\r\n")
    files = {"excel.tsv": tsv, "unix.tsv": delimited("excel-tab", "\n"), "excel.csv": delimited("excel", "\r\n"),
             "all.csv": delimited("unix", "\n"), "c.tsv.gz": gzip.compress(tsv, mtime=0), "c.tsv.bz2": bz2.compress(tsv),
             "c.tsv.xz": lzma.compress(tsv)}
    expected = {name: read_delimited(content, "excel" if name.endswith(".csv") else "excel-tab")
                for name, content in files.items() if name.endswith((".csv", ".tsv"))}
    for name in ("c.tsv.gz", "c.tsv.bz2", "c.tsv.xz"):
        expected[name] = expected["excel.tsv"]
    lines = [json.dumps({"id": number, "score": float("nan"), "translation": {"en": en, "es": es}})
             for number, (en, es) in enumerate(ROWS)]
    files["lines.jsonl"] = "\n".join(lines).encode()
    files["array.json"] = json.dumps([json.loads(line) for line in lines], indent=1, ensure_ascii=False).encode()
    expected["lines.jsonl"] = expected["array.json"] = [list(row) for row in ROWS]
    files["es.po"] = po()
    files["es.mo"] = subprocess.run(["msgfmt", "-", "-o", "-"], input=po(), stdout=subprocess.PIPE, check=True).stdout
    # An MO is sorted by its messages.
    expected["es.mo"] = sorted(read_mo(files["es.mo"]))
    expected["es.po"] = read_mo(files["es.mo"])
    for name, content in files.items():
        (folder / name).write_bytes(content)
    msgfmt = subprocess.run(["msgfmt", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    versions = {"python": platform.python_version(), "gettext": msgfmt.splitlines()[0].split()[-1]}
    document = {"versions": versions, "rows": expected}
    (folder / "expected.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
