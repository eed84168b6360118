"""Makes the goldens of the five systems, SYSTEM.json, with the papers' and the authors' formulas in PyTorch.

pip install torch==2.13.0 numpy
python tests/goldens/oracle.py

It shares cases.py with the test, and nothing with tfgans: networks, losses and hyper-parameters are written down
here a second time, in double precision, from the papers and from the behaviour of the authors' code. Two things
are conventions of tfgans: a weight has the place and the axes that Keras gives it, and a constant that moves nobody
is left out of a loss.
"""

import json
import math
import pathlib

import cases
import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)

ADAM_EPSILON = 1e-8  # of TensorFlow 1
BATCH_NORM_EPSILON = 1e-3


class Network:
    """A function of its weights, which are made where it asks for them the first time."""

    def __init__(self, case, name, function):
        self._key, self._function = (case, name), function
        self._weights = []

    def __call__(self, *inputs, training=True):
        self._next, self.training = 0, training
        return self._function(self, *inputs)

    def weight(self, kind, *shape):
        if self._next == len(self._weights):
            value = torch.tensor(cases.weight(*self._key, self._next, kind, shape)).double()
            self._weights.append(value.requires_grad_(not kind.startswith("moving")))
        value = self._weights[self._next]
        assert value.shape == shape, (self._key, self._next, kind, shape)
        self._next += 1
        return value

    @property
    def trainable(self):
        return [value for value in self._weights if value.requires_grad]


# Layers. Images are [B, H, W, C], as the weights have them.


def dense(net, x, units, bias=True):
    y = x @ net.weight("kernel", x.shape[1], units)
    return y + net.weight("bias", units) if bias else y


def convolution(net, x, filters, size, stride=1, bias=True, padding="same"):
    """TensorFlow's `same` puts the odd pixel of the padding behind."""
    kernel = net.weight("kernel", size, size, x.shape[3], filters)
    x = x.permute(0, 3, 1, 2).contiguous()
    if padding == "same":
        pads = []
        for length in (x.shape[3], x.shape[2]):
            total = max((math.ceil(length / stride) - 1) * stride + size - length, 0)
            pads += [total // 2, total - total // 2]
        x = functional.pad(x, pads)
    y = functional.conv2d(x, kernel.permute(3, 2, 0, 1).contiguous(), stride=stride).permute(0, 2, 3, 1)
    return y + net.weight("bias", filters) if bias else y


def transposed(net, x, filters, size, bias):
    """Doubles the size: the gradient of a `same` convolution of stride 2."""
    height, width, channels = x.shape[1:]
    kernel = net.weight("kernel", size, size, filters, channels)
    inputs, kernel = x.permute(0, 3, 1, 2).contiguous(), kernel.permute(3, 2, 0, 1).contiguous()
    y = functional.conv_transpose2d(inputs, kernel, stride=2)
    before = (size - 2) // 2
    y = y[:, :, before : before + 2 * height, before : before + 2 * width].permute(0, 2, 3, 1)
    return y + net.weight("bias", filters) if bias else y


def batch_norm(net, x, scale=True):
    channels = x.shape[-1]
    gamma = net.weight("gamma", channels) if scale else 1
    beta = net.weight("beta", channels)
    mean, variance = net.weight("moving_mean", channels), net.weight("moving_variance", channels)
    if net.training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axes), x.var(axes, unbiased=False)
    return (x - mean) / torch.sqrt(variance + BATCH_NORM_EPSILON) * gamma + beta


def leaky_relu(x):
    return functional.leaky_relu(x, 0.2)


def nearest(x):
    return x.repeat_interleave(2, 1).repeat_interleave(2, 2)


def flat(x):
    return x.reshape(len(x), -1)


# Formulas that several papers have.


def lengths(x):
    return flat(x).norm(dim=1)


def slope(function, x):
    """The gradient of a sum of logits, through which gradients flow."""
    return torch.autograd.grad(function(x).sum(), x, create_graph=True)[0]


def blend(shares, first, second):
    shares = shares.reshape(-1, *[1] * (first.ndim - 1))
    return (shares * first + (1 - shares) * second).detach().requires_grad_()


