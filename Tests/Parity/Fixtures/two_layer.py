"""Writes two_layer.json: a two-layer network trained by NumPy in float64, for Parity tests.

    python3 -m pip install numpy
    python3 two_layer.py

The file holds the data, the order of the samples, the parameters before training, and the loss of each of 100 steps of
gradient descent with momentum and the parameters after them.
"""
import json

import numpy as np

rng = np.random.default_rng(2024)
samples, inputs, hidden, classes, batch, steps, lr, momentum = 48, 7, 9, 4, 8, 100, 0.1, 0.9

centers = rng.normal(0, 1, (classes, inputs))
labels = rng.integers(0, classes, samples)
x = centers[labels] + rng.normal(0, 1, (samples, inputs))
params = [
    rng.normal(0, (2 / inputs) ** 0.5, (inputs, hidden)),
    rng.normal(0, 0.1, hidden),
    rng.normal(0, (2 / hidden) ** 0.5, (hidden, classes)),
    rng.normal(0, 0.1, classes),
]
start = [p.copy() for p in params]
velocity = [np.zeros_like(p) for p in params]
order, losses = [], []

for step in range(steps):
    if step % (samples // batch) == 0:
        permutation = rng.permutation(samples)
    rows = permutation[step % (samples // batch) * batch :][:batch]
    order.append(rows.tolist())
    w1, b1, w2, b2 = params
    xb, yb = x[rows], labels[rows]

    z1 = xb @ w1 + b1
    h = np.maximum(z1, 0)
    z2 = h @ w2 + b2
    shifted = z2 - z2.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    losses.append(float(np.mean(np.log(e.sum(axis=1)) - shifted[np.arange(batch), yb])))

    d2 = e / e.sum(axis=1, keepdims=True)
    d2[np.arange(batch), yb] -= 1
    d2 /= batch
    d1 = (d2 @ w2.T) * (z1 > 0)
    gradients = [xb.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)]
    velocity = [momentum * v + g for v, g in zip(velocity, gradients)]
    params = [p - lr * v for p, v in zip(params, velocity)]


def plain(arrays):
    return [a.ravel().tolist() for a in arrays]


with open("two_layer.json", "w") as file:
    json.dump(
        {
            "shape": [samples, inputs, hidden, classes], "lr": lr, "momentum": momentum, "x": x.ravel().tolist(),
            "y": labels.tolist(), "order": order, "start": plain(start), "losses": losses, "end": plain(params),
        },
        file,
    )
    file.write("\n")
