"""Scores a run, or images of any origin: `python scripts/evaluate.py`, or `tfgans-evaluate`."""

from absl import flags

from tfgans.cli import _app

FLAGS = flags.FLAGS


def define_flags() -> None:
    """The command's flags."""
    flags.DEFINE_string("workdir", None, "Folder of the run to score; scores are added to its scores.json.")
    flags.DEFINE_string(
        "generated", None, "Images to score in place of a run: folder:PATH, npz:FILE, or split:NAME of the data set."
    )
    flags.DEFINE_string("data", None, "What to compare --generated with: folder:PATH, npz:FILE, or a data set's name.")
    flags.DEFINE_string("split", "train", "Its split.")
    flags.DEFINE_string("test_split", "test", "Its split that extractors and D* are tested on.")
    flags.DEFINE_list("image_shape", None, "HEIGHT,WIDTH,CHANNELS that a folder or .npz of --data is brought to.")
    flags.DEFINE_list(
        "metrics",
        ["all"],
        "Scores: score, frechet, kernel, prdc, modes, d_star, label_accuracy, attribute_r2, "
        "intra_class_distance_share, sliced_wasserstein, reconstruction_ssim, reconstruction_ssim_legacy, or all that "
        "apply.",
    )
    flags.DEFINE_string(
        "extractor",
        "classifier",
        "What turns images into features: classifier (trained on the data set, kept in TFGANS_CACHE), judge, pixels, "
        "inception_tfgan[:PATH] (the Inception that FID is defined on), inception_keras[:FILE] or saved_model:PATH.",
    )
    flags.DEFINE_integer("samples", None, "Images in a set; by default those of the recipe, or all.", lower_bound=2)
    flags.DEFINE_integer("seeds", 3, "Sets of a model's samples, over which scores have a spread.", lower_bound=1)
    flags.DEFINE_integer("batch_size", 256, "Images that are read at a time.", lower_bound=1)
    flags.DEFINE_integer("step", None, "Step of the checkpoint; by default the newest.")
    flags.DEFINE_bool("averaged", True, "Takes the averaged generator, where the run has one.")
    flags.DEFINE_string("out", "scores.json", "Where scores of --generated go; those that stand there are kept.")
    flags.DEFINE_bool("dry_run", False, "Prints what would be scored, and exits.")
    _app.define_data_flags()


def main() -> None:
    """Scores, and prints a table."""
    if (FLAGS.workdir is None) == (FLAGS.generated is None):
        raise ValueError("Name either the --workdir of a run, or --generated images.")
    if FLAGS.generated is not None and FLAGS.data is None:
        raise ValueError("--generated needs --data to compare with.")

    from tfgans import evaluation, training

    options = {"batch_size": FLAGS.batch_size, "data_dir": FLAGS.data_dir, "download": FLAGS.download}
    if FLAGS.workdir is not None:
        scorer = training.run_scorer(FLAGS.workdir, FLAGS.extractor, samples=FLAGS.samples, sets=FLAGS.seeds, **options)
        source, out = None, training.RunFolder(FLAGS.workdir).scores_file
    else:
        out = _app.checked_out(FLAGS.out, (".json",))
        # What stands there is not ours to lose.
        evaluation.read_scores(out)
        scorer, source = training.image_scorer(
            FLAGS.generated,
            FLAGS.data,
            FLAGS.extractor,
            samples=FLAGS.samples,
            split=FLAGS.split,
            test_split=FLAGS.test_split,
            image_shape=image_shape(FLAGS.image_shape),
            **options,
        )
    if source is None:
        recipe = training.RunFolder(FLAGS.workdir).recipe()
        offered = (bool(recipe.takes_labels), recipe.has_encoder)
    else:
        offered = (source.labelled, False)
    names = scorer.chosen(FLAGS.metrics, *offered)
    if "all" in FLAGS.metrics:
        for name, reason in scorer.left_out(*offered).items():
            print(f"left out: {name}, since {reason}")
    if FLAGS.dry_run:
        sets = f"{scorer.sets} sets of " if source is None else ""
        print(f"would score {sets}{scorer.samples} images of {FLAGS.workdir or FLAGS.generated}: {', '.join(names)}")
        print(f"against: {scorer.against}")
        return
    if source is None:
        scores = training.evaluate(FLAGS.workdir, names, step=FLAGS.step, averaged=FLAGS.averaged, scorer=scorer)
    else:
        scores = scorer.sources([source], names)
        evaluation.add_scores(out, scores)
    width = max(len(score["metric"]) for score in scores)
    for score in scores:
        spread = "" if score["spread"] is None else f" +- {score['spread']:.4f}"
        print(f"{score['metric']:{width}} {score['value']:12.4f}{spread}")
    print(f"scores: {out}")


def image_shape(parts: list[str] | None) -> tuple[int, ...] | None:
    """HEIGHT,WIDTH,CHANNELS as numbers.

    Raises:
        ValueError: If they are none.
    """
    if parts is None:
        return None
    if len(parts) != 3 or not all(part.isdecimal() and int(part) > 0 for part in parts) or parts[2] not in "13":
        raise ValueError(f"--image_shape takes HEIGHT,WIDTH,1 or HEIGHT,WIDTH,3; received {','.join(parts)}.")
    return tuple(int(part) for part in parts)


def run() -> None:
    """Entry point."""
    _app.run(define_flags, main)
