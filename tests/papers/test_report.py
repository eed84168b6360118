import pathlib
import re
import shutil

import pytest

from tfgans import experiments, recipes
from tfgans._files import read_json, write_json
from tfgans.experiments import EXHIBITS
from tfgans.experiments.exhibits import DRAWINGS
from tfgans.experiments.paper_scale import read_costs, recipe_of

ROOT = pathlib.Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "results"
PAPERS = {paper: experiments.items(paper) for paper in experiments.papers()}

# Counted in the papers themselves, captions and supplements.
TABLES = {"avae": {1}, "began_cs": set(), "cwgan": set(), "logan": {1, 2, 3}, "xgan": {1, 2, 3}}
FIGURES = {"avae": 8, "began_cs": 13, "cwgan": 10, "logan": 10, "xgan": 6}
SUPPLEMENT_FIGURES = {"logan": 8}
# Claims of the text that are measured, without a number of their own.
SECTIONS = {
    "avae": {"Section 3.3"},
    "began_cs": {"Section 4.2"},
    "cwgan": set(),
    "logan": {"Supplement 1.2"},
    "xgan": {"Section 4.1"},
}
# What is not in the papers, but in this library.
OURS = {"kl", "fig7_sweep", "penalty", "fig3_longer", "stacked_mnist"}


def numbers(text, kind):
    """Numbers after `kind` in names such as `Figs. 9, 10, 13` or `Figs. 8 to 10`."""
    found = set()
    for span in re.findall(rf"{kind}s?\.? ([\d, toand]+)", text):
        ends = [int(number) for number in re.findall(r"\d+", span)]
        found |= set(range(ends[0], ends[-1] + 1)) if " to " in span else set(ends)
    return found


def test_the_page_and_the_scores_of_the_readme_are_those_of_the_stored_results():
    """`scripts/reproduce.py --report` writes both."""
    assert RESULTS.with_suffix(".md").read_text(encoding="utf-8") == experiments.report(PAPERS, RESULTS)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == experiments.with_scores(readme, RESULTS)


@pytest.mark.parametrize("paper", EXHIBITS)
def test_every_table_and_figure_has_a_row(paper):
    names = [exhibit.name for exhibit in EXHIBITS[paper]]
    in_text = [
        part for name in [*names, DRAWINGS[paper]] for part in re.split(r"(?=Supplement)|(?<=\d), (?=[A-Z])", name)
    ]
    main, supplement = ([part for part in in_text if part.startswith("Supplement") is given] for given in (False, True))
    figures = set().union(*(numbers(part, "Fig") for part in main))
    assert figures == set(range(1, FIGURES[paper] + 1))
    assert set().union(*(numbers(part, "Table") for part in main)) == TABLES[paper]
    in_supplement = set().union(*(numbers(part, "Fig") for part in supplement))
    assert in_supplement == set(range(1, SUPPLEMENT_FIGURES.get(paper, 0) + 1))
    assert {name for name in names if re.fullmatch(r"(Section|Supplement) [\d.]+", name)} == SECTIONS[paper]
    page = RESULTS.with_suffix(".md").read_text(encoding="utf-8")
    (part,) = (part for part in page.split("\n## ") if f"[{paper}.md]({paper}.md)" in part)
    assert all(f"\n| {name} | " in part for name in names)


def test_every_item_is_of_an_exhibit_or_ours():
    for paper, items in PAPERS.items():
        shown = {exhibit.item for exhibit in EXHIBITS.get(paper, ())}
        assert shown <= {item.name for item in items}
        assert {item.name for item in items} - shown <= OURS


@pytest.mark.parametrize("paper", EXHIBITS)
def test_exhibits_name_what_there_is(paper):
    for exhibit in EXHIBITS[paper]:
        assert exhibit.recipes
        assert all(recipe_of(text).preset == "paper" for text in exhibit.recipes)
        (item,) = experiments.items(paper, [exhibit.item])
        assert any(exhibit.where.items() <= setting.items() for setting in item.settings)
        path = RESULTS / paper / f"{exhibit.item}.json"
        if path.exists():
            rows = [row for row in read_json(path)["rows"] if exhibit.where.items() <= row.items()]
            assert all(any(metric in row["value"] for row in rows) for metric in exhibit.metrics)
            assert all(list((RESULTS / paper).glob(pattern)) for pattern in exhibit.pictures)
            assert exhibit.finding, f"{paper}, {exhibit.name} has results; say what came of it."


