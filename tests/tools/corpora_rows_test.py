"""What becomes a row, what a document, and what is written."""

import pathlib
import tempfile
import unittest

import corpora_path  # noqa: F401
import rows
from rows import Unit

ENGLISH = "The old house stood by the sea."
SPANISH = "La casa vieja estaba junto al mar."


def unit(name, english, spanish, document="d"):
    texts = {"en": english, "es": spanish}
    return Unit(name, document, {language: text for language, text in texts.items() if text is not None})


class TextTest(unittest.TestCase):
    def test_tidy_joins_white_space_drops_the_invisible_and_composes(self):
        self.assertEqual(rows.tidy(" un\u00a0cafe\u0301\t\n no\u00adir\u200b "), "un caf\u00e9 noir")

    def test_tags_go_and_entities_become_characters(self):
        self.assertEqual(rows.strip_tags("<big><i>Boom</i></big> &amp; more"), "Boom & more")

    def test_markdown_leaves_its_words(self):
        self.assertEqual(rows.strip_markdown("## See **the `new` [guide](https://a.b/c)** now"),
                         "See the new guide now")


class ChooseTagsTest(unittest.TestCase):
    def test_case_and_dash_do_not_matter_and_special_names_win(self):
        chosen = rows.choose_tags(["en", "pt_br", "zh"], ["en-US", "pt-BR", "zh_CN", "en"],
                                  {"zh": "zh-cn", "en": "en-us"})
        self.assertEqual(chosen, {"en": "en-US", "pt_br": "pt-BR", "zh": "zh_CN"})

    def test_a_language_that_is_not_there_is_named_with_those_that_are(self):
        with self.assertRaisesRegex(ValueError, "no language xx; there are de, en"):
            rows.choose_tags(["en", "xx"], ["en", "de"], {})


class SelectTest(unittest.TestCase):
    def reasons(self, *units, languages=("en", "es")):
        kept, dropped = rows.select(units, list(languages))
        return [row.id for row in kept], dict(dropped)

    def test_a_complete_sentence_is_kept_with_its_texts_tidied(self):
        kept, dropped = rows.select([unit("a", f"  {ENGLISH}\n", SPANISH)], ["en", "es"])
        self.assertEqual(kept, [unit("a", ENGLISH, SPANISH)])
        self.assertFalse(dropped)

    def test_each_reason(self):
        for reason, english, spanish in (
                ("incomplete", ENGLISH, None),
                ("incomplete", ENGLISH, " \n"),
                ("incomplete", None, SPANISH),
                ("short", "Only four words here.", SPANISH),
                ("short", "One two three four - 5", SPANISH),
                ("code", "Connect to {host} with your own password.", "Conecte con su contraseña."),
                ("code", "You and $unit.name are the last ones left.", "Quedáis los dos solos."),
                ("code", "There are %s files in this folder.", "Hay archivos en esta carpeta."),
                ("code", ENGLISH, "Vea https://ejemplo para más."),
                ("code", "Set the file_name of the new document.", "Ponga el nombre del documento."),
                ("code", "See docs.python.org for what is possible.", "Vea la documentación."),
                ("untranslated", ENGLISH, "the old house stood by the sea")):
            with self.subTest(reason=reason, english=english, spanish=spanish):
                self.assertEqual(self.reasons(unit("a", english, spanish)), ([], {reason: 1}))

    def test_percentages_abbreviations_and_prices_are_no_code(self):
        english = "At 50 % of the price, e.g. for $3, it is cheap."
        self.assertEqual(self.reasons(unit("a", english, SPANISH)), (["a"], {}))

    def test_the_first_complete_unit_of_an_english_text_is_kept(self):
        self.assertEqual(
            self.reasons(unit("a", ENGLISH, None), unit("b", ENGLISH, SPANISH), unit("c", ENGLISH, "Otra.")),
            (["b"], {"incomplete": 1, "duplicate": 1}))

    def test_english_decides_even_where_it_is_no_column(self):
        self.assertEqual(self.reasons(unit("a", "Short.", SPANISH), languages=["es"]), ([], {"short": 1}))

    def test_british_english_may_equal_english(self):
        same = Unit("a", "d", {"en": ENGLISH, "en_gb": ENGLISH})
        self.assertEqual(self.reasons(same, languages=["en", "en_gb"]), (["a"], {}))


class GatherTest(unittest.TestCase):
    def sizes(self, *documents, at_least):
        made = [unit(f"{name}{at}", ENGLISH, SPANISH, name)
                for name, size in documents for at in range(size)]
        gathered = rows.gather_documents(made, at_least)
        self.assertEqual([row.id for row in gathered], [row.id for row in made])
        names = [row.document for row in gathered]
        return [(name, names.count(name)) for name in dict.fromkeys(names)]

    def test_neighbours_join_until_they_are_large_enough(self):
        self.assertEqual(self.sizes(("a", 2), ("b", 2), ("c", 5), ("d", 1), ("e", 2), at_least=3),
                         [("a+", 4), ("c", 5), ("d+", 3)])

    def test_a_rest_goes_to_the_last(self):
        self.assertEqual(self.sizes(("a", 3), ("b", 3), ("c", 1), at_least=3), [("a", 3), ("b+", 4)])

    def test_few_rows_are_one_document(self):
        self.assertEqual(self.sizes(("a", 1), ("b", 1), at_least=9), [("a+", 2)])


class WriteTest(unittest.TestCase):
    def test_three_files_of_utf8_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / "new" / "place"
            rows.write(target, "tiny", ["es", "en"], [unit("a", ENGLISH, "Señal", "doc")], "Licence.\n")
            self.assertEqual({path.name: path.read_bytes().decode() for path in target.iterdir()}, {
                "tiny.tsv": f"es\ten\nSeñal\t{ENGLISH}\n",
                "tiny.ids": "id\tdocument\na\tdoc\n",
                "tiny.LICENSE.txt": "Licence.\n",
            })


if __name__ == "__main__":
    unittest.main()
