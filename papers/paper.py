"""What the five papers show: every table and figure, the item that takes it here, and what came of it."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

Need = Literal["CPU", "GPU", "data"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exhibit:
    """Tables or figures of a paper that show one thing, or a section's claim that can be measured.

    Attributes:
        name: As the paper has it, such as `Figs. 6, 7`.
        shows: What is to be seen there, with the paper's numbers.
        item: Name of the item that takes it at the small scale.
        metrics: Those of the item's numbers that belong beside the paper's.
        where: Those of the item's rows, by some of their fields.
        pictures: Those of the item's figures, as patterns of file names.
        finding: What of it came out at the small scale, and if it did not, why.
        recipes: What makes it at the paper's scale: names of recipes, which may be followed by fields as `name=value`.
        needs: What that takes beside time: a GPU, or data that somebody must prepare by hand.
    """

    name: str
    shows: str
    item: str
    metrics: tuple[str, ...] = ()
    where: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    pictures: tuple[str, ...] = ()
    finding: str = ""
    recipes: tuple[str, ...]
    needs: Need


# As the papers score CIFAR-10 and CelebA; the weights must be there.
_INCEPTION = "score_extractor=inception_tfgan score_samples=50000"

_AVAE = (
    Exhibit(
        name="Table 1",
        shows="CIFAR-10, Inception score: BEGAN 5.62, BEGAN* + LSM 6.12, VAE + BEGAN* + LSM 6.80; quoted from others: "
        "DCGAN 4.89, Improved GAN 4.36, ALI 5.34, MIX + WGAN 4.04, PixelCNN++ 5.51, AS-VAE-g 6.89, semi-supervised "
        "Improved GAN 8.09, real images 11.24.",
        item="table1",
        metrics=("score/classifier", "frechet/classifier"),
        finding="In part, on MNIST: the learned similarity helps BEGAN more than anything else, since ones alone lack "
        "the mean code of all digits. The VAE takes that away again: its similarity says nothing about samples.",
        recipes=tuple(
            f"{recipe} {_INCEPTION}"
            for recipe in (
                "began/cifar10 norm=l1_mean",
                "began/cifar10 norm=l1_mean proportional=1e-05 derivative=1e-05 similarity_weight=0.1",
                "avae/cifar10",
            )
        ),
        needs="GPU",
    ),
    Exhibit(
        name="Figs. 2, 3",
        shows="Samples of CelebA at 64 and 128 pixels.",
        item="table1",
        metrics=("frechet/classifier",),
        where={"row": "VAE + BEGAN* + LSM"},
        pictures=("fig2_row3.png",),
        finding="It does not hold on MNIST, where the model makes little but ones.",
        recipes=("avae/celeba64", "avae/celeba128"),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 4",
        shows="The discriminator reconstructs generated images better than real ones.",
        item="table1",
        metrics=("generated_error", "real_error"),
        where={"row": "VAE + BEGAN* + LSM"},
        pictures=("fig4_row3.png",),
        finding="It holds, in every seed; but what is easy to reconstruct on MNIST is ones.",
        recipes=("avae/celeba64",),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 5",
        shows="Faces beside those of VAE, DCGAN, VAE/GAN, EBGAN, BEGAN and BGAN.",
        item="table1",
        metrics=("frechet/classifier",),
        pictures=("fig2_row*.png",),
        finding="On MNIST BEGAN with the learned similarity has the best samples and a plain VAE the next best; "
        "DCGAN, VAE/GAN, EBGAN and BGAN were not measured.",
        recipes=("avae/celeba64", "vae/celeba64", "began/celeba64"),
        needs="GPU",
    ),
    Exhibit(
        name="Figs. 6, 7",
        shows="Interpolations between real images are smooth; beside ALI, PixelCNN, DCGAN and BEGAN.",
        item="table1",
        metrics=("unevenness",),
        pictures=("fig6_7_*.png",),
        finding="It holds: no path jumps, with a VAE or without one; only with one do paths begin and end at the "
        "images.",
        recipes=("avae/celeba64", "bigan/celeba128", "began/celeba64"),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 8",
        shows="Vectors of attributes (bald, black hair, pale skin) change the attribute.",
        item="fig8",
        metrics=("moved/size", "moved/roundness", "moved/orientation", "moved/brightness"),
        pictures=("fig8_*.png",),
        finding="It holds on sprites: a vector moves its attribute a sixth to two fifths of the way, others less. A "
        "plain VAE is ahead in all four.",
        recipes=("avae/celeba64",),
        needs="GPU",
    ),
    Exhibit(
        name="Section 3.3",
        shows="BEGAN's control, which the paper calls proportional and which is an integral, is slow; the other gains "
        "settle faster, without oscillation.",
        item="controller",
        metrics=("settled", "overshoot", "training_error_spread"),
        pictures=("controller_plant_k.png", "controller_k.png"),
        finding="It does not hold, on a plant and in one run on digits: the gain of the integral decides, and the "
        "other two, a hundredth of it as printed, are not to be told from none.",
        recipes=("avae/celeba64",),
        needs="GPU",
    ),
)

_BEGAN_CS = (
    Exhibit(
        name="Fig. 2",
        shows="Codes of CelebA: with BEGAN the variances of those of real and of generated images grow fast, and the "
        "two part; the constraint holds both.",
        item="fig2_4_5_6",
        metrics=("code_variance_real", "code_variance_generated"),
        where={"fraction": 1.0},
        pictures=("fig2_*.png",),
        finding="It holds on MNIST: variances grow with BEGAN alone, whose samples' codes end on a thread; those of "
        "BEGAN-CS stay small, and spread among the real ones.",
        recipes=("began/celeba64", "began_cs/celeba64"),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 3",
        shows="Style vectors A, B and A + B, added to the code of a face.",
        item="fig3_9_10_13",
        metrics=("moved_both",),
        pictures=("fig3_*.png",),
        finding="It does not hold on sprites, with one seed: orientation and brightness move a little by their "
        "vectors, and sums of two do not. BEGAN has collapsed.",
        recipes=("began_cs/celeba64",),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 4",
        shows="BEGAN collapses at epoch 25; BEGAN-CS holds to 100.",
        item="fig2_4_5_6",
        metrics=("worst_after_best",),
        where={"fraction": 1.0},
        pictures=("fig5_6.png",),
        finding="In part, on MNIST: BEGAN ends with ones in five runs of six, BEGAN-CS in two; it has many digits in "
        "the other four.",
        recipes=("began/celeba64", "began_cs/celeba64"),
        needs="GPU",
    ),
    Exhibit(
        name="Section 4.2",
        shows="k drops before modes are lost.",
        item="fig2_4_5_6",
        metrics=("alarms", "worst_after_best"),
        pictures=("fig4_k.png",),
        finding="It does not hold on MNIST: all runs raise alarms, as k finds its level, collapse or not.",
        recipes=("began/celeba64",),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 5",
        shows="FID over training on all of CelebA and a tenth of it, curves without numbers: BEGAN's rises again.",
        item="fig2_4_5_6",
        metrics=("frechet/classifier", "best_frechet"),
        pictures=("fig5_6.png",),
        finding="In part, on MNIST: on the whole set BEGAN's distance rises again and ends higher. On a tenth, which "
        "is no harder at this length, it does not rise, and the two differ by less than the spread of seeds.",
        recipes=tuple(
            f"{system}/celeba64{fraction} score_every=1000 {_INCEPTION}"
            for system in ("began", "began_cs")
            for fraction in ("", " train_fraction=0.1")
        ),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 6",
        shows="A tenth of CelebA at 128 pixels: BEGAN-CS converges, BEGAN collapses.",
        item="fig2_4_5_6",
        metrics=("frechet/classifier", "worst_after_best"),
        where={"fraction": 0.1},
        finding="In part, on MNIST: BEGAN-CS ends nearer to the data, by less than the spread of seeds.",
        recipes=tuple(
            f"{system}/celeba128 train_fraction=0.1 score_every=1000 {_INCEPTION}" for system in ("began", "began_cs")
        ),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 7",
        shows="25 Gaussians: BEGAN fits most modes once it is tuned, BEGAN-CS ends with higher quality; VEEGAN fits "
        "all, blurred; ALI fails.",
        item="fig7",
        metrics=("modes/points", "high_quality_share/points"),
        pictures=("fig7.png",),
        finding="In part: BEGAN-CS is the sharpest, by less than the spread of seeds, and VEEGAN blurred. But BEGAN "
        "and BEGAN-CS keep few modes, and ALI most. The printed setting diverges, and of those tried none kept 24 in "
        "every seed.",
        recipes=("began_cs/grid25", "began/grid25", "veegan/grid25", "bigan/grid25"),
        needs="CPU",
    ),
    Exhibit(
        name="Fig. 8",
        shows="Reconstructions G(Enc(x)), beside ALI's.",
        item="fig8_11_12",
        metrics=("one_shot_error",),
        pictures=("fig8_11_12_*.png",),
        finding="In part: G(Enc(x)) is nearer to its image with the constraint than without. ALI was not measured.",
        recipes=("began_cs/celeba64", "bigan/celeba128"),
        needs="GPU",
    ),
    Exhibit(
        name="Figs. 9, 10, 13",
        shows="Traversals of one and of two entries of a code, over -5 to 5.",
        item="fig3_9_10_13",
        pictures=("fig9_*.png", "fig10_*.png", "fig13_*.png"),
        finding="In part, on sprites, with one seed: images change smoothly and little in the range of the prior, and "
        "hold to about 3.",
        recipes=("began_cs/celeba64",),
        needs="GPU",
    ),
    Exhibit(
        name="Figs. 11, 12",
        shows="Enc(x) at once, beside a search of 10,000 steps, which takes 340 to 4,300 s.",
        item="fig8_11_12",
        metrics=("one_shot_error", "one_shot_seconds", "random_10000_error", "random_10000_seconds"),
        pictures=("fig8_11_12_*.png",),
        finding="In part: one shot takes no time, and with the constraint comes nearer than without; a search of "
        "10,000 steps ends at half its distance.",
        recipes=("began/celeba128", "began_cs/celeba128"),
        needs="GPU",
    ),
)

_CWGAN = (
    Exhibit(
        name="Fig. 3",
        shows="MNIST: y is the digit and z its style; interpolation in both.",
        item="fig3",
        metrics=("label_accuracy/judge", "intra_class_distance_share/pixels"),
        pictures=("fig3_cwgan_swap.png", "fig3_cwgan_corners.png"),
        finding="It holds: after the same minutes the vanilla objective makes one image a digit, whatever z is, where "
        "WGAN-GP has nearly the diversity of the data. Neither writes clean digits after so few steps.",
        recipes=("cwgan/mnist",),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 4",
        shows="CelebA: attributes are swapped in one z.",
        item="fig4_6",
        metrics=("r2_seen/size", "r2_seen/roundness", "r2_seen/orientation", "r2_seen/brightness"),
        where={"system": "cwgan"},
        pictures=("fig4_6_cwgan_train_swap.png",),
        finding="It holds on sprites: attributes are in the image, size and roundness least, since edges are soft.",
        recipes=("cwgan/celeba",),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 5",
        shows="EFIGI: two continuous attributes are swept in one z.",
        item="fig4_6",
        metrics=("r2_hole/size", "r2_hole/roundness", "r2_hole/orientation", "r2_hole/brightness"),
        where={"system": "cwgan"},
        pictures=("fig4_6_cwgan_holed_plane.png",),
        finding="It holds on sprites, and in part of a combination that training left out, large and bright: there the "
        "generator is as good as one that saw it in size (none has it), roundness and orientation, and worse in "
        "brightness.",
        recipes=("cwgan/efigi",),
        needs="data",
    ),
    Exhibit(
        name="Fig. 6",
        shows="CelebA: a smooth way to bald, though training has no half bald faces.",
        item="fig4_6",
        metrics=("unevenness",),
        where={"train_split": "holed"},
        pictures=("fig4_6_cwgan_holed_sweep.png",),
        finding="It holds on sprites: the longest step is 1.2 times the mean one, 1.25 of the vanilla objective.",
        recipes=("cwgan/celeba",),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 7",
        shows="CelebA: the vanilla objective with the same networks is much worse, and less stable.",
        item="fig7_10",
        metrics=("failed", "label_accuracy/judge", "intra_class_distance_share/pixels"),
        finding="In part: on 8x8 digits no run of either fails at any rate, and the vanilla objective has the better "
        "labels; it keeps fewer styles of a digit at every rate.",
        recipes=("cgan/celeba", "cwgan/celeba"),
        needs="GPU",
    ),
    Exhibit(
        name="Figs. 8, 9",
        shows="CelebA: between four images, vanilla objective and WGAN-GP.",
        item="fig3",
        pictures=("fig3_cgan_corners.png", "fig3_cwgan_corners.png"),
        finding="It holds on MNIST: between vanilla corners there are blurs, as at the corners themselves.",
        recipes=("cgan/celeba", "cwgan/celeba"),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 10",
        shows="EFIGI: between four galaxies.",
        item="fig3",
        pictures=("fig3_cwgan_corners.png",),
        finding="Shown on MNIST only.",
        recipes=("cwgan/efigi",),
        needs="data",
    ),
)

_V, _W, _LOL1, _LOL2 = "objective=v penalty=none", "objective=w n_critic=5", "objective=lol1", "objective=lol2"
_BIGANS_ON_CIFAR = (
    "bigan/cifar10",
    f"bigan/cifar10 {_W} penalty=pairwise",
    f"logan/cifar10 {_LOL1}",
    "logan/cifar10",
)
_GANS_ON_CIFAR = (
    "gan/cifar10",
    *(f"gan/cifar10 {loss} penalty=interpolated" for loss in (_W, _LOL1, _LOL2)),
)

_LOGAN = (
    Exhibit(
        name="Fig. 3",
        shows="Two toy worlds, a GAN with 2-D z: logit losses have cleaner fields, and keep modes.",
        item="fig3",
        metrics=("modes/points", "high_quality_share/points", "reverse_kl/points"),
        where={"form": "gan"},
        pictures=("fig3.png",),
        finding="It holds: v loses modes, and the logit losses keep all of them, evenly, in every seed. w keeps them "
        "too, blurred after as many minutes.",
        recipes=tuple(
            f"gan/{world} {loss}"
            for world in ("ring8", "grid25")
            for loss in (
                _V,
                f"{_W} penalty=interpolated",
                f"{_LOL1} penalty=interpolated",
                f"{_LOL2} penalty=interpolated",
            )
        ),
        needs="CPU",
    ),
    Exhibit(
        name="Table 1",
        shows="CIFAR-10, Inception score of a GAN: lol1 6.52 ± .15, lol2 6.55 ± .19; DCGAN, quoted, 6.16 ± .07.",
        item="table1_2_3",
        metrics=("score/classifier", "frechet/classifier"),
        where={"form": "gan"},
        finding="It holds on MNIST: the logit losses are ahead of v and of w, by score and by distance; lol2 of v by "
        "less than the spread of seeds.",
        recipes=tuple(f"gan/cifar10 {loss} penalty=interpolated {_INCEPTION}" for loss in (_LOL1, _LOL2)),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 4",
        shows="Two toy worlds, a BiGAN with 1-D z: v loses modes, w does not converge, the logit losses with the "
        "pair-wise penalty keep nearly all.",
        item="fig4",
        metrics=("modes/points", "high_quality_share/points", "reverse_kl/points"),
        pictures=("fig4.png",),
        finding="It holds. High quality is low on the grid: a line through 25 places lies between them for the most.",
        recipes=tuple(
            f"{name} latent_size=1"
            for world in ("ring8", "grid25")
            for name in (
                f"bigan/{world}",
                f"bigan/{world} {_W} penalty=pairwise",
                f"logan/{world} {_LOL1}",
                f"logan/{world}",
            )
        ),
        needs="CPU",
    ),
    Exhibit(
        name="Table 2",
        shows="CIFAR-10, best moving average of the SSIM of reconstructions: v .223 ± .08, lol1 .238 ± .09, lol2 "
        ".230 ± .09.",
        item="table1_2_3",
        metrics=("best_reconstruction_ssim",),
        where={"form": "bigan"},
        finding="The same order, by less than the spread of seeds, as there. None reconstructs a digit well yet.",
        recipes=tuple(
            f"{recipe} score_every=800 score_metrics=('reconstruction_ssim_legacy',)"
            for recipe in _BIGANS_ON_CIFAR
            if _W not in recipe
        ),
        needs="GPU",
    ),
    Exhibit(
        name="Table 3",
        shows="CIFAR-10, Inception score of a BiGAN: v 5.31 ± .07, w 4.8 ± .15, lol1 6.11 ± .05, lol2 6.23 ± .03.",
        item="table1_2_3",
        metrics=("score/classifier", "frechet/classifier"),
        where={"form": "bigan"},
        finding="The same order; lol1 and lol2 are ahead of v by less than the spread of seeds, and w does not learn.",
        recipes=tuple(f"{recipe} {_INCEPTION}" for recipe in _BIGANS_ON_CIFAR),
        needs="GPU",
    ),
    Exhibit(
        name="Fig. 5, Supplement Fig. 3",
        shows="CIFAR-10, Inception score over training of BiGANs, and of GANs, with all losses.",
        item="table1_2_3",
        pictures=("fig5.png",),
        finding="It holds on MNIST: the curves of the logit losses end above those of v and w.",
        recipes=tuple(f"{recipe} score_every=800 {_INCEPTION}" for recipe in (*_BIGANS_ON_CIFAR, *_GANS_ON_CIFAR)),
        needs="GPU",
    ),
    Exhibit(
        name="Figs. 6, 7",
        shows="Frames of one static camera: v collapses to the mean, LOGAN has the rare events.",
        item="fig6_7",
        metrics=("recall", "distance_share", "reconstructed_distance_share"),
        pictures=("fig6_7.png",),
        finding="In direction only: at 9x16 pixels no objective recalls a rare frame; samples of lol1 come a fifth "
        "nearer to them than the median scene is, those of v no nearer.",
        recipes=("bigan/junction", "logan/junction"),
        needs="data",
    ),
    Exhibit(
        name="Figs. 8 to 10",
        shows="CelebA at 128 pixels: reconstructions, samples, interpolations.",
        item="table1_2_3",
        pictures=("fig8_10_lol2_*.png", "samples_bigan_lol2.png"),
        finding="Not to be judged on MNIST after 1,200 steps: no objective reconstructs a digit well.",
        recipes=("logan/celeba128",),
        needs="GPU",
    ),
    Exhibit(
        name="Supplement 1.2",
        shows="Direct modelling of reconstructions interferes with the adversarial loss; the two are hard to balance.",
        item="direct",
        metrics=("modes/points", "high_quality_share/points", "reverse_kl/points"),
        finding="In direction only, on seven points of a line: with weights of 1 and 10 half a mode fewer is kept than "
        "with none or .1, within the spread of seeds; samples lie nearer to the modes with any. lol1 is not ahead.",
        recipes=tuple(
            f"bigan/ring8 data=line7 image_shape=(1,) latent_size=1 reconstruction_weight={weight}"
            for weight in (0.0, 0.1, 1.0, 10.0)
        ),
        needs="CPU",
    ),
    Exhibit(
        name="Supplement Figs. 2, 4, 5",
        shows="CIFAR-10: samples of a GAN and a BiGAN with the logit losses, and reconstructions.",
        item="table1_2_3",
        pictures=("samples_*_lol*.png", "fig8_10_lol*_reconstructions.png"),
        finding="Not to be judged on MNIST after 1,200 steps: samples are digits more often than not, reconstructions "
        "of another digit.",
        recipes=(*_GANS_ON_CIFAR[2:], *_BIGANS_ON_CIFAR[2:]),
        needs="GPU",
    ),
    Exhibit(
        name="Supplement Figs. 6 to 8",
        shows="CelebA at 128 pixels: samples, reconstructions, interpolations.",
        item="table1_2_3",
        pictures=("fig8_10_lol2_*.png", "samples_bigan_lol2.png"),
        finding="Not to be judged on MNIST after 1,200 steps.",
        recipes=("logan/celeba128",),
        needs="GPU",
    ),
)

_FORMS = tuple(
    f"xgan/facescrub {form}".rstrip()
    for form in (
        "",
        "supervision=none",
        "latents=normal supervision=concatenated",
        "latents=kde",
        "supervision=concatenated",
    )
)

_XGAN = (
    Exhibit(
        name="Fig. 4",
        shows="Samples of FaceScrub, as good as CVAE-GAN's, and of Oxford-102 (unaligned), better than those; those of "
        "MD-GAN have artifacts.",
        item="fig4_5",
        metrics=("frechet/classifier", "d_star_0.95/classifier"),
        pictures=("fig4_flowers_*.png",),
        finding="It does not hold for flowers at 32 pixels: samples of X-GAN and CVAE-GAN are of their species, "
        "blurred, those of MD-GAN of none, but CVAE-GAN is much nearer to the data.",
        recipes=tuple(
            f"{system}/{data}" for system in ("xgan", "md_gan", "cvae_gan") for data in ("facescrub", "flowers102")
        ),
        needs="data",
    ),
    Exhibit(
        name="Table 1",
        shows="FaceScrub, test images of 4,412 that D* tells at .90, .95, .97: MD-GAN 2737 ± 34, 2299 ± 62, 1952 ± 64; "
        "CVAE-GAN 325 ± 47, 87 ± 22, 28 ± 14; X-GAN 134 ± 32, 15 ± 10, 2 ± 2.",
        item="table1_2_3",
        metrics=("d_star_0.9/classifier", "d_star_0.95/classifier", "d_star_0.97/classifier"),
        finding="In part, on MNIST: MD-GAN is told by far the most, but CVAE-GAN has half of X-GAN's count. Convex "
        "combinations draw inwards, and rare digits lie further out.",
        recipes=("xgan/facescrub", "md_gan/facescrub", "cvae_gan/facescrub"),
        needs="data",
    ),
    Exhibit(
        name="Table 2",
        shows="FaceScrub, Inception score: real images 2.372 ± .003, CVAE-GAN 1.757 ± .002, X-GAN 1.831 ± .003.",
        item="table1_2_3",
        metrics=("score/classifier", "frechet/classifier"),
        finding="It holds on MNIST: X-GAN is ahead of CVAE-GAN by many spreads, and of real images, whose oddities "
        "combinations lack; by distance the two are level.",
        recipes=("xgan/facescrub", "cvae_gan/facescrub"),
        needs="data",
    ),
    Exhibit(
        name="Fig. 5",
        shows="Arrays between four real images, of training and of test images.",
        item="fig4_5",
        pictures=("fig5_*.png",),
        finding="In part, on flowers at 32 pixels: arrays are smooth, and as blurred as reconstructions are.",
        recipes=("xgan/facescrub", "xgan/flowers102"),
        needs="data",
    ),
    Exhibit(
        name="Table 3",
        shows="FaceScrub, Inception score (each ± .002 or .003), D* at .95: X-GAN 1.831, 15 ± 10; unsupervised 1.795, "
        "153 ± 28; KL 1.612, 497 ± 43; KDE 1.711, 203 ± 34; concatenated labels 1.727, 76 ± 21.",
        item="table1_2_3",
        metrics=("score/classifier", "d_star_0.95/classifier"),
        finding="In part, on MNIST: by score X-GAN is ahead of the unsupervised form, KL and KDE, and level with "
        "concatenated labels; by D* KDE, which spreads most, is far ahead, and KL alone behind.",
        recipes=_FORMS,
        needs="data",
    ),
    Exhibit(
        name="Fig. 6",
        shows="Arrays between four real images, of each ablation.",
        item="table1_2_3",
        pictures=("fig6_*.png",),
        finding="It holds on MNIST within a class; between two, digits dissolve on the way.",
        recipes=_FORMS,
        needs="data",
    ),
    Exhibit(
        name="Section 4.1",
        shows="FaceScrub: codes of a class have dimension s = 48, hence m = 100 neighbours.",
        item="dimension",
        metrics=("levina_bickel/codes", "levina_bickel/pixels", "neighbours"),
        finding="Of another size on MNIST: codes of a class have dimension 8, its images 13; m would be 17.",
        recipes=("xgan/facescrub",),
        needs="data",
    ),
)

EXHIBITS: dict[str, tuple[Exhibit, ...]] = {
    "avae": _AVAE,
    "began_cs": _BEGAN_CS,
    "cwgan": _CWGAN,
    "logan": _LOGAN,
    "xgan": _XGAN,
}
"""Of each paper, in its order."""

DRAWINGS = {
    "avae": "Fig. 1 draws the method.",
    "began_cs": "Fig. 1 draws the method.",
    "cwgan": "Figs. 1 and 2 draw the method, and the tables of the appendix its layers.",
    "logan": "Figs. 1 and 2 and Supplement Fig. 1 draw the method.",
    "xgan": "Figs. 1 to 3 draw the method.",
}
"""What a paper shows that is no result."""
