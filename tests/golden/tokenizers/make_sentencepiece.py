"""Makes small sentencepiece models and what PyPI's sentencepiece gives for strings.json.

    python make_sentencepiece.py

Each folder holds a tokenizer.model, the tokenizer_config.json of its kind and expected.json in the
form of make.py's: id, begin, end, ... in code points. All bytes of a character carry its span. Added
tokens and control pieces are cut out of the text first, as transformers does; behind them the text
has no dummy prefix, unless the folder is legacy. null stands where versions of sentencepiece differ:
"000" as "0" "00" or "00" "0", whose sums of float scores are equal but for rounding.
"""
import io
import json
import pathlib
import re
import tempfile

import regex
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as model_pb2

from make import TEXT
from nasty_strings import nasty_strings

# What the library's regular expressions take for a character of a word.
WORD = regex.compile(r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]")
HERE = pathlib.Path(__file__).parent


def train(**options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT.split("\n")), model_writer=model, minloglevel=2, num_threads=1,
        **options)
    proto = model_pb2.ModelProto.FromString(model.getvalue())
    proto.trainer_spec.input.clear()
    return proto


def token(content, **flags):
    return {"content": content, "lstrip": False, "rstrip": False, "normalized": False,
            "single_word": False, "special": True, **flags}


def llama():
    """Llama 2: BPE, bytes, text as it is."""
    proto = train(vocab_size=520, model_type="bpe", byte_fallback=True, character_coverage=0.99,
                  normalization_rule_name="identity", remove_extra_whitespaces=False)
    return proto, {"add_bos_token": True, "bos_token": "<s>", "legacy": True}


def gemma():
    """No dummy prefix, user-defined pieces, added tokens behind the model's."""
    proto = train(vocab_size=560, model_type="bpe", byte_fallback=True, character_coverage=0.99,
                  normalization_rule_name="identity", remove_extra_whitespaces=False,
                  add_dummy_prefix=False, user_defined_symbols=["<mask>", "\n\n"])
    return proto, {"add_bos_token": False, "bos_token": {"content": "<s>"}, "added_tokens_decoder": {
        "560": token("<|end|>", lstrip=True, rstrip=True), "561": token("[pad]", single_word=True)}}


RULES = {"\ufb01": "fi", "\u00bd": "1/2", "e\u0301": "\u00e9", "\u00a0": " ", "\u200b": "", "\t": " ",
         "\r\n": " ", "\n": " ", "A\u030a": "A", "\ufdfa": "sallallahou", "\uff21": "A",
         "\x1f": "", "\u0301": "", "T": "t", "H": "h", "\ufeff": " ", "\u3000": " "}


def rules_file():
    """sentencepiece's own tables take 240 kB; this one widens, narrows and drops as they do."""
    def codes(text):
        return " ".join(f"{ord(c):X}" for c in text)
    file = tempfile.NamedTemporaryFile("w", suffix=".tsv")
    file.write("".join(f"{codes(old)}\t{codes(new)}\n" for old, new in RULES.items()))
    file.flush()
    return file


def t5(normalization=None):
    """Unigram behind a charsmap; spaces are squeezed, unknown characters fuse."""
    with rules_file() as rules:
        named = {"normalization_rule_name": normalization} if normalization else {
            "normalization_rule_tsv": rules.name}
        proto = train(vocab_size=200, model_type="unigram", bos_id=-1, eos_id=1, unk_id=2, pad_id=0,
                      **named)
    return proto, {"bos_token": None, "add_bos_token": False}


def unigram_bytes(normalization=None):
    """Unigram with bytes, dummy prefix at the start only, an added token in the text."""
    with rules_file() as rules:
        named = {"normalization_rule_name": normalization} if normalization else {
            "normalization_rule_tsv": rules.name}
        proto = train(vocab_size=440, model_type="unigram", byte_fallback=True,
                      character_coverage=0.98, **named)
    return proto, {}


def added_tokens(proto, config):
    """content -> (id, flags): what is cut out of the text."""
    found = {}
    for id_, piece in enumerate(proto.pieces):
        if piece.type in (piece.CONTROL, piece.UNKNOWN):
            found[piece.piece] = (id_, token(piece.piece))
    for id_, flags in config.get("added_tokens_decoder", {}).items():
        found[flags["content"]] = (int(id_), flags)
    return found


def cut(text, added):
    """(begin, end, id or None) in order; the longest token first."""
    pattern = re.compile("|".join(re.escape(c) for c in sorted(added, key=len, reverse=True)))
    parts, covered = [], 0
    for match in pattern.finditer(text):
        id_, flags = added[match[0]]
        begin, end = match.span()
        touches = WORD.match(text[:begin][-1:]) or WORD.match(text[end:][:1])
        if flags["single_word"] and touches:
            continue
        if flags["lstrip"]:
            while begin > covered and text[begin - 1].isspace() and text[begin - 1] not in "\x1f":
                begin -= 1
        if flags["rstrip"]:
            while end < len(text) and text[end].isspace() and text[end] not in "\x1f":
                end += 1
        if begin > covered:
            parts.append((covered, begin, None))
        parts.append((begin, end, id_))
        covered = end
    if covered < len(text):
        parts.append((covered, len(text), None))
    return parts


def without_dummy_prefix(proto):
    other = model_pb2.ModelProto.FromString(proto.SerializeToString())
    other.normalizer_spec.add_dummy_prefix = False
    return other


def expected(text, proto, config):
    first = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
    later = first if config.get("legacy") else sentencepiece.SentencePieceProcessor(
        model_proto=without_dummy_prefix(proto).SerializeToString())
    added = added_tokens(proto, config)

    def flat_of(text):
        flat = []
        for begin, end, id_ in cut(text, added):
            if id_ is not None:
                flat += [id_, begin, end]
                continue
            processor = later if begin else first
            pieces = processor.encode(text[begin:end], return_type="proto").pieces
            of_byte = [i for i, c in enumerate(text[begin:end]) for _ in c.encode()] + [end - begin]
            spans = [[p.id, begin + of_byte[p.begin], begin + of_byte[p.end]] for p in pieces]
            for a, b in reversed(list(zip(spans, spans[1:]))):
                if processor.is_byte(a[0]) and processor.is_byte(b[0]) and a[1] == a[2] == b[1]:
                    a[2] = b[2]
            flat += sum(spans, [])
        return flat

    return flat_of(text)


def main():
    strings = json.loads((HERE / "strings.json").read_text())
    for make in (llama, gemma, t5, unigram_bytes):
        proto, config = make()
        folder = HERE / "sentencepiece" / make.__name__
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tokenizer.model").write_bytes(proto.SerializeToString())
        (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")
        has_ties = proto.trainer_spec.model_type == proto.trainer_spec.UNIGRAM
        lines = [None if has_ties and "000" in string else expected(string, proto, config)
                 for string in strings]
        (folder / "expected.json").write_text(
            "[" + ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "]\n")
        print(make.__name__, sum(len(line) // 3 for line in lines if line), "tokens,",
              len(proto.SerializeToString()), "bytes")
    (HERE / "sentencepiece" / "README.md").write_text(
        "Small sentencepiece models and their tokens, made by ../make_sentencepiece.py with "
        f"sentencepiece {sentencepiece.__version__}.\n")


if __name__ == "__main__":
    main()
