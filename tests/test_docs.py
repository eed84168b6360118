import pathlib
import re

import pytest

from tfgans import models

ROOT = pathlib.Path(__file__).parents[1]
PAGES = [path for pattern in ("*.md", "docs/*.md", "papers/*/*.md", "saved_models/*.md") for path in ROOT.glob(pattern)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_tree_of_models_is_that_of_the_code():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tree = re.search(r"```\n(AdversarialModel\n.*?)```", page, re.DOTALL)[1]
    shown, ancestors = {}, {}
    for line in tree.splitlines():
        name = re.search(r"\w+$", line)[0]
        depth = len(line) - len(name)
        ancestors[depth] = name
        shown[name] = ancestors[depth - 4] if depth else "Model"
    public = [getattr(models, name) for name in models.__all__]
    chains = [cls.__mro__[: cls.__mro__.index(models.AdversarialModel) + 1] for cls in public]
    assert shown == {cls.__name__: cls.__bases__[0].__name__ for chain in chains for cls in chain}


@pytest.mark.run
def test_the_example_of_an_own_loss_runs():
    page = (ROOT / "docs" / "adding_a_model.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {}
    exec(compile(program, "adding_a_model.md", "exec"), names)
    assert int(names["model"].step.numpy()) == 8
    assert names["model"].objective.function is names["my_loss"]
