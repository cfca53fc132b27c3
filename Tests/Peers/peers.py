"""The same work as functional-net-benchmark, done by another library; one line of JSON.

    python3 -m pip install numpy scikit-learn jax torch onnx onnxruntime threadpoolctl
    python3 peers.py training  numpy|numpy64|jax|torch|sklearn  --data FOLDER --hidden 100 --batch 64 --threads 2
    python3 peers.py training  jax|torch                        --data FOLDER --cnn --batch 32 --samples 20000
    python3 peers.py inference numpy|torch|sklearn|onnxruntime  --threads 2
    python3 peers.py loading   numpy                            --data FOLDER

Training: 784-hidden-10, ReLU, softmax cross-entropy, SGD with momentum, float32 (numpy64: float64); the median seconds of
`--epochs` epochs after one that is not counted, training only. A last short batch is left out where the library would have
to be compiled for it (JAX). --cnn: two convolutions 3x3 (8 and 16 outputs), each with ReLU and a pooling 2x2, and a linear layer.

OpenBLAS, which NumPy and scikit-learn multiply matrices with, chooses its kernels for this processor: environment variables that
would choose others are taken out first. The line of JSON names the kernels that ran ("openblas", for example "SkylakeX").
"""
import argparse
import gzip
import json
import os
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("work", choices=["training", "inference", "loading"])
parser.add_argument("peer")
parser.add_argument("--data")
parser.add_argument("--cnn", action="store_true")
parser.add_argument("--hidden", type=int, default=100)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--samples", type=int, default=60000)
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--momentum", type=float, default=0.9)
options = parser.parse_args()
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(options.threads)
if options.threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.sched_setaffinity(0, {0})  # JAX has no other way to keep to one processor

import numpy as np

rng = np.random.default_rng(0)


def read(folder):
    def contents(name, offset):
        with gzip.open(f"{folder}/{name}.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=offset)

    x = contents("train-images-idx3-ubyte", 16).reshape(-1, 784)
    return x, contents("train-labels-idx1-ubyte", 8), contents("t10k-images-idx3-ubyte", 16), contents("t10k-labels-idx1-ubyte", 8)


def initial(hidden, dtype=np.float32):
    return [
        rng.normal(0, (2 / 784) ** 0.5, (784, hidden)).astype(dtype), np.zeros(hidden, dtype),
        rng.normal(0, (2 / hidden) ** 0.5, (hidden, 10)).astype(dtype), np.zeros(10, dtype),
    ]


def initial_cnn():
    def weights(*shape, inputs):
        return rng.normal(0, (2 / inputs) ** 0.5, shape).astype(np.float32)

    return [
        weights(8, 1, 3, 3, inputs=9), np.zeros(8, np.float32), weights(16, 8, 3, 3, inputs=72), np.zeros(16, np.float32),
        weights(400, 10, inputs=400), np.zeros(10, np.float32),
    ]


def numpy_epoch(x, y, dtype):
    x = x.astype(dtype)
    params = initial(options.hidden, dtype)
    velocity = [np.zeros_like(p) for p in params]
    lr, momentum = dtype(options.lr), dtype(options.momentum)

    def step(rows):
        w1, b1, w2, b2 = params
        xb, yb = x[rows], y[rows]
        z = xb @ w1 + b1
        h = np.maximum(z, 0)
        s = h @ w2 + b2
        e = np.exp(s - s.max(axis=1, keepdims=True))
        d = e / e.sum(axis=1, keepdims=True)
        d[np.arange(len(yb)), yb] -= 1
        d /= len(yb)
        dh = (d @ w2.T) * (z > 0)
        for i, g in enumerate((xb.T @ dh, dh.sum(axis=0), h.T @ d, d.sum(axis=0))):
            velocity[i] *= momentum
            velocity[i] += g
            params[i] -= lr * velocity[i]

    def epoch():
        order = rng.permutation(len(x))
        for start in range(0, len(x), options.batch):
            step(order[start : start + options.batch])

    return epoch


def torch_epoch(x, y):
    import torch

    torch.set_num_threads(options.threads)
    nn = torch.nn
    if options.cnn:
        network = nn.Sequential(
            nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 10))
    else:
        network = nn.Sequential(nn.Linear(784, options.hidden), nn.ReLU(), nn.Linear(options.hidden, 10))
    optimizer = torch.optim.SGD(network.parameters(), lr=options.lr, momentum=options.momentum)
    loss = nn.CrossEntropyLoss()
    xs, ys = torch.from_numpy(x), torch.from_numpy(y)

    def epoch():
        for rows in torch.randperm(len(xs)).split(options.batch):
            optimizer.zero_grad()
            loss(network(xs[rows]), ys[rows]).backward()
            optimizer.step()

    return epoch