def test_a_row_has_numbers_with_spread_and_seeds_a_command_and_its_time():
    (row,) = [
        line for line in experiments.report(PAPERS, RESULTS).splitlines() if line.startswith("| Table 3 | CIFAR-10")
    ]
    scores = "v 4.60 ± 0.19 †; w 1.96 ± 0.42 †; lol1 4.77 ± 0.32 †; lol2 4.87 ± 0.28 †"
    assert f"`score/classifier`: {scores}<br>" in row
    assert "`scripts/reproduce.py --paper=logan --item=table1_2_3 --seeds=5 --jobs=2`, 5 seeds, 5,572 s" in row
    scored = "--set=score_extractor=inception_tfgan --set=score_samples=50000"
    assert f"needs GPU: `--recipe=bigan/cifar10 --preset=paper {scored}`<br>" in row


def test_no_paper_is_passed_over():
    with pytest.raises(ValueError, match="'sixth' is not in list"):
        experiments.report({**PAPERS, "sixth": []}, RESULTS)


def test_rows_are_told_apart_by_every_field_that_differs():
    page = experiments.report(PAPERS, RESULTS)
    assert "`settled`: integral 0.001 proportional 1e-05 derivative 1e-05 4427; integral 0.01 proportional 0.0 " in page


def test_without_results_everything_is_still_to_be_run(tmp_path):
    page = experiments.report(PAPERS, tmp_path / "results")
    assert page.count("| not run yet |") >= sum(map(len, EXHIBITS.values()))
    assert "needs data: `--recipe=cwgan/efigi --preset=paper`" in page
    assert "At a glance" not in page


def test_writes_the_page_beside_the_results_and_the_scores_into_the_readme(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("# Front\n<!-- scores -->\nstale\n<!-- /scores -->\nrest\n")
    with pytest.raises(FileNotFoundError, match="has no results of any paper"):
        experiments.write_report(PAPERS, tmp_path / "docs" / "results")
    shutil.copytree(RESULTS / "avae", tmp_path / "docs" / "results" / "avae", ignore=shutil.ignore_patterns("*.png"))
    written = experiments.write_report(PAPERS, tmp_path / "docs" / "results")
    assert written == [readme, tmp_path / "docs" / "results.md"]
    text = readme.read_text()
    assert text.startswith("# Front\n<!-- scores -->\n")
    # The lower distance is the better one.
    assert "| MNIST: Fréchet distance ↓ | AVAE 574 ± 78 | plain VAE **217.8 ± 5.0** | 5 |" in text
    assert "stale" not in text
    assert text.endswith("<!-- /scores -->\nrest\n")
    readme.write_text("# Front\n")
    with pytest.raises(ValueError, match="must have <!-- scores -->"):
        experiments.write_report(PAPERS, tmp_path / "docs" / "results")


def test_stale_numbers_are_marked_and_the_item_says_why(tmp_path):
    results = tmp_path / "results"
    shutil.copytree(RESULTS / "avae", results / "avae", ignore=shutil.ignore_patterns("*.png"))
    before = "<!-- scores -->\n<!-- /scores -->\n"
    assert "†" not in experiments.with_scores(before, results)
    path = results / "avae" / "table1.json"
    stored = read_json(path)
    for row in stored["rows"]:
        for trial in row["trials"]:
            if row["row"] == "VAE":
                trial["stale"] = "the encoder was upside down."
    write_json(path, stored)
    scores = experiments.with_scores(before, results)
    assert "| AVAE 574 ± 78 | plain VAE **217.8 ± 5.0 †** | 5 |" in scores
    assert "† is stale: a defect was mended since" in scores
    page = experiments.report(PAPERS, results)
    assert page.count("† Stale: the encoder was upside down.") == 1
    assert "Stale, whole or in part: avae/table1." in page


def test_all_recipes_are_in_the_table_of_the_papers_scale_and_have_taken_two_steps():
    page = experiments.report(PAPERS, RESULTS)
    assert all(f"\n| `{name}` | " in page for name in recipes.names())
    texts = {
        text
        for paper, items in PAPERS.items()
        for text in experiments.recipes_of(paper, [item.name for item in items], every=True)
    }
    assert texts - set(read_costs(RESULTS)) == set()


def test_the_numbers_of_the_guide_are_those_of_the_page():
    guide, page = ((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("which_model", "results"))
    numbers_of_the_guide = re.findall(r"-?\d[\d.]* ± [\d.]*\d", guide)
    assert len(numbers_of_the_guide) > 30
    assert [number for number in numbers_of_the_guide if f" {number} " not in page] == []
