#!/usr/bin/env python3
"""Tags the words of a folder written by `lockstep words` with spaCy, for `lockstep words --pos`.

    pip install spacy && python -m spacy download en_core_web_sm
    scripts/tag_words.py WORDS [--model en_core_web_sm] -o tags.tsv
    lockstep words --text ... --transcript ... --pos tags.tsv -o WORDS

The whole text is tagged, paragraph by paragraph, so that words are seen in their sentences. A word of words.tsv may be
several tokens of spaCy, and a token several words ("wasn't", "RED" and "HEADED" of "red-headed"): a word takes the tag of
its head token, the first of its tokens whose head lies outside the word. Words without a span are left out.
"""
import argparse
import bisect
import csv
import importlib
import pathlib
import re
import sys


def load_model(name):
    import spacy

    try:
        return spacy.load(name)
    except OSError:
        try:
            return importlib.import_module(name).load()  # a package under another name than the model's
        except ImportError:
            sys.exit(f"tag_words.py: there is no spaCy model {name}; python -m spacy download {name}")


def paragraphs(text):
    """(begin, text) of stretches between empty lines."""
    begin = 0
    for gap in re.finditer(r"\n\s*\n", text):
        yield begin, text[begin:gap.start()]
        begin = gap.end()
    yield begin, text[begin:]


def tokens_of(model, text):
    """(begin, end, tag, index of the head) of each token that is no white space, in order."""
    tokens = []
    parts = list(paragraphs(text))
    # A line break inside a paragraph is white space to people and a token to spaCy.
    for (begin, _), parsed in zip(parts, model.pipe(part.replace("\n", " ") for _, part in parts)):
        kept = [token for token in parsed if not token.is_space]
        number = {token.i: len(tokens) + at for at, token in enumerate(kept)}
        for token in kept:
            first = begin + token.idx
            tokens.append((first, first + len(token), token.pos_, number.get(token.head.i, number[token.i])))
    return tokens


def tag_of(tokens, ends, begin, end):
    """The tag of the head token of [begin, end), or None if no token overlaps it."""
    first = bisect.bisect_right(ends, begin)
    last = first
    while last < len(tokens) and tokens[last][0] < end:
        last += 1
    inside = [at for at in range(first, last) if tokens[at][2] != "PUNCT"] or list(range(first, last))
    for at in inside:
        if not first <= tokens[at][3] < last or tokens[at][3] == at:
            return tokens[at][2]
    return tokens[inside[0]][2] if inside else None


def read_rows(folder):
    with open(folder / "words.tsv", encoding="utf-8", newline="") as table:
        lines = (line for line in table if not line.startswith("# "))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", type=pathlib.Path)
    parser.add_argument("--model", default="en_core_web_sm")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    rows = [row for row in read_rows(arguments.words) if row["char_begin"]]
    model = load_model(arguments.model)
    import spacy

    lines, untagged = [], 0
    for story in dict.fromkeys(row["story"] for row in rows):
        with open(arguments.words / "text" / f"{story}.txt", encoding="utf-8", newline="") as file:
            tokens = tokens_of(model, file.read())
        ends = [end for _, end, _, _ in tokens]
        for row in rows:
            if row["story"] != story:
                continue
            tag = tag_of(tokens, ends, int(row["char_begin"]), int(row["char_end"]))
            if tag is None or tag in ("SPACE", ""):
                untagged += 1
                continue
            lines.append(f"{story}\t{row['char_begin']}\t{row['char_end']}\t{tag}")
    source = f"spaCy {spacy.__version__}, {model.meta['lang']}_{model.meta['name']} {model.meta['version']}, head token of the word"
    header = [f"# tags: {source}", "story\tchar_begin\tchar_end\tpos"]
    arguments.output.write_text("\n".join(header + lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} words tagged by {source}; {untagged} without a token", file=sys.stderr)


if __name__ == "__main__":
    main()
