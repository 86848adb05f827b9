"""Makes the tokenizers of this folder and what they give for strings.json, by PyPI's tokenizers.

    python make.py [NAME...]     (training breaks some ties by chance: files may differ from run to run)

Each folder holds a small tokenizer in the shape of a well-known family, trained on TEXT, and
expected.json: for each string a flat list id, begin, end, id, begin, end, ... Spans are untrimmed
code points, as the library gives them without a trimming post-processor, but for two things: a
symbol that was put in front of the text, and is a token alone, has an empty span; and what a
charsmap drops at the start of a text shifts no span.
"""
import json
import pathlib
import struct
import sys

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers
from tokenizers import processors, trainers

from nasty_strings import nasty_strings

HERE = pathlib.Path(__file__).parent
META = "\u2581"

TEXT = """The lighthouse keeper's daughter couldn't sleep. At 3:45 in the morning she heard the lamp,
the old lamp with its 1,000 mirrors, turning and turning. "Who's there?" she asked. "It's only me,"
said the wind; "I've come to count the ships." There were 12 ships that night, and 144 the night
before, and she'd counted every one. She'll count them again tomorrow, won't she? They're hers.
L'\u00e9t\u00e9 dernier, \u00e0 la f\u00eate du ch\u00e2teau, le gar\u00e7on na\u00eff mangeait une cr\u00eape br\u00fbl\u00e9e. Gr\u00fc\u00dfe aus K\u00f6ln,
\u0141\u00f3d\u017a i \u0160koda; \u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac. \u4e2d\u6587\u548c\u65e5\u672c\u8a9e\u3002 \u05e9\u05dc\u05d5\u05dd. \u0645\u0631\u062d\u0628\u0627. \u0939\u093f\u0928\u094d\u0926\u0940. \ud55c\uad6d\uc5b4. \u201cCurly quotes\u201d and
\u2018single ones\u2019 \u2014 with dashes \u2014 and an ellipsis\u2026 \U0001f600 \U0001f600 \U0001f469\u200d\U0001f467 f(x) = x\u00b2 + \u00bd; a_b __init__ #tag @home $5.00 100%
    def keep(lamp):
        return lamp.light(hours=12)  # the keeper's promise

The sea was the colour of slate. The gulls were quiet. The lamp was lit, and the light went round,
and the ships went by, and the keeper slept, and the daughter counted: one, two, three, four."""

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
DEEPSEEK3 = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"
    r" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
ALPHABET = pre_tokenizers.ByteLevel.alphabet()


def byte_level(splits=(), use_regex=False, add_prefix_space=False):
    steps = [*splits, pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space, use_regex=use_regex)]
    return steps[0] if len(steps) == 1 else pre_tokenizers.Sequence(steps)


def split(expression, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(expression), behavior=behavior, invert=invert)


def train(tokenizer, vocab_size, alphabet, special_tokens=()):
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        initial_alphabet=alphabet,
        special_tokens=list(special_tokens),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT.split("\n"), trainer)
    return tokenizer


def gpt2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = byte_level(use_regex=True)
    train(tokenizer, 600, ALPHABET)
    tokenizer.add_special_tokens(["<|endoftext|>"])
    tokenizer.add_tokens([AddedToken("<mask>", lstrip=True), AddedToken("[pad]", single_word=True)])
    return tokenizer


