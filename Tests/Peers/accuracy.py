"""Trains two convolutional networks on Fashion-MNIST with the same settings here and in PyTorch, and prints their mean accuracies.

    swift build -c release
    python3 -m pip install torch numpy
    python3 Tests/Peers/accuracy.py --data /usr/share/datasets/fashion-mnist [--seeds 3]
"""
import argparse
import gzip
import json
import statistics
import subprocess

import numpy as np
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--binary", default=".build/release/functional-net")
parser.add_argument("--seeds", type=int, default=3)
parser.add_argument("--epochs", type=int, default=3)
options = parser.parse_args()
torch.set_num_threads(2)


def contents(name, offset):
    with gzip.open(f"{options.data}/{name}.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def images(name):
    return torch.from_numpy(contents(name, 16).reshape(-1, 1, 28, 28) / np.float32(255)).float()


def labels(name):
    return torch.from_numpy(contents(name, 8).astype(np.int64))


x, y = images("train-images-idx3-ubyte"), labels("train-labels-idx1-ubyte")
test_x, test_y = images("t10k-images-idx3-ubyte"), labels("t10k-labels-idx1-ubyte")


def plain():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 10))


def normalised():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1),
        nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 49, 10))


def theirs(make, optimizer, batch, seed):
    torch.manual_seed(seed)
    network = make()
    steps = optimizer(network.parameters())
    for _ in range(options.epochs):
        for rows in torch.randperm(len(x)).split(batch):
            steps.zero_grad()
            nn.functional.cross_entropy(network(x[rows]), y[rows]).backward()
            steps.step()
    network.eval()
    with torch.no_grad():
        return float((network(test_x).argmax(1) == test_y).float().mean())


def ours(words, batch, seed):
    words = [options.binary, "--dataset", options.data, "--epochs", str(options.epochs), "--batch_size", str(batch)] + words
    result = subprocess.run(words + ["--seed", str(seed), "--json", "--quiet"], capture_output=True, text=True, check=True)
    return json.loads(result.stdout.splitlines()[-1])["test_accuracy"]


for name, make, optimizer, batch, words in [
    (
        "Conv 8, pool, Conv 16, pool, Linear; momentum 0.02, batch 32", plain, lambda p: torch.optim.SGD(p, 0.02, 0.9), 32,
        ["--network", "conv2d(8) relu maxpool2d(2) conv2d(16) relu maxpool2d(2) flatten linear(10)", "--lr", "0.02"],
    ),
    (
        "Conv 16, BatchNorm, pool, Conv 32, BatchNorm, pool, Linear; Adam 0.001, batch 64", normalised,
        lambda p: torch.optim.Adam(p, 0.001), 64,
        ["--network", "conv2d(16,padding=1) batchnorm2d relu maxpool2d(2) conv2d(32,padding=1) batchnorm2d relu maxpool2d(2) "
         "flatten linear(10)", "--optimizer", "adam"],
    ),
]:
    mine = [ours(words, batch, seed) for seed in range(1, options.seeds + 1)]
    peer = [theirs(make, optimizer, batch, seed) for seed in range(1, options.seeds + 1)]
    print(f"{name}: ours {statistics.mean(mine):.4f} {mine}, PyTorch {statistics.mean(peer):.4f} {peer}", flush=True)
