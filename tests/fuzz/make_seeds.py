#!/usr/bin/env python3
"""Writes the seeds of the fuzzers, corpus/<reader>/seed_*: small files of every form that a reader knows.

    tests/fuzz/make_seeds.py

What the fuzzers found lies beside them under other names. Needs nothing but Python and, for the resolved specs, jsonnet.
"""

import io
import json
import pathlib
import struct
import subprocess
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
FAMILIES = HERE.parent.parent / "models/families"
GOLDEN = HERE.parent / "golden"
U32, F32, BOOL, STRING, ARRAY, I32 = 4, 6, 7, 8, 9, 5


def write(reader, name, content):
    folder = HERE / "corpus" / reader
    folder.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, bytes):
        content = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    (folder / f"seed_{name}").write_bytes(content)


# ---- safetensors ----------------------------------------------------------------------------------
def safetensors(header, data=b""):
    text = json.dumps(header, separators=(",", ":")).encode() if not isinstance(header, bytes) else header
    return struct.pack("<Q", len(text)) + text + data


def make_safetensors():
    sizes = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for dtype, size in sizes.items():
        header[f"model.{dtype}.weight"] = {"dtype": dtype, "shape": [2, 3], "data_offsets": [end, end + 6 * size]}
        end += 6 * size
    write("safetensors", "types", safetensors(header, bytes(range(end))))
    write("safetensors", "empty", safetensors({}))
    scalar = {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}
    none = {"dtype": "F32", "shape": [0, 7], "data_offsets": [4, 4]}
    write("safetensors", "scalar_and_none", safetensors({"s": scalar, "n": none}, b"\0\0\x80\x3f"))
    write("safetensors", "padded", safetensors(b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   ', b"\1"))
    write("safetensors", "escapes", safetensors(b'{"\\u00e9\\ud83d\\ude00":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', b"\1"))
    big = {"dtype": "F32", "shape": [4294967296, 4294967296], "data_offsets": [0, 4]}
    write("safetensors", "too_large", safetensors({"a": big}, b"abcd"))
    write("safetensors", "twice", safetensors(b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{}}', b"\1"))


# ---- GGUF -----------------------------------------------------------------------------------------
def string(text):
    encoded = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(encoded)) + encoded


def pair(key, kind, value):
    return string(key) + struct.pack("<I", kind) + value


def array(key, kind, elements):
    return pair(key, ARRAY, struct.pack("<IQ", kind, len(elements)) + b"".join(elements))


def gguf(pairs, tensors=(), version=3, alignment=32):
    entries, data = b"", b""
    for name, shape, kind, content in tensors:
        data += bytes(-len(data) % alignment)
        entries += string(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *reversed(shape))
        entries += struct.pack("<IQ", kind, len(data))
        data += content
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs)) + b"".join(pairs) + entries
    return head + bytes(-len(head) % alignment) + data


def vocabulary(model, tokens, types=None, merges=(), scores=(), **others):
    pairs = [
        pair("general.architecture", STRING, string(others.pop("architecture", "llama"))),
        pair("tokenizer.ggml.model", STRING, string(model)),
        array("tokenizer.ggml.tokens", STRING, [string(token) for token in tokens]),
    ]
    if types:
        pairs.append(array("tokenizer.ggml.token_type", I32, [struct.pack("<i", kind) for kind in types]))
    if merges:
        pairs.append(array("tokenizer.ggml.merges", STRING, [string(merge) for merge in merges]))
    if scores:
        pairs.append(array("tokenizer.ggml.scores", F32, [struct.pack("<f", score) for score in scores]))
    for key, value in others.items():
        key = f"tokenizer.ggml.{key}"
        if isinstance(value, bool):
            pairs.append(pair(key, BOOL, bytes([value])))
        elif isinstance(value, str):
            pairs.append(pair(key, STRING, string(value)))
        else:
            pairs.append(pair(key, U32, struct.pack("<I", value)))
    return pairs


