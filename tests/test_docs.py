import pathlib
import re

import pytest

import tfgans
from tfgans import models

ROOT = pathlib.Path(__file__).parents[1]
PATTERNS = ("*.md", "docs/*.md", "docs/*/*.md", "papers/*/*.md", "saved_models/*.md")
PAGES = [path for pattern in PATTERNS for path in ROOT.glob(pattern)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_files(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)", text)
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


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A Frechet distance of", "ignore:No class has")
@pytest.mark.parametrize("name", ["cwgan", "logan", "began_cs", "avae", "xgan"])
def test_the_example_of_a_system_runs(name, tmp_path, monkeypatch):
    """The networks stay as they are; the run takes two steps."""
    from short_runs import quick_runs

    from tfgans import training

    def run(recipe, workdir):
        changes = ["steps=2", "log_every=1", "score_samples=100"]
        changes += ["classifier_steps=20", "least_accuracy=0", "refresh_every=1"] if name == "xgan" else []
        return training.run(recipe.override(changes), tmp_path / workdir, progress=False)

    page = (ROOT / "docs" / "systems" / f"{name}.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.setattr(tfgans, "run", run)
    with quick_runs():
        exec(compile(program, f"{name}.md", "exec"), {})


@pytest.mark.run
def test_the_example_of_an_own_loss_runs():
    page = (ROOT / "docs" / "adding_a_model.md").read_text(encoding="utf-8")
    # The other one registers the system of tests/conformance/test_adding_a_model.py.
    program, _ = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {}
    exec(compile(program, "adding_a_model.md", "exec"), names)
    assert int(names["model"].step.numpy()) == 8
    assert names["model"].objective.function is names["my_loss"]
