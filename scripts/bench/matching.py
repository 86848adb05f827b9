#!/usr/bin/env python3
"""How well and how fast `lockstep words` finds spoken words in real texts.

    scripts/bench/matching.py FOLDER_OF_TEXTS [--lockstep build/lockstep] [--seed 0]

For each .txt file a transcript is made up as forced aligners write them (Armeni et al. 2022): capitals, hyphens
split, numbers spelled out by code of this script, CANNOT as CAN NOT, the heading read as a title line of the reader's own,
headings and a few words left out, a few spelt otherwise, a few added. Since the script knows where each word came from, it
counts not only words with a span but those with the right one. Prints a line a text.
"""
import argparse
import csv
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

UNITS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
         "eighteen nineteen").split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINAL = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
           "twelve": "twelfth"}
ABBREVIATIONS = {"Mr": "MISTER", "Mrs": "MISSUS", "Dr": "DOCTOR", "St": "SAINT", "No": "NUMBER"}


def cardinal(n):
    if n < 20:
        return [UNITS[n]]
    if n < 100:
        return [TENS[n // 10]] + ([UNITS[n % 10]] if n % 10 else [])
    if n < 1000:
        return [UNITS[n // 100], "hundred"] + (["and"] + cardinal(n % 100) if n % 100 else [])
    return cardinal(n // 1000) + ["thousand"] + (cardinal(n % 1000) if n % 1000 else [])


def spoken_number(digits, suffix):
    n = int(digits.replace(",", ""))
    if suffix in ("st", "nd", "rd", "th"):
        words = cardinal(n)
        last = words[-1]
        return words[:-1] + [ORDINAL.get(last, last[:-1] + "ieth" if last.endswith("y") else last + "th")]
    if len(digits) == 4 and 1100 <= n < 2000:
        return cardinal(n // 100) + (["hundred"] if n % 100 == 0 else ["hundred"] + cardinal(n % 100))
    return cardinal(n) + {"s": ["shillings"], "d": ["pence"]}.get(suffix, [])


def synthesise(text, draw):
    """[(word, begin, end)]: begin and end of the written word it came from, None for what is not in the text."""
    body = text.index("\n\n")
    spoken = [(w, None, None) for w in "CHAPTER SEVEN OF THE ADVENTURES READ FOR YOU BY A READER".split()]
    for match in re.finditer(r"[^\W_](?:[^\W_]|['’](?=[^\W_])|,(?=\d))*", text):
        begin, end, word = match.start(), match.end(), match.group()
        if begin < body or draw.random() < 0.002:
            continue
        number = re.fullmatch(r"(\d[\d,]*)(st|nd|rd|th|s|d)?", word)
        if number:
            words = [w.upper() for w in spoken_number(*number.groups())]
        elif word in ABBREVIATIONS and text[end:end + 1] == ".":
            words = [ABBREVIATIONS[word]]
        elif word.lower() == "cannot":
            words = ["CAN", "NOT"]
        else:
            words = [word.upper().replace("’", "'")]
            if draw.random() < 0.001 and len(word) > 5:
                at = draw.randrange(1, len(word) - 1)
                words = [words[0][:at] + words[0][at] + words[0][at:]]
        spoken += [(w, begin, end) for w in words]
        if draw.random() < 0.001:
            spoken.append(("INDEED", None, None))
    return spoken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=pathlib.Path)
    parser.add_argument("--lockstep", default="build/lockstep")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    total = [0, 0, 0, 0]
    for path in sorted(arguments.texts.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        spoken = synthesise(text, random.Random(f"{arguments.seed} {path.name}"))
        with tempfile.TemporaryDirectory() as folder:
            transcript = pathlib.Path(folder) / "t.tsv"
            transcript.write_text("word\tonset\n" + "".join(f"{w}\t{i * 0.25}\n" for i, (w, _, _) in enumerate(spoken)))
            start = time.perf_counter()
            subprocess.run([arguments.lockstep, "words", "--quiet", "--text", path, "--transcript", transcript, "-o",
                            f"{folder}/words"], check=True)
            seconds = time.perf_counter() - start
            with open(f"{folder}/words/words.tsv", encoding="utf-8", newline="") as table:
                lines = (line for line in table if not line.startswith("# "))
                rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        if len(rows) != len(spoken):
            sys.exit(f"{path.name}: {len(rows)} rows of {len(spoken)} words")
        matched = sum(row["char_begin"] != "" for row in rows)
        in_text = sum(begin is not None for _, begin, _ in spoken)
        wrong = 0
        for row, (word, begin, end) in zip(rows, spoken):
            if row["char_begin"] != "" and (begin is None or not begin <= int(row["char_begin"]) < int(row["char_end"]) <= end):
                wrong += 1
                print(f"  wrong: {word} at {row['char_begin']}, is at {begin}")
            if row["char_begin"] == "" and begin is not None:
                print(f"  not found: {word} of {text[begin:end]!r}")
        total = [a + b for a, b in zip(total, (len(rows), matched, in_text, wrong))]
        print(f"{path.stem}: {len(rows)} words, {matched / len(rows):.2%} with a span, {matched - wrong} of {in_text} that are in the "
              f"text in the right place, {wrong} in a wrong one, {seconds:.2f} s")
    print(f"all: {total[0]} words, {total[1] / total[0]:.2%} with a span, {(total[1] - total[3]) / total[2]:.3%} of those in the text "
          f"in the right place, {total[3]} in a wrong one")


if __name__ == "__main__":
    main()