def prefixed():
    """RoBERTa's: a space in front; a mask that takes the whitespace around it along."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = byte_level(use_regex=True, add_prefix_space=True)
    train(tokenizer, 420, ALPHABET, ["<s>", "</s>"])
    tokenizer.add_tokens([AddedToken("<mask>", lstrip=True, rstrip=True, special=True)])
    return tokenizer


def llama3():
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = byte_level([split(LLAMA3)])
    train(tokenizer, 600, ALPHABET)
    # Whole words that no merge leads to: only ignore_merges finds them.
    data = json.loads(tokenizer.to_str())
    for word in ["\u0120lighthouse", "Hello", "world", "\u0120don"]:
        data["model"]["vocab"].setdefault(word, len(data["model"]["vocab"]))
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.add_special_tokens(["<|end|>", "<s>"])
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing("<s> $A", "<s> $A $B", [("<s>", tokenizer.token_to_id("<s>"))]),
    ])
    return tokenizer


def qwen2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = byte_level([split(QWEN2)])
    train(tokenizer, 500, ALPHABET)
    tokenizer.add_special_tokens(["<|endoftext|>", "<|end|>"])
    return tokenizer


def smollm2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = byte_level([pre_tokenizers.Digits(individual_digits=True)], use_regex=True)
    train(tokenizer, 600, ALPHABET, ["<|endoftext|>", "<s>"])
    return tokenizer


def sentencepiece_like(normalizer, pre_tokenizer=None, byte_fallback=True):
    """BPE over whole texts with spaces as META, bytes for what is unknown."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=byte_fallback))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(META), normalizers.Replace(" ", META)])
    # Words of the training text only: at run time the whole text is one pre-token.
    tokenizer.pre_tokenizer = pre_tokenizers.Split(META, "merged_with_next")
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)] if byte_fallback else []
    train(tokenizer, 560 if byte_fallback else 300, [], ["<unk>", "<s>", "</s>", *bytes_])
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = data["added_tokens"][:3]
    data["pre_tokenizer"] = None
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def llama2(byte_fallback=True):
    """Llama 2, Mistral 7B v0.1 and Phi-3, as their files were first written."""
    return sentencepiece_like(
        normalizers.Sequence([normalizers.Prepend(META), normalizers.Replace(" ", META)]),
        byte_fallback=byte_fallback)


def with_bos(tokenizer, bos):
    tokenizer.post_processor = processors.TemplateProcessing(
        f"{bos} $A", f"{bos} $A {bos} $B", [(bos, tokenizer.token_to_id(bos))])
    return tokenizer


def mistral():
    """The same vocabularies as transformers writes them today: no dummy prefix behind added tokens."""
    tokenizer = sentencepiece_like(None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False))
    return with_bos(tokenizer, "<s>")


def gemma():
    """No dummy prefix; HTML tags and runs of line breaks are added tokens."""
    tokenizer = sentencepiece_like(normalizers.Replace(" ", META),
                                   pre_tokenizers.Split(" ", "merged_with_previous"))
    tokenizer.add_special_tokens(["<bos>", "<start_of_turn>"])
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in ("\n\n", "\n\n\n", "<h1>")])
    return with_bos(tokenizer, "<bos>")


def deepseek3():
    """DeepSeek V3 and R1: splits one after the other, special tokens that are not ASCII."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([])
    tokenizer.pre_tokenizer = byte_level([
        split(r"\p{N}{1,3}"), split("[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"), split(DEEPSEEK3)])
    train(tokenizer, 560, ALPHABET)
    tokenizer.add_special_tokens(["<\uff5cbegin\u2581of\u2581sentence\uff5c>", "<s>"])
    return with_bos(tokenizer, "<\uff5cbegin\u2581of\u2581sentence\uff5c>")


def deepseek_coder():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = byte_level([
        split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"),
        split("[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"), split(r"\p{N}")])
    return train(tokenizer, 500, ALPHABET)


def scripts():
    """Rarely used parts: Nmt, replacement by nothing, scripts, a delimiter, a fixed length."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", dropout=0.0))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Nmt(), normalizers.Replace("lo", ""), normalizers.Strip(left=False)])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.UnicodeScripts(), pre_tokenizers.CharDelimiterSplit("r"),
        pre_tokenizers.FixedLength(4)])
    return train(tokenizer, 300, [], ["<unk>"])


