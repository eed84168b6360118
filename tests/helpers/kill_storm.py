"""Kills runs of `scripts/train.py` at random moments, resumes each once, and compares it with a run that lived.

The slow tests kill a run at each of its writes, inside one process. This program kills the whole command, at moments
that no test chooses. It takes about a minute a kill:

    python tests/helpers/kill_storm.py --kills=20 --jobs=2

Each line is a kill: the system, the phase, what the folder held, and whether the resumed run is equal. The exit code
is 1 if any is not.
"""

import concurrent.futures
import itertools
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from absl import app, flags
from run_files import contents, tensors, without_times

_ROOT = pathlib.Path(__file__).parents[2]
_RECIPES = ("cwgan/digits", "logan/ring8", "began_cs/digits", "avae/digits", "xgan/digits")
_PHASES = ("start", "training", "checkpoint", "export", "scoring")
_COMMON = ("log_every=10", "grid_every=20", "checkpoint_every=20", "score_samples=200")
_STEPS = 60
_CHANGES = {"xgan/digits": ("refresh_every=20", "classifier_steps=200", "least_accuracy=0.0")}
_ENVIRONMENT = {"TF_NUM_INTRAOP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONUNBUFFERED": "1"}

_KILLS = flags.DEFINE_integer("kills", 20, "Kills a system, spread evenly over the phases.", lower_bound=1)
_JOBS = flags.DEFINE_integer("jobs", 1, "Runs at a time.", lower_bound=1)
_SEED = flags.DEFINE_integer("seed", 0, "Seed of the moments.")
_SYSTEMS = flags.DEFINE_multi_enum("recipe", list(_RECIPES), _RECIPES, "Recipes to run.")


