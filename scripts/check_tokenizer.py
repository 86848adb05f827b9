#!/usr/bin/env python3
"""Compares the tokens of lockstep with those of PyPI's tokenizers, live.

    scripts/check_tokenizer.py CHECKPOINT... [--text TEXT] [--nasty 2000] [--program build/lockstep]

CHECKPOINT is a folder with a tokenizer.json, a folder with a tokenizer.model (compared with PyPI's
sentencepiece), or a .gguf file with a byte-level vocabulary, for which the library's tokenizer is
built here: the file's tokens and merges, digits one by one and GPT-2's splits (pre-tokenizer
"smollm"), or GPT-2's splits alone ("gpt-2"). TEXT goes through the program whole (`lockstep models
tokenize`), nasty strings and as many with characters from all over Unicode 14 one by one
(`tests/tokenize_strings` beside the program). Ids and untrimmed spans must be equal, but for what is
told apart and counted: a symbol that was put in front of a text, and is a token alone, has an empty
span in lockstep; where a charsmap drops characters at the start, or a vocabulary lacks a byte, the library's spans
behind them are shifted; unigram cuts of equal score fall by version in sentencepiece.
Exit status 1 if they differ anywhere else.
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
from nasty_strings import nasty_strings, wild_strings  # noqa: E402


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
    if not (path / "tokenizer.json").exists():
        return sentencepiece_model(path)
    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    tokenizer.post_processor = None  # it trims spans
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def sentencepiece_model(path):
    """A function from text to id, begin, end, id, ..."""
    from make_sentencepiece import expected, model_pb2
    config = path / "tokenizer_config.json"
    config = json.loads(config.read_text()) if config.exists() else {}
    proto = model_pb2.ModelProto.FromString((path / "tokenizer.model").read_bytes())
    return lambda text: expected(text, proto, config)


def by_library(tokenizer, texts):
    start = time.perf_counter()
    if callable(tokenizer):
        flat = [tokenizer(text) for text in texts]
        return [[f[i:i + 3] for i in range(0, len(f), 3)] for f in flat], time.perf_counter() - start
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
    if len(ours) == len(theirs) and [a[0] for a in ours] != [b[0] for b in theirs] and \
            sorted(a[0] for a in ours) == sorted(b[0] for b in theirs):
        return "the same tokens in another order"
    for i, (a, b) in enumerate(zip(ours, theirs)):
        if a != b and not is_prepended(a, b, theirs[i + 1] if i + 1 < len(theirs) else None):
            return f"token {i}: {a} here, {b} in the library"
    if len(ours) != len(theirs):
        return f"{len(ours)} tokens here, {len(theirs)} in the library"
    return None


def is_shifted(text, ours, theirs):
    """What is dropped at the very start shifts the library's spans, and not lockstep's."""
    return (text.startswith("\u200b") and len(ours) == len(theirs)
            and all(a[0] == b[0] for a, b in zip(ours, theirs)))


def drops_bytes(tokenizer, text, ours, theirs):
    """Byte-level vocabularies may lack control characters. The library shifts the spans behind one
    that it drops, and lockstep does not."""
    if not isinstance(tokenizer.model, models.BPE) or tokenizer.model.unk_token:
        return False
    letters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    spelled = "".join(piece for piece, _ in letters.pre_tokenize_str(text))
    return ([a[0] for a in ours] == [b[0] for b in theirs]
            and any(tokenizer.token_to_id(letter) is None for letter in set(spelled)))


def compare(what, tokenizer, texts, ours, theirs):
    is_sentencepiece = callable(tokenizer)  # whose versions round equal scores otherwise
    has_charsmap = not is_sentencepiece and "Precompiled" in str(tokenizer.normalizer)
    differing = shifted = equal = dropped = 0
    for text, a, b in zip(texts, ours, theirs):
        difference = first_difference(a, b)
        if not difference:
            continue
        if has_charsmap and is_shifted(text, a, b):
            shifted += 1
        elif is_sentencepiece and difference == "the same tokens in another order":
            equal += 1
        elif not is_sentencepiece and drops_bytes(tokenizer, text, a, b):
            dropped += 1
        else:
            differing += 1
            if differing <= 5:
                print(f"  {json.dumps(text[:60])}: {difference}")
    apart = "".join(f", {count} {name}" for count, name in (
        (dropped, "with the spans alone shifted behind bytes that the vocabulary lacks"),
        (shifted, "with the spans alone shifted by what is dropped at the start"),
        (equal, "with cuts of equal score in another order")) if count)
    print(f"{what}: {sum(map(len, theirs))} ids and spans compared, in {len(texts)} texts; "
          f"{differing} texts differ{apart}")
    return differing


def check_text(options, checkpoint, tokenizer):
    text = options.text.read_bytes().decode() if options.text else None
    if text is None:
        return 0
    theirs, library_seconds = by_library(tokenizer, [text])
    start = time.perf_counter()
    ours, _ = by_program([options.program, "models", "tokenize", checkpoint], text)
    seconds = time.perf_counter() - start
    differing = compare(options.text.name, tokenizer, [text], [ours], theirs)
    print(f"  library {len(text.encode()) / library_seconds / 1e6:.2f} MB/s; the program took "
          f"{seconds:.2f} s in all, start and reading of the vocabulary included")
    return differing


def check_strings(options, checkpoint, tokenizer):
    nasty = nasty_strings(options.nasty, seed=options.seed, longest=14)
    wild, excluded = wild_strings(options.nasty, seed=options.seed + 1)
    theirs, _ = by_library(tokenizer, nasty + wild)
    program = options.program.parent / "tests/tokenize_strings"
    ours, _ = by_program([program, checkpoint], json.dumps(nasty + wild))
    split = len(nasty)
    differing = compare("nasty strings", tokenizer, nasty, ours[:split], theirs[:split])
    differing += compare("wild strings", tokenizer, wild, ours[split:], theirs[split:])
    print(f"  {excluded} drawn code points excluded: not in Unicode 14")
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoints", type=pathlib.Path, nargs="+")
    parser.add_argument("--text", type=pathlib.Path)
    parser.add_argument("--nasty", type=int, default=2000, help="number of strings of either kind")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/lockstep")
    options = parser.parse_args()
    differing = 0
    for checkpoint in options.checkpoints:
        print(f"{checkpoint}:")
        tokenizer = library_tokenizer(checkpoint)
        differing += check_text(options, checkpoint, tokenizer)
        differing += check_strings(options, checkpoint, tokenizer)
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
