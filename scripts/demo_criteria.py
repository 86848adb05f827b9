#!/usr/bin/env python3
"""What the demo must find, and what it must not.

usage: demo_criteria.py REPORT [FIRST:LAST]     REPORT: a folder of `lockstep report`; the latencies planted, s, default 0.15:0.55
Exit status 1, and the reasons, unless: the planted simulation has score >= 0.9, a slope within 25 % of the planted one, peak
times off by at most 33 ms on average and 66 ms in any layer (of the reference latency, the peak of the
noise-free mixture); the reverse order <= -0.9; one common latency a slope of at most 60 ms per
unit of depth either way; pure noise no layer above its null.
"""

import csv
import pathlib
import sys

MEAN_MS, LARGEST_MS = 33, 66  # one sample of 30 Hz, and less than two


def rows(path):
    """Lines of a table of the report that are about the average over subjects."""
    with open(path, encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row.get("subject", "average") == "average"]


def read_report(folder):
    """{control: {"layers": [...], "temporal": {...}}} of the planted context."""
    layers, temporal = rows(pathlib.Path(folder) / "layers.tsv"), rows(pathlib.Path(folder) / "temporal.tsv")
    found = {}
    for control in dict.fromkeys(row["control"] for row in layers):
        mine = [row for row in layers if row["control"] == control]
        # Of several contexts the planted one is that which knows what was planted; the last one where nothing was.
        planted = {row["context"] for row in mine if row["planted_s"] != "nan"} or {mine[-1]["context"]}
        found[control] = {"layers": [row for row in mine if row["context"] in planted],
                          "temporal": [row for row in temporal if row["control"] == control and row["context"] in planted][0]}
    return found


def slope_ms(one):
    """ms per unit of depth; equal peak times have none, which is a slope of 0."""
    slope = float(one["temporal"]["slope_s"])
    return 0.0 if slope != slope and one["temporal"]["distinct"] == "1" else 1000 * slope


def judge(found, latency):
    """((score, slope over the planted one, mean error in ms, largest error), reasons why it fails)"""
    first, last = (float(x) for x in latency.split(":"))
    layers = found["none"]["layers"]
    depths = [float(row["depth"]) for row in layers]
    asked_ms = 1000 * (last - first) / (max(depths) - min(depths))
    errors = [1000 * abs(float(row["t_max_s"]) - float(row["planted_s"])) for row in layers]
    score, slope = float(found["none"]["temporal"]["r"]), slope_ms(found["none"]) / asked_ms
    mean, largest = sum(errors) / len(errors), max(errors)
    wants = [(score >= 0.9, f"score {score:.2f}"), (0.75 <= slope <= 1.25, f"slope {slope:.2f} of the planted one"),
             (mean <= MEAN_MS, f"mean error {mean:.0f} ms"), (largest <= LARGEST_MS, f"an error of {largest:.0f} ms")]
    if "reverse" in found:
        reverse = float(found["reverse"]["temporal"]["r"])
        wants.append((reverse <= -0.9, f"reverse order: score {reverse:.2f}"))
    if "common" in found:
        common = slope_ms(found["common"])
        wants.append((abs(common) <= 60, f"one latency for all: slope {common:.0f} ms"))
    if "noise" in found:
        above = sum(row["above_null"] == "yes" for row in found["noise"]["layers"])
        wants.append((above == 0, f"noise: {above} layers above their null"))
    return (score, slope, mean, largest), [reason for holds, reason in wants if not holds]


def main(folder, latency="0.15:0.55"):
    found = read_report(folder)
    (score, slope, mean, largest), reasons = judge(found, latency)
    missing = {"none", "reverse", "common", "noise"} - set(found)
    reasons += [f"there is no {name}" for name in sorted(missing)]
    print(f"score {score:.3f}, slope {slope:.2f} of the planted one, errors {mean:.0f} ms on average, {largest:.0f} ms at most")
    for reason in reasons:
        print(f"demo: not as it must be: {reason}", file=sys.stderr)
    sys.exit(1 if reasons else 0)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
