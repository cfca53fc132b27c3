"""Reads a network that functional-net saved with Python's safetensors, and compares NumPy's predictions with its own.

    python3 read_with_python.py MODEL.safetensors DATA.csv PREDICTIONS.csv
"""
import csv
import json
import sys

import numpy as np
from safetensors import safe_open

model, data, predictions = sys.argv[1:]
with safe_open(model, framework="np") as file:
    names = set(file.keys())
    assert names == {"0.weight", "0.bias", "2.weight", "2.bias"}, names
    w1, b1, w2, b2 = (file.get_tensor(n).astype(np.float64) for n in ("0.weight", "0.bias", "2.weight", "2.bias"))
    metadata = file.metadata()
classes = json.loads(metadata["class_names"])
scaling = json.loads(metadata["input_scaling"])
rows = list(csv.reader(open(data)))[1:]
x = (np.array([row[:-1] for row in rows], dtype=np.float64) - scaling["offset"]) / scaling["divisor"]
scores = np.maximum(x @ w1.T + b1, 0) @ w2.T + b2
e = np.exp(scores - scores.max(axis=1, keepdims=True))
expected = e / e.sum(axis=1, keepdims=True)

found = list(csv.reader(open(predictions)))
assert found[0] == ["prediction"] + classes, found[0]
assert [row[0] for row in found[1:]] == [classes[i] for i in expected.argmax(axis=1)]
difference = np.abs(np.array([row[1:] for row in found[1:]], dtype=np.float64) - expected).max()
assert difference < 1e-5, difference
print(f"{len(rows)} predictions agree to {difference:.1e}")