def punctuation():
    """The byte alphabet as a normalizer; the other behaviours of splits."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.ByteLevel()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Punctuation("merged_with_previous"), pre_tokenizers.Split("\u0120", "merged_with_next"),
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Punctuation("removed")])
    train(tokenizer, 420, ALPHABET)
    tokenizer.add_tokens([AddedToken("Lamp", single_word=True, lstrip=True, rstrip=True, normalized=True)])
    return tokenizer


def llama2_without_bytes():
    """Unknown characters fuse; merges as two-element arrays or as text are read alike."""
    return llama2(byte_fallback=False)


def metaspace():
    """Metaspace, NFKC, lower case, no accents, stripped; unknown characters one by one."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.NFKC(),
        normalizers.Strip(), normalizers.Replace(Regex("-+|_"), "~"),
    ])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    train(tokenizer, 260, [], ["<unk>", "<s>"])
    tokenizer.add_tokens([AddedToken("<MASK>", normalized=True), AddedToken("[pad]", rstrip=True)])
    return tokenizer


def falcon():
    """Splits of other kinds, before and after the byte alphabet; characters may be dropped."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Punctuation("contiguous"),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
        pre_tokenizers.Digits(),
        split("[0-9][0-9][0-9]"),
        pre_tokenizers.Split("\u0120t", "merged_with_previous"),
        split("(?=\u0120the)|e+", "contiguous"),
    ])
    train(tokenizer, 420, ALPHABET)
    return tokenizer


def words():
    """Whitespace is removed; a suffix marks the ends of words, a prefix the insides."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>",
                                     continuing_subword_prefix="##"))
    tokenizer.normalizer = normalizers.NFD()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Whitespace(), pre_tokenizers.WhitespaceSplit(),
        split("[a-z]+|.", "removed", invert=True),
    ])
    trainer = trainers.BpeTrainer(vocab_size=400, end_of_word_suffix="</w>", show_progress=False,
                                  continuing_subword_prefix="##", special_tokens=["<unk>"])
    tokenizer.train_from_iterator(TEXT.split("\n"), trainer)
    return tokenizer


def bert():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=30))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=400, show_progress=False,
                                        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.train_from_iterator(TEXT.split("\n"), trainer)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def bert_cased():
    tokenizer = bert()
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=False, handle_chinese_chars=True, strip_accents=True, lowercase=False)
    return tokenizer


def word_level():
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(TEXT.split("\n"), trainers.WordLevelTrainer(
        vocab_size=200, show_progress=False, special_tokens=["<unk>", "<s>"]))
    return tokenizer


def double_array(keys):
    """A Darts-clone array of byte strings and values: each node at the first place that fits."""
    trie = {}
    for key, value in keys.items():
        node = trie
        for byte in key:
            node = node.setdefault(byte, {})
        node[None] = value
    units, taken = [0] * 2048, {0}

    def place(node, position):
        labels = [0 if label is None else label for label in node]
        offset = next(o for o in range(1, 1024)
                      if not taken & {position ^ o ^ label for label in labels})
        units[position] |= offset << 10 | (1 << 8 if None in node else 0)
        taken.update(position ^ offset ^ label for label in labels)
        for label, child in node.items():
            if label is None:
                units[position ^ offset] = child | 1 << 31
            else:
                units[position ^ offset ^ label] = label
        for label, child in node.items():
            if label is not None:
                place(child, position ^ offset ^ label)

    place(trie, 0)
    return struct.pack(f"<{len(units)}I", *units)


def charsmap(table):
    """The bytes of a sentencepiece charsmap that replaces the keys of a table."""
    values, keys = b"", {}
    for old, new in table.items():
        keys[old.encode()] = len(values)
        values += new.encode() + b"\0"
    trie = double_array(keys)
    return struct.pack("<I", len(trie)) + trie + values


