#!/usr/bin/env python3
"""Writes the small recordings that are arrays, beside this script, and what NumPy and h5py read from them.

libribrain_meg.h5      as LibriBrain's continuous files are (channels x time, chunks of all channels)
libribrain_epochs.h5   as its files of epochs are
<type>.npy, <type>.tsv arrays time x channel of every type of number and both byte orders, format 1.0 and (float64) 2.0
arrays.json            SHA-256 of the values (channel x sample, float64, little-endian)

Run: python make_arrays.py. Made with NumPy 2.4.6 and h5py 3.16.0.
"""

import hashlib
import json
import pathlib

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent
CHANNELS, SAMPLES = 5, 300
NAMES = ["MEG0111", "MEG0112", "MEG0113", "EOG001", "STI101"]
TYPES = ["mag", "grad", "grad", "eog", "stim"]
rng = np.random.default_rng(3)


def digest(channel_by_time):
    return hashlib.sha256(np.ascontiguousarray(channel_by_time, "<f8").tobytes()).hexdigest()


expected = {}
with h5py.File(HERE / "libribrain_meg.h5", "w") as file:
    data = (rng.normal(size=(CHANNELS, SAMPLES)) * 1e-12).astype("<f4")
    file.create_dataset("data", data=data, chunks=(CHANNELS, 50))
    file.create_dataset("times", data=(np.arange(SAMPLES) / 250).astype("<f4"))
    file.attrs.update(sample_frequency=250.0, highpass_cutoff=0.1, lowpass_cutoff=125.0)
    file.attrs.update(channel_names=", ".join(NAMES), channel_types=", ".join(TYPES))
    expected["libribrain_meg.h5"] = digest(data)
with h5py.File(HERE / "libribrain_epochs.h5", "w") as file:
    file.create_dataset("data", data=np.zeros((4, CHANNELS, 10), "<f4"))
    file.create_dataset("channel_names", data=np.array(NAMES, "S10"))

table = "# rate_hz 250.5\nname\tkind\tunit\tx\ty\tz\tbad\n"
table += "".join(f"{name}\t{kind}\tT\t0.0{i}\t0.02\t-0.03\t{int(i == 2)}\n"
                 for i, (name, kind) in enumerate(zip(NAMES, ["meg_magnetometer"] * 3 + ["eog", "stimulus"])))
for name in ("i2", "i4", "f4", "f8"):
    for order in "<>":
        kind = np.dtype(order + name)
        values = rng.normal(size=(SAMPLES, CHANNELS)) * 10000
        stem = ("little_" if order == "<" else "big_") + name
        with open(HERE / f"{stem}.npy", "wb") as file:
            np.lib.format.write_array(file, values.astype(kind), version=(2, 0) if name == "f8" else (1, 0))
        (HERE / f"{stem}.tsv").write_text(table)
        expected[f"{stem}.npy"] = digest(np.load(HERE / f"{stem}.npy").T)
(HERE / "arrays.json").write_text(json.dumps(expected, indent=1) + "\n")