def make_gguf():
    blocks = {0: (1, 4), 1: (1, 2), 30: (1, 2), 28: (1, 8), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34)}
    blocks |= {10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210)}
    tensors = [(f"blk.{kind}.w.weight", [1, elements], kind, bytes(k % 256 for k in range(size))) for kind, (elements, size) in blocks.items()]
    write("gguf", "types", gguf([pair("general.architecture", STRING, string("llama"))], tensors))
    scalars = [struct.pack("<" + form, 1) for form in "BbHhIif"] + [b"\1", string("text")]
    pairs = [pair(f"k.{kind}", kind, value) for kind, value in enumerate(scalars)]
    pairs += [pair(f"k.{kind}", kind, struct.pack("<" + form, 1)) for kind, form in ((10, "Q"), (11, "q"), (12, "d"))]
    pairs += [array("a.bool", BOOL, [b"\0", b"\1"]), array("a.f32", F32, [struct.pack("<f", 0.5)] * 3), array("a.none", STRING, [])]
    write("gguf", "scalars", gguf(pairs + [pair("general.alignment", U32, struct.pack("<I", 8))], [("w", [2, 2], 0, bytes(16))], alignment=8))
    write("gguf", "version_2", gguf([], version=2))
    letters = ["<s>", "</s>", "a", "e", "h", "t", "\u0120", "\u0120t", "he", "\u0120the", "the", "0", "1"]
    merges = ["\u0120 t", "h e", "\u0120t he", "t he"]
    types = [3, 3] + [1] * (len(letters) - 2)
    for pre in ("gpt-2", "llama-bpe", "qwen2", "smollm", "deepseek-llm", "tekken", "gpt-4o"):
        write("gguf", f"bpe_{pre}", gguf(vocabulary("gpt2", letters, types, merges, pre=pre, bos_token_id=0, add_bos_token=True)))
    pieces = ["<unk>", "<s>", "</s>", "<0x41>", "\u2581", "t", "h", "e", "he", "\u2581t", "\u2581the", "a"]
    types = [2, 3, 3, 6] + [1] * (len(pieces) - 5) + [4]
    scores = [0.0, 0.0, 0.0, 0.0] + [-float(k) for k in range(len(pieces) - 4)]
    write("gguf", "scored", gguf(vocabulary("llama", pieces, types, (), scores, unknown_token_id=0, bos_token_id=1, add_space_prefix=True)))
    inner = json.dumps(tokenizer({"type": "WordLevel", "vocab": {"a": 0, "[UNK]": 1}, "unk_token": "[UNK]"}))
    write("gguf", "inner_json", gguf([pair("tokenizer.huggingface.json", STRING, string(inner))]))


# ---- pytorch_model.bin ----------------------------------------------------------------------------
def archive(records):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as zipped:
        for name, content in records.items():
            zipped.writestr(zipfile.ZipInfo(f"archive/{name}"), content)
    return file.getvalue()


def unicode(text):
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def numbers(*values):
    return b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"


def tensor(kind, storage, elements, offset, shape, strides):
    identifier = b"(" + unicode("storage") + f"ctorch\n{kind}\n".encode() + unicode(storage) + unicode("cpu") + b"K" + bytes([elements]) + b"tQ"
    return (b"ctorch._utils\n_rebuild_tensor_v2\n(" + identifier + b"K" + bytes([offset]) + numbers(*shape) + numbers(*strides)
            + b"\x89ccollections\nOrderedDict\n)RtR")


def state_dict(tensors, metadata=b""):
    items = b"".join(unicode(name) + value for name, value in tensors.items())
    return b"\x80\x02ccollections\nOrderedDict\n)Rq\x00(" + items + b"u" + metadata + b"."


