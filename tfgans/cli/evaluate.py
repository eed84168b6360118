"""Scores a run, or images that other programs made: `python scripts/evaluate.py`, or `tfgans-evaluate`.

scripts/evaluate.py --workdir=runs/cwgan/digits/0 --samples=1000
scripts/evaluate.py --generated=folder:samples --data=digits --metrics=frechet,prdc --extractor=pixels
"""

import functools
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from absl import flags

from tfgans._startup import load_tensorflow
from tfgans.cli import _app

if TYPE_CHECKING:
    from tfgans.evaluation import Score
    from tfgans.training.scoring import Scorer, WorldScorer

FLAGS = flags.FLAGS

_OF_RUNS = ("step", "seeds", "averaged")
_OF_IMAGES = ("data", "split", "test_split", "image_shape", "out")


def define_flags() -> None:
    """Defines the flags of the command."""
    _app.group("Images")
    flags.DEFINE_string("workdir", None, "Folder of the run to score. The scores are added to its scores.json.")
    flags.DEFINE_string(
        "generated", None, "Images to score in place of a run: folder:PATH, npz:FILE, or split:NAME of --data."
    )
    flags.DEFINE_string(
        "data", None, "Data set to compare --generated with: folder:PATH, npz:FILE, store:PATH, or a name."
    )
    flags.DEFINE_string("split", "train", "Split of --data to compare with.")
    flags.DEFINE_string("test_split", "test", "Split of --data that extractors and D* are tested on.")
    flags.DEFINE_list("image_shape", None, "HEIGHT,WIDTH,CHANNELS to which a folder or .npz of --data is resized.")
    _app.group("Scores")
    flags.DEFINE_list(
        "metrics",
        ["all"],
        "Scores: score, frechet, kernel, prdc, authenticity, modes, d_star, label_accuracy, attribute_r2, "
        "intra_class_distance_share, sliced_wasserstein, reconstruction_ssim, reconstruction_ssim_legacy, or all that "
        "apply.",
    )
    flags.DEFINE_string(
        "extractor",
        "classifier",
        "Extractor of features: classifier (trained on the data set, kept in TFGANS_CACHE), judge, pixels, "
        "inception_tfgan[:PATH] (the Inception that FID is defined on), inception_keras[:FILE] or saved_model:PATH.",
    )
    flags.DEFINE_integer(
        "samples",
        None,
        "Images in a set of samples; by default as in the recipe, or all of --generated.",
        lower_bound=2,
    )
    flags.DEFINE_integer(
        "seeds", 3, "Sets of samples of a run, over which scores have a mean and a spread.", lower_bound=1
    )
    flags.DEFINE_integer("batch_size", 256, "Images that are read at a time.", lower_bound=1)
    flags.DEFINE_integer("step", None, "Step of the checkpoint; by default the newest.")
    flags.DEFINE_bool("averaged", True, "Uses the averaged generator, if the run has one.")
    flags.DEFINE_string("out", "scores.json", "File for the scores of --generated, which are added to those in it.")
    flags.DEFINE_bool("dry_run", False, "Prints the scores that would be taken, and exits.")
    _app.define_data_flags()


def main() -> None:
    """Takes the scores, and prints a table."""
    if (FLAGS.workdir is None) == (FLAGS.generated is None):
        raise ValueError("Name either the --workdir of a run, or --generated images.")
    if FLAGS.generated is not None and FLAGS.data is None:
        raise ValueError("--generated needs --data to compare with.")
    chosen, others = ("--workdir", _OF_IMAGES) if FLAGS.generated is None else ("--generated", _OF_RUNS)
    _app.refuse_beside(chosen, others)

    load_tensorflow()
    from tfgans import evaluation, training

    options = {"batch_size": FLAGS.batch_size, "data_dir": FLAGS.data_dir, "download": FLAGS.download}
    scorer: Scorer | WorldScorer
    take: Callable[[Sequence[str]], list[Score]]
    if FLAGS.generated is None:
        folder = training.RunFolder(FLAGS.workdir)
        recipe, out = folder.recipe(), folder.scores_file
        scorer = training.run_scorer(FLAGS.workdir, FLAGS.extractor, samples=FLAGS.samples, sets=FLAGS.seeds, **options)
        samples = f"{scorer.sets} sets of {scorer.samples} samples of {FLAGS.workdir}"
        labelled, reconstructs = bool(recipe.takes_labels), recipe.has_encoder
        take = functools.partial(
            training.evaluate, FLAGS.workdir, step=FLAGS.step, averaged=FLAGS.averaged, scorer=scorer
        )
    else:
        out = _app.output_path(FLAGS.out, (".json",))
        # A file that holds something else is refused before any work.
        evaluation.read_scores(out)
        scorer, source = training.image_scorer(
            FLAGS.generated,
            FLAGS.data,
            FLAGS.extractor,
            samples=FLAGS.samples,
            split=FLAGS.split,
            test_split=FLAGS.test_split,
            image_shape=_app.image_shape(FLAGS.image_shape),
            **options,
        )
        samples = f"{scorer.samples} images of {FLAGS.generated}"
        labelled, reconstructs = source.labelled, False
        take = functools.partial(scorer.sources, [source])
    names = scorer.chosen(FLAGS.metrics, labelled, reconstructs)
    if "all" in FLAGS.metrics:
        for name, reason in scorer.left_out(labelled, reconstructs).items():
            print(f"left out: {name}, since {reason}")
    if scorer.cost is not None:
        print(scorer.cost, file=sys.stderr)
    if FLAGS.dry_run:
        print(f"would score {samples}: {', '.join(names)}")
        print(f"against: {scorer.against}")
        return
    scores = take(names)
    if FLAGS.generated is not None:
        evaluation.add_scores(out, scores)
    width = max(len(score["metric"]) for score in scores)
    for score in scores:
        spread = "" if score["spread"] is None else f" +- {score['spread']:.4f}"
        print(f"{score['metric']:{width}} {score['value']:12.4f}{spread}")
    print(f"scores: {out}")


def run() -> None:
    """Runs the command."""
    _app.run(define_flags, main)
