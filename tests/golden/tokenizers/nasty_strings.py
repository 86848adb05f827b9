"""Strings on which tokenizers differ from one another, drawn from a seeded generator."""
import random
import unicodedata

# Pieces that a text may be made of. All code points are older than Unicode 14, so that every regex
# library in use knows them.
PIECES = [
    "the", "The", "THE", "don't", "DON'T", "we'll", "I'd", "it's", "they're", "could've", "'", "''",
    "\u2019", "don\u2019t", "\u2018", "\u201cyes\u201d", "\u02bc", "'\u017f", "'S", "'\u017fo", "`",
    " ", "  ", "   ", "     ", "\n", "\n\n", "\r\n", "\r", "\t", "\t\t", " \n", "\n ", "\u00a0",
    "\u2003", "\u3000", "\u200b", "\u2028", "\u0085", "\x0b", "\x0c", "\x00", "\x1f", "\x7f", "\ufeff",
    "0", "7", "42", "1984", "12345678", "3.14", "1,000", "\u00bd", "\u00b2", "x\u00b2", "\u2167",
    "\u2460", "\u0663\u0664", "\u0e51", "\u3007", "\U0001d7d9",
    "caf\u00e9", "cafe\u0301", "\u00c5", "A\u030a", "\u212b", "\u1e9b\u0323", "e\u0301\u0323",
    "e\u0323\u0301", "o\u0308\u0304", "\u0301", "\u0345", "a\u0345\u0301", "\u0f73", "\u0344",
    "\uac00", "\u1100\u1161", "\u1100\u1161\u11a8", "\uac01", "\u1161", "\u0958", "\u0915\u093c",
    "\u0cca", "\u09c7\u09be", "\u2126", "\ufb01", "\ufb03n", "\u00aa", "\u33a5", "\ufdfa", "\uff21",
    "\u0130", "I\u0307", "\u03a3", "\u03c3\u03c2", "\u00df", "\u1e9e", "\u0149", "\u01c5",
    "\u4e2d\u6587", "\u65e5\u672c\u8a9e", "\u3072\u3089", "\u30ab\u30bf", "\u3002", "\uff0c",
    "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u202e", "\u200f", "\u061f",
    "\u0939\u093f\u0928\u094d\u0926\u0940", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\u041f\u0440\u0438\u0432\u0435\u0442", "\u0395\u03bb\u03bb", "na\u00efve", "\u0141\u00f3d\u017a",
    "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1eb\U0001f1f7",
    "\u2764\ufe0f", "1\ufe0f\u20e3", "\U0001f44d\U0001f3fd", "\U00020000", "\U0001f170", "\u24b6",
    "\U0010ffff", "\ue000", "\ufffd", "\u200d", "\u200c",
    ".", ",", "...", "\u2026", "\u2014", "\u2013", "-", "--", "_", "__init__", "$5", "\u20ac", "a+b",
    "|", "<", ">", "/", "\\", "#tag", "@me", "(x)", "[y]", "!?", "\u00a7", "\u00bf", "\u2022", "~", "^",
    "<s>", "</s>", "<|end|>", "<|endoftext|>", "<|e", "<mask>", "<MASK>", "<unk>", "[pad]", "<0x41>",
    "\u2581", "\u2581the", "\u0120", "\u010a", "##ing", "hello", "Hello", "world", "lamp", "lighthouse",
]

FIXED = [
    "", " ", "  ", "\n", "a", " a", "a ", "\u00e9", "e\u0301", "\u0301", "\u0301a", "\U0001f600",
    "The keeper's lamp wouldn't light.", "  leading", "trailing  ", "a  b   c    d",
    "line one\r\nline two\r\n\r\nline three", "tab\tseparated\t\tvalues", "no\u00a0break\u00a0space",
    "<s>", "<s><s>", " <s> ", "x<s>y", "<|end|><|endoftext|>", "a <mask> b", "a<mask>b", "<mask><mask>",
    "a  <mask>  b", "the[pad]the", "the [pad] the", "THE <MASK> the", "e<s>\u0301", "<s>\u0301x",
    "He said: \u201cIt\u2019s 3\u00bd miles.\u201d", "1234567890", "3.14159 and 2,718,281", "x\u00b2+y\u00b3",
    "\u0663\u0664\u0665 items", "CamelCaseWord snake_case_word", "http://example.org/a?b=c&d=%20",
    "a" * 70, " " * 40, "\n" * 9, "ab" * 40, "\u4e2d" * 20, "\U0001f600" * 9, "'" * 12, "1" * 20,
]


def nasty_strings(count, seed, longest=8):
    """The fixed strings, then random ones of 1 to `longest` pieces, `count` in all."""
    draw = random.Random(seed)
    strings = list(FIXED)
    while len(strings) < count:
        pieces = [draw.choice(PIECES) for _ in range(draw.randint(1, longest))]
        strings.append(draw.choice(["", "", " "]).join(pieces))
    return strings[:count]


def is_known(code_point):
    """Whether the program's oldest table, Unicode 14 of Oniguruma 6.9.8, knows a code point."""
    return unicodedata.category(chr(code_point)) not in ("Cn", "Cs")


def random_characters(draw, count):
    """`count` characters from all over Unicode, and how many drawn ones were too new or none."""
    characters, excluded = [], 0
    while len(characters) < count:
        plane = draw.choices([0x250, 0x3000, 0x10000, 0x20000, 0x110000], [2, 4, 4, 4, 1])[0]
        code_point = draw.randrange(plane)
        if is_known(code_point):
            characters.append(chr(code_point))
        else:
            excluded += 1
    return characters, excluded


def wild_strings(count, seed, longest=14):
    """`count` random strings of pieces and of characters from all over Unicode, and how many drawn
    code points were excluded. Wants a Python of Unicode 14 (3.11)."""
    if unicodedata.unidata_version != "14.0.0":
        raise SystemExit(f"Python knows Unicode {unicodedata.unidata_version}; 14.0.0 is wanted (3.11)")
    draw = random.Random(seed)
    strings, excluded = [], 0
    while len(strings) < count:
        length = draw.randint(1, longest)
        pieces = [draw.choice(PIECES) for _ in range(length)]
        for place in range(length):
            if draw.random() < 0.35:
                characters, more = random_characters(draw, draw.choice([1, 1, 1, 2, 5]))
                pieces[place] = "".join(characters)
                excluded += more
        strings.append(draw.choice(["", "", " "]).join(pieces))
    return strings, excluded
