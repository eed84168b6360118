import json
import re

import pytest

import papers
from papers import paper_scale
from papers.frame import Item, Measured, Plan, Results, results_folder
from papers.paper import FOLDER, Exhibit, Paper, read_paper
from papers.report import _mixed, report, write_report
from tfgans import recipes

ROOT = FOLDER.parent

TABLE = Item("avae", "table1", ({"row": "VAE + BEGAN* + LSM"}, {"row": "VAE"}), print)
GAINS = Item("avae", "gains", ({"integral": 0.1, "gain": 0.0}, {"integral": 0.1, "gain": 0.5}), print)
PAPER = Paper(
    name="avae",
    title="AVAE",
    items=(TABLE, GAINS),
    exhibits=(
        Exhibit(
            name="Table 1",
            shows="A VAE is 3.",
            item="table1",
            metrics=("frechet/classifier",),
            where={"row": "VAE"},
            pictures=("fig2_*.png",),
            verdict="holds in part",
            finding="It is 6.",
            recipes=("avae/cifar10 score_samples=50000", "vae/celeba64"),
            needs="data",
        ),
    ),
    drawings="Fig. 1 draws the method.",
    notes={"gains": "This item is ours."},
)


def store(folder, item, values, metric="frechet/classifier"):
    """Stores numbers, those of each row seed by seed, as if each trial had taken 1,000 seconds."""
    plan = Plan(folder, folder / "runs", seeds=len(values[0]), command="scripts/reproduce.py --paper=avae")
    results = Results(item, plan)
    for trial in plan.trials(item):
        row = item.settings.index(trial.setting)
        results.add(trial, Measured({metric: values[row][trial.seed]}, {}), 1_000.0)
    return plan.file(item)


@pytest.fixture
def folder(tmp_path):
    """Papers with results of the table: means 12 and 6, deviations of the square roots of 8 and 2."""
    folder = tmp_path / "papers"
    store(folder, TABLE, [[10.0, 14.0], [5.0, 7.0]])
    (folder / "avae" / "results" / "fig2_row1.png").touch()
    return folder


def make_stale(path, name, reason):
    stored = json.loads(path.read_text())
    for row in stored["rows"]:
        for trial in row["trials"]:
            if row["row"] == name:
                trial["stale"] = reason
    path.write_text(json.dumps(stored))


def test_the_pages_are_those_of_the_stored_results():
    """`scripts/reproduce.py --report` writes them."""
    pages = report(papers.PAPERS, FOLDER)
    assert {path: (ROOT / "docs" / path).read_text(encoding="utf-8") for path in pages} == pages
    assert set((ROOT / "docs" / "results").iterdir()) == {ROOT / "docs" / path for path in pages if "/" in path}


def test_a_row_has_the_claim_the_numbers_the_finding_the_command_and_the_recipes(folder):
    front, page = (report([PAPER], folder)[path] for path in ("results.md", "results/avae.md"))
    parts = [
        "\n| [Table 1](#table-1) | A VAE is 3. | **holds in part** |",
        "Fig. 1 draws the method.",
        "## Table 1",
        "**The paper.** A VAE is 3.",
        "**Here: holds in part.** It is 6.",
        "|  | `frechet/classifier` |\n| --- | --- |\n|  | 6.0 ± 1.4 |",
        "![fig2_row1](../../papers/avae/results/fig2_row1.png)",
        "Item [table1](#avaetable1): `scripts/reproduce.py --paper=avae`, 2 seeds, 4,000 s.",
        "## At the paper's scale",
        "`scripts/train.py` takes these flags. [Another page](paper_scale.md) has their costs.",
        "| claim |  | flags |\n| --- | --- | --- |\n"
        "| Table 1 | needs data | `--recipe=avae/cifar10 --preset=paper --set=score_samples=50000`<br>"
        "`--recipe=vae/celeba64 --preset=paper` |",
    ]
    assert "\n\n".join(parts) in page
    assert "| [AVAE](results/avae.md) | 0 | 1 | 0 | 0 | 0 |\n| all 1 claims | **0** | **1** | " in front
    assert "1 of 2 items have all their rows, with equal numbers of seeds. The 4 runs took 1 h 6 min in sum" in front
    assert "These items have not run yet: avae/gains." in front
    assert "\n### avae/table1\n\nThis item measures Table 1.\n\n`scripts/reproduce.py --paper=avae`, 2 seeds" in page
    assert "\n| small | VAE | 6.0 ± 1.4 | 2 |\n" in page
    assert "\n### avae/gains\n\nThis item is ours.\n\n`scripts/reproduce.py --paper=avae --item=gains`.\n" in page


def test_an_item_with_fewer_rows_than_settings_is_named(folder):
    two = Item("avae", "gains", GAINS.settings[:1], print)
    store(folder, two, [[1.0]])
    front = report([PAPER], folder)["results.md"]
    assert "1 of 2 items have all their rows, with equal numbers of seeds." in front
    assert "These items have a part of their rows, or more seeds in some: avae/gains." in front


def test_rows_are_told_apart_by_every_field_that_differs(folder):
    store(folder, GAINS, [[3.0], [4.0]], "settled")
    shown = Exhibit(name="Section 3", shows="", item="gains", metrics=("settled",), recipes=(), needs="CPU")
    paper = Paper(name="avae", title="AVAE", items=(GAINS,), exhibits=(shown,))
    assert "| --- | --- |\n| gain 0.0 | 3 |\n| gain 0.5 | 4 |\n" in report([paper], folder)["results/avae.md"]


