"""Runs what functional-net exports, and compares.

    python3 run_onnx.py path/to/functional-net

For networks of every layer: trains one for an epoch, exports it as ONNX, and compares ONNX Runtime's answers to random inputs,
in batches of several sizes, with those of `functional-net predict`; and the tensors exported for NumPy with those of the model.
Where PyTorch is installed, it also loads the exported state_dict strictly into the same network of PyTorch, and exports
state_dicts that PyTorch wrote. Needs numpy, onnx, onnxruntime and safetensors. Exits with code 1 where anything differs.
"""
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from safetensors import safe_open

try:
    import torch
    from safetensors.torch import load_file, save_file
except ImportError:
    torch = None

command = os.path.abspath(sys.argv[1])
BATCHES = (1, 3, 17)
RELATIVE, ABSOLUTE = 1e-5, 1e-6
RANGES = {"digits": (0, 16), "iris": (0, 8), "xor": (-1, 2)}
TRAINED = [  # data set, network, further flags of training
    ("digits", "two-layer", []),
    ("digits", "mlp", ["--dropout", "0.2"]),
    ("digits", "cnn", []),
    ("digits", "linear(12) sigmoid linear(11) tanh linear(10)", []),
    ("digits", "conv2d(4,kernel=(3,2),stride=(2,1),padding=(1,0)) relu flatten linear(10)", []),
    ("digits", "conv2d(4,padding=1) batchnorm2d relu maxpool2d(2) conv2d(3,padding=(0,1)) elu(0.7) "
               "avgpool2d((2,1),stride=(1,2)) flatten linear(10)", []),
    ("digits", "conv2d(3) leakyrelu(0.2) maxpool2d((3,2),stride=(1,2)) flatten batchnorm1d(epsilon=0.5) gelu linear(10)", []),
    ("digits", "conv2d(2) layernorm(epsilon=0.3) abs avgpool2d((2,3)) flatten linear(10)", []),
    ("digits", "flatten linear(16) layernorm gelu linear(10) softmax", ["--loss", "mean_squared"]),
    ("digits", "residual(conv2d(3,padding=1) batchnorm2d(epsilon=0.2) relu conv2d(1,padding=1)) "
               "residual(conv2d(4,stride=2,padding=1), conv2d(4,kernel=1,stride=2)) relu flatten linear(10)", []),
    ("digits", "sequential(flatten sequential(linear(9) tanh)) residual(dropout(0.5)) linear(10) dropout(0.1)", []),
    ("digits", "conv2d(3) gelu elu flatten linear(10)", ["--precision", "double"]),
    ("iris", "two-layer", []),
    ("iris", "batchnorm1d linear(3)", ["--precision", "double"]),
    ("iris", "linear(6) leakyrelu(0.3) layernorm linear(3) abs", []),
    ("xor", "linear(4) tanh linear(1)", ["--loss", "binary_cross_entropy"]),
    ("xor", "linear(4) tanh linear(2)", []),
]
FROM_PYTORCH = [  # network, shape of a sample
    ("linear(5) relu linear(3)", (4,)),
    ("linear(5) relu linear(3)", (2, 3)),
    ("linear(6) elu linear(5) batchnorm1d sigmoid linear(3)", (4,)),
    ("conv2d(4,kernel=(2,3),padding=(1,2),stride=(2,1)) batchnorm2d relu residual(conv2d(4,padding=1) tanh) maxpool2d(2) "
     "flatten linear(5)", (3, 9, 7)),
    ("conv2d(2) layernorm gelu avgpool2d(2) flatten linear(3) softmax", (3, 8, 6)),
]


def run(*arguments, text=None):
    result = subprocess.run([command, *arguments], input=text, capture_output=True, text=True)
    assert result.returncode == 0, f"{arguments}: {result.stderr}"
    return result.stdout


def table(x):
    """Inputs as CSV with all digits."""
    return "".join(",".join(repr(float(value)) for value in row.reshape(-1)) + "\n" for row in x)


def predictions(model, x, *flags):
    rows = list(csv.reader(io.StringIO(run("predict", model, *flags, text=table(x)))))
    return rows[0][1:], [row[0] for row in rows[1:]], np.array([row[1:] for row in rows[1:]], dtype=np.float64)


