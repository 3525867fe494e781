"""LibreOffice's help pages, from Debian's packages `libreoffice-help-LANGUAGE`. Units are the
paragraphs, joined on page and paragraph id; a document is some neighbouring pages of one folder."""

import html.parser

import packages
from rows import Extraction, Unit, choose_tags

LICENCE = "MPL-2.0, the LibreOffice contributors (The Document Foundation)"
KEPT = r"\./usr/share/(libreoffice/help/[^/]+/text/.+\.html|doc/[^/]+/copyright)"
PAGE = r".+/help/[^/]+/text/(.+)\.html"
TAGS = {"en": "en-US", "zh": "zh-CN"}
PREFIX = "libreoffice-help-"
ROWS_A_DOCUMENT = 50


class Paragraphs(html.parser.HTMLParser):
    """Collects the texts of the <p> whose id begins with `par_`, by id; the first counts if one
    comes twice. Of a switch between systems or programs only the default is text: the variants are
    hidden spans with a class, the default a hidden span without one."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts = {}
        self._id = None
        self._parts = []
        self._spans = []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "p":
            self._close()
            name = named.get("id") or ""
            if name.startswith("par_") and "code" not in (named.get("class") or ""):
                self._id, self._parts, self._spans = name, [], []
        elif tag == "span":
            self._spans.append("hidden" in named and "class" in named)
        elif tag == "br":
            self._parts.append(" ")

    def handle_endtag(self, tag):
        if tag == "p":
            self._close()
        elif tag == "span" and self._spans:
            self._spans.pop()

    def handle_data(self, data):
        if self._id and not any(self._spans):
            self._parts.append(data)

    def _close(self):
        if self._id:
            self.texts.setdefault(self._id, "".join(self._parts))
        self._id = None


def read_page(page: str) -> dict[str, str]:
    parser = Paragraphs()
    parser.feed(page)
    parser.close()
    return parser.texts


def join(pages: dict[str, dict[str, dict[str, str]]]) -> list[Unit]:
    """Units of pages given by language, page and paragraph, in the order of the English pages."""
    units = []
    for page in sorted(pages["en"]):
        for paragraph in pages["en"][page]:
            texts = {language: of_language[page][paragraph]
                     for language, of_language in pages.items()
                     if paragraph in of_language.get(page, {})}
            units.append(Unit(f"{page}:{paragraph}", page, texts))
    return units


def extract(languages: list[str]) -> Extraction:
    available = packages.debian_names(PREFIX + r"(?!common).+")
    tags = choose_tags(languages, [name.removeprefix(PREFIX) for name in available], TAGS)
    fetched = {language: packages.debian(PREFIX + tag, KEPT) for language, tag in tags.items()}
    pages = {language: {match[1]: read_page(data.decode("utf-8")) for match, data in package.files(PAGE)}
             for language, package in fetched.items()}
    notice = next(data for _, data in fetched["en"].files(r".+/copyright")).decode("utf-8")
    return Extraction(join(pages), list(fetched.values()), tags, LICENCE, notice, ROWS_A_DOCUMENT)
