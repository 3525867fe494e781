"""The Battle for Wesnoth: the dialogue of its campaigns, from the gettext catalogues in Debian's
packages `wesnoth-BRANCH-CAMPAIGN`. Units are joined on catalogue and English text; a document is a
catalogue, that is a campaign."""

import collections
import hashlib
import re
import struct

import packages
from rows import Extraction, Unit, choose_tags, strip_tags

LICENCE = "GPL-2.0-or-later, the Battle for Wesnoth's authors and translators"
KEPT = r"\./usr/share/(games/wesnoth/.+/LC_MESSAGES/.+\.mo|doc/[^/]+/copyright)"
CATALOGUE = r".+/([^/]+)/LC_MESSAGES/([^/]+)\.mo"
# Of a branch's packages those that hold no campaign.
OTHERS = {"core", "data", "music", "server", "tools"}
# The Brazilian translation is far more complete than the European one.
TAGS = {"zh": "zh_CN", "pt": "pt_BR", "pt_pt": "pt"}


def campaigns(names: list[str]) -> list[str]:
    """The campaigns' packages of the latest branch among names like `wesnoth-1.16-httt`."""
    branches = collections.defaultdict(list)
    for name in names:
        major, minor, part = re.fullmatch(r"wesnoth-(\d+)\.(\d+)-(\w+)", name).groups()
        if part not in OTHERS:
            branches[int(major), int(minor)].append(name)
    return branches[max(branches)] if branches else []


def read_catalogue(data: bytes) -> dict[str, str]:
    """A .mo file's texts by English text; its header, plural forms and texts with context left out.
    The format is in the GNU gettext manual, "The Format of GNU MO Files"."""
    order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
    count, originals, translations = struct.unpack_from(order + "3I", data, 8)
    texts = {}
    for at in range(count):
        english, text = (data[start:start + length].decode("utf-8") for length, start in (
            struct.unpack_from(order + "2I", data, where + 8 * at)
            for where in (originals, translations)))
        # `\0` parts plural forms, `\4` gettext's own context, `^` Wesnoth's ("female^Mage").
        if english and not re.search(r"[\0\4^]", english):
            texts[english] = text
    return texts


def join(catalogues: dict[tuple[str, str], dict[str, str]], tags: dict[str, str]) -> list[Unit]:
    """Units of catalogues given by (their name, the translation's tag), in the order of their text."""
    units = []
    for domain in sorted({domain for domain, _ in catalogues}):
        by_language = {language: catalogues.get((domain, tag), {}) for language, tag in tags.items()}
        for english in sorted(set().union(*by_language.values())):
            texts = {language: strip_tags(texts[english])
                     for language, texts in by_language.items() if english in texts}
            name = hashlib.sha256(english.encode()).hexdigest()[:12]
            units.append(Unit(f"{domain}:{name}", domain, texts | {"en": strip_tags(english)}))
    return units


def extract(languages: list[str]) -> Extraction:
    names = campaigns(packages.debian_names(r"wesnoth-\d+\.\d+-\w+"))
    if not names:
        raise ValueError("apt knows no package like wesnoth-1.16-httt; `apt-get update` (as root) "
                         "refreshes its lists")
    fetched = [packages.debian(name, KEPT) for name in names]
    catalogues, notice = {}, ""
    for package in fetched:
        for match, data in package.files(CATALOGUE):
            catalogues[match[2], match[1]] = read_catalogue(data)
        for _, data in package.files(r".+/copyright"):
            notice = data.decode("utf-8")
    foreign = [language for language in languages if language != "en"]
    tags = choose_tags(foreign, {tag for _, tag in catalogues}, TAGS)
    return Extraction(join(catalogues, tags), fetched, tags, LICENCE, notice)