def cross_entropy(logits, real):
    return functional.softplus(-logits if real else logits).mean()


def gradient(loss, *networks):
    return torch.autograd.grad(loss, [w for net in networks for w in net.trainable], retain_graph=True)


def first_changes(slopes, first_decay, second_decay):
    """The first update of Adam over its learning rate, as TensorFlow 1 computes it."""
    corrected = math.sqrt(1 - second_decay) / (1 - first_decay)
    return [-corrected * (1 - first_decay) * g / (((1 - second_decay) * g**2).sqrt() + ADAM_EPSILON) for g in slopes]


def move(changes, *networks, rate=1e-4):
    """Puts new weights in the place of the old ones, which graphs may still have."""
    changes = iter(changes)
    for net in networks:
        net._weights = [
            (w + rate * next(changes)).detach().requires_grad_() if w.requires_grad else w for w in net._weights
        ]


def given(array):
    return torch.tensor(array).double()


def scalars(**values):
    return {name: float(value) for name, value in values.items()}


def kept(values):
    return cases.gradients([value.detach().numpy() for value in values])


def seen(**values):
    return {name: cases.forward(value.detach().numpy()) for name, value in values.items()}


# cWGAN: the authors' code.


def cwgan(case, size, colour):
    """Grey: pixels in [0, 1], the last layer BN and ReLU, as the projection. Colour: tanh, the projection linear."""
    small = cases.CASES[case, "code"]
    channels = 3 if colour else 1

    def generate(net, z, y):
        first, *widths = small["generator_widths"]
        x = dense(net, torch.cat([z, y], 1), 16 * first).reshape(-1, 4, 4, first)
        if not colour:
            x = torch.relu(batch_norm(net, x, scale=False))
        for width in widths:
            x = torch.relu(batch_norm(net, transposed(net, x, width, 5, bias=False), scale=False))
        if colour:
            return torch.tanh(transposed(net, x, channels, 5, bias=True))
        x = torch.relu(batch_norm(net, transposed(net, x, channels, 5, bias=False), scale=False))
        return x[:, :size, :size]

    def criticise(net, x, y):
        tiles = y[:, None, None, :].expand(-1, size, size, -1)
        x = torch.cat([x, tiles], 3)
        for width in small["discriminator_widths"]:
            x = leaky_relu(convolution(net, x, width, 5, 2))
        return convolution(net, x, 1, 4)

    generator, critic = Network(case, "generator", generate), Network(case, "discriminator", criticise)
    image = given(cases.uniform(case, "image", cases.ROWS, size, size, channels))
    real = image if colour else (image + 1) / 2
    z, later_z = (
        -1 + given(cases.normal(case, use, cases.ROWS, small["latent_size"])) for use in ("latent", "later_latent")
    )
    if colour:  # attributes
        y = given(cases.uniform(case, "label", cases.ROWS, 9) > 0)
    else:
        y = functional.one_hot(torch.tensor(cases.classes(case, 10)), 10).double()
    share = given(cases.shares(case, "share"))

    fake = generator(z, y)
    real_scores, fake_scores = critic(real, y), critic(fake, y)
    between = blend(share[:1], real, fake)  # one epsilon for all
    columns = slope(lambda x: critic(x, y), between).norm(dim=1)  # over the height only
    penalty = ((columns - 1) ** 2).mean()
    critic_loss = fake_scores.mean() - real_scores.mean() + 10 * penalty
    generator_loss = -critic(generator(later_z, y), y).mean()
    slopes = {
        "discriminator": gradient(critic_loss, critic),
        "generator": gradient(generator_loss, generator),
    }
    return {
        "forward": seen(generated=fake if colour else 2 * fake - 1, real_logits=real_scores),
        "losses": scalars(
            discriminator_loss=critic_loss,
            generator_loss=generator_loss,
            generated_logit=fake_scores.mean(),
            weighted_penalty=10 * penalty,
        ),
        "gradients": {player: kept(values) for player, values in slopes.items()},
        "changes": {player: kept(first_changes(values, 0.0, 0.9)) for player, values in slopes.items()},
    }


# LOGAN: the authors' code, but for its one Adam for three players: here each has its own.


