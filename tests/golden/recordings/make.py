#!/usr/bin/env python3
"""Writes tiny recordings beside this script with writers of its own, and what MNE-Python makes of them.

tiny.ds/                 CTF: 3 trials in 2 .meg4 files, gains of either sign, references, triggers, clock, audio, a sensor without
                         position, coefficients of grades 1 to 3, bad channels, bad segments, classes, markers, head coils
graded.ds/               the same sensors stored at grade 3, swapped date and time, the clock stopping in the last trial
skips_raw.fif            FIF, 16 bits: first sample 1000, skips at the begin and in the middle, bad channels, annotations
parts_raw.fif, -1, -2    FIF in three files: float32; the second is named, the third has a number
mixed_raw.fif            FIF with buffers of float64, 16-bit integers and float32
whole_raw.fif            FIF, 32 bits, an old block 112, ranges other than 1, long channel names
expected.json            what MNE-Python reads from these and, with the folder of the real recordings as argument, from those: SHA-256 of
                         the samples (channel x sample, float64, little-endian), names, markers, samples at every grade

Run: python make.py [FOLDER WITH exported4D_linux_raw.fif AND test_ctf_comp_raw.fif]. Versions are in README.md.
"""

import hashlib
import json
import pathlib
import struct
import sys
import warnings

import mne
import numpy as np

HERE = pathlib.Path(__file__).parent
NSAMP, TRIALS, RATE = 50, 3, 1200.0
PRE_TRIGGER = 12

# name, sensor type, proper gain, q gain, position in cm
CHANNELS = [
    ("SCLK01-177", 17, 1.0, 1.0, (0, 0, 0)),
    ("BG1-4304", 0, 1.1e9, 1048576.0, (1.0, 2.0, 30.0)),
    ("G11-4304", 1, -2.7e9, 1048576.0, (2.0, 1.0, 31.0)),
    ("P12-4304", 1, 2.9e9, 1048576.0, (3.0, 2.0, 32.0)),
    ("MLC11-4304", 5, 3.1e9, 1048576.0, (5.5, 4.25, 12.0)),
    ("MRT57-4304", 5, -2.74e9, 1048576.0, (-5.5, 4.25, 11.0)),
    ("MZO01-4304", 5, 3.3e9, 1048576.0, (0.5, -8.25, 10.0)),
    ("MLF99-4304", 5, 3.3e9, 1048576.0, (0.0, 0.0, 0.0)),
    ("EEG001-4304", 9, 1.0, 2.5e7, (0, 0, 0)),
    ("UPPT001", 11, 1.0, 1.0, (0, 0, 0)),
    ("UADC003-4304", 18, 1.0, 3276800.0, (0, 0, 0)),
]
REFERENCES = ["BG1-4304", "G11-4304", "P12-4304", "Q99-4304"]  # the last was not recorded
KINDS = {"G1BR": 1, "G2BR": 2, "G3BR": 3}


def text(value, length):
    return value.encode().ljust(length, b"\0")


def channel_record(name, kind, proper_gain, q_gain, position, grade):
    record = struct.pack(">hhi4d", kind, 0, 0, proper_gain, q_gain, 1.0, 0.0)
    record += struct.pack(">hhi", 2, grade, 0)
    normal = (0.6, 0.0, 0.8)
    coils = b""
    for coil in range(16):
        moved = tuple(x + (0.0, 0.0, 5.0)[axis] * (coil % 2) for axis, x in enumerate(position))
        used = coil % 8 < 2 and any(position)
        coils += struct.pack(">3dd3ddhihd", *(moved if used else (0, 0, 0)), 0.0, *(normal if used else (0, 0, 0)), 0.0, 8, 0, 0, 2.5)
    record += coils
    assert len(record) == 1328
    return record


