"""Makes the demo's default corpus, data/demo-en-es.tsv and .ids: verses of Genesis, Ruth, Mark and Luke.

    python tools/corpora/make_bible.py EN.imp ES.imp data/demo-en-es

EN.imp and ES.imp are what `mod2imp engWEB2015eb` and `mod2imp spaRV1909eb` print (Debian packages
libsword-utils, sword-text-web and sword-text-sparv): the World English Bible and the Reina-Valera of
1909, both in the public domain. In these books the two count verses alike. Markup and notes go, verses
whose lengths do not fit each other go, and of the rest 560 are drawn at random, in their order.
"""

import html
import pathlib
import random
import re
import sys

BOOKS = ("Genesis", "Ruth", "Mark", "Luke")
N_VERSES = 560
SEED = 42
# A verse fits if one text has at most this many times the characters of the other.
MOST_RATIO = 1.6


def verses(path: pathlib.Path) -> dict[str, str]:
    """{"Genesis 1:1": text}"""
    found = {}
    for entry in path.read_text(encoding="utf-8").split("$$$")[1:]:
        key, _, body = entry.partition("\n")
        book = re.fullmatch(r"(\w+) \d+:(\d+)", key)
        if book and book[1] in BOOKS and book[2] != "0":
            found[key] = plain(body)
    return found


def plain(body: str) -> str:
    """Text without notes, headings and tags; spaces single, and none before punctuation."""
    body = re.sub(r"<(note|title)\b.*?</\1>", " ", body, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", " ", body)).replace("¶", " ")
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ([,.;:!?)\]’”])", r"\1", text)
    return re.sub(r"([(\[¿¡‘“]) ", r"\1", text)


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__.strip())
    english, spanish = (verses(pathlib.Path(path)) for path in sys.argv[1:3])
    rows = []
    for key, text in english.items():
        other = spanish.get(key, "")
        if text and other and max(len(text), len(other)) <= MOST_RATIO * min(len(text), len(other)):
            rows.append((key, text, other))
    drawn = sorted(random.Random(SEED).sample(range(len(rows)), N_VERSES))
    stem = pathlib.Path(sys.argv[3])
    with open(f"{stem}.tsv", "w", encoding="utf-8") as tsv, open(f"{stem}.ids", "w", encoding="utf-8") as ids:
        tsv.write("en\tes\n")
        ids.write("id\tdocument\n")
        for index in drawn:
            key, text, other = rows[index]
            tsv.write(f"{text}\t{other}\n")
            ids.write(f"{key}\t{key.rsplit(' ', 1)[0]}\n")


if __name__ == "__main__":
    main()