def dcgan_generator(net, z, widths, smallest, size, channels=3, kernel=4):
    """Widths from the largest map to the smallest; the projection is normalised entry by entry."""
    x = leaky_relu(batch_norm(net, dense(net, z, smallest**2 * widths[-1], bias=False)))
    x = x.reshape(-1, smallest, smallest, widths[-1])
    for width in reversed(widths[:-1]):
        x = leaky_relu(batch_norm(net, transposed(net, x, width, kernel, bias=False)))
    return torch.tanh(transposed(net, x, channels, kernel, bias=True))[:, :size, :size]


def logan_images(case, has_encoder):
    small = cases.CASES[case, "code"]
    widths, head, latent_size = small["widths"], small["head_width"], small["latent_size"]

    def encode(net, x):
        for width in widths:
            x = leaky_relu(batch_norm(net, convolution(net, x, width, 4, 2, bias=False)))
        return torch.tanh(dense(net, flat(x), latent_size))

    def discriminate(net, x, *beside):
        for width in widths:
            x = leaky_relu(convolution(net, x, width, 4, 2))
        x = flat(leaky_relu(convolution(net, x, head, 4, padding="valid")))
        x = torch.cat([x, *beside], 1)
        return dense(net, leaky_relu(dense(net, x, x.shape[1])), 1)[:, 0]

    generator = Network(case, "generator", lambda net, z: dcgan_generator(net, z, widths, 4, 32))
    encoder = Network(case, "encoder", encode)
    discriminator = Network(case, "discriminator", discriminate)
    x = given(cases.uniform(case, "image", cases.ROWS, 32, 32, 3))
    z = given(cases.uniform(case, "latent", cases.ROWS, latent_size))
    if has_encoder:
        return bigan(case, generator, encoder, discriminator, x, z, penalty_weight=1.0)
    return gan(generator, discriminator, x, z)


def logan_toy(case):
    widths = cases.CASES[case, "code"]["widths"]

    def fully_connected(outputs):
        def apply(net, *inputs):
            x = torch.cat(inputs, 1)
            for width in widths:
                x = leaky_relu(dense(net, x, width))
            return dense(net, x, outputs)

        return apply

    networks = (Network(case, name, fully_connected(n)) for name, n in (("generator", 2), ("encoder", 1)))
    scored = fully_connected(1)
    discriminator = Network(case, "discriminator", lambda net, x, z: scored(net, x, z)[:, 0])
    x = given(cases.uniform(case, "image", cases.ROWS, 2))
    z = given(cases.uniform(case, "latent", cases.ROWS, 1))
    return bigan(case, *networks, discriminator, x, z, penalty_weight=0.1)


def bigan(case, generator, encoder, discriminator, x, z, penalty_weight):
    """lol1 and the pair-wise penalty, a norm, in x alone; D moves first, and E and G together on the same batch."""
    share = given(cases.shares(case, "share"))
    code, fake = encoder(x), generator(z)
    real_logits, fake_logits = discriminator(x, code), discriminator(fake, z)
    back = generator(code)
    difference = (x - back).detach()
    direction = difference / lengths(difference).reshape(-1, *[1] * (x.ndim - 1))
    found = slope(lambda between: discriminator(between, code), blend(share, x, back))
    penalty = lengths(found - direction).mean()
    discriminator_loss = cross_entropy(real_logits, True) + cross_entropy(fake_logits, False) + penalty_weight * penalty
    encoder_loss, generator_loss = real_logits.mean(), -fake_logits.mean()

    slopes = gradient(discriminator_loss, discriminator)
    changes = {"discriminator": first_changes(slopes, 0.5, 0.9)}
    kept_slopes = {
        "discriminator": slopes,
        "encoder": gradient(encoder_loss, encoder),
        "generator": gradient(generator_loss, generator),
    }
    move(changes["discriminator"], discriminator)
    later = (
        gradient(discriminator(x, encoder(x)).mean(), encoder),
        gradient(-discriminator(generator(z), z).mean(), generator),
    )
    changes |= {
        player: first_changes(values, 0.5, 0.9) for player, values in zip(("encoder", "generator"), later, strict=True)
    }
    return {
        "forward": seen(
            generated=fake, code=code, reconstructed=back, real_logits=real_logits, generated_logits=fake_logits
        ),
        "losses": scalars(
            discriminator_loss=discriminator_loss,
            encoder_loss=encoder_loss,
            generator_loss=generator_loss,
            real_logit=real_logits.mean(),
            generated_logit=fake_logits.mean(),
            gradient_penalty=penalty,
        ),
        "gradients": {player: kept(values) for player, values in kept_slopes.items()},
        "changes": {player: kept(values) for player, values in changes.items()},
    }


