"""From the units of a corpus to its rows: which are kept, what their documents are, how they are written."""

import collections
import dataclasses
import html
import itertools
import os
import pathlib
import re
import tempfile
import unicodedata
from collections.abc import Iterable

from packages import Package

MIN_WORDS = 5

# What is copied unchanged into every translation, and so would look like a meaning shared by all
# languages: placeholders ({name}, $name, %s), addresses, tags, formulas, identifiers.
CODE = re.compile(r"[{}<>\[\]\\|=*_]|\$[^\W\d]|%[\w(]|\w\(\)|://|[A-Za-z]{3}\.[A-Za-z]{3}")

# Why a unit becomes no row, in the order they are tried.
REASONS = {
    "incomplete": "a language has no text",
    "short": f"fewer than {MIN_WORDS} words in English",
    "code": "a placeholder, an address or code in some language",
    "untranslated": "a language's text is the English one, case and punctuation aside",
    "duplicate": "the English text was seen before",
}


@dataclasses.dataclass(frozen=True)
class Unit:
    """One text in the languages that have it, by their codes; `id` names its source and is unique."""
    id: str
    document: str
    texts: dict[str, str]


@dataclasses.dataclass(frozen=True)
class Extraction:
    """What a corpus is made of. `tags` are the languages' names in the packages, by their codes;
    `licence` is one line, `notice` what the packages say themselves. With `rows_a_document`, small
    neighbouring documents are gathered until they hold so many rows."""
    units: list[Unit]
    packages: list[Package]
    tags: dict[str, str]
    licence: str
    notice: str
    rows_a_document: int = 0


def tidy(text: str) -> str:
    """White space to single spaces, none at the ends; no invisible characters; NFC."""
    return " ".join(unicodedata.normalize("NFC", re.sub("[\u00ad\u200b\u2060\ufeff]", "", text)).split())


def strip_tags(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def strip_markdown(text: str) -> str:
    """Links become their words; emphasis, code and heading marks go."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\*\*|`|^#+ ", "", text)


def choose_tags(languages: Iterable[str], available: Iterable[str], special: dict[str, str]) -> dict:
    """Each language code's name in the packages: the one in `special`, else the code itself, case and
    `-` or `_` aside. Throws ValueError, which lists the codes there are, for one that is not."""
    def fold(tag):
        return tag.lower().replace("_", "-")

    folded = {fold(tag): tag for tag in available}
    codes = {fold(tag): code for code, tag in special.items()}
    chosen = {}
    for language in languages:
        wanted = fold(special.get(language, language))
        if wanted not in folded:
            there = sorted(codes.get(tag, tag) for tag in folded)
            raise ValueError(f"no language {language}; there are {', '.join(there)}")
        chosen[language] = folded[wanted]
    return chosen


def letters(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def reason_against(texts: dict[str, str], languages: list[str], seen: set[str]) -> str | None:
    """The first of REASONS that holds for tidied texts, which include English."""
    english = texts.get("en", "")
    if not english or not all(texts.get(language) for language in languages):
        return "incomplete"
    if sum(any(map(str.isalpha, word)) for word in english.split()) < MIN_WORDS:
        return "short"
    if any(CODE.search(texts[language]) for language in ["en", *languages]):
        return "code"
    if any(letters(texts[language]) == letters(english) and not re.match(r"en($|[-_])", language)
           for language in languages):
        return "untranslated"
    return "duplicate" if english in seen else None


def select(units: Iterable[Unit], languages: list[str]) -> tuple[list[Unit], collections.Counter]:
    """The units that become rows, texts tidied, and how many were dropped for each of REASONS."""
    kept, dropped, seen = [], collections.Counter(), set()
    for unit in units:
        texts = {language: tidy(text) for language, text in unit.texts.items()}
        if reason := reason_against(texts, languages, seen):
            dropped[reason] += 1
            continue
        seen.add(texts["en"])
        kept.append(dataclasses.replace(unit, texts=texts))
    return kept, dropped


def gather_documents(rows: list[Unit], at_least: int) -> list[Unit]:
    """Joins neighbouring documents until each holds `at_least` rows; what is left at the end goes to
    the last. A joint document is named by its first part and `+`."""
    groups = [[]]
    for _, members in itertools.groupby(rows, key=lambda row: row.document):
        if len(groups[-1]) >= at_least:
            groups.append([])
        groups[-1] += members
    if len(groups) > 1 and len(groups[-1]) < at_least:
        rest = groups.pop()
        groups[-1] += rest
    gathered = []
    for group in groups:
        first, last = group[0].document, group[-1].document
        name = first if first == last else first + "+"
        gathered += (dataclasses.replace(row, document=name) for row in group)
    return gathered


def table(header: list[str], rows: Iterable[list[str]]) -> str:
    return "".join("\t".join(fields) + "\n" for fields in [header, *rows])


def write(folder: pathlib.Path, name: str, languages: list[str], rows: list[Unit], notice: str) -> None:
    """Writes NAME.LICENSE.txt, NAME.ids and NAME.tsv, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        f"{name}.LICENSE.txt": notice,
        f"{name}.ids": table(["id", "document"], ([row.id, row.document] for row in rows)),
        f"{name}.tsv": table(languages, ([row.texts[code] for code in languages] for row in rows)),
    }
    with tempfile.TemporaryDirectory(prefix=f".{name}.", dir=folder) as temporary:
        for file, text in contents.items():
            (pathlib.Path(temporary) / file).write_text(text, encoding="utf-8", newline="\n")
        for file in contents:
            os.replace(pathlib.Path(temporary) / file, folder / file)
