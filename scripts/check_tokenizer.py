#!/usr/bin/env python3
"""Compares the tokens of lockstep with those of PyPI's tokenizers, live.

    scripts/check_tokenizer.py CHECKPOINT [TEXT] [--nasty 2000] [--program build/lockstep]

CHECKPOINT is a folder with a tokenizer.json or a .gguf file with a byte-level vocabulary, for which
the library's tokenizer is built here: the file's tokens and merges, digits one by one and GPT-2's
splits (pre-tokenizer "smollm"), or GPT-2's splits alone ("gpt-2"). TEXT goes through the program
whole (`lockstep models tokenize`), nasty strings one by one (`tests/tokenize_strings` beside the
program). Ids and untrimmed spans must be equal; a symbol that was put in front of a text, and is a
token alone, has an empty span in lockstep. Exit status 1 if they differ anywhere.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/golden/tokenizers"))
from nasty_strings import nasty_strings  # noqa: E402


def gguf_tokenizer(path):
    """The library's tokenizer of a byte-level GGUF vocabulary."""
    import gguf

    def field(key):
        found = gguf.GGUFReader.get_field(reader, key)
        return found.contents() if found else None

    reader = gguf.GGUFReader(path)
    kind, splits = field("tokenizer.ggml.model"), field("tokenizer.ggml.pre")
    if kind != "gpt2" or splits not in ("smollm", "gpt-2"):
        sys.exit(f"{path}: {kind} {splits}: only gpt2 vocabularies with smollm or gpt-2 are compared")
    tokens = field("tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in field("tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
    steps = [pre_tokenizers.Digits(individual_digits=True)] if splits == "smollm" else []
    steps.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    added = [(token, kind) for token, kind in zip(tokens, field("tokenizer.ggml.token_type"))
             if kind in (3, 4)]
    tokenizer.add_tokens([AddedToken(token, normalized=False, special=kind == 3)
                          for token, kind in added])
    return tokenizer


def library_tokenizer(path):
    if path.suffix == ".gguf":
        return gguf_tokenizer(path)
    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    tokenizer.post_processor = None  # it trims spans
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def by_library(tokenizer, texts):
    start = time.perf_counter()
    encodings = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    seconds = time.perf_counter() - start
    return [[[id_, *span] for id_, span in zip(e.ids, e.offsets)] for e in encodings], seconds


def by_program(command, stdin):
    run = subprocess.run(command, input=stdin.encode(), capture_output=True)
    if run.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {run.stderr.decode().strip()}")
    return json.loads(run.stdout), run.stderr.decode()


def is_prepended(ours, theirs, theirs_next):
    """A symbol put in front: no span here, that of the first character in the library."""
    return (ours[0] == theirs[0] and ours[1] == ours[2] == theirs[1]
            and theirs_next is not None and theirs_next[1] == theirs[1])


def first_difference(ours, theirs):
    for i, (a, b) in enumerate(zip(ours, theirs)):
        if a != b and not is_prepended(a, b, theirs[i + 1] if i + 1 < len(theirs) else None):
            return f"token {i}: {a} here, {b} in the library"
    if len(ours) != len(theirs):
        return f"{len(ours)} tokens here, {len(theirs)} in the library"
    return None


def compare(what, texts, ours, theirs):
    differing = 0
    for text, a, b in zip(texts, ours, theirs):
        difference = first_difference(a, b)
        if difference:
            differing += 1
            if differing <= 5:
                print(f"  {json.dumps(text[:60])}: {difference}")
    print(f"{what}: {sum(map(len, theirs))} ids and spans compared, in {len(texts)} texts; "
          f"{differing} texts differ")
    return differing


def check_text(options, tokenizer):
    text = options.text.read_bytes().decode() if options.text else None
    if text is None:
        return 0
    theirs, library_seconds = by_library(tokenizer, [text])
    start = time.perf_counter()
    ours, _ = by_program([options.program, "models", "tokenize", options.checkpoint], text)
    seconds = time.perf_counter() - start
    differing = compare(options.text.name, [text], [ours], theirs)
    print(f"  library {len(text.encode()) / library_seconds / 1e6:.2f} MB/s; the program took "
          f"{seconds:.2f} s in all, start and reading of the vocabulary included")
    return differing


def check_strings(options, tokenizer):
    strings = nasty_strings(options.nasty, seed=options.seed, longest=14)
    if options.text:  # whole, to time encode() alone
        strings.append(options.text.read_bytes().decode())
    theirs, library_seconds = by_library(tokenizer, strings)
    program = options.program.parent / "tests/tokenize_strings"
    ours, messages = by_program([program, options.checkpoint], json.dumps(strings))
    differing = compare("nasty strings" + (" and the text" if options.text else ""), strings, ours,
                        theirs)
    size = sum(len(string.encode()) for string in strings) / 1e6
    seconds = float(messages.split()[0])
    print(f"  {size:.3f} MB: library {size / library_seconds:.2f} MB/s, here {size / seconds:.2f} MB/s, "
          f"{library_seconds / seconds:.1f} times as fast")
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("text", type=pathlib.Path, nargs="?")
    parser.add_argument("--nasty", type=int, default=2000, help="number of nasty strings")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/lockstep")
    options = parser.parse_args()
    tokenizer = library_tokenizer(options.checkpoint)
    differing = check_text(options, tokenizer) + check_strings(options, tokenizer)
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
