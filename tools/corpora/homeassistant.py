"""Home Assistant's interface texts, from PyPI's package `homeassistant`. Units are joined on component
and key; a document is some neighbouring components."""

import collections
import json
from collections.abc import Iterator

import packages
from rows import Extraction, Unit, choose_tags, strip_markdown

LICENCE = "Apache-2.0, the Home Assistant authors and translators"
KEPT = (r"homeassistant/components/[^/]+/translations/[^/]+\.json"
        r"|homeassistant-[^/]+\.dist-info/licenses/LICENSE\.md")
TRANSLATION = r"homeassistant/components/([^/]+)/translations/([^/]+)\.json"
TAGS = {"zh": "zh-Hans"}
ROWS_A_DOCUMENT = 50


def flatten(tree: dict, path: tuple = ()) -> Iterator[tuple[str, str]]:
    """Every text in nested objects, with the keys on the way to it joined by dots."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flatten(value, (*path, key))
        elif isinstance(value, str):
            yield ".".join((*path, key)), value


def join(components: dict[str, dict[str, dict]]) -> list[Unit]:
    """Units of components given by name and language, in the order of the English texts. Texts of
    several lines (instructions, lists) are left out: they are no sentence."""
    units = []
    for component in sorted(components):
        texts = {language: dict(flatten(tree)) for language, tree in components[component].items()}
        for key, english in texts.get("en", {}).items():
            if "\n" not in english.strip():
                units.append(Unit(f"{component}:{key}", component,
                                  {language: strip_markdown(of_language[key])
                                   for language, of_language in texts.items() if key in of_language}))
    return units


def extract(languages: list[str]) -> Extraction:
    package = packages.pypi("homeassistant", KEPT)
    files = {(match[1], match[2]): data for match, data in package.files(TRANSLATION)}
    tags = choose_tags(languages, {tag for _, tag in files}, TAGS)
    components = collections.defaultdict(dict)
    for (component, tag), data in files.items():
        for language in (language for language, chosen in tags.items() if chosen == tag):
            components[component][language] = json.loads(data)
    notice = next(data for _, data in package.files(r".+/LICENSE\.md")).decode("utf-8")
    return Extraction(join(components), [package], tags, LICENCE, notice, ROWS_A_DOCUMENT)