def coefficient_records():
    rng = np.random.default_rng(5)
    records = b""
    count = 0
    for kind in KINDS:
        names = [c[0] for c in CHANNELS if c[1] == 5] + (["G11-4304", "P12-4304"] if kind == "G1BR" else [])
        for name in names:
            references = REFERENCES if kind != "G1BR" else REFERENCES[:1] + REFERENCES[3:]
            values = rng.normal(size=len(references)) * 0.3
            records += text(name, 32) + kind.encode() + struct.pack(">ih", 0, len(references))
            records += b"".join(text(r, 31) for r in references) + b"\0" * 31 * (50 - len(references))
            records += struct.pack(">50d", *values, *[0.0] * (50 - len(values)))
            count += 1
    return count, records


def res4(grade, time, date):
    head = b"MEG42RS\0" + text("app", 256) + text("origin", 256) + text("", 256) + struct.pack(">h", 0)
    head += text(time, 255) + text(date, 255)
    head += struct.pack(">ihhddhhi", NSAMP, len(CHANNELS), 0, RATE, NSAMP * TRIALS / RATE, TRIALS, 0, PRE_TRIGGER)
    head = head.ljust(1836, b"\0") + struct.pack(">i", 6)
    head = head.ljust(1844, b"\0") + text("a run", 6)
    head += struct.pack(">h", 2) + struct.pack(">diih1d", 300.0, 0, 1, 1, 0.5) + struct.pack(">diih", 0.0, 0, 2, 0)
    head += b"".join(text(c[0], 32) for c in CHANNELS)
    head += b"".join(channel_record(*c, grade if c[1] == 5 else 0) for c in CHANNELS)
    count, records = coefficient_records()
    return head + struct.pack(">h", count) + records


def write_ds(folder, grade, stops_at, time, date):
    folder.mkdir(exist_ok=True)
    stem = folder.stem
    (folder / f"{stem}.res4").write_bytes(res4(grade, time, date))
    rng = np.random.default_rng(7)
    data = rng.integers(-(2**28), 2**28, size=(TRIALS, len(CHANNELS), NSAMP))
    data[:, 0] = np.arange(1, TRIALS * NSAMP + 1).reshape(TRIALS, NSAMP) * 3
    data[:, 9] = 0
    data[1, 9, 10:14] = 10
    data[2, 9, 5:9] = 15
    if stops_at is not None:

        flat = data.transpose(0, 2, 1).reshape(-1, len(CHANNELS))
        flat[stops_at:] = 0
        data = flat.reshape(TRIALS, NSAMP, len(CHANNELS)).transpose(0, 2, 1)
    for name, trials in [("meg4", data[:2]), ("1_meg4", data[2:])]:
        (folder / f"{stem}.{name}").write_bytes(b"MEG41CP\0" + trials.astype(">i4").tobytes())


def write_side_files(folder):
    (folder / "BadChannels").write_text("MRT57\nUADC003\n")
    (folder / "bad.segments").write_text("1\t\t0.005\t\t0.0125\n1\t\t0.05\t\t0.06\n")
    (folder / "MarkerFile.mrk").write_text(
        "PATH OF DATASET:\ntiny.ds\n\n\nNUMBER OF MARKERS:\n2\n\n\n"
        "CLASSGROUPID:\n3\nNAME:\nword\nCOMMENT:\n\nCOLOR:\nblue\nEDITABLE:\nYes\nCLASSID:\n1\nNUMBER OF SAMPLES:\n2\nLIST OF SAMPLES:\n"
        "TRIAL NUMBER\t\tTIME FROM SYNC POINT (in seconds)\n                  +0\t\t\t     +0.0025\n                  +2\t\t\t     -0.005\n\n\n"
        "CLASSGROUPID:\n3\nNAME:\nnever\nNUMBER OF SAMPLES:\n0\nLIST OF SAMPLES:\nTRIAL NUMBER\t\tTIME FROM SYNC POINT (in seconds)\n"
    )
    (folder / "ClassFile.cls").write_text(
        "PATH OF DATASET:\ntiny.ds\n\n\nNUMBER OF CLASSES:\n2\n\n\n"
        "CLASSGROUPID:\n3\nNAME:\nBAD\nCOMMENT:\n\nCOLOR:\nRed\nEDITABLE:\nYes\nCLASSID:\n+4\nNUMBER OF TRIALS:\n1\nLIST OF TRIALS:\n"
        "TRIAL NUMBER\n                  +1\n\n\nCLASSGROUPID:\n3\nNAME:\nAborted\nNUMBER OF TRIALS:\n0\nLIST OF TRIALS:\nTRIAL NUMBER\n"
    )
    lines = ""
    for kind in ("standard", "measured"):
        for name, xyz in [("nasion", (5.6, 5.6, -27.0)), ("left ear", (-5.6, 5.6, -27.0)), ("right ear", (5.6, -5.6, -27.0))]:
            lines += f"{kind} {name} coil position relative to dewar (cm):\n" + "".join(f"\t{a} = {v}\n" for a, v in zip("xyz", xyz))
    for name, xyz in [("nasion", (7.9196, 0.0, 0.0)), ("left ear", (0.0, 7.9196, 0.0)), ("right ear", (0.0, -7.9196, 0.0))]:
        lines += f"measured {name} coil position relative to head (cm):\n" + "".join(f"\t{a} = {v}\n" for a, v in zip("xyz", xyz))
    (folder / f"{folder.stem}.hc").write_text(lines)


