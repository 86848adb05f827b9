#!/usr/bin/env python3
"""Writes models/tokenizers/library_gaps.cpp: where PyPI's tokenizers knows an older Unicode.

    scripts/make_library_gaps.py > models/tokenizers/library_gaps.cpp

The library asks tables of Unicode 8 and 9 for some classes of characters. What it takes for what is
found out from what it does to each character, and compared with Python's tables. Wants PyPI's
tokenizers and a Python of Unicode 14 (3.11); versions are written into the file.
"""
import importlib.metadata
import unicodedata

from tokenizers import normalizers, pre_tokenizers

KNOWN = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]


def category(character):
    return unicodedata.category(character)


def bert(**steps):
    return normalizers.BertNormalizer(**{"clean_text": False, "handle_chinese_chars": False,
                                         "strip_accents": False, "lowercase": False, **steps})


def punctuation():
    split = pre_tokenizers.Punctuation()
    for c in KNOWN:
        expected = category(c)[0] == "P" if c > "\x7f" else not c.isalnum() and "!" <= c <= "~"
        if (len(split.pre_tokenize_str(f"a{c}a")) == 3) != expected:
            yield c


def dropped(normalizer, is_expected):
    return [c for c in KNOWN if (normalizer.normalize_str(c) == "") != is_expected(c)]


def other(character):
    if character in "\t\n\r":
        return False
    return character in "\x00\ufffd" or category(character) in ("Cc", "Cf", "Co")


def undecomposed():
    forms = [(name, getattr(normalizers, name)()) for name in ("NFD", "NFKD")]
    return [c for c in KNOWN
            if any(form.normalize_str(c) != unicodedata.normalize(name, c) for name, form in forms)]


def unordered():
    """Marks that the library does not put before U+0345, whose combining class is the highest."""
    form = normalizers.NFD()
    return [c for c in KNOWN if 0 < unicodedata.combining(c) < 240
            and unicodedata.normalize("NFD", c) == c and form.normalize_str(f"a\u0345{c}")[1] == "\u0345"]


def ranges(characters):
    found = []
    for code in map(ord, characters):
        if found and found[-1][1] + 1 == code:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def main():
    gaps = {
        "kPunctuation": punctuation(),
        "kMark": dropped(normalizers.StripAccents(), lambda c: category(c)[0] == "M"),
        "kNonspacingMark": dropped(bert(strip_accents=True), lambda c: all(
            category(part) == "Mn" for part in unicodedata.normalize("NFD", c))),
        "kOther": dropped(bert(clean_text=True), other),
        "kDecomposition": undecomposed(),
        "kCombiningClass": unordered(),
    }
    print(f"// Written by scripts/make_library_gaps.py with tokenizers "
          f"{importlib.metadata.version('tokenizers')} and Unicode {unicodedata.unidata_version}.\n"
          '#include "models/tokenizers/library_gaps.h"\n\n#include <algorithm>\n#include <span>\n\n'
          "namespace lockstep {\nnamespace {\n\nstruct Range {\n  char32_t first;\n  char32_t last;\n};\n\n"
          "// clang-format off")
    for name, characters in gaps.items():
        print(f"constexpr Range {name}[] = {{")
        line = " "
        for first, last in ranges(characters):
            entry = f" {{0x{first:X}, 0x{last:X}}},"
            if len(line) + len(entry) > 100:
                print(line)
                line = " "
            line += entry
        print(line + "\n};\n")
    cases = "\n".join(f"    case LibraryGap::{name}:\n      return {name};" for name in gaps)
    print("// clang-format on\n\nstd::span<const Range> ranges_of(LibraryGap gap) {\n  switch (gap) {\n"
          f"{cases}\n  }}\n  return {{}};\n}}\n\n}}  // namespace\n\n"
          "bool is_in(LibraryGap gap, char32_t character) {\n"
          "  const auto ranges = ranges_of(gap);\n"
          "  const auto behind = std::upper_bound(\n"
          "      ranges.begin(), ranges.end(), character, [](char32_t value, const Range& range) {\n"
          "        return value < range.first;\n      });\n"
          "  return behind != ranges.begin() && character <= std::prev(behind)->last;\n}\n\n"
          "}  // namespace lockstep")


if __name__ == "__main__":
    main()
