"""Cards of published generators: data, licence, recipe and scores."""

import json
import pathlib
from collections.abc import Mapping
from typing import Any

import jinja2

from tfgans._files import read_json, temporary_file, write_json

CARD = "card.json"
"""File of the card, in the folder of a model's versions."""

PAGE = "README.md"
"""File of the card as a page, beside it; the Hugging Face Hub shows it."""

SAMPLES = "samples.png"
"""Picture of samples, beside the card."""

_FIELDS = {"name", "system", "data", "licence", "recipe", "scores"}
_TEMPLATE = """\
---
license: {{ licence | tojson }}
tags: [gan, tensorflow, image-generation]
---

# {{ name }}

This generator of `{{ system }}` learned `{{ data.name }}`, of shape {{ data.shape | join(" x ") }},
for {{ "{:,}".format(step) }} steps.

{% if has_samples %}![Samples]({{ samples }})

{% endif %}
## Use it

```python
import tfgans

model = tfgans.from_pretrained("PATH OF THIS FOLDER, OR hf://USER/NAME")
images = model.sample(10{{ ", labels=[%s] * 10" % example if labels else "" }}, seed=0)
```

It is a SavedModel, so `tf.saved_model.load` and TensorFlow Serving load it too.

## Card

| | |
|---|---|
| licence of the weights | {{ licence }} |
| data | {{ data.name }} |
| licence of the data | {{ data.licence }} |
| recipe | {{ recipe.name }}, preset {{ recipe.preset }}, seed {{ recipe.seed }} |
{% if labels %}| {{ "classes" if labels.conditioning == "class" else "attributes" }} | {{ labels.names | join(", ") }} |
{% endif %}

## Scores

{% if scores %}
| score | value | samples | protocol |
|---|---|---|---|
{% for score in scores %}
| {{ score.metric }} | {{ "%.4g" | format(score.value) }}
{%- if score.spread is not none %} ± {{ "%.2g" | format(score.spread) }}{% endif %} | {{ score.protocol.samples }} |
{#- The whole protocol is in the file of the card. #} {{ score.protocol.data }}, seeds {{ score.protocol.seed }} |
{% endfor %}
{% else %}
Nobody has scored it.
{% endif %}

`{{ file }}` has the recipe and the protocol of each score.

"""


def read_card(folder: pathlib.Path) -> dict[str, Any]:
    """Returns the card in a folder of a model's versions; empty if there is none.

    Raises:
        ValueError: If it is damaged.
    """
    path = folder / CARD
    card = read_json(path) if path.is_file() else {}
    if not isinstance(card, dict) or (card and not card.keys() >= _FIELDS):
        raise ValueError(f"{path} is damaged: a card has {', '.join(sorted(_FIELDS))}.")
    return card


def write_card(folder: pathlib.Path, card: Mapping[str, Any]) -> None:
    """Writes a card and its page to the folder of a model's versions.

    Args:
        folder: The folder.
        card: `name`; `system`, the class of the model; `data`, a dict of `name`, `shape` and `licence`; `licence`, that
            of the weights; `recipe`, its fields, among them `name`, `preset` and `seed`; `step`; `averaged`, whether
            the generator is the averaged one; `labels`, as in `mark_of`; and `scores`, as in a run's `scores.json`.
    """
    write_json(folder / CARD, {"format": 1, **card})
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    labels = card["labels"]
    example = json.dumps([0.5] * len(labels["names"]) if labels and labels["conditioning"] == "attributes" else 0)
    page = environment.from_string(_TEMPLATE).render(
        **card, example=example, file=CARD, samples=SAMPLES, has_samples=(folder / SAMPLES).is_file()
    )
    with temporary_file(folder / PAGE) as temporary:
        temporary.write_text(page, encoding="utf-8")
