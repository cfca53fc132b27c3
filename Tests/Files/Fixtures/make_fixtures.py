"""Writes the files of this folder that Python makes: safetensors, and IDX files compressed by gzip.

    python3 -m pip install numpy safetensors
    python3 make_fixtures.py
"""
import gzip
import json
import pathlib

import numpy as np
from safetensors.numpy import save_file

rng = np.random.default_rng(7)
inputs, hidden, classes = 3, 4, 2
network = {
    "0.weight": rng.normal(size=(hidden, inputs)), "0.bias": rng.normal(size=hidden),
    "2.weight": rng.normal(size=(classes, hidden)), "2.bias": rng.normal(size=classes),
}
save_file(network, "python_float64.safetensors")
save_file({k: v.astype(np.float32) for k, v in network.items()}, "python_float32.safetensors", metadata={"made by": "Python ✓"})
save_file({**{k: v.astype(np.float32) for k, v in network.items()}, "0.bias": np.zeros(hidden, np.float16)}, "python_float16.safetensors")

x = rng.normal(size=(5, inputs))
scores = np.maximum(x @ network["0.weight"].T + network["0.bias"], 0) @ network["2.weight"].T + network["2.bias"]
with open("python_scores.json", "w") as file:
    json.dump({"x": x.ravel().tolist(), "scores": scores.ravel().tolist()}, file)
    file.write("\n")


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.tobytes()


folder = pathlib.Path("idx")
folder.mkdir(exist_ok=True)
for part, n in (("train", 30), ("t10k", 10)):
    labels = (np.arange(n) % 3).astype(np.uint8)
    images = np.zeros((n, 4, 5), np.uint8)
    images[np.arange(n), labels, :] = 200 + np.arange(n)[:, None]  # each class has a bright row of its own
    for name, array in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
        if part == "train":
            (folder / (name + ".gz")).write_bytes(gzip.compress(idx(array), mtime=0))
        else:
            (folder / name).write_bytes(idx(array))
