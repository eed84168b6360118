"""The files of a run, as two runs are compared by them. It imports neither TensorFlow nor tfgans."""

import json

import h5py


def contents(folder):
    """The files of a run and their bytes, without the lock, temporary files, and files that no run reads."""
    named = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        str(name): path.read_bytes()
        for name, path in named.items()
        if name.parts[0] != "tensorboard" and not any(part.startswith(".") for part in name.parts)
    }


def without_times(files):
    """Lines of metrics have the seconds they took, checkpoints and SavedModels the order of a dictionary or a time."""
    metrics = [json.loads(line) for line in files.get("metrics.jsonl", b"").splitlines()]
    kept = {name for name in files if not name.startswith(("checkpoints/", "saved_model/")) and name != "metrics.jsonl"}
    return [{**line, "seconds": 0} for line in metrics], {name: files[name] for name in kept}


def tensors(checkpoint):
    """The arrays of a checkpoint by name; its bytes have the order of a dictionary too."""
    arrays = {}
    with h5py.File(checkpoint) as file:
        file.visititems(lambda name, item: arrays.update({name: item[()]}) if hasattr(item, "dtype") else None)
    return arrays
