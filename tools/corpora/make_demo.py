"""Joins two parallel texts into the demo corpus: the rows of both, in the languages that both have.

usage: make_demo.py UDHR.tsv LIGHTHOUSE.tsv OUTPUT.tsv

Each input is a TSV with a header of language codes; the file beside it with the suffix .ids (header
`id`) names its rows. Writes OUTPUT.tsv, languages in the first input's order, and OUTPUT.ids with the
header `id<TAB>document`: the id is prefixed by the document, the document is the input's name.
"""

import sys
from pathlib import Path


def read_table(path):
    """Header and rows, as lists of fields; every row must be as wide as the header."""
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    header, *rows = [line.split("\t") for line in lines]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            sys.exit(f"{path}:{number}: {len(row)} fields instead of {len(header)}")
    return header, rows


def read_ids(path, n_rows):
    header, rows = read_table(path)
    if header != ["id"] or len(rows) != n_rows:
        sys.exit(f"{path}: needs the header `id` and {n_rows} rows, has {header} and {len(rows)}")
    return [row[0] for row in rows]


def main(first, second, output):
    sources = [Path(first), Path(second)]
    tables = [read_table(path) for path in sources]
    languages = [code for code in tables[0][0] if code in tables[1][0]]
    texts, names = ["\t".join(languages)], ["id\tdocument"]
    for path, (header, rows) in zip(sources, tables):
        columns = [header.index(code) for code in languages]
        texts += ["\t".join(row[column] for column in columns) for row in rows]
        ids = read_ids(path.with_suffix(".ids"), len(rows))
        names += [f"{path.stem}:{row_id}\t{path.stem}" for row_id in ids]
    for path, lines in ((Path(output), texts), (Path(output).with_suffix(".ids"), names)):
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
