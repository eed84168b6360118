import functools
import json

import numpy as np
import pytest
from absl import flags
from PIL import Image
from short_runs import call, flags_of, new_run, run_script, tiny

from tfgans import evaluation
from tfgans.cli import evaluate

METRICS = "--metrics=frechet,prdc"

main = functools.partial(call, evaluate)


@pytest.fixture
def files(tmp_path, random, monkeypatch):
    """Real images with labels in `real.npz`; others, 60 of them, in the folder `samples`."""
    monkeypatch.chdir(tmp_path)
    np.savez("real.npz", images=random.integers(0, 200, (120, 5, 5, 1), np.uint8), labels=np.arange(120) % 3)
    (tmp_path / "samples").mkdir()
    for number in range(60):
        pixels = random.integers(50, 256, (5, 5), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "samples" / f"{number}.png")
    return tmp_path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run at step 0: its networks as they were made."""
    recipe = tiny("cwgan/digits", "score_samples=100")
    return new_run(tmp_path_factory.mktemp("runs") / "run", recipe, tuple("0123456789"))


def against_real(*more):
    return ["--generated=folder:samples", "--data=npz:real.npz", "--extractor=pixels", *more]


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_help_names_every_score_and_extractor():
    shown = " ".join(run_script("evaluate", "--help").stdout.split())
    for name in (*evaluation.METRICS, "classifier", "judge", "pixels", "inception_tfgan", "inception_keras"):
        assert name in shown


def test_the_scores_that_help_names_are_those_that_there_are():
    with flags_of(evaluate) as values:
        listed = values["metrics"].help.removeprefix("Scores: ").removesuffix(", or all that apply.")
    assert listed.split(", ") == list(evaluation.METRICS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name either the --workdir of a run, or --generated images."),
        (
            ["--workdir=run", "--data=digits", "--out=x.json"],
            "--workdir takes no --data and no --out.",
        ),
        (
            ["--generated=folder:x", "--data=digits", "--noaveraged"],
            "--generated takes no --averaged.",
        ),
        (["--workdir=run", "--generated=folder:a"], "Name either the --workdir of a run, or --generated images."),
        (["--generated=folder:a"], "--generated needs --data to compare with."),
    ],
)
def test_wrong_flags_are_one_line(arguments, message):
    done = run_script("evaluate", *arguments)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"Error: {message}"]


@pytest.mark.parametrize("flag", ["--samples=1", "--seeds=0", "--batch_size=0"])
def test_numbers_out_of_range_are_refused(flag):
    with pytest.raises(flags.IllegalFlagValueError):
        main(flag)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["--generated=samples"], ValueError, "folder:PATH or npz:FILE; received 'samples'"),
        (["--generated=folder:nowhere"], FileNotFoundError, "no folder nowhere"),
        (["--generated=npz:real.npz", "--samples=121"], ValueError, "120 generated images .* asked for 121"),
        (["--data=nothing"], (ValueError, FileNotFoundError), "nothing"),
        (["--data=npz:nowhere.npz"], FileNotFoundError, "nowhere"),
        (["--split=validation"], ValueError, "split='validation'"),
        (["--image_shape=5,5"], ValueError, "HEIGHT,WIDTH,1 or HEIGHT,WIDTH,3; received 5,5"),
        (["--image_shape=5,5,2"], ValueError, "received 5,5,2"),
        (["--image_shape=5,5,13"], ValueError, "HEIGHT,WIDTH,3; received 5,5,13"),
        (["--image_shape=0,5,1"], ValueError, "received 0,5,1"),
        (["--image_shape=6,5,1"], ValueError, r"\.png has shape \(5, 5, 1\); expected \(6, 5, 1\)"),
        (["--extractor=vgg"], ValueError, "There is no extractor 'vgg'. There are classifier"),
        (["--extractor=inception_tfgan:nowhere"], FileNotFoundError, "nowhere"),
        (["--metrics=fid"], ValueError, "There is no score 'fid'"),
        (["--metrics=score"], ValueError, "score cannot be taken: the extractor pixels gives no probabilities"),
        (["--metrics=intra_class_distance_share"], ValueError, "the samples have no labels"),
        (["--out=scores.txt"], ValueError, "must end in .json; received scores.txt"),
        (["--out=nowhere/scores.json"], FileNotFoundError, "no folder nowhere"),
    ],
)
def test_bad_input_writes_nothing(files, arguments, error, message):
    before = contents(files)
    with pytest.raises(error, match=message):
        main(*against_real(METRICS), *arguments)
    assert contents(files) == before


def test_a_foreign_file_is_refused_before_the_work_and_stays(files, monkeypatch):
    (files / "scores.json").write_text('{"mine": 1}')
    monkeypatch.setattr("tfgans.training.image_scorer", lambda *_, **__: pytest.fail("It worked."))
    with pytest.raises(ValueError, match=r"scores\.json holds no scores"):
        main(*against_real())
    assert (files / "scores.json").read_text() == '{"mine": 1}'


def test_dry_run_prints_and_writes_nothing(files, capsys):
    before = contents(files)
    main(*against_real("--dry_run"))
    assert contents(files) == before
    lines = capsys.readouterr().out.splitlines()
    assert "left out: score, since the extractor pixels gives no probabilities" in lines
    assert lines[-2:] == [
        "would score 60 images of folder:samples: frechet, kernel, prdc, authenticity, d_star",
        "against: npz:real.npz train, 96 images",
    ]


def test_images_of_a_folder(files, capsys):
    main(*against_real(METRICS))
    first = (files / "scores.json").read_text()
    printed = capsys.readouterr().out.splitlines()
    scores = json.loads(first)
    names = ["frechet/pixels", *(f"{name}/pixels" for name in ("precision", "recall", "density", "coverage"))]
    assert [score["metric"] for score in scores] == names
    assert [line.split()[0] for line in printed] == [*names, "scores:"]
    assert [float(line.split()[1]) for line in printed[:-1]] == pytest.approx([s["value"] for s in scores], abs=1e-4)
    assert scores[0]["protocol"].items() >= {"generated": "folder:samples", "samples": 60, "real_images": 96}.items()

    main(*against_real(METRICS))
    assert (files / "scores.json").read_text() == first
    main(*against_real("--metrics=frechet", "--samples=50"))
    assert json.loads((files / "scores.json").read_text())[:-1] == scores


def test_a_run(run, capsys):
    main(f"--workdir={run.path}", "--extractor=pixels", METRICS, "--dry_run")
    assert "would score 3 sets of 100 samples" in capsys.readouterr().out
    assert not run.scores_file.exists()
    main(f"--workdir={run.path}", "--extractor=pixels", METRICS, "--seeds=2", "--samples=80")
    scores = json.loads(run.scores_file.read_text())
    assert scores[0]["protocol"].items() >= {"step": 0, "seed": [0, 80], "samples": 80, "averaged": True}.items()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[2:] == ["+-", f"{scores[0]['spread']:.4f}"]
    assert printed[-1] == f"scores: {run.scores_file}"


def test_a_folder_that_is_no_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="not the folder of a run"):
        main(f"--workdir={tmp_path}", "--extractor=pixels")
    assert not list(tmp_path.iterdir())


def test_the_training_of_a_classifier_is_announced(files, capsys, cache):
    arguments = ["--generated=folder:samples", "--data=npz:real.npz", "--metrics=score", "--dry_run"]
    main(*arguments)
    said = capsys.readouterr().err
    # 96 images to train on make one step an epoch, and there are at most 60 epochs.
    assert "'classifier' trains on npz:real.npz first, for 60 steps of 96 images" in said
    assert "The extractor 'pixels' needs no training" in said
    main(*against_real("--metrics=prdc", "--dry_run"))
    assert "trains" not in capsys.readouterr().err