def gan(generator, discriminator, x, z):
    """The form without an encoder, with the vanilla losses; G's does not saturate."""
    fake = generator(z)
    real_logits, fake_logits = discriminator(x), discriminator(fake)
    discriminator_loss = cross_entropy(real_logits, True) + cross_entropy(fake_logits, False)
    generator_loss = cross_entropy(fake_logits, True)
    slopes = {
        "discriminator": gradient(discriminator_loss, discriminator),
        "generator": gradient(generator_loss, generator),
    }
    return {
        "forward": seen(generated=fake, real_logits=real_logits),
        "losses": scalars(
            discriminator_loss=discriminator_loss,
            generator_loss=generator_loss,
            generated_logit=fake_logits.mean(),
        ),
        "gradients": {player: kept(values) for player, values in slopes.items()},
        "changes": {player: kept(first_changes(values, 0.5, 0.9)) for player, values in slopes.items()},
    }


# The auto-encoders of BEGAN, BEGAN-CS and AVAE, for 64 pixels: four pairs of convolutions.


def pairs_encoder(net, x, filters, outputs, grows_in_second):
    """Maps grow by `filters` a pair; all convolutions end in an ELU, and the code is linear."""
    x = functional.elu(convolution(net, x, filters, 3))
    for pair in range(1, 5):
        last = pair == 4
        after = (pair + 1) * filters if grows_in_second and not last else pair * filters
        x = functional.elu(convolution(net, x, pair * filters, 3))
        x = functional.elu(convolution(net, x, after, 3))
        if not last:
            x = functional.elu(convolution(net, x, after, 3, 2))
    return dense(net, flat(x), outputs)


def pairs_decoder(net, z, filters, widens):
    """From 8 pixels; BEGAN-CS doubles the channels with a 1x1 convolution before it doubles the size."""
    x = dense(net, z, 64 * filters).reshape(-1, 8, 8, filters)
    for pair in range(1, 5):
        x = functional.elu(convolution(net, x, filters, 3))
        x = functional.elu(convolution(net, x, filters, 3))
        if pair < 4:
            x = nearest(functional.elu(convolution(net, x, 2 * filters, 1)) if widens else x)
    return convolution(net, x, 3, 3)


# BEGAN-CS: the authors' code. One z serves D, G and k; k moves by errors computed anew after both updates.


def began_cs(case):
    filters, size = (cases.CASES[case, "code"][name] for name in ("filters", "latent_size"))
    generator, decoder = (
        Network(case, name, lambda net, z: pairs_decoder(net, z, filters, widens=True))
        for name in ("generator", "decoder")
    )
    encoder = Network(case, "encoder", lambda net, x: pairs_encoder(net, x, filters, size, grows_in_second=True))
    x = given(cases.uniform(case, "image", cases.ROWS, 64, 64, 3))
    z = given(cases.uniform(case, "latent", cases.ROWS, size))

    def error(u):
        return (u - decoder(encoder(u))).norm() / len(u)

    fake = generator(z)
    real_error, fake_error = error(x), error(fake)
    constraint = (z - encoder(fake)).abs().mean()
    discriminator_loss = real_error - cases.K * fake_error + 0.1 * constraint
    slopes = {
        "discriminator": gradient(discriminator_loss, encoder, decoder),
        "generator": gradient(fake_error, generator),
    }
    forward = seen(generated=fake, code=encoder(x), reconstructed=decoder(encoder(x)))
    changes = {"discriminator": first_changes(slopes["discriminator"], 0.9, 0.999)}
    move(changes["discriminator"], encoder, decoder)
    changes["generator"] = first_changes(gradient(error(generator(z)), generator), 0.9, 0.999)
    move(changes["generator"], generator)
    k = cases.K + 1e-3 * (0.5 * error(x) - error(generator(z)))
    return {
        "forward": forward,
        "losses": scalars(
            discriminator_loss=discriminator_loss,
            generator_loss=fake_error,
            real_error=real_error,
            generated_error=fake_error,
            constraint=constraint,
        ),
        "gradients": {player: kept(values) for player, values in slopes.items()},
        "changes": {player: kept(values) for player, values in changes.items()},
        "change_of_k": float(k - cases.K),
    }