# ---- FIF ---------------------------------------------------------------------------------------------
def tag(kind, type_, data, following=0):
    return struct.pack(">iIii", kind, type_, len(data), following) + data


def block(kind, *parts):
    return tag(104, 3, struct.pack(">i", kind)) + b"".join(parts) + tag(105, 3, struct.pack(">i", kind))


def integer(kind, *values):
    return tag(kind, 3, struct.pack(f">{len(values)}i", *values))


def fif_channel(number, name, kind, coil, unit, range_, cal, position=(0, 0, 0)):
    loc = (*position, 1, 0, 0, 0, 1, 0, 0, 0, 1)
    return tag(203, 30, struct.pack(">iiiffi12fii16s", number, number, kind, range_, cal, coil, *loc, unit, 0, name.encode()))


def sensors(long_names=False):
    channels = [
        ("MEG 0113", 1, 3012, 201, 1.0, 3.1e-13, (0.1, 0.02, 0.03)),
        ("MEG 0111", 1, 3024, 112, 0.7, 1.3e-14, (0.1, 0.02, 0.03)),
        ("EEG 001", 2, 1, 107, 1.0, 1e-7, (0.0, 0.1, 0.0)),
        ("STI 014", 3, 0, 107, 1.0, 1.0, (0, 0, 0)),
    ]
    records = b"".join(fif_channel(i + 1, *c) for i, c in enumerate(channels))
    if long_names:
        records += b"".join(block(113, tag(258, 10, f"a long name of {c[0]}".encode())) for c in channels)
    return records


def write_fif(name, raw, *, date=None, extra=b"", after=b"", long_names=False):
    identity = struct.pack(">5i", 65537, 1, 2, 3, 4)
    info = integer(200, 4) + tag(201, 4, struct.pack(">f", 678.1699829)) + sensors(long_names)
    info += tag(219, 4, struct.pack(">f", 330.0)) + tag(223, 4, struct.pack(">f", 0.1))
    if date:
        info += integer(204, *date)
    stream = tag(100, 31, identity) + integer(101, -1) + integer(106, -1)
    stream += block(100, tag(103, 31, identity), block(101, info, extra), raw, after) + struct.pack(">iIii", 108, 0, 0, -1)
    (HERE / name).write_bytes(stream)


