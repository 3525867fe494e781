"""Token ids of the demo model's vocabulary by Google's sentencepiece, for text in many scripts.

usage: tokens.py MODEL.gguf OUTPUT.json

Ids have BOS (2) first. "literal" marks texts that spell a control token: plain text to sentencepiece
(and to llama.cpp without parse_special), a token to Hugging Face's tokenizers.
"""

import sys

import spm
from golden_io import versions, write_json

TEXTS = [
    "All human beings are born free and equal in dignity and rights.",
    "Todos los seres humanos nacen libres e iguales en dignidad y derechos; ¿verdad? ¡Sí!",
    "Tous les êtres humains naissent libres — l'œuvre d'un garçon naïf.",
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren: Straße, Größe, Übermut.",
    "Mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi.",
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. İstanbul ığdır",
    "Wszyscy ludzie rodzą się wolni i równi; źdźbło, żółć.",
    "Все люди рождаются свободными и равными в своём достоинстве и правах.",
    "Усі люди народжуються вільними, їжак і ґанок.",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια.",
    "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
    "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. שָׁלוֹם",
    "तमाम आज़ादी और समानता के साथ सभी मनुष्यों का जन्म होता है।",
    "মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "人人生而自由,在尊严和权利上一律平等。",
    "人人生而自由,在尊嚴和權利上一律平等。",
    "すべての人間は、生まれながらにして自由であり、カタカナとひらがな。",
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "ყველა ადამიანი იბადება თავისუფალი. Բոլոր մարդիկ ծնվում են ազատ։",
    "ሁሉም ሰዎች በነፃነት ተወልደዋል። မြန်မာ ភាសាខ្មែរ ລາວ བོད་ཡིག",
    "👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇪🇸🇬🇧 ❤️ 🧑🏿‍🚀",
    "𒀀𒀁𒂗 𐎀𐎁 𓀀𓃭 𝔊𝔬𝔱𝔥𝔦𝔠 𐌰𐌱",
    "\u0378\uffff\U000e0041\U0010fffd private \ue000 and noncharacter",
    "e\u0301 a\u0308 n\u0303 combining, and é ä ñ composed; ﬁ ligature, Å Å, ½ ² ①",
    "zero\u200bwidth\u200djoiner\u00a0no-break\u3000ideographic\ufeffmark\u00adsoft",
    "double  spaces   three    four     five",
    "  leading spaces and trailing ones   ",
    " one leading space",
    " ",
    "     ",
    " " * 31,
    " " * 32,
    " " * 70,
    "tab\tseparated\t\ttwice",
    "line\nbreaks\n\nand\n\n\nmore\r\nwith carriage return\r",
    "\n",
    "0 1 12 123 1234 12345 3.14159 1,000,000 −5 1e-9 2026-11-22 0xFF",
    "٠١٢٣٤٥٦٧٨٩ ०१२३ 一二三 Ⅷ",
    "def f(x):\n    return x**2  # code\n\tif (a!=b && c<=d) { e->f(); }",
    "<b>bold</b> <table><tr><td>cell</td></tr></table> <h1>x</h1>",
    "a<td>b and <td > and </ td>",
    "https://example.org/a?b=c&d=%20e#f user@example.org C:\\dir\\file.txt",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "========----------........!!!!!!!!????????",
    "MiXeD CaSe ALLCAPS iPhone McDonald's can't won't I'm",
    "\u2581the piece's own space\u2581mark",
    "<0x41> is not a byte, <0xE2><0x96>",
    "\x00\x01\x7f control bytes",
    "abc العربية עברית 中文 русский 日本語 mixed",
]
# Where llama.cpp is known to differ: the GGUF holds runs of spaces as spaces, so a run of U+2581 spelt out
# in the text is not one of them; and llama.cpp makes "</s>", a user-defined HTML tag here, a control token.
LLAMA_CPP_DIFFERS = ["two\u2581\u2581marks", "<s>struck</s> out"]
LITERAL = ["<bos>", "a literal <bos> in text", "<pad><eos><unk><mask>", "<start_of_turn>user\nhi<end_of_turn>"]


def main(model, output):
    processor = spm.processor(*spm.vocabulary_of(model))
    assert processor.bos_id() == 2
    cases = [{"text": text, "ids": spm.encode(processor, text)} for text in TEXTS]
    cases += [{"text": text, "ids": spm.encode(processor, text), "literal": True} for text in LITERAL]
    cases += [
        {"text": text, "ids": spm.encode(processor, text), "llama_cpp_differs": True}
        for text in LLAMA_CPP_DIFFERS
    ]
    write_json(output, {"versions": versions("sentencepiece", "gguf"), "cases": cases})


if __name__ == "__main__":
    main(*sys.argv[1:])
