#!/usr/bin/env python3
"""Opens every .h5 file of a folder with xarray, warnings as errors, and compares it with the table in README.md.

usage: open_files.py README FOLDER     FOLDER holds activations.h5, targets.h5, meg.h5, scores.h5
Names of variables, of their dimensions, dtypes and units must be what README says; no dimension may be phony; every
variable of the table must be there; a variable that README does not name is an error too, but for coordinates.
Exit status 77 if xarray is not installed.
"""

import fnmatch
import pathlib
import re
import sys
import warnings

try:
    import h5netcdf  # noqa: F401  (the engine)
    import xarray
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

warnings.simplefilter("error")
LINE = re.compile(r"  ([\w/*]+)\(([\w, ]*)\) (\w+)(?: \[(.*)\])?$")
# Variables that only label an axis, named in README's prose.
LABELS = {"sensor", "axis", "tap", "subject", "block", "fold", "stat", "grid", "explained", "unit", "component", "event", "segment", "bound",
          "planted", "planted_depth", "draw", "recordings"}


def read_table(readme):
    """{file: [(pattern of the name, dimensions, dtype, units)]}"""
    table, file = {}, None
    for line in readme.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\w+\.h5", line):
            file = table.setdefault(line, [])
        elif file is not None and (found := LINE.match(line)):
            file.append((found[1], tuple(d.strip() for d in found[2].split(",") if d.strip()), found[3], found[4]))
        elif line.startswith("```"):
            file = None
    return table


def variables(path):
    """{full name: variable}"""
    with xarray.open_datatree(path, engine="h5netcdf", decode_times=False) as tree:
        found = {}
        for node in tree.subtree:
            dataset = node.to_dataset(inherit=False)
            for name, variable in dataset.variables.items():
                found[f"{node.path}/{name}".lstrip("/")] = variable.load()
            for dimension in node.dims:
                assert not str(dimension).startswith("phony_dim"), f"{path}: {node.path}: {dimension}"
        return found


def kind(variable):
    return "str" if variable.dtype.kind in "OUT" else str(variable.dtype)


def check(path, own, everywhere):
    """own: the lines of this file, all of which must be there; everywhere: those of all files, which hold where they occur."""
    found, faults, used = variables(path), [], set()
    for pattern, dims, dtype, units in own + [line for line in everywhere if line[0] not in {known[0] for known in own}]:
        names = [name for name in found if fnmatch.fnmatchcase(name, pattern)]
        if not names and (pattern, dims, dtype, units) in own:
            faults.append(f"{pattern} is not there")
        for name in names:
            used.add(name)
            variable = found[name]
            fold = ("fold",) if "fold" in variable.dims and "fold" not in dims and path.name == "targets.h5" else ()
            have = (variable.dims, kind(variable), variable.attrs.get("units"))
            if have != (fold + dims, dtype, units):
                faults.append(f"{name}: {have}; README says {(dims, dtype, units)}")
    for name in set(found) - used:
        if name.rsplit("/", 1)[-1] not in LABELS:
            faults.append(f"{name} is not in README")
    print(f"{path.name}: {len(found)} variables, {len(faults)} faults")
    return [f"{path.name}: {fault}" for fault in faults]


def main(readme, folder):
    table = read_table(pathlib.Path(readme))
    assert set(table) == {"activations.h5", "targets.h5", "meg.h5", "scores.h5"}, f"README's table has {sorted(table)}"
    everywhere = [line for lines in table.values() for line in lines]
    faults = [fault for name, lines in table.items() for fault in check(pathlib.Path(folder) / name, lines, everywhere)]
    # A file without groups must open as a plain dataset, too.
    for name in ("activations.h5", "targets.h5"):
        with xarray.open_dataset(pathlib.Path(folder) / name, engine="h5netcdf") as dataset:
            assert dataset.sizes["word"] > 0
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


main(*sys.argv[1:])
