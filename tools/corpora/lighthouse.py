"""Lighthouse's advice on web pages, from npm's package `lighthouse`. Units are joined on their key; a
document is the folder of the source file that a text belongs to."""

import json
import re

import packages
from rows import Extraction, Unit, choose_tags, strip_markdown

VERSION = "12.8.2"
SHA256 = "d0ccc7ae0ddcd67d165e88ff7dad71c29bc90c32afe8dd85ec7498f0a2c69d72"
LICENCE = "Apache-2.0, the Lighthouse authors"
KEPT = r"package/(shared/localization/locales/[^/]+\.json|LICENSE)"
LOCALE = r"package/shared/localization/locales/([^/]+)\.json"
TAGS = {"en": "en-US", "pt": "pt-PT", "pt_br": "pt"}


# The sentence of a link, at the end of a message: the advice where to read more.
LAST_LINK = r"(?:(?<=[.!?。！？])|^)\s*%s\[[^\]]*\]\([^)]*\)[^.!?。！？]*[.…。]*\s*$"
ENGLISH_MORE = re.compile(LAST_LINK % "")  # "[Learn more about X](address)." begins with the link
MORE = re.compile(LAST_LINK % "[^.!?。！？]*")


def plain(messages: dict[str, str]) -> dict[str, str]:
    """The messages of one key by language, Markdown stripped. The English advice where to read more
    is left out with its translations; a language in which it is not the last sentence goes too."""
    if ENGLISH_MORE.search(messages.get("en", "")):
        messages = {language: MORE.sub("", message) for language, message in messages.items()
                    if MORE.search(message)}
    return {language: strip_markdown(message) for language, message in messages.items()}


def join(locales: dict[str, dict[str, dict]]) -> list[Unit]:
    """Units of messages given by language and key (`core/audits/redirects.js | title`)."""
    units = []
    for key in sorted(locales["en"]):
        texts = plain({language: messages[key]["message"]
                       for language, messages in locales.items() if key in messages})
        file, _, name = key.partition(" | ")
        units.append(Unit(f"{file}:{name}", file.rpartition("/")[0], texts))
    return units


def extract(languages: list[str]) -> Extraction:
    package = packages.npm("lighthouse", VERSION, SHA256, KEPT)
    files = {match[1]: data for match, data in package.files(LOCALE)}
    tags = choose_tags(languages, files, TAGS)
    locales = {language: json.loads(files[tag]) for language, tag in tags.items()}
    notice = next(data for _, data in package.files(r"package/LICENSE")).decode("utf-8")
    return Extraction(join(locales), [package], tags, LICENCE, notice)