class Run:
    """A run of the command, and what its folder and its messages show.

    Args:
        name: The recipe.
        folder: Folder of the run.
        cache: Folder of what is kept of real images.
    """

    def __init__(self, name: str, folder: pathlib.Path, cache: pathlib.Path) -> None:
        self.folder, self._messages = folder, folder.with_suffix(".log")
        fields = [f"--set={field}" for field in (*_COMMON, *_CHANGES.get(name, ()))]
        command = [sys.executable, "scripts/train.py", f"--recipe={name}", f"--steps={_STEPS}", *fields]
        with self._messages.open("a") as log:
            self._process = subprocess.Popen(
                [*command, f"--workdir={folder}"],
                cwd=_ROOT,
                env={**os.environ, **_ENVIRONMENT, "TFGANS_CACHE": str(cache)},
                stdout=log,
                stderr=log,
            )

    def lives(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        if self._process.wait():
            raise RuntimeError(f"A run ended with code {self._process.returncode}: {self._messages}.")

    def lines(self) -> int:
        file = self.folder / "metrics.jsonl"
        return file.read_bytes().count(b"\n") if file.exists() else 0

    def checkpoint_files(self) -> set[str]:
        folder = self.folder / "checkpoints"
        return set(os.listdir(folder)) if folder.exists() else set()

    def says(self, words: str) -> bool:
        return words in self._messages.read_text()

    def shows(self) -> str:
        """Describes in short the files of the run."""
        if not self.folder.exists():
            return "no folder"
        files = sorted(self.checkpoint_files())
        newest = max((name for name in files if name.startswith("step_")), default="no checkpoint")
        temporary = ", a temporary file" if any(name.startswith(".") for name in files) else ""
        versions = os.listdir(self.folder / "saved_model") if (self.folder / "saved_model").exists() else []
        return f"{self.lines()} lines, {newest.split('.')[0]}{temporary}, saved_model {versions}"

    def reached(self, phase: str, mark: int, before: set[str]) -> bool:
        """Whether a phase begins; training and checkpoints begin after `mark` lines and checkpoints."""
        match phase:
            case "start":
                return self.folder.exists()
            case "training":
                return self.lines() > mark
            case "checkpoint":
                steps = sum(name.startswith("step_") for name in before)
                return steps == mark and self.checkpoint_files() != before
            case "export":
                return self.says("Exporting the model.")
            case _:
                return self.says("Scoring the model.")


def _times(run: Run) -> dict[str, float]:
    """Seconds that each phase of a run takes; `training` is one line of metrics, `checkpoint` about one file."""
    begins: dict[str, float] = {}
    while run.lives():
        for phase in ("start", "training", "export", "scoring"):
            if phase not in begins and run.reached(phase, 0, set()):
                begins[phase] = time.monotonic()
        time.sleep(0.01)
    run.end()
    return {
        "start": begins["training"] - begins["start"],
        "training": (begins["export"] - begins["training"]) / (_STEPS // 10),
        "checkpoint": 0.05,
        "export": begins["scoring"] - begins["export"],
        "scoring": time.monotonic() - begins["scoring"],
    }


def _kill(run: Run, phase: str, times: dict[str, float], moment: random.Random) -> str | None:
    """Kills a run in a phase; returns what its folder showed, or None if it ended before."""
    mark = moment.randrange(3)
    before = run.checkpoint_files()
    while not run.reached(phase, mark, before):
        if not run.lives():
            return None
        before = run.checkpoint_files()
        time.sleep(0.0005)
    time.sleep(moment.uniform(0, times[phase]))
    if not run.lives():
        return None
    run.kill()
    return run.shows()


def _differences(ours: pathlib.Path, theirs: pathlib.Path) -> list[str]:
    """Names of what differs between two runs that ended: tensors, lines of metrics without seconds, other files."""
    name = f"checkpoints/step_{_STEPS:08d}.weights.h5"
    pairs = [tensors(folder / name) for folder in (ours, theirs)]
    names = pairs[0].keys() | pairs[1].keys()
    found = [name for name in names if not all(name in arrays for arrays in pairs)]
    found += [name for name in names - set(found) if pairs[0][name].tobytes() != pairs[1][name].tobytes()]
    logs, files = zip(*(without_times(contents(folder)) for folder in (ours, theirs)), strict=True)
    if logs[0] != logs[1]:
        found.append("metrics.jsonl")
    found += [name for name in files[0].keys() | files[1].keys() if files[0].get(name) != files[1].get(name)]
    found += [
        f"versions {versions}"
        for folder in (ours, theirs)
        if (versions := sorted(os.listdir(folder / "saved_model"))) != ["1"]
    ]
    return found


def _storm(name: str, work: pathlib.Path) -> bool:
    """Kills runs of one recipe; returns whether all are equal to the one that lived."""
    moment = random.Random(f"{_SEED.value}/{name}")
    cache = work / f"cache-{name.replace('/', '-')}"
    lived = work / f"{name.replace('/', '-')}-lived"
    # The first run fills the cache.
    Run(name, lived.with_name(f"{lived.name}-first"), cache).end()
    times = _times(Run(name, lived, cache))
    print(name, {phase: round(seconds, 2) for phase, seconds in times.items()}, flush=True)
    equal, numbers = True, itertools.count()
    for phase in itertools.islice(itertools.cycle(_PHASES), _KILLS.value):
        shown = None
        while shown is None:
            folder = lived.with_name(lived.name.replace("lived", f"{next(numbers)}-{phase}"))
            shown = _kill(Run(name, folder, cache), phase, times, moment)
        Run(name, folder, cache).end()
        differing = _differences(folder, lived)
        print(f"{name} {phase}: {shown}: {f'DIFFERS in {differing}' if differing else 'equal'}", flush=True)
        equal = equal and not differing
        if not differing:
            shutil.rmtree(folder)
    return equal


def main(argv: list[str]) -> int:
    """Runs the storm."""
    work = pathlib.Path(tempfile.mkdtemp())
    with concurrent.futures.ThreadPoolExecutor(_JOBS.value) as pool:
        results = list(pool.map(lambda name: _storm(name, work), _SYSTEMS.value))
    if not all(results):
        print(f"Runs that differ are kept in {work}.")
        return 1
    shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    app.run(main)
