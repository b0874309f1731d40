"""Writes hostile files of some 20 MB, and measures how much memory reading them takes.

    python Fuzzing/hostile.py write FOLDER
    python Fuzzing/hostile.py measure FOLDER TONOSCOPE

TONOSCOPE is the command, built in release mode. Each line tells a file's size, the peak of memory as a
multiple of it, the time, and the sentence that is said of it. Writing needs h5py and numpy.
"""
import json
import os
import pathlib
import resource
import struct
import subprocess
import sys
import time
import zipfile

SIZE = 20 << 20
#: Names of one length, as many as are asked for.
DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


def names(count, letters=5):
    for index in range(count):
        text = ""
        for _ in range(letters):
            index, digit = divmod(index, len(DIGITS))
            text += DIGITS[digit]
        yield text


def filled(begin, unit, end):
    return begin + unit * ((SIZE - len(begin) - len(end)) // len(unit)) + end


def safetensors(header, numbers=b""):
    text = header.encode()
    return struct.pack("<Q", len(text)) + text + numbers


def entries():
    unit = '"%s":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    count = SIZE // (len(unit) + 4)
    return "{" + ",".join(unit % name for name in names(count)) + "}"


def metadata():
    return '{"__metadata__":{' + ",".join(f'"{name}":""' for name in names(SIZE // 11)) + "}}"


def varint(number):
    digits = []
    while number > 127:
        digits.append(number & 127 | 128)
        number >>= 7
    return bytes(digits + [number])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def onnx(graph):
    return b"\x08\x08" + field(7, graph) + field(8, b"\x10\x0d")


def many(number, content=b""):
    unit = field(number, content)
    return unit * (SIZE // len(unit))


def tensor(kind, field_number, content, count):
    return field(5, b"\x08" + varint(count) + b"\x10" + varint(kind) + field(8, b"w")
                 + field(field_number, content))


def torch(pickle):
    return {"a/data.pkl": b"\x80\x02" + pickle + b".", "a/data/0": b"", "a/version": b"3"}


def archive(path, entries, kind=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", kind) as file:
        for name, content in entries.items():
            file.writestr(zipfile.ZipInfo(name), content, compress_type=kind)


def directory(count):
    """An archive of so many entries, all at one place."""
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 10, 0) + b"a/data.pkl"
    body = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0)
        + name.encode() for name in names(count))
    start = len(local)
    end64 = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(body), start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, start + len(body), 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + body + end64 + locator + end


def keras(config):
    return {"metadata.json": b'{"keras_version": "3.5.0"}', "config.json": config,
            "model.weights.h5": b""}


def dense(count, width):
    layers = [{"class_name": "InputLayer",
               "config": {"name": "x", "batch_input_shape": [None, width]}}]
    layers += [{"class_name": "Dense", "config": {"name": f"d{index}", "units": width,
                                                  "use_bias": False}} for index in range(count)]
    return {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}


def hdf5(path, count, width, **options):
    """Layers that all lead to one array."""
    import h5py
    import numpy as np

    with h5py.File(path, "w") as file:
        text = json.dumps(dense(count, width))
        file.create_group("model_weights")
        file.attrs.create("model_config", text, dtype=h5py.string_dtype())
        group = file["model_weights"]
        group.attrs["layer_names"] = [np.bytes_(f"d{index}") for index in range(count)]
        file.create_dataset("w", data=np.zeros((width, width), "float32"), **options)
        inner = group.create_group("d0")
        inner.attrs["weight_names"] = [np.bytes_("k")]
        inner["k"] = file["w"]
        for index in range(1, count):
            group[f"d{index}"] = inner


def shared():
    """A safetensors file whose layers all name one array, in two orders of axes."""
    width = 2200
    kernel = {"name": "w", "permute": [1, 0]}
    nodes = [{"name": f"d{index}", "kind": "Dense", "inputs": [f"d{index - 1}" if index else "x"],
              "weights": {"kernel": kernel}} for index in range(200)]
    text = json.dumps({"version": 1, "inputs": [{"name": "x", "shape": [width]}], "nodes": nodes,
                       "outputs": ["d199"]})
    size = 4 * width * width
    header = json.dumps({"__metadata__": {"tonoscope.architecture": text},
                         "w": {"dtype": "F32", "shape": [width, width],
                               "data_offsets": [0, size]}})
    return safetensors(header, bytes(size))


def texts():
    return {
        "nested": filled("[", "[" * 99 + "]" * 99 + ",", "0]"),
        "numbers": filled("[", "0,", "0]"),
        "empty lists": filled("[", "[],", "[]]"),
        "small objects": filled("[", '{"":0},', "{}]"),
        "members": "{" + ",".join(f'"{name}":0' for name in names(SIZE // 10)) + "}",
    }


def write(folder):
    def save(name, content):
        path = folder / name.replace(" ", "_").replace(",", "")
        if isinstance(content, dict):
            archive(path, content)
        else:
            path.write_bytes(content)

    trees = texts()
    for name, text in trees.items():
        save(f"safetensors, {name}", safetensors('{"a":' + text + "}"))
    save("safetensors, shape of zeros", safetensors(filled('{"a":{"shape":[', "0,", "0]}}")))
    save("safetensors, entries", safetensors(entries()))
    save("safetensors, metadata", safetensors(metadata()))
    save("safetensors, architecture", safetensors(
        '{"__metadata__":{"tonoscope.architecture":' + json.dumps(trees["numbers"]) + "}}"))
    save("safetensors, shared array", shared())
    save("onnx, nodes", onnx(many(1)))
    save("onnx, attributes", onnx(field(1, many(5))))
    save("onnx, inputs of a node", onnx(field(1, many(1))))
    save("onnx, initializers", onnx(many(5)))
    save("onnx, values", onnx(many(13)))
    save("onnx, axes", onnx(field(11, field(2, field(1, field(2, many(1)))))))
    save("onnx, small integers", onnx(tensor(3, 9, bytes(SIZE), SIZE)))
    save("onnx, typed integers", onnx(tensor(7, 7, b"\1" * SIZE, SIZE)))
    for name, pickle in {
        "nones": filled(b"", b"N", b""), "tuples": filled(b")", b"\x85", b""),
        "lists": filled(b"", b"]0", b"N"), "memo": filled(b"N", b"\x94", b""),
        "appended bytes": filled(b"](", b"C\1aC\1aC\1aC\1aC\1aC\1aC\1aC\1ae(", b"e"),
        "dictionaries": filled(b"", b"}NNs0", b"N"), "texts": filled(b"](", b"\x8c\1ae(", b"e"),
    }.items():
        save(f"torch, {name}", torch(pickle))
    save("zip, entries", directory(1_000_000))
    for name in ["numbers", "small objects"]:
        save(f"keras, {name}", keras(trees[name].encode()))
    for name, arguments, options in [("hdf5, shared array", (300, 2200), {}),
                                     ("hdf5, deflated", (1, 8000), {"compression": "gzip"})]:
        hdf5(folder / name.replace(" ", "_").replace(",", ""), *arguments, **options)
    save("weights", safetensors('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'))
    for name, text in trees.items():
        save(f"architecture, {name}", text.encode())


def measure(command, file):
    arguments = [command, "inspect", file]
    if file.name.startswith("architecture"):
        arguments = [command, "inspect", file.parent / "weights", "--architecture", file]
    begin = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    sentence = process.stderr.read().decode(errors="replace").strip()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    size, peak = file.stat().st_size, usage.ru_maxrss << 10
    print(f"{file.name:30} {size / 1e6:6.1f} MB {peak / 1e6:6.0f} MB {peak / size:6.1f}x "
          f"{seconds:5.1f} s  {status >> 8}  {sentence[-100:]!r}", flush=True)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "write":
        folder.mkdir(parents=True, exist_ok=True)
        write(folder)
    else:
        resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
        for file in sorted(folder.iterdir()):
            measure(pathlib.Path(sys.argv[3]).resolve(), file)
