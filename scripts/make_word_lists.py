#!/usr/bin/env python3
"""Makes the tables of stimuli/word_lists.cpp out of tagged texts.

    scripts/make_word_lists.py WORDS TAGS [--stories 01,02] [--least 3] > stimuli/frequent_words.inc

WORDS is a folder written by `lockstep words --text FOLDER`, TAGS its table by scripts/tag_words.py. A word is listed with
its shares of classes, in tenths, if it was met often enough; names and words with digits or hyphens are not. The affinity of
two classes is 10 x ln(P(after | before) / P(after)), with one count added to each pair.
"""
import argparse
import collections
import csv
import math
import pathlib
import re

CLASSES = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN SCONJ VERB".split()


def read_table(path):
    with open(path, encoding="utf-8", newline="") as table:
        lines = (line for line in table if not line.startswith("# "))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def tenths(counts):
    total = sum(counts.values())
    shares = {tag: round(10 * count / total) for tag, count in counts.items()}
    return tuple(sorted(((share, tag) for tag, share in shares.items() if share > 0), reverse=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", type=pathlib.Path)
    parser.add_argument("tags", type=pathlib.Path)
    parser.add_argument("--stories", default="")
    parser.add_argument("--least", type=int, default=3)
    arguments = parser.parse_args()
    wanted = [story for story in arguments.stories.split(",") if story]
    tag_of = {(row["story"], row["char_begin"]): row["pos"] for row in read_table(arguments.tags)}
    counts = collections.defaultdict(collections.Counter)
    pairs, befores, afters = collections.Counter(), collections.Counter(), collections.Counter()
    last = None
    for row in read_table(arguments.words / "words.tsv"):
        if wanted and not any(row["story"].startswith(story) for story in wanted):
            continue
        tag = tag_of.get((row["story"], row["char_begin"]), "X")
        place = (row["story"], row["sentence"])
        before = last[1] if last and last[0] == place else "START"
        last = (place, tag)
        if tag in CLASSES and before in CLASSES + ["START"]:
            pairs[before, tag] += 1
            befores[before] += 1
            afters[tag] += 1
        word = row["word"].lower().replace("’", "'")
        if tag in CLASSES and tag != "PROPN" and re.fullmatch(r"[a-z']+", word) and not word.endswith("'s"):
            counts[word][tag] += 1
    groups = collections.defaultdict(list)
    for word, of_word in sorted(counts.items()):
        if sum(of_word.values()) >= arguments.least:
            groups[tenths(of_word)].append(word)
    print("// Made by scripts/make_word_lists.py.")
    print("constexpr TaggedWords kFrequentWords[] = {")
    for shares, words in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        name = " ".join(f"{tag}:{share}" for share, tag in shares)
        print(f'    {{"{name}",')
        line = ""
        for word in words:
            if len(line) + len(word) > 86:
                print(f'     "{line} "')
                line = ""
            line += (" " if line else "") + word
        print(f'     "{line}"}},')
    print("};")
    total = sum(afters.values())
    print("constexpr int kAffinity[][kNumWordClasses] = {")
    for before in CLASSES + ["START"]:
        row = []
        for after in CLASSES:
            given = (pairs[before, after] + 1) / (befores[before] + len(CLASSES))
            row.append(round(10 * math.log(given / (afters[after] / total))))
        print("    {" + ", ".join(str(value) for value in row) + f"}},  // {before}")
    print("};")


if __name__ == "__main__":
    main()
