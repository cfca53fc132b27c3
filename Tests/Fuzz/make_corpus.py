# Writes the seeds of the fuzz targets that nobody can write by hand: run it beside Corpus. Small texts are seeds as they are.
import gzip
import json
import pathlib
import struct
import zipfile
import io

corpus = pathlib.Path(__file__).parent / "Corpus"


def write(target, name, contents):
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(contents)


def idx(shape, contents):
    return bytes([0, 0, 8, len(shape)]) + b"".join(struct.pack(">I", n) for n in shape) + contents


def packed(contents):
    return gzip.compress(contents, mtime=0)


def safetensors(tensors, metadata=None, data=None):
    header, parts, start = {}, [], 0
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, kind, shape, values in tensors:
        part = struct.pack(f"<{len(values)}{'f' if kind == 'F32' else 'd' if kind == 'F64' else 'q'}", *values)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [start, start + len(part)]}
        parts.append(part)
        start += len(part)
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(parts)


def npy(description, shape, contents, order="False", version=1):
    text = f"{{'descr': '{description}', 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + contents


def npz(arrays, method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, contents in arrays.items():
            archive.writestr(zipfile.ZipInfo(name), contents, compress_type=method)
    return file.getvalue()


labels, images = idx([3], bytes([0, 1, 2])), idx([2, 2, 3], bytes(range(12)))
for name, file in {"labels": labels, "images": images, "empty": idx([0, 5], b""), "bare": idx([], b"")}.items():
    write("idx", name, file)
write("idx", "labels.gz", packed(labels))
write("idx", "images.gz", packed(images))
write("idx", "huge", idx([0xFFFFFFFF] * 4, b"1"))
write("idx", "huge_and_empty", idx([0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0], b""))

write("gzip", "empty", packed(b""))
write("gzip", "text", packed(b"a text, a text, a text and a text"))
write("gzip", "joined", packed(b"one") + packed(b"two"))
write("gzip", "zeros", packed(bytes(30_000)))
write("gzip", "plain", b"not packed")
write("gzip", "promises_much", packed(bytes(100))[:-4] + b"\xff\xff\xff\xff")
write("gzip", "promises_nothing", packed(bytes(5000))[:-4] + bytes(4))
write("csv", "table.gz", packed(b"a,b,kind\n1,2,x\n3,4,y\n"))

two_layer = [
    ("0.weight", "F32", [2, 4], [0.1 * i for i in range(8)]), ("0.bias", "F32", [2], [0, 1]),
    ("2.weight", "F32", [2, 2], [1, -1, 0.5, 2]), ("2.bias", "F32", [2], [0, 0.25]),
]
description = {
    "format": "functional-net", "format_version": "2", "class_names": '["cat","dog"]', "input_shape": "[4]",
    "input_scaling": '{"offset":[0],"divisor":[255]}', "settings": "{}", "network": "linear(2) relu linear(2)",
}
write("safetensors", "two_layer", safetensors(two_layer))
write("safetensors", "described", safetensors(two_layer, description))
write("safetensors", "double", safetensors([(n, "F64", s, v) for n, _, s, v in two_layer]))
convolution = [
    ("0.weight", "F32", [1, 1, 1, 1], [1.5]), ("0.bias", "F32", [1], [0]), ("1.weight", "F32", [1], [1]),
    ("1.bias", "F32", [1], [0]), ("1.running_mean", "F32", [1], [0.5]), ("1.running_var", "F32", [1], [2]),
    ("1.num_batches_tracked", "I64", [], [7]), ("3.weight", "F32", [2, 4], [1] * 8), ("3.bias", "F32", [2], [0, 1]),
]
write("safetensors", "convolution", safetensors(convolution))
write("safetensors", "convolution_described", safetensors(convolution, description | {
    "network": "conv2d(1,kernel=1) batchnorm2d flatten linear(2)", "input_shape": "[1,2,2]"}))
write("safetensors", "one_output", safetensors(
    [("0.weight", "F32", [1, 2], [1, 2]), ("0.bias", "F32", [1], [0])],
    description | {"network": "linear(1)", "input_shape": "[2]"}))
write("safetensors", "no_parameters", safetensors(
    [], {"format": "functional-net", "network": "relu", "input_shape": "[1000000]"}))
write("safetensors", "no_rows", safetensors([("a", "F32", [0, 1 << 62], [])]))
write("safetensors", "no_columns", safetensors([("a", "F32", [1 << 60, 0], [])]))
write("safetensors", "no_elements", safetensors([("a", "F32", [0, 1 << 40, 1 << 40], [])]))
write("safetensors", "empty", safetensors([]))

parameters = [("0.weight", [1, 1]), ("0.bias", [1]), ("1.weight", [1]), ("1.bias", [1])]
run = [(f"{part}.{n}", s) for part in ("params", "memory.0", "memory.1", "best.params") for n, s in parameters]
run += [(f"{part}.1.{n}", [1]) for part in ("state", "best.state") for n in ("running_mean", "running_var")]
for kind, precision in (("F32", "float"), ("F64", "double")):
    tensors = [(n, kind, s, [0.5]) for n, s in run]
    tensors += [(f"{part}.1.num_batches_tracked", "I64", [], [3]) for part in ("state", "best.state")]
    moment = {"step": 3, "loss": 0.5, "key": "ff", "history": [1, 0.5]}
    texts = {"format": "functional-net-checkpoint", "format_version": "1", "moment": json.dumps(moment)}
    write("checkpoint", precision, safetensors(tensors, texts))
    write("checkpoint", precision + "_without_best", safetensors([t for t in tensors if t[0][:4] != "best"], texts))

write("npy", "table", npy("<f8", "(3, 2)", struct.pack("<6d", 1, 0, 2, 1, 3, 0)))
write("npy", "float32", npy("<f4", "(2, 3)", struct.pack("<6f", *range(6))))
write("npy", "float64", npy(">f8", "(2,)", struct.pack(">2d", 1.5, -2)))
write("npy", "bytes", npy("|u1", "(2, 2)", bytes(4), order="True"))
write("npy", "columns", npy("<i2", "(2, 3, 2)", struct.pack("<12h", *range(12)), order="True", version=2))
write("npy", "truths", npy("|b1", "(3,)", bytes([0, 1, 1])))
write("npy", "half", npy("<f2", "()", struct.pack("<e", 1.5), version=3))
write("npy", "empty", npy("<i8", f"(0, {1 << 62}, {1 << 62})", b""))
write("npy", "empty_columns", npy("<i8", f"({1 << 62}, {1 << 62}, 0)", b"", order="True"))
arrays = {"x.npy": npy("<f4", "(2, 3)", struct.pack("<6f", *range(6))), "y.npy": npy("|u1", "(2,)", bytes(2))}
write("npz", "stored", npz(arrays, zipfile.ZIP_STORED))
write("npz", "deflated", npz(arrays, zipfile.ZIP_DEFLATED))
write("npz", "with_others", npz(arrays | {"readme": b"text"}, zipfile.ZIP_DEFLATED))
write("npz", "far_labels", npz({
    "x.npy": npy("<f4", "(2, 1)", bytes(8)), "y.npy": npy("<i8", "(2,)", struct.pack("<2q", 0, 1 << 40))},
    zipfile.ZIP_STORED))
write("npz", "one_hot", npz({
    "x_train.npy": npy("|u1", "(2, 2, 2)", bytes(8)), "y_train.npy": npy("|u1", "(2, 2)", bytes([0, 1, 1, 0])),
    "x_test.npy": npy("|u1", "(1, 2, 2)", bytes(4)), "y_test.npy": npy("|u1", "(1, 2)", bytes([0, 1]))},
    zipfile.ZIP_DEFLATED))
write("npz", "empty", npz({}, zipfile.ZIP_STORED))
