"""Runs functional-net-benchmark and its peers in turn on this machine, and prints medians and ratios.

    swift build -c release
    python3 -m pip install numpy scikit-learn jax torch onnx onnxruntime threadpoolctl
    python3 Tests/Peers/compare.py --data /usr/share/datasets/fashion-mnist [--threads 2] [--rounds 3]

Every round runs ours and each peer once, one after the other, so that a machine that changes its speed changes it for all.
A ratio is our median divided by the fastest peer's: below 1 we are faster. Below each table stand the kernels that OpenBLAS chose in
the peers that use it; environment variables that would choose slower ones are not passed on.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--binary", default=".build/release/functional-net-benchmark")
parser.add_argument("--hidden", default="30,100,500,1000")
parser.add_argument("--batch", default="1,10,64,128,256")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--peers", default="numpy,jax,torch,sklearn")
parser.add_argument("--precision", choices=["float", "double"], default="float", help="double: against NumPy in float64")
parser.add_argument("--only", choices=["training", "convolutions", "inference", "loading"], help="default: all of them")
options = parser.parse_args()
unknown = set(options.peers.split(",")) - {"numpy", "jax", "torch", "sklearn"}
if unknown:
    sys.exit(f"--peers: {', '.join(sorted(unknown))} is none of numpy, jax, torch, sklearn")
if not pathlib.Path(options.binary).exists():
    sys.exit(f"{options.binary} is not there: call swift build -c release first, and this from the package's folder")
peers_script = str(pathlib.Path(__file__).with_name("peers.py"))


def run(words):
    result = subprocess.run(words, capture_output=True, text=True)
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines() or ["no message"]
        sys.exit(f"{' '.join(words)}: {lines[-1]}")
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def ours(*words):
    return run([options.binary, *words, "--json"])


kernels = {}  # those that OpenBLAS chose, by peer


def peer(work, name, *words):
    result = run([sys.executable, peers_script, work, name, *words, "--threads", str(options.threads)])[0]
    if name in ("numpy", "numpy64", "sklearn"):
        kernels.setdefault(name, set()).update(result["openblas"])
    return result


def print_kernels():
    for name, found in kernels.items():
        print(f"\nOpenBLAS kernels of {name}: {', '.join(sorted(found)) or 'none'}", flush=True)
    kernels.clear()


def medians(rounds):
    return {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}


def row(label, numbers, unit, better=min):
    rivals = {name: value for name, value in numbers.items() if name != "ours"}
    best = better(rivals, key=rivals.get)
    ratio = numbers["ours"] / rivals[best]
    cells = " | ".join(f"{numbers[name]:.3g}" for name in numbers)
    print(f"| {label} | {cells} | {ratio:.2f} of {best} |", flush=True)


def training():
    names = ["numpy64"] if options.precision == "double" else options.peers.split(",")
    print(f"\nSeconds of training an epoch, {options.precision}, {options.threads} thread(s)\n")
    print(f"| hidden, batch | ours | {' | '.join(names)} | ratio |\n|---|---|{'---|' * len(names)}---|")
    for hidden in options.hidden.split(","):
        for batch in options.batch.split(","):
            samples = "6000" if batch == "1" else "60000"  # an epoch of single samples takes some peers a quarter of a minute
            shape = ["--data", options.data, "--hidden", hidden, "--batch", batch, "--samples", samples]
            rounds = []
            for _ in range(options.rounds):
                times = {"ours": ours("training", *shape, "--threads", str(options.threads), "--precision", options.precision)[0]}
                times |= {name: peer("training", name, *shape) for name in names}
                rounds.append({name: time["seconds_per_epoch"] * 60000 / int(samples) for name, time in times.items()})
            row(f"{hidden}, {batch}", medians(rounds), "s")


def convolutions():
    """The small CNN on 20,000 images, in PyTorch and JAX."""
    names = [name for name in options.peers.split(",") if name in ("jax", "torch")]
    network = "conv2d(8) relu maxpool2d(2) conv2d(16) relu maxpool2d(2) flatten linear(10)"
    print(f"\nSeconds of training an epoch of 20,000 images, {network}, float, {options.threads} thread(s)\n")
    print(f"| batch | ours | {' | '.join(names)} | ratio |\n|---|---|{'---|' * len(names)}---|")
    for batch in options.batch.split(","):
        shape = ["--data", options.data, "--batch", batch, "--samples", "20000"]
        rounds = []
        for _ in range(options.rounds):
            mine = ours("training", *shape, "--network", network, "--threads", str(options.threads), "--precision", "float")[0]
            times = {"ours": mine} | {name: peer("training", name, *shape, "--cnn") for name in names}
            rounds.append({name: time["seconds_per_epoch"] for name, time in times.items()})
        row(batch, medians(rounds), "s")


def inference():
    names = ["onnxruntime", "numpy", "torch", "sklearn"]
    print(f"\nInference of 784-100-10, float, {options.threads} thread(s)\n")
    print(f"| | ours | {' | '.join(names)} | ratio |\n|---|---|{'---|' * len(names)}---|")
    rounds = []
    for _ in range(options.rounds):
        times = {"ours": ours("inference", "--threads", str(options.threads), "--precision", "float")[0]}
        rounds.append(times | {name: peer("inference", name) for name in names})
    for key, label, better in (("one_sample_us", "one sample, µs", min), ("samples_per_second", "10,000 samples, a second", max)):
        row(label, medians([{name: time[key] for name, time in r.items()} for r in rounds]), "", better)


def loading():
    print("\nReading the files, seconds\n\n| | ours | numpy | ratio |\n|---|---|---|---|")
    rounds = []
    for _ in range(options.rounds):
        mine = next(line for line in ours("loading", "--data", options.data) if line["benchmark"].startswith("reading"))
        rounds.append({"ours": mine["seconds"], "numpy": peer("loading", "numpy", "--data", options.data)["seconds"]})
    row("gzip Fashion-MNIST", medians(rounds), "s")


for work in [options.only] if options.only else ["training", "convolutions", "inference", "loading"]:
    {"training": training, "convolutions": convolutions, "inference": inference, "loading": loading}[work]()
    print_kernels()
