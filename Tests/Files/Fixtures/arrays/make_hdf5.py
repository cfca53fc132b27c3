"""Writes the HDF5 files of this folder.

    python3 -m pip install numpy h5py
    python3 make_hdf5.py
"""
import json

import h5py
import numpy as np

rng = np.random.default_rng(12)
expected = {}


def add(group, name, array, **how):
    group.create_dataset(name, data=array, track_times=False, **how)
    expected[f"{group.name}/{name}".lstrip("/")] = [list(array.shape), array.astype(np.float64).ravel().tolist()]


with h5py.File("types.h5", "w", libver=("earliest", "v110")) as file:
    types = file.create_group("types")
    for t in ["?", "i1", "u1"] + [order + t for order in "<>" for t in ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8")]:
        dtype = np.dtype(t)
        if dtype.kind == "f":
            array = rng.normal(size=(2, 3)).astype(dtype)
        else:
            low, high = (0, 1) if dtype.kind == "b" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
            array = np.array([low, high, low // 3, high // 3, 0, 1], dtype=dtype).reshape(2, 3)
        add(types, "big" + t[1:] if t[0] == ">" else t.strip("<").replace("?", "bool"), array)
    deep = file.create_group("a/b/c")
    add(deep, "deep", np.arange(24, dtype="u1").reshape(2, 3, 4))
    deep["itself"] = file["a"]  # a group that holds itself
    add(file, "scalar", np.float32(2.5).reshape(()))
    add(file, "none", np.zeros((0, 3), "f4"))
    add(file, "packed", np.arange(600, dtype="u1").reshape(20, 30) // 30, chunks=(7, 30), compression="gzip", shuffle=True)
    file["soft"] = h5py.SoftLink("/nowhere")
    file.create_dataset("texts", data=["cat", "tiger"], track_times=False)
    file.create_dataset("records", data=np.zeros(2, [("a", "f4"), ("b", "i2")]), track_times=False)
    file.create_dataset("empty", data=h5py.Empty("f4"), track_times=False)
    file.create_dataset("unwritten", shape=(1 << 30, 1 << 20), dtype="f4", chunks=(64, 64), track_times=False)
    claims = file.create_dataset("claims", shape=(1 << 30, 1 << 20), dtype="f4", chunks=(4, 4), compression="gzip", track_times=False)
    claims[0, 0] = 1
with open("types.h5.json", "w") as file:
    json.dump(expected, file, separators=(",", ":"))
    file.write("\n")

with h5py.File("data.h5", "w", libver=("earliest", "v110")) as file:
    for part, n in (("train", 12), ("test", 6)):
        labels = np.arange(n) % 3
        images = np.zeros((n, 4, 5), np.uint8)
        images[np.arange(n), labels, :] = 200
        file.create_dataset(part + "/images", data=images, compression="gzip", track_times=False)
        file.create_dataset(part + "/labels", data=np.eye(3, dtype="f4")[labels], track_times=False)