# AVAE: the paper, with the layout of BEGAN and its Eqs. 7 and 11 corrected.


def avae(case):
    filters, size = (cases.CASES[case, "paper"][name] for name in ("filters", "latent_size"))
    generator, decoder = (
        Network(case, name, lambda net, z: pairs_decoder(net, z, filters, widens=False))
        for name in ("generator", "discriminator_decoder")
    )
    encoder, discriminator_encoder = (
        Network(case, name, lambda net, x, n=n: pairs_encoder(net, x, filters, n, grows_in_second=False))
        for name, n in (("encoder", 2 * size), ("discriminator_encoder", size))
    )
    x = given(cases.uniform(case, "image", cases.ROWS, 64, 64, 3))
    noise, z_g = (given(cases.normal(case, use, cases.ROWS, size)) for use in ("noise", "latent"))

    mean, log_variance = encoder(x).split(size, 1)
    x_v, x_g = generator(mean + torch.exp(log_variance / 2) * noise), generator(z_g)
    l_e = (x - x_v).abs().mean()
    # In the units of L_e: of the whole latent vector, over the number of an image's entries.
    l_n = ((mean**2 + log_variance.exp() - 1 - log_variance) / 2).sum(1).mean() / x[0].numel()
    l_d, l_g, l_v = ((u - decoder(discriminator_encoder(u))).abs().mean() for u in (x, x_g, x_v))
    l_s = (discriminator_encoder(x) - discriminator_encoder(x_v)).abs().mean()
    alpha, beta, gamma, eta = 0.3, 0.1, 0.1, 0.5
    losses = {
        "encoder": l_n + beta * l_s + gamma * l_e,
        "generator": l_g + alpha * l_v + beta * l_s + gamma * l_e,
        "discriminator": l_d - cases.K * (l_g + alpha * l_v),
    }
    slopes = {
        "encoder": gradient(losses["encoder"], encoder),
        "generator": gradient(losses["generator"], generator),
        "discriminator": gradient(losses["discriminator"], discriminator_encoder, decoder),
    }

    # Three moves of k, the errors of the second and third with twice and half of L_d.
    integral, proportional, differential = 1e-3, 1e-5, 1e-5
    k, before, before_that, ks = cases.K, 0.0, 0.0, []
    for factor in cases.FACTORS:
        error = float(eta * factor * l_d - (l_g + alpha * l_v))
        k += integral * error
        k += proportional * (error - before) + differential * (error - 2 * before + before_that)
        before, before_that = error, before
        ks.append(k - cases.K)
    return {
        "forward": seen(
            mean=mean,
            log_variance=log_variance,
            reconstructed=x_v,
            generated=x_g,
            examined=decoder(discriminator_encoder(x)),
        ),
        "losses": scalars(
            **{f"{player}_loss": loss for player, loss in losses.items()},
            reconstruction_error=l_e,
            divergence=l_n,
            real_error=l_d,
            generated_error=l_g,
            reconstructed_error=l_v,
            similarity=l_s,
        ),
        "gradients": {player: kept(values) for player, values in slopes.items()},
        "changes_of_k": ks,
    }


# X-GAN: the paper.