def jax_epoch(x, y):
    import jax
    import jax.numpy as jnp

    xs, ys = jnp.asarray(x), jnp.asarray(y)
    start = initial_cnn() if options.cnn else initial(options.hidden)
    state = [[jnp.asarray(p) for p in start], None]
    state[1] = [jnp.zeros_like(p) for p in state[0]]

    def pool(z):
        return jax.lax.reduce_window(z, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def network(params, x):
        if not options.cnn:
            w1, b1, w2, b2 = params
            return jax.nn.relu(x @ w1 + b1) @ w2 + b2
        k1, b1, k2, b2, w, b = params
        z = pool(jax.nn.relu(jax.lax.conv(x, k1, (1, 1), "VALID") + b1[:, None, None]))
        z = pool(jax.nn.relu(jax.lax.conv(z, k2, (1, 1), "VALID") + b2[:, None, None]))
        return z.reshape(len(z), -1) @ w + b

    def loss(params, xb, yb):
        scores = network(params, xb)
        return -jnp.mean(jax.nn.log_softmax(scores)[jnp.arange(len(yb)), yb])

    @jax.jit
    def run(params, velocity, order):
        def step(carry, rows):
            params, velocity = carry
            gradients = jax.grad(loss)(params, xs[rows], ys[rows])
            velocity = [options.momentum * v + g for v, g in zip(velocity, gradients)]
            return ([p - options.lr * v for p, v in zip(params, velocity)], velocity), None

        return jax.lax.scan(step, (params, velocity), order)[0]

    def epoch():
        steps = len(x) // options.batch
        order = jnp.asarray(rng.permutation(len(x))[: steps * options.batch].reshape(steps, options.batch))
        state[0], state[1] = jax.block_until_ready(run(state[0], state[1], order))

    return epoch


def sklearn_epoch(x, y):
    import warnings

    from sklearn.neural_network import MLPClassifier

    warnings.filterwarnings("ignore")
    model = MLPClassifier(
        (options.hidden,), solver="sgd", learning_rate_init=options.lr, momentum=options.momentum, nesterovs_momentum=False,
        batch_size=options.batch, alpha=0, max_iter=1, shuffle=True, random_state=0)
    return lambda: model.partial_fit(x, y, classes=list(range(10)))


def training():
    images, labels, _, _ = read(options.data)
    x = (images[: options.samples] / np.float32(255)).astype(np.float32)
    y = labels[: options.samples].astype(np.int64)
    if options.cnn:
        x = x.reshape(-1, 1, 28, 28)
    epoch = {
        "numpy": lambda: numpy_epoch(x, y, np.float32), "numpy64": lambda: numpy_epoch(x, y, np.float64),
        "jax": lambda: jax_epoch(x, y), "torch": lambda: torch_epoch(x, y), "sklearn": lambda: sklearn_epoch(x, y),
    }[options.peer]()
    times = []
    for _ in range(options.epochs + 1):
        start = time.perf_counter()
        epoch()
        times.append(time.perf_counter() - start)
    return {"seconds_per_epoch": statistics.median(times[1:])}


def inference():
    w1, b1, w2, b2 = initial(100)
    x = rng.random((10000, 784)).astype(np.float32)
    if options.peer == "numpy":
        forward = lambda x: np.maximum(x @ w1 + b1, 0) @ w2 + b2
    elif options.peer == "torch":
        import torch

        torch.set_num_threads(options.threads)
        network = torch.nn.Sequential(torch.nn.Linear(784, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10)).eval()

        def forward(x):
            with torch.inference_mode():
                return network(torch.from_numpy(x))
    elif options.peer == "sklearn":
        import warnings

        from sklearn.neural_network import MLPClassifier

        warnings.filterwarnings("ignore")
        forward = MLPClassifier((100,), max_iter=1).fit(x[:500], np.arange(500) % 10).predict_proba
    else:
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper

        nodes = [
            helper.make_node("Gemm", ["x", "w1", "b1"], ["z"]), helper.make_node("Relu", ["z"], ["h"]),
            helper.make_node("Gemm", ["h", "w2", "b2"], ["y"]),
        ]
        weights = [numpy_helper.from_array(v, n) for v, n in ((w1, "w1"), (b1, "b1"), (w2, "w2"), (b2, "b2"))]
        graph = helper.make_graph(
            nodes, "network", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 784])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 10])], weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        session = onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
        forward = lambda x: session.run(None, {"x": x})[0]

    def median_time(x, runs):
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            forward(x)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    return {"one_sample_us": median_time(x[:1].copy(), 3000) * 1e6, "samples_per_second": len(x) / median_time(x, 25)}


def loading():
    times = []
    for _ in range(3):
        start = time.perf_counter()
        read(options.data)
        times.append(time.perf_counter() - start)
    return {"seconds": statistics.median(times)}


def openblas_kernels():
    """The names of the kernels that the OpenBLAS libraries of this process have chosen; none where it has no such library."""
    from threadpoolctl import threadpool_info

    return sorted({library["architecture"] for library in threadpool_info() if library["internal_api"] == "openblas"})


result = {"training": training, "inference": inference, "loading": loading}[options.work]()
print(json.dumps({"peer": options.peer, **result, "openblas": openblas_kernels()}))