def onnx_session(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [port.name for port in session.get_inputs()] == ["input"]
    assert [port.name for port in session.get_outputs()] == ["scores", "probabilities"]
    assert session.get_inputs()[0].shape[0] == "batch" and session.get_outputs()[0].shape[0] == "batch"
    return session, {property.key: property.value for property in model.metadata_props}


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def worst(found, expected, what):
    """The largest difference, as a part of what is allowed."""
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, expected {expected.shape}"
    ratio = np.max(np.abs(found - expected) / (RELATIVE * np.abs(expected) + ABSOLUTE))
    assert ratio <= 1, f"{what}: off by {np.abs(found - expected).max():.2e}"  # not <= for NaN
    return ratio


def compare(session, metadata, model, random, low, high, *flags):
    """ONNX Runtime against `predict`, for every size of a batch."""
    shape = tuple(session.get_inputs()[0].shape[1:])
    largest, inputs = 0.0, []
    for batch in BATCHES:
        x = random.uniform(low, high, (batch, *shape)).astype(np.float32)
        scores, probabilities = (y.astype(np.float64) for y in session.run(["scores", "probabilities"], {"input": x}))
        names, classes, expected = predictions(model, x, *flags)
        assert names == json.loads(metadata["class_names"]), names
        largest = max(largest, worst(probabilities, expected, f"probabilities of {batch}"))
        if not metadata["network"].endswith("softmax"):
            both = np.concatenate([0 * scores, scores], axis=1) if scores.shape[1] == 1 else scores
            worst(softmax(both), expected, f"scores of {batch}")
        margin = np.sort(expected, axis=1)
        sure = margin[:, -1] - margin[:, -2] > 1e-4
        best = [names[i] for i in probabilities.argmax(axis=1)]
        assert all(a == b for a, b, s in zip(best, classes, sure) if s), f"classes of {batch}"
        inputs.append(x)
    return largest, inputs


# PyTorch's network of a notation


def layers_of(text):
    """Names with the texts between their brackets."""
    place = 0
    while match := re.compile(r"\s*(\w+)").match(text, place):
        place, depth, start = match.end(), 0, match.end()
        if text[place:place + 1] == "(":
            while True:
                depth += {"(": 1, ")": -1}.get(text[place], 0)
                place += 1
                if depth == 0:
                    break
        yield match[1], text[start + 1:place - 1]


def split(text):
    """The parts between the commas outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def torch_network(text, x):
    """The network for a batch x, and what it makes of it."""
    nn = torch.nn

    class Abs(nn.Module):
        def forward(self, x):
            return x.abs()

    class Residual(nn.ModuleList):
        def forward(self, x):
            return self[0](x) + self[1](x)

    def layer(name, inside, x):
        if name == "sequential":
            return torch_network(inside, x)[0]
        if name == "residual":
            parts = split(inside) + [""]
            return Residual([torch_network(part, x)[0] for part in parts[:2]])
        given = [eval(part) for part in split(inside) if "=" not in part]
        named = {part.split("=")[0]: eval(part.split("=")[1]) for part in split(inside) if "=" in part}
        size = x.shape[1]
        return {
            "linear": lambda: nn.Linear(size, *given),
            "conv2d": lambda: nn.Conv2d(size, *given, **{"kernel_size": named.pop("kernel", 3), **named}),
            "maxpool2d": lambda: nn.MaxPool2d(*given, **named), "avgpool2d": lambda: nn.AvgPool2d(*given, **named),
            "batchnorm1d": lambda: nn.BatchNorm1d(size, eps=named.get("epsilon", 1e-5)),
            "batchnorm2d": lambda: nn.BatchNorm2d(size, eps=named.get("epsilon", 1e-5)),
            "layernorm": lambda: nn.LayerNorm(x.shape[1:], eps=named.get("epsilon", 1e-5)),
            "dropout": lambda: nn.Dropout(*given), "flatten": nn.Flatten, "relu": nn.ReLU, "sigmoid": nn.Sigmoid,
            "leakyrelu": lambda: nn.LeakyReLU(*given), "tanh": nn.Tanh, "abs": Abs, "gelu": nn.GELU,
            "elu": lambda: nn.ELU(*given), "softmax": lambda: nn.Softmax(dim=1),
        }[name]()

    layers = []
    for name, inside in layers_of(text):
        layers.append(layer(name, inside, x).eval().to(x.dtype))
        with torch.no_grad():
            x = layers[-1](x)
    return nn.Sequential(*layers), x


def sample(notation, x):
    """Inputs in the shape in which a network takes them."""
    if x.ndim == 3:
        x = x[:, None]
    return x if re.search(r"2d|flatten", notation) else x.reshape(len(x), -1)


def check_arrays(folder, model, target):
    """The tensors for NumPy and those in ONNX, against those of the model."""
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(target).graph.initializer}
    path = f"{folder}/arrays.npz"
    run("export", model, "--to", path, "--force", "--quiet")
    with np.load(path) as arrays, safe_open(model, framework="np") as file:
        assert sorted(arrays.files) == sorted(file.keys()), arrays.files
        for name in arrays.files:
            found, expected = arrays[name], file.get_tensor(name)
            assert found.dtype == expected.dtype and np.array_equal(found, expected), f"{name} for NumPy"
            if not name.endswith("num_batches_tracked"):
                assert np.array_equal(constants[name], expected.astype(np.float32)), f"{name} in ONNX"


def check_state_dict(folder, model, session, metadata, inputs):
    """The exported state_dict in PyTorch, against ONNX Runtime."""
    path = f"{folder}/state.safetensors"
    run("export", model, "--to", path, "--force", "--quiet")
    tensors = load_file(path)
    for name, tensor in tensors.items():
        assert (tensor.dtype == torch.int64) == name.endswith("num_batches_tracked"), name
    with safe_open(model, framework="np") as file:
        scaling = json.loads(file.metadata()["input_scaling"])
    offset, divisor = (np.array(scaling[key]) for key in ("offset", "divisor"))
    largest = 0.0
    for x in inputs:
        flat = (x.reshape(len(x), -1).astype(np.float64) - offset) / divisor
        x_torch = torch.tensor(sample(metadata["network"], flat.reshape(x.shape))).to(next(iter(tensors.values())).dtype)
        network, _ = torch_network(metadata["network"], x_torch)
        network.load_state_dict(tensors, strict=True)
        with torch.no_grad():
            expected = network(x_torch).double().numpy()
        scores = session.run(["scores"], {"input": x})[0].astype(np.float64)
        # Scores are as inexact as the largest of them.
        scale = max(1, np.abs(expected).max())
        largest = max(largest, worst(scores / scale, expected / scale, "scores of PyTorch"))
    return largest


def check_trained(folder, number, dataset, network, flags):
    random = np.random.default_rng(number)
    model, target = f"{folder}/model.safetensors", f"{folder}/model.onnx"
    run("--dataset", dataset, "--network", network, "--epochs", "1", "--lr", "0.05", "--seed", str(number), "--quiet",
        "--save", model, *flags)
    run("export", model, "--to", target, "--force", "--quiet")
    session, metadata = onnx_session(target)
    largest, inputs = compare(session, metadata, model, random, *RANGES[dataset])
    check_arrays(folder, model, target)
    if torch:
        largest = max(largest, check_state_dict(folder, model, session, metadata, inputs))
    return largest


def check_from_pytorch(folder, number, network, shape):
    random = np.random.default_rng(number)
    torch.manual_seed(number)
    x = sample(network, np.zeros((2, *shape), dtype=np.float32))
    made, _ = torch_network(network, torch.tensor(x))
    made.load_state_dict({
        name: value if value.dtype == torch.int64 else torch.rand_like(value) * 0.5 + 0.5 if "running_var" in name
        else torch.randn_like(value) * 0.5
        for name, value in made.state_dict().items()
    })
    model, target = f"{folder}/pytorch.safetensors", f"{folder}/pytorch.onnx"
    save_file(made.state_dict(), model)
    flags = ["--network", network, "--input_shape", "x".join(map(str, shape))]
    run("export", model, "--to", target, "--force", "--quiet", *flags)
    session, metadata = onnx_session(target)
    largest, inputs = compare(session, metadata, model, random, -1, 1, *flags)
    for x in inputs:
        with torch.no_grad():
            expected = made(torch.tensor(sample(network, x))).numpy()
        largest = max(largest, worst(session.run(["scores"], {"input": x})[0], expected, "scores of PyTorch"))
    return largest


failures = 0


def report(name, check, *arguments):
    global failures
    with tempfile.TemporaryDirectory() as folder:
        try:
            print(f"ok      {check(folder, *arguments):.2f} of the tolerance  {name}", flush=True)
        except Exception as error:
            failures += 1
            print(f"FAILED  {name}: {error}", flush=True)


onnxruntime.set_default_logger_severity(3)  # no notes on the machine
print(f"ONNX Runtime {onnxruntime.__version__}, batches of {BATCHES}, tolerance {RELATIVE} of a value and {ABSOLUTE}")
for number, (dataset, network, flags) in enumerate(TRAINED):
    report(" ".join([dataset, f"'{network}'", *flags]), check_trained, number, dataset, network, flags)
if torch:
    for number, (network, shape) in enumerate(FROM_PYTORCH):
        report(f"from PyTorch '{network}' {shape}", check_from_pytorch, number, network, shape)
else:
    print("PyTorch is not installed: state_dicts are not compared")
sys.exit(failures > 0)