def vgg19(net, x, classes):
    """Logits, and the second map of each block."""
    maps = []
    for width, count in ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4)):
        for place in range(count):
            x = torch.relu(convolution(net, x, width, 3))
            if place == 1:
                maps.append(x)
        x = functional.max_pool2d(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    x = torch.relu(dense(net, flat(x), 4096))
    return dense(net, torch.relu(dense(net, x, 4096)), classes), maps


def xgan(case):
    small = cases.CASES[case, "paper"]
    widths, size, classes, shape = (small[name] for name in ("widths", "latent_size", "classes", "image_shape"))

    def encoded(outputs):
        def apply(net, x):
            for place, width in enumerate(widths):
                x = convolution(net, x, width, 4, 2, bias=place == 0)
                x = leaky_relu(batch_norm(net, x) if place else x)
            return dense(net, flat(x), outputs)

        return apply

    generator = Network(case, "generator", lambda net, z: dcgan_generator(net, z, widths, 1, shape[0]))
    encoder = Network(case, "encoder", encoded(size))
    discriminator = Network(case, "discriminator", encoded(1))
    code_classifier = Network(
        case, "code_classifier", lambda net, z: dense(net, leaky_relu(dense(net, z, 512)), classes)
    )
    image_classifier = Network(case, "image_classifier", lambda net, x: vgg19(net, x, classes))
    second = Network(case, "feature_discriminator", lambda net, x: vgg19(net, x, 1))
    x = given(cases.uniform(case, "image", cases.ROWS, *shape))
    y = torch.tensor(cases.classes(case, classes))
    z_hat = given(cases.normal(case, "latent", cases.ROWS, size))

    code, generated = encoder(x), generator(z_hat)
    reconstructed = generator(code)
    l_e_clf = functional.cross_entropy(code_classifier(code), y)
    fixed, fixed_back = (image_classifier(u)[1] for u in (x, reconstructed))
    real_second, seen_maps = second(x)
    pairs = zip([x, *fixed, *seen_maps], [reconstructed, *fixed_back, *second(reconstructed)[1]], strict=True)
    l_ae = sum((first - other).abs().mean() for first, other in pairs)
    real_logits, fake_logits = discriminator(x), discriminator(generated)
    l_gan = cross_entropy(real_logits, True) + cross_entropy(fake_logits, False)
    l_emb = ((z_hat - encoder(generated, training=False)) ** 2).mean()
    l_g_clf = functional.cross_entropy(image_classifier(generated)[0], y)
    losses = {
        "encoder": l_e_clf + l_ae,
        # Of -lambda L_gan, the term of D(x) moves nobody here.
        "generator": l_ae - 2 * cross_entropy(fake_logits, False) + l_emb + l_g_clf,
        "discriminator": 2 * l_gan,
        "code_classifier": l_e_clf,
        "feature_discriminator": cross_entropy(real_second, True) + cross_entropy(second(generated)[0], False),
    }
    players = {
        "encoder": encoder,
        "generator": generator,
        "discriminator": discriminator,
        "code_classifier": code_classifier,
    }
    return {
        "forward": seen(
            code=code,
            generated=generated,
            real_logits=real_logits,
            class_logits=image_classifier(x)[0],
        ),
        "losses": scalars(
            **{f"{player}_loss": loss for player, loss in losses.items()},
            feature_error=l_ae,
            embedding_error=l_emb,
            generated_class_loss=l_g_clf,
        ),
        "gradients": {player: kept(gradient(losses[player], net)) for player, net in players.items()},
    }


GOLDENS = {
    "cwgan": lambda: {
        "cwgan/mnist": cwgan("cwgan/mnist", 28, colour=False),
        "cwgan/celeba": cwgan("cwgan/celeba", 64, colour=True),
    },
    "logan": lambda: {
        "logan/cifar10": logan_images("logan/cifar10", has_encoder=True),
        "logan/ring8": logan_toy("logan/ring8"),
        "gan/cifar10": logan_images("gan/cifar10", has_encoder=False),
    },
    "began_cs": lambda: {"began_cs/celeba64": began_cs("began_cs/celeba64")},
    "avae": lambda: {"avae/celeba64": avae("avae/celeba64")},
    "xgan": lambda: {"xgan/facescrub": xgan("xgan/facescrub")},
}

if __name__ == "__main__":
    for system, make in GOLDENS.items():
        text = json.dumps(make(), indent=1)
        pathlib.Path(__file__).with_name(f"{system}.json").write_text(text + "\n")
