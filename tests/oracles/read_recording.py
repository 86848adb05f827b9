#!/usr/bin/env python3
"""What MNE-Python reads from recordings, as JSON: one object a recording.

usage: read_recording.py RECORDING...     (.ds or .fif; samples are hashed as channel x sample, float64, little-endian)
Exit status 77 without MNE-Python.
"""

import hashlib
import json
import sys
import warnings

try:
    import mne
    import numpy as np
except ImportError:
    sys.exit(77)

warnings.simplefilter("ignore")
mne.set_log_level("ERROR")


def described(path):
    raw = (mne.io.read_raw_ctf if path.rstrip("/").endswith(".ds") else mne.io.read_raw_fif)(path)
    digest = hashlib.sha256()
    for name in raw.ch_names:  # one at a time: recordings may be long
        digest.update(np.ascontiguousarray(raw.get_data(picks=[name]), "<f8").tobytes())
    result = {
        "channels": raw.ch_names,
        "samples": raw.n_times,
        "rate": raw.info["sfreq"],
        "first_sample": int(raw.first_samp),
        "sha256": digest.hexdigest(),
        "bad": sorted(raw.info["bads"]),
        "grade": raw.compensation_grade,
        "kinds": {kind: len(picks) for kind, picks in mne.channel_indices_by_type(raw.info).items() if len(picks)},
        "annotations": [[float(a["onset"]), float(a["duration"]), str(a["description"])] for a in raw.annotations],
        "grades": {},
    }
    if "UPPT001" in raw.ch_names:
        result["triggers"] = mne.find_events(raw, "UPPT001", min_duration=2 / raw.info["sfreq"])[:, [0, 2]].tolist()
    for comp in raw.info["comps"] if len(raw.ch_names) < 50 else []:
        grade = {0x47314252: 1, 0x47324252: 2, 0x47334252: 3}.get(comp["ctfkind"], comp["ctfkind"])
        changed = raw.copy().load_data().apply_gradient_compensation(grade).get_data()
        result["grades"][str(grade)] = changed[:, [0, changed.shape[1] // 2]].tolist()
    return result


print(json.dumps([described(path) for path in sys.argv[1:]], default=lambda number: number.item()))
