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

with h5py.File("unusual.h5", "w", libver=("earliest", "v110")) as file:
    # Packed by a filter that h5py brings with it and libhdf5 has not.
    file.create_dataset("lzf", data=np.arange(6000, dtype="u1").reshape(2000, 3) // 200, compression="lzf", track_times=False)
    # Elements that are in other files: there, or not there.
    file.create_dataset("external", shape=(2, 3), dtype="u1", external=[("make_hdf5.py", 0, 6)], track_times=False)
    layout = h5py.VirtualLayout(shape=(12, 4, 5), dtype="u1")
    layout[:] = h5py.VirtualSource("data.h5", "train/images", shape=(12, 4, 5))
    file.create_virtual_dataset("virtual", layout)
    file["elsewhere"] = h5py.ExternalLink("nowhere.h5", "/x")
    # Elements that were never written have the fill value.
    file.create_dataset("filled/chunked", shape=(4, 3), dtype="f4", chunks=(2, 3), fillvalue=2.5, track_times=False)
    file.create_dataset("filled/partly", shape=(4, 3), dtype="i2", chunks=(2, 3), fillvalue=-7, track_times=False)[:2] = 1
    file.create_dataset("filled/contiguous", shape=(4, 3), dtype="i8", fillvalue=9, track_times=False)
    file.create_dataset("filled/zeros", shape=(4, 3), dtype="u1", track_times=False)
    for name, layout, time in (("filled/compact", h5py.h5d.COMPACT, h5py.h5d.FILL_TIME_IFSET), ("never", h5py.h5d.CONTIGUOUS, h5py.h5d.FILL_TIME_NEVER)):
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_layout(layout)
        properties.set_fill_value(np.array(3, "u2"))
        properties.set_fill_time(time)
        h5py.h5d.create(file.id, name.encode(), h5py.h5t.NATIVE_UINT16, h5py.h5s.create_simple((4, 3)), dcpl=properties)
