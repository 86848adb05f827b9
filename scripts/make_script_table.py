#!/usr/bin/env python3
"""Writes models/tokenizers/script_table.cpp: the scripts of UnicodeScripts in PyPI's tokenizers.

    scripts/make_script_table.py > models/tokenizers/script_table.cpp

The library's table is that of an old Unicode. It is found out here by what the library splits:
characters that never end a piece belong to no script, neighbours that are not split share one. The
scripts are named by fontTools. The result is checked on a million characters in random order.
Wants PyPI's tokenizers and fonttools; versions are written into the file.
"""
import importlib.metadata
import random
import sys

from fontTools import unicodedata
from tokenizers import pre_tokenizers

SPLIT = pre_tokenizers.UnicodeScripts()
HAN = {"Hira", "Kana", "Hani"}  # one script to the library


def starts(text):
    return {begin for _, (begin, _) in SPLIT.pre_tokenize_str(text)}


def characters():
    return [chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def characters_of_a_script():
    """Those that end a piece of Latin letters or one of digits."""
    every = characters()
    latin, common = (starts("".join(first + c + last for c in every))
                     for first, last in (("a", "1"), ("1", "a")))
    return [c for i, c in enumerate(every) if 3 * i + 1 in latin or 3 * i + 1 in common]


def named(run, representatives):
    """The script of a run of characters: as fontTools says, if the library puts it with the others."""
    name = unicodedata.script(run[0])
    name = "Hani" if name in HAN else name
    for candidate in [name, *representatives]:
        if candidate in representatives and len(starts(representatives[candidate] + run[0])) == 1:
            return candidate
    representatives[name] = run[0]
    return name


def ranges():
    """(first, last, script) in order."""
    known = characters_of_a_script()
    borders = sorted(starts("".join(known))) + [len(known)]
    representatives = {"Zyyy": "1", "Latn": "a", "Hani": "\u4e00"}
    found = []
    for begin, end in zip(borders, borders[1:]):
        run = known[begin:end]
        name = named(run, representatives)
        for i, c in enumerate(run):
            if i > 0 and found[-1][1] + 1 == ord(c):
                found[-1][1] = ord(c)
            else:
                found.append([ord(c), ord(c), name])
    return found


def check(table):
    script = {c: name for first, last, name in table for c in range(first, last + 1)}
    text = characters()
    random.Random(1).shuffle(text)
    expected, last = set(), None
    for i, c in enumerate(text):
        name = script.get(ord(c))
        if name and name != last:
            expected.add(i)
        last = name or last
    assert expected == starts("".join(text)), "the table does not split as the library does"


def main():
    table = ranges()
    check(table)
    names = sorted({name for _, _, name in table})
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("tokenizers", "fonttools"))
    print(f"// Written by scripts/make_script_table.py with {versions}; scripts by ISO 15924.\n"
          '#include "models/tokenizers/script_table.h"\n\nnamespace lockstep {\nnamespace {\n\n'
          "// clang-format off\nenum Script : uint8_t {")
    for i in range(0, len(names), 14):
        print("  " + " ".join(f"{name}," for name in names[i:i + 14]))
    print("};\n\nconstexpr ScriptRange kTable[] = {")
    line = " "
    for first, last, name in table:
        entry = f" {{0x{first:X}, 0x{last:X}, {name}}},"
        if len(line) + len(entry) > 100:
            print(line)
            line = " "
        line += entry
    print(line + "\n};\n// clang-format on\n\n}  // namespace\n\n"
          "std::span<const ScriptRange> script_table() { return kTable; }\n\n}  // namespace lockstep")


if __name__ == "__main__":
    sys.exit(main())
