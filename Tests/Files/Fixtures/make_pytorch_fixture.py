"""Writes pytorch_network.safetensors, the state_dict of a network that has trained, and pytorch_network.json, its scores.

    python3 -m pip install torch safetensors
    python3 make_pytorch_fixture.py
"""
import json
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(1)
here = pathlib.Path(__file__).parent
network = nn.Sequential(
    nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 5), nn.BatchNorm1d(5),
    nn.Tanh(), nn.LayerNorm(5), nn.Linear(5, 3))
steps = torch.optim.Adam(network.parameters(), 0.05)
for _ in range(7):
    steps.zero_grad()
    nn.functional.cross_entropy(network(torch.randn(6, 1, 8, 8)), torch.randint(0, 3, (6,))).backward()
    steps.step()
network.eval()
x = torch.rand(4, 1, 8, 8)
save_file(network.state_dict(), here / "pytorch_network.safetensors")
(here / "pytorch_network.json").write_text(
    json.dumps({"x": x.flatten().tolist(), "scores": network(x).flatten().tolist()}) + "\n")