def write_fifs():
    rng = np.random.default_rng(11)
    short = lambda n: tag(300, 16, rng.integers(-3000, 3000, size=(n, 4)).astype(">i2").tobytes())
    bads = block(359, tag(3507, 10, b"MEG 0111:EEG 001"))
    notes = block(
        3810,
        tag(3568, 5, struct.pack(">3d", 1.55, 1.6, 1.7)),
        tag(3569, 5, struct.pack(">3d", 1.55, 1.62, 1.71)),
        tag(206, 10, b"word{COLON} the:BAD blink:late"),
        tag(204, 5, struct.pack(">2d", 1384359243.0, 794232.0)),
    )
    write_fif(
        "skips_raw.fif",
        block(102, integer(208, 1000), integer(301, 2), short(20), short(20), integer(301, 3), short(20), short(13)),
        date=(1384359243, 794232), extra=bads, after=notes,
    )
    single = lambda n: tag(300, 4, (rng.normal(size=(n, 4)) * 1e3).astype(">f4").tobytes())
    double = lambda n: tag(300, 5, (rng.normal(size=(n, 4)) * 1e3).astype(">f8").tobytes())
    named = block(118, integer(115, 2), tag(118, 10, b"parts_raw-1.fif"), integer(117, 1))
    write_fif("parts_raw.fif", block(102, integer(208, 500), single(30), single(7)), after=named)
    write_fif("parts_raw-1.fif", block(102, integer(208, 537), single(25)), after=block(118, integer(115, 2), integer(117, 2)))
    write_fif("parts_raw-2.fif", block(102, integer(208, 562), single(11)))
    write_fif("mixed_raw.fif", block(102, integer(208, 40), double(12), tag(300, 2, b"\x80\x01\x7f\xff" * 6), single(5)))
    whole = lambda n: tag(300, 3, rng.integers(-(2**30), 2**30, size=(n, 4)).astype(">i4").tobytes())
    write_fif("whole_raw.fif", block(112, whole(16), whole(16)), long_names=True)


# ---- what MNE makes of them ---------------------------------------------------------------------------
def digest(data):
    return hashlib.sha256(np.ascontiguousarray(data, "<f8").tobytes()).hexdigest()


def described(raw, grades=()):
    data = raw.get_data()
    first = raw.first_samp / raw.info["sfreq"] if raw.info["meas_date"] is not None else 0.0
    result = {
        "channels": raw.ch_names,
        "samples": data.shape[1],
        "rate": raw.info["sfreq"],
        "first_sample": int(raw.first_samp),
        "sha256": digest(data),
        "bad": sorted(raw.info["bads"]),
        "annotations": [[float(a["onset"]) - first, float(a["duration"]), str(a["description"])] for a in raw.annotations],
    }
    rows = [i for i, c in enumerate(raw.info["chs"]) if c["kind"] in (1, 301)]
    rows = rows if len(rows) < 20 else rows[:2] + rows[-2:]
    for grade in grades:
        changed = raw.copy().load_data().apply_gradient_compensation(grade).get_data()
        result.setdefault("grades", {})[str(grade)] = {
            "rows": rows, "columns": [1, data.shape[1] // 2], "values": changed[rows][:, [1, data.shape[1] // 2]].tolist()
        }
    return result


def main():
    warnings.simplefilter("ignore")
    mne.set_log_level("ERROR")
    write_ds(HERE / "tiny.ds", 0, None, "14:05", "02-Nov-2018")
    write_side_files(HERE / "tiny.ds")
    write_ds(HERE / "graded.ds", 3, 131, "02/11/2018", "14:05")
    write_fifs()
    expected = {"mne": mne.__version__, "numpy": np.__version__}
    expected["tiny.ds"] = described(mne.io.read_raw_ctf(HERE / "tiny.ds"), grades=(0, 1, 2, 3))
    expected["graded.ds"] = described(mne.io.read_raw_ctf(HERE / "graded.ds"), grades=(0, 1, 2, 3))
    expected["graded.ds ignoring the clock"] = described(mne.io.read_raw_ctf(HERE / "graded.ds", system_clock="ignore"))
    for name in ("skips_raw.fif", "parts_raw.fif", "mixed_raw.fif", "whole_raw.fif"):
        expected[name] = described(mne.io.read_raw_fif(HERE / name))
    if len(sys.argv) > 1:
        real = pathlib.Path(sys.argv[1])
        expected["exported4D_linux_raw.fif"] = described(mne.io.read_raw_fif(real / "exported4D_linux_raw.fif"))
        expected["test_ctf_comp_raw.fif"] = described(mne.io.read_raw_fif(real / "test_ctf_comp_raw.fif"), grades=(0, 1, 2, 3))
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
