#!/usr/bin/env python3
"""Writes mne_steps.json: the LCG signal of tests/aligner/signal/lcg_signal.h through MNE's notch filter, filter and resampling,
for several rates, odd lengths and recordings of several files (filtered whole, resampled file by file, as mne.io.Raw does).
Made with MNE 1.13.2, NumPy 2.4.6. usage: make.py   (in this folder)"""
import json

import mne
import numpy as np

mne.set_log_level("error")


def lcg_signal(length):
    state, values = 1, np.empty(length)
    for n in range(length):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        values[n] = (state >> 11) * 2.0**-53 - 0.5
    return values


CASES = [  # rate, low, high, notches, up, down, lengths of the files
    (1200, 0.1, 20, [], 1, 40, [96001]),
    (1200, 0.1, 20, [], 1, 40, [48001, 47999, 1234]),
    (1000, 0.5, 40, [50], 1, 10, [40003]),
    (1000, 1, None, [50, 100], 1, 8, [12001, 8017]),
    (250, None, 12, [], 4, 25, [30011]),
    (480, 1, 40, [60], 5, 24, [14407, 9601]),
]


def steps(signal, rate, low, high, notches, up, down, lengths):
    if notches:
        signal = mne.filter.notch_filter(signal, rate, notches)
    if low is not None or high is not None:
        signal = mne.filter.filter_data(signal, rate, low, high)
    files = np.split(signal, np.cumsum(lengths)[:-1])
    return np.concatenate([mne.filter.resample(f, up=up, down=down, npad="auto") for f in files])


results = []
for rate, low, high, notches, up, down, lengths in CASES:
    rows = steps(lcg_signal(sum(lengths)), rate, low, high, notches, up, down, lengths)
    places = sorted({0, 1, 2, len(rows) // 3, len(rows) // 2, len(rows) - 3, len(rows) - 2, len(rows) - 1}
                    | {int(p) for p in np.linspace(0, len(rows) - 1, 25)})
    results.append({"rate_hz": rate, "low_hz": low, "high_hz": high, "notch_hz": notches, "up": up, "down": down, "lengths": lengths,
                    "num_rows": len(rows), "largest": float(np.abs(rows).max()), "sum_of_squares": float((rows**2).sum()),
                    "places": places, "values": [float(rows[p]) for p in places]})
json.dump({"mne": mne.__version__, "cases": results}, open("mne_steps.json", "w"), indent=1)