def unigram(byte_fallback=False):
    """Unigram behind a charsmap that widens, narrows and drops."""
    table = {"\ufb01": "fi", "\u00bd": "1/2", "e\u0301": "\u00e9", "\u00a0": " ", "\u200b": "", "\t": " ",
             "\r\n": " ", "\n": " ", "A\u030a": "A", "\ufdfa": "sallallahou", "\uff21": "A"}
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Precompiled(charsmap(table))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.train_from_iterator(TEXT.split("\n"), trainers.UnigramTrainer(
        vocab_size=250, show_progress=False, unk_token="<unk>", special_tokens=["<unk>", "<s>"]))
    data = json.loads(tokenizer.to_str())
    for token in data["model"]["vocab"]:
        token[1] = round(token[1], 4)
    if byte_fallback:
        data["model"]["byte_fallback"] = True
        data["model"]["vocab"] += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
    return Tokenizer.from_str(json.dumps(data))


def unigram_with_bytes():
    return unigram(byte_fallback=True)


TOKENIZERS = [gpt2, prefixed, llama3, qwen2, smollm2, llama2, llama2_without_bytes, mistral, gemma,
              deepseek3, deepseek_coder, metaspace, falcon, words, scripts, punctuation, bert, bert_cased, word_level, unigram, unigram_with_bytes]
PREPENDED = {"prefixed": "\u0120", "llama2": META, "llama2_without_bytes": META, "mistral": META, "metaspace": META,
             "unigram": META, "unigram_with_bytes": META}
DROPPED = "\u200b"


def expected_behind_dropped(tokenizer, string, prepended):
    """The library shifts spans by what a charsmap drops at the very start; this does not."""
    kept = string.lstrip(DROPPED)
    flat = expected(tokenizer, kept, prepended)
    shift = len(string) - len(kept)
    return [value + (shift if i % 3 else 0) for i, value in enumerate(flat)]


def expected(tokenizer, string, prepended):
    """id, begin, end, ... of one string."""
    splits_first = isinstance(tokenizer.model, models.Unigram)  # then each word has a symbol in front
    encoding = tokenizer.encode(string, add_special_tokens=False)
    added = {id_: token.content for id_, token in tokenizer.get_added_tokens_decoder().items()}
    flat = []
    begins_section = True
    for i, (id_, token, (begin, end)) in enumerate(zip(encoding.ids, encoding.tokens, encoding.offsets)):
        follower = encoding.offsets[i + 1 : i + 2]
        # A section of text begins at the start and behind an added token that stands in the text.
        if begins_section and token == prepended and follower and follower[0][0] == begin:
            flat += [id_, begin, begin]
        else:
            flat += [id_, begin, end]
        begins_section = splits_first or id_ in added and added[id_].lower() in string[begin:end].lower()
    return flat


def main():
    strings = nasty_strings(320, seed=1)
    (HERE / "strings.json").write_text(json.dumps(strings, ensure_ascii=True, indent=0) + "\n")
    for make in TOKENIZERS:
        if sys.argv[1:] and make.__name__ not in sys.argv[1:]:
            continue
        tokenizer = make()
        tokenizer.decoder = None
        folder = HERE / make.__name__
        folder.mkdir(exist_ok=True)
        data = json.loads(tokenizer.to_str())
        if make is smollm2:  # the older spelling of merges
            data["model"]["merges"] = [" ".join(pair) for pair in data["model"]["merges"]]
        (folder / "tokenizer.json").write_text(
            json.dumps(data, ensure_ascii=True, separators=(",", ":")) + "\n")
        again = Tokenizer.from_file(str(folder / "tokenizer.json"))
        run = expected_behind_dropped if "unigram" in make.__name__ else expected
        lines = [run(again, string, PREPENDED.get(make.__name__)) for string in strings]
        (folder / "expected.json").write_text(
            "[" + ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "]\n")
        print(make.__name__, sum(len(line) // 3 for line in lines), "tokens")
    (HERE / "README.md").write_text(
        f"Small tokenizers and their tokens, made by make.py with tokenizers {tokenizers.__version__}.\n")


if __name__ == "__main__":
    main()