def test_without_results_everything_is_still_to_be_run(tmp_path):
    pages = report([PAPER], tmp_path)
    assert "**Here.** It has not run yet." in pages["results/avae.md"]
    assert "These items have not run yet: avae/table1, avae/gains." in pages["results.md"]
    assert "At a glance" not in pages["results.md"]


def test_writes_the_pages(folder):
    docs = folder.parent / "docs"
    docs.mkdir()
    (docs / "results.md").write_text("formerly")
    with pytest.raises(FileNotFoundError, match="has no results of any paper"):
        write_report([PAPER], docs)
    pages = ["results.md", "results/paper_scale.md", "results/avae.md"]
    assert write_report([PAPER], folder) == [docs / page for page in pages]
    # The lower distance is the better one.
    front = (docs / "results.md").read_text()
    assert "| MNIST: Fréchet distance ↓ | AVAE 12.0 ± 2.8 | plain VAE **6.0 ± 1.4** | 2 |" in front
    assert "formerly" not in front


def test_stale_numbers_are_marked_and_the_item_says_why(folder):
    make_stale(folder / "avae" / "results" / "table1.json", "VAE", "the encoder was upside down.")
    pages = report([PAPER], folder)
    assert "| AVAE 12.0 ± 2.8 | plain VAE **6.0 ± 1.4 †** | 2 |" in pages["results.md"]
    assert pages["results/avae.md"].count("† Stale: the encoder was upside down.") == 1
    assert "These items are stale, entirely or in part: avae/table1." in pages["results.md"]
    # Its verdict rests on it.
    assert "| [AVAE](results/avae.md) | 0 | 1 (1 †) | 0 | 0 | 0 |" in pages["results.md"]
    assert "| **holds in part** † |" in pages["results/avae.md"]


def test_a_link_to_a_claim_is_the_address_of_its_heading():
    """The address is that of GitHub and of Sphinx: small letters, hyphens for spaces, no other signs."""
    page = report(papers.PAPERS, FOLDER)["results/logan.md"]
    assert "[Fig. 5, Supplement Fig. 3](#fig-5-supplement-fig-3)" in page
    assert "\n## Fig. 5, Supplement Fig. 3\n" in page


def test_a_verdict_is_one_of_five(tmp_path, monkeypatch):
    text = (FOLDER / "cwgan" / "paper.toml").read_text(encoding="utf-8")
    text = re.sub(r'verdict = ".*"', 'verdict = "nearly holds"', text, count=1)
    (tmp_path / "cwgan").mkdir()
    (tmp_path / "cwgan" / "paper.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("papers.paper.FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"Fig\. 3: a verdict is one of holds, .*; received nearly holds"):
        read_paper("cwgan")


def test_all_recipes_are_in_the_table_of_the_papers_scale_and_have_taken_two_steps():
    page = report(papers.PAPERS, FOLDER)["results/paper_scale.md"]
    assert all(f"\n| `{name}` | " in page for name in recipes.names() if "paper" in recipes.presets(name))
    texts = {text for paper in papers.PAPERS for text in paper_scale.recipes_of(paper, every=True)}
    assert texts - set(paper_scale.read_costs(FOLDER)) == set()


def test_the_numbers_of_the_guide_are_those_of_the_page():
    guide = (ROOT / "docs" / "which_model.md").read_text(encoding="utf-8")
    page = "".join(report(papers.PAPERS, FOLDER).values())
    numbers_of_the_guide = re.findall(r"-?\d[\d.]* ± [\d.]*\d", guide)
    assert len(numbers_of_the_guide) > 30
    assert [number for number in numbers_of_the_guide if f" {number} " not in page] == []


# cWGAN's main job was run by hand; the page has its three values beside them.
NOT_STORED = {("cwgan", ".995", ".001"), ("cwgan", ".947", ".006")}


@pytest.mark.parametrize("paper", papers.PAPERS, ids=lambda paper: paper.name)
def test_the_numbers_of_a_page_are_stored(paper):
    """Means and spreads agree to their last digit."""

    def agrees(text, number):
        unit = 10.0 ** -len(text.partition(".")[2])
        return abs(float(text.replace(",", "")) - number) <= 0.5 * unit

    rows = [row for path in results_folder(FOLDER, paper.name).glob("*.json") for row in read_rows(path)]
    stored = [
        (row["value"][name], spread) for row in rows for name, spread in row["spread"].items() if spread is not None
    ]
    page = (FOLDER / paper.name / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"(-?[\d,]*\.?\d+) ± ([\d,]*\.?\d+)", page))
    assert len(shown) > 15
    unknown = {pair for pair in shown if not any(all(map(agrees, pair, numbers)) for numbers in stored)}
    assert unknown == {(mean, spread) for name, mean, spread in NOT_STORED if name == paper.name}


def read_rows(path):
    return json.loads(path.read_text(encoding="utf-8"))["rows"]


def test_a_page_says_which_extractors_read_the_rows_of_an_item():
    """Protocols are of all numbers, or of each number by itself; other data have another extractor."""
    flat = {"data": "mnist", "extractor_hash": "aa"}
    nested = {"frechet": {"data": "mnist", "extractor": "classifier", "extractor_hash": "bb"}, "steps": 5}
    other = {"data": "digits", "extractor_hash": "cc"}
    rows = [{"trials": [{"protocol": flat}, {"protocol": nested}]}, {"trials": [{"protocol": nested}]}]
    assert _mixed(rows) == ["classifier of mnist, aa in 1 and bb in 2 of the trials"]
    assert _mixed([{"trials": [{"protocol": flat}, {"protocol": other}, {"protocol": {}}]}]) == []