def make_pytorch_bin():
    sizes = {"Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1}
    tensors, records = {}, {}
    for number, (kind, size) in enumerate(sizes.items()):
        tensors[f"{kind}.weight"] = tensor(f"{kind}Storage", str(number), 6, 0, (2, 3), (3, 1))
        records[f"data/{number}"] = bytes(range(6 * size))
    records = {"data.pkl": state_dict(tensors), "byteorder": b"little", **records, "version": b"3\n"}
    write("pytorch_bin", "types", archive(records))
    views = {
        "turned": tensor("FloatStorage", "0", 6, 0, (3, 2), (1, 3)),
        "column": tensor("FloatStorage", "0", 6, 1, (2,), (3,)),
        "scalar": tensor("FloatStorage", "0", 6, 5, (), ()),
        "none": tensor("FloatStorage", "0", 6, 0, (0, 4), (4, 1)),
    }
    metadata = b"}" + unicode("_metadata") + b"}ssb"
    write("pytorch_bin", "views", archive({"data.pkl": state_dict(views, metadata), "data/0": bytes(24)}))
    parameter = b"ctorch._utils\n_rebuild_parameter\n(" + views["turned"] + b"\x88}tR"
    write("pytorch_bin", "parameter", archive({"data.pkl": state_dict({"p": parameter}), "data/0": bytes(24)}))
    write("pytorch_bin", "repeated", archive({"data.pkl": state_dict({"a": tensor("FloatStorage", "0", 1, 0, (255, 255), (0, 0))}), "data/0": bytes(4)}))
    write("pytorch_bin", "call", archive({"data.pkl": b"\x80\x02cposix\nsystem\n" + unicode("true") + b"\x85R."}))
    sizes = b"(" + b"K\x00" * 200 + b"tq\x01"
    many = {f"{k}": tensor("FloatStorage", "0", 0, 0, (), ()).replace(numbers(), b"h\x01") for k in range(9)}
    write("pytorch_bin", "shared_sizes", archive({"data.pkl": b"\x80\x02" + sizes + b"0" + state_dict(many)[2:], "data/0": b""}))
    write("pytorch_bin", "empty", archive({"data.pkl": b"\x80\x02}."}))
    write("pytorch_bin", "torch", (GOLDEN / "weights/pytorch/state_dict.bin").read_bytes())
    write("pytorch_bin", "legacy", bytes.fromhex("80028a0a6cfc9c46f9206aa85019"))


# ---- tokenizer.model ------------------------------------------------------------------------------
def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def field(number, value):
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def sentencepiece(kind, pieces, normalizer=b"", **trainer):
    # sentencepiece_model.proto: SentencePiece { piece 1, score 2, type 3 }, TrainerSpec and NormalizerSpec
    fields = {"model_type": 3, "treat_whitespace_as_suffix": 24, "byte_fallback": 35, "unk_id": 40, "bos_id": 41, "eos_id": 42}
    model = b"".join(field(1, field(1, piece) + field(2, score) + (field(3, type) if type != 1 else b"")) for piece, score, type in pieces)
    trainer = field(3, kind) + b"".join(field(fields[key], int(value)) for key, value in trainer.items())
    return model + field(2, trainer) + field(3, normalizer)


def make_tokenizer_model():
    unknown, controls = ("<unk>", 0.0, 2), [("<s>", 0.0, 3), ("</s>", 0.0, 3)]
    pieces = [(piece, -float(rank), 1) for rank, piece in enumerate(["\u2581the", "\u2581t", "he", "\u2581", "t", "h", "e", "a", "\u00e9", "aa"])]
    own = [("<sep>", 0.0, 4), ("\u00e9t", 0.0, 4)]
    letters = [(f"<0x{byte:02X}>", 0.0, 6) for byte in range(256)]
    for kind, name in ((1, "unigram"), (2, "bpe"), (3, "word"), (4, "char")):
        write("tokenizer_model", name, sentencepiece(kind, [unknown, *controls, *pieces, *own]))
        write("tokenizer_model", f"{name}_bytes", sentencepiece(kind, [unknown, *controls, *letters, *pieces], byte_fallback=True))
    write("tokenizer_model", "suffix", sentencepiece(1, [unknown, *controls, *pieces], treat_whitespace_as_suffix=True))
    write("tokenizer_model", "keeps_spaces", sentencepiece(2, [unknown, *pieces], field(3, 0) + field(4, 0) + field(5, 0), unk_id=0))
    write("tokenizer_model", "no_unknown", sentencepiece(1, [*controls, *pieces]))
    write("tokenizer_model", "unused", sentencepiece(1, [unknown, *pieces, ("t\u2581h", -1.0, 5)]))
    write("tokenizer_model", "not_a_number", sentencepiece(1, [unknown, *pieces[:-1], ("a", float("nan"), 1)]))
    write("tokenizer_model", "infinite", sentencepiece(1, [unknown, *pieces, ("aa\u2581", float("inf"), 1)]))
    write("tokenizer_model", "twice", sentencepiece(2, [unknown, *pieces, ("a", 0.0, 1)]))
    write("tokenizer_model", "some_bytes", sentencepiece(2, [unknown, *letters[:9], *pieces], byte_fallback=True))
    trie = struct.pack("<I", 0x100 | 1 << 10)
    write("tokenizer_model", "charsmap", sentencepiece(1, [unknown, *pieces], field(1, "nmt_nfkc") + field(2, struct.pack("<I", len(trie)) + trie)))
    write("tokenizer_model", "t5", (GOLDEN / "tokenizers/sentencepiece/t5/tokenizer.model").read_bytes())
    write("tokenizer_model", "empty", b"")


# ---- tokenizer.json -------------------------------------------------------------------------------
def tokenizer(model, normalizer=None, pre_tokenizer=None, post_processor=None, added_tokens=()):
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": list(added_tokens),
        "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": post_processor,
        "decoder": None,
        "model": model,
    }


