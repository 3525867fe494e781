"""Each corpus' own reading and joining, on inputs made here."""

import gettext
import io
import struct
import unittest

import corpora_path  # noqa: F401
import homeassistant
import libreoffice
import lighthouse
import udhr
import wesnoth


def catalogue(texts, order="<"):
    """The bytes of a .mo file: header, two tables of (length, offset), then the texts, each ended by 0."""
    pairs = sorted((key.encode(), text.encode()) for key, text in texts.items())
    originals, translations = 28, 28 + 8 * len(pairs)
    at, tables, body = 28 + 16 * len(pairs), [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack(order + "2I", len(pair[side]), at + len(body))
            body += pair[side] + b"\0"
    header = struct.pack(order + "7I", 0x950412DE, 0, len(pairs), originals, translations, 0, 0)
    return header + tables[0] + tables[1] + body


class WesnothTest(unittest.TestCase):
    TEXTS = {"": "Content-Type: text/plain; charset=UTF-8\n", "Hello.": "¡Hola!", "female^Mage": "Maga",
             "one\0many": "uno\0muchos", "menu\4Open": "Abrir"}

    def test_a_catalogue_of_either_byte_order_gives_its_plain_texts(self):
        for order in "<>":
            self.assertEqual(wesnoth.read_catalogue(catalogue(self.TEXTS, order)), {"Hello.": "¡Hola!"})

    def test_the_made_catalogue_is_one_to_gettext(self):
        self.assertEqual(gettext.GNUTranslations(io.BytesIO(catalogue(self.TEXTS))).gettext("Hello."),
                         "¡Hola!")

    def test_texts_join_within_a_catalogue_by_their_english(self):
        units = wesnoth.join({
            ("b", "es"): {"Hi": "Hola"}, ("b", "zh_CN"): {"Hi": "你好", "Bye": "再见"},
            ("a", "es"): {"<i>Hi</i>": "<i>Eh</i>"},
        }, {"es": "es", "zh": "zh_CN"})
        self.assertEqual([(unit.document, unit.texts) for unit in units], [
            ("a", {"en": "Hi", "es": "Eh"}),
            ("b", {"en": "Bye", "zh": "再见"}),
            ("b", {"en": "Hi", "es": "Hola", "zh": "你好"}),
        ])
        self.assertEqual(len({unit.id for unit in units}), 3)
        self.assertRegex(units[0].id, "^a:[0-9a-f]{12}$")

    def test_the_latest_branch_without_what_is_no_campaign(self):
        names = ["wesnoth-1.9-httt", "wesnoth-1.16-httt", "wesnoth-1.16-data", "wesnoth-1.16-nr"]
        self.assertEqual(wesnoth.campaigns(names), ["wesnoth-1.16-httt", "wesnoth-1.16-nr"])
        self.assertEqual(wesnoth.campaigns(["wesnoth-1.16-data"]), [])


class LibreOfficeTest(unittest.TestCase):
    PAGE = """<h1 id="hd_1">Title</h1><p id="par_1" class="paragraph">Press
      <span class="switchinline"><span hidden="true" id="MACx" class="MAC"><span
      class="keycode">Command</span></span><span hidden="true" id="defaultx"><span
      class="keycode">Ctrl</span></span></span>+A &amp; go<br>on.</p>
      <p class="paragraph">no id</p><p id="par_2" class="code">print 1</p>
      <p id="par_3">Unclosed <p id="par_4">Last<img src="a.png">.</p><p id="par_4">Again.</p>"""

    def test_paragraphs_with_the_default_of_a_switch_and_without_code(self):
        texts = {name: " ".join(text.split()) for name, text in libreoffice.read_page(self.PAGE).items()}
        self.assertEqual(texts, {"par_1": "Press Ctrl+A & go on.", "par_3": "Unclosed", "par_4": "Last."})

    def test_units_follow_the_english_pages(self):
        units = libreoffice.join({"en": {"b/2": {"par_9": "Nine", "par_1": "One"}, "a/1": {"par_1": "A"}},
                                  "es": {"b/2": {"par_1": "Uno", "par_7": "Siete"}}})
        self.assertEqual([(unit.id, unit.document, unit.texts) for unit in units], [
            ("a/1:par_1", "a/1", {"en": "A"}),
            ("b/2:par_9", "b/2", {"en": "Nine"}),
            ("b/2:par_1", "b/2", {"en": "One", "es": "Uno"}),
        ])


class HomeAssistantTest(unittest.TestCase):
    def test_keys_join_and_texts_of_several_lines_are_left_out(self):
        units = homeassistant.join({"lamp": {
            "en": {"config": {"title": "The **lamp**", "steps": "First\nSecond", "count": 3}, "name": "L\n"},
            "es": {"config": {"title": "La `lámpara`", "other": "Otra"}},
        }})
        self.assertEqual([(unit.id, unit.document, unit.texts) for unit in units], [
            ("lamp:config.title", "lamp", {"en": "The lamp", "es": "La lámpara"}),
            ("lamp:name", "lamp", {"en": "L\n"}),
        ])


class UdhrTest(unittest.TestCase):
    def test_sections_hold_paragraphs_and_items_with_text(self):
        page = """<h1>T</h1><p>outside</p><header><h2>Preamble</h2><p>Whereas <b>a</b>,</p><p> </p></header>
          <article data-number="1"><h2>Article 1</h2><p>All.</p><ol><li>First.</li></ol></article>"""
        self.assertEqual(udhr.read_declaration(page),
                         {"preamble": ["Whereas a,"], "article 1": ["All.", "First."]})

    def test_the_preamble_is_recut_and_a_section_cut_otherwise_is_lacking(self):
        recitals = [f"r{at}" for at in range(7)]
        units = udhr.join({
            "en": {"preamble": [*recitals, "Now,", "proclaims"], "article 1": ["a", "b"]},
            "fr": {"preamble": [*recitals, "proclame"], "article 1": ["a b"]},
            "ar": {"preamble": [*recitals, "x"], "article 1": ["c", "d"]},
        })
        self.assertEqual(len(units), 10)
        self.assertEqual(units[7].id, "preamble.8")
        self.assertEqual(units[7].texts, {"en": "Now, proclaims", "fr": "proclame"})
        self.assertEqual([(unit.document, unit.texts) for unit in units[8:]],
                         [("article 1", {"en": "a", "ar": "c"}), ("article 1", {"en": "b", "ar": "d"})])


class LighthouseTest(unittest.TestCase):
    def test_advice_where_to_read_more_goes_in_all_languages(self):
        self.assertEqual(lighthouse.plain({
            "en": "Use `alt` texts. [Learn more about them](https://a.b/c).",
            "de": "Nutze `alt`-Texte. Weitere Informationen [dazu](https://a.b/c)",
            "ru": "Пишите тексты. [Подробнее о них…](https://a.b/c)",
            "zh": "请使用文本。[了解详情](https://a.b/c)。",
            "xx": "All in one [link](https://a.b/c) sentence that goes on. And more.",
        }), {"en": "Use alt texts.", "de": "Nutze alt-Texte.", "ru": "Пишите тексты.", "zh": "请使用文本。"})

    def test_a_link_within_the_last_sentence_keeps_its_words(self):
        self.assertEqual(lighthouse.plain({"en": "Turn on. Use the [setting](https://a.b).",
                                           "it": "Attiva [l'impostazione](https://a.b)."}),
                         {"en": "Turn on. Use the setting.", "it": "Attiva l'impostazione."})

    def test_units_name_their_file_and_key(self):
        units = lighthouse.join({"en": {"core/audits/a.js | title": {"message": "T"}},
                                 "es": {"core/audits/a.js | title": {"message": "U"}}})
        self.assertEqual([(unit.id, unit.document, unit.texts) for unit in units],
                         [("core/audits/a.js:title", "core/audits", {"en": "T", "es": "U"})])


if __name__ == "__main__":
    unittest.main()
