"""Writes the NumPy files of this folder.

    python3 -m pip install numpy
    python3 make_arrays.py
"""
import io
import json
import zipfile

import numpy as np

rng = np.random.default_rng(11)


def npy(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


def archive(path, entries, **how):
    with zipfile.ZipFile(path, "w", **how) as file:
        for name, data in entries.items():
            file.writestr(zipfile.ZipInfo(name + ".npy"), data, compress_type=how.get("compression"))


# Every type, in both byte orders, both orders of indices and all three versions; what they hold is in types.json.
entries, expected = {}, {}
types = ["?", "i1", "u1"] + [order + t for order in "<>" for t in ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8")]
for t in types:
    dtype = np.dtype(t)
    if dtype.kind == "b":
        array = rng.integers(0, 2, size=(3, 4)).astype(dtype)
    elif dtype.kind in "iu":
        info = np.iinfo(dtype)
        array = rng.integers(info.min, info.max, size=(3, 4), endpoint=True, dtype=dtype.newbyteorder("="))
        array[0, 0], array[0, 1] = info.min, info.max
        array = array.astype(dtype)
    else:
        array = rng.normal(size=(3, 4)).astype(dtype)
        array[0] = [np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal, np.finfo(dtype).tiny, -0.0]
    for order in "CF":
        for version in ((1, 0), (2, 0), (3, 0)):
            name = f"{t}_{order}_{version[0]}"
            entries[name] = npy(np.asarray(array, order=order), version)
            expected[name] = array.astype(np.float64).ravel().tolist()
for shape in ((), (0,), (5,), (2, 3, 4), (2, 0, 3), (1, 2, 1, 3, 2)):
    for order in "CF":
        array = np.asarray(np.arange(np.prod(shape, dtype=int)).reshape(shape).astype("f4"), order=order)
        name = "shape_" + "x".join(map(str, shape)) + "_" + order
        entries[name] = npy(array)
        expected[name] = array.ravel().tolist()
archive("types.npz", entries, compression=zipfile.ZIP_DEFLATED)
with open("types.json", "w") as file:
    json.dump(expected, file, separators=(",", ":"))
    file.write("\n")

# Headers of every length around the multiples of 64 that they are filled up to.
archive("headers.npz", {
    f"{last}_{ones}": npy(np.zeros((1,) * ones + (last,), np.uint8)) for last in (1, 10, 100) for ones in range(31)
}, compression=zipfile.ZIP_DEFLATED)

# What is not numbers.
archive("refused.npz", {
    "objects": npy(np.array([None, "a"], dtype=object)), "texts": npy(np.array(["cat", "tiger"])), "bytes": npy(np.array([b"cat"])),
    "complex": npy(np.zeros(2, "c8")), "dates": npy(np.array(["2020-01-01"], "M8[D]")), "raw": npy(np.zeros(2, "V2")),
    "records": npy(np.zeros(2, [("a", "<f4"), ("b", "<i2")])), "long": npy(np.zeros(1, np.longdouble)),
}, compression=zipfile.ZIP_DEFLATED)

# The same two arrays as NumPy packs them, and in the ways that other programs do.
x, y = rng.integers(0, 256, size=(6, 3, 2)).astype(np.uint8), np.arange(6) % 3
np.savez("stored.npz", x=x, y=y)
np.savez_compressed("deflated.npz", x=x, y=y)
np.save("x.npy", x)
np.save("y.npy", y.astype(np.float64))


class Pipe(io.RawIOBase):
    """A stream that cannot go back, so that sizes follow the data."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


pipe = Pipe()
with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as file:
    for name, array in (("x", x), ("y", y)):
        file.writestr(zipfile.ZipInfo(name + ".npy"), npy(array), compress_type=zipfile.ZIP_DEFLATED)
open("streamed.npz", "wb").write(pipe.data)

archive("bzip2.npz", {"x": npy(x)}, compression=zipfile.ZIP_BZIP2)
with zipfile.ZipFile("commented.npz", "w") as file:
    file.comment = b"made by hand PK\5\6 and more"
    file.writestr(zipfile.ZipInfo("x.npy"), npy(x))
    file.writestr(zipfile.ZipInfo("README"), "no array")