def added(identifier, content, **flags):
    return {"id": identifier, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} | flags


def sequence(kind, *parts):
    return {"type": "Sequence", kind: list(parts)}


def make_tokenizer_json():
    letters = {"a": 0, "e": 1, "h": 2, "t": 3, "\u0120": 4, "he": 5, "\u0120t": 6, "\u0120the": 7, "<0x41>": 8, "<s>": 9}
    bpe = {"type": "BPE", "dropout": None, "unk_token": "<s>", "continuing_subword_prefix": None, "end_of_word_suffix": None}
    bpe |= {"fuse_unk": True, "byte_fallback": True, "ignore_merges": False, "vocab": letters, "merges": ["h e", ["\u0120", "t"], "\u0120t he"]}
    gpt2 = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    llama3 = {"type": "Split", "pattern": {"Regex": r"(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s+(?!\S)|\s+"}, "behavior": "Isolated", "invert": False}
    template = {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}
    template |= {"pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [9], "tokens": ["<s>"]}}}
    specials = [added(9, "<s>", lstrip=True, rstrip=True), added(10, "and", single_word=True, normalized=True, special=False)]
    write("tokenizer_json", "bpe", tokenizer(bpe, None, gpt2, template, specials))
    write("tokenizer_json", "split", tokenizer(bpe, {"type": "NFC"}, sequence("pretokenizers", llama3, gpt2 | {"use_regex": False}), sequence("processors", gpt2, template)))
    metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": True}
    llama2 = sequence("normalizers", {"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})
    unigram = {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": [["<unk>", 0.0], ["\u2581", -1.5], ["a", -2.0], ["t", -2.5], ["\u2581the", -3.0]]}
    write("tokenizer_json", "prepend", tokenizer(bpe, llama2))
    write("tokenizer_json", "unigram", tokenizer(unigram, None, metaspace))
    word_piece = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 20, "vocab": {"[UNK]": 0, "[CLS]": 1, "the": 2, "##s": 3, "cat": 4}}
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    cls = {"type": "BertProcessing", "sep": ["[SEP]", 0], "cls": ["[CLS]", 1]}
    write("tokenizer_json", "word_piece", tokenizer(word_piece, bert, {"type": "BertPreTokenizer"}, cls, [added(1, "[CLS]")]))
    word_level = {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "the": 1}}
    forms = sequence("normalizers", *[{"type": kind} for kind in ("NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "ByteLevel")])
    forms["normalizers"].append({"type": "Strip", "strip_left": True, "strip_right": True})
    cuts = sequence("pretokenizers", {"type": "Digits", "individual_digits": True}, {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "Whitespace"}, {"type": "WhitespaceSplit"})
    write("tokenizer_json", "forms", tokenizer(word_level, forms, cuts))
    twice = {"type": "Replace", "pattern": {"Regex": "[ea]"}, "content": "aa"}
    write("tokenizer_json", "growing", tokenizer(word_level, sequence("normalizers", *[twice] * 30), None, None, [added(2, "aaaa", normalized=True)]))
    back = {"type": "Split", "pattern": {"Regex": r"a|(?<=\Ka)b"}, "behavior": "Isolated", "invert": False}
    write("tokenizer_json", "match_behind", tokenizer(bpe, None, back))
    write("tokenizer_json", "unknown_key", tokenizer(word_level | {"new": 1}))
    # A charsmap of one unit, and one that maps "a" to "b".
    units = [1 << 10 | 0x100] + [0] * 96 + [ord("a") | 0x100 | 2 << 10] + [0] * 31
    units[(ord("a") ^ 1) ^ 0] = ord("a") | 0x100 | 4 << 10
    trie = struct.pack(f"<{len(units)}I", *units)
    import base64

    for name, content in (("one_unit", struct.pack("<II", 4, 0)), ("one_letter", struct.pack("<I", len(trie)) + trie + b"b\0")):
        charsmap = {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(content).decode()}
        write("tokenizer_json", f"charsmap_{name}", tokenizer(word_level, charsmap))


# ---- config.json ----------------------------------------------------------------------------------
def make_config_json():
    sizes = {"hidden_size": 8, "intermediate_size": 16, "max_position_embeddings": 64, "num_attention_heads": 2, "num_hidden_layers": 2, "vocab_size": 10}
    rope = {"factor": 8.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 16, "rope_type": "llama3"}
    configs = {
        "llama": sizes | {"model_type": "llama", "num_key_value_heads": 1, "rope_scaling": rope, "tie_word_embeddings": True, "hidden_act": "silu"},
        "gpt_neox": sizes | {"model_type": "gpt_neox", "rotary_pct": 0.5, "use_parallel_residual": True},
        "gemma2": sizes | {"model_type": "gemma2", "head_dim": 4, "sliding_window": 8, "query_pre_attn_scalar": 4, "num_key_value_heads": 1},
        "mistral": sizes | {"model_type": "mistral", "num_key_value_heads": 2, "sliding_window": None},
        "qwen2": sizes | {"model_type": "qwen2", "num_key_value_heads": 2, "use_sliding_window": True, "max_window_layers": 1, "sliding_window": 8},
    }
    for name, config in configs.items():
        write("config_json", name, config)
        arguments = ["jsonnet", "-J", str(FAMILIES), "--tla-code", f"config={json.dumps(config)}", str(FAMILIES / f"{name}.jsonnet")]
        done = subprocess.run(arguments, capture_output=True, text=True)
        if done.returncode == 0 and name != "mistral":
            write("config_json", f"spec_{name}", json.loads(done.stdout))
        elif done.returncode:
            print(name, done.stderr.splitlines()[0])
    bare = b'{"model_type":"llama","rope_theta":Infinity,"limits":[0.0,-Infinity,{"__float__":"Infinity"}],"nan":NaN,"text":"NaN\\""}'
    write("config_json", "bare_numbers", bare)
    write("config_json", "text_config", {"model_type": "llama", "text_config": sizes | {"model_type": "llama"}, "vision_config": {}})


if __name__ == "__main__":
    make_safetensors()
    make_gguf()
    make_pytorch_bin()
    make_tokenizer_model()
    make_tokenizer_json()
    make_config_json()
