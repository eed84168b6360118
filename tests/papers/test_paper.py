import json
import re

import pytest

import papers
from papers.frame import Item, results_folder
from papers.paper import FOLDER, Exhibit, Paper, resolved
from papers.paper_scale import recipe_of

# Counted in the papers themselves, captions and supplements.
TABLES = {"avae": {1}, "began_cs": set(), "cwgan": set(), "logan": {1, 2, 3}, "xgan": {1, 2, 3}}
FIGURES = {"avae": 8, "began_cs": 13, "cwgan": 10, "logan": 10, "xgan": 6}
SUPPLEMENT_FIGURES = {"logan": 8}
# Claims of the text that are measured, without a number of their own.
SECTIONS = {
    "avae": {"Section 3.4"},
    "began_cs": {"Section 4.2"},
    "cwgan": set(),
    "logan": {"Supplement 1.2"},
    "xgan": {"Section 4.1", "Section 4.6"},
}


def rows(paper, item):
    path = results_folder(FOLDER, paper) / f"{item}.json"
    return json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []


def numbers(text, kind):
    """Numbers after `kind` in names such as `Figs. 9, 10, 13` or `Figs. 8 to 10`."""
    found = set()
    for span in re.findall(rf"{kind}s?\.? ([\d, toand]+)", text):
        ends = [int(number) for number in re.findall(r"\d+", span)]
        found |= set(range(ends[0], ends[-1] + 1)) if " to " in span else set(ends)
    return found


@pytest.mark.parametrize("name", FIGURES)
def test_every_table_and_figure_is_an_exhibit_or_a_drawing(name):
    paper = papers.find(name)
    names = [exhibit.name for exhibit in paper.exhibits]
    parts = [part for text in [*names, paper.drawings] for part in re.split(r"(?=Supplement)|(?<=\d), (?=[A-Z])", text)]
    main, supplement = ([part for part in parts if part.startswith("Supplement") is given] for given in (False, True))
    assert set().union(*(numbers(part, "Fig") for part in main)) == set(range(1, FIGURES[name] + 1))
    assert set().union(*(numbers(part, "Table") for part in main)) == TABLES[name]
    in_supplement = set().union(*(numbers(part, "Fig") for part in supplement))
    assert in_supplement == set(range(1, SUPPLEMENT_FIGURES.get(name, 0) + 1))
    assert {text for text in names if re.fullmatch(r"(Section|Supplement) [\d.]+", text)} == SECTIONS[name]


@pytest.mark.parametrize("paper", papers.PAPERS, ids=lambda paper: paper.name)
def test_every_item_has_an_exhibit_or_a_note(paper):
    names = {item.name for item in paper.items}
    measured = {exhibit.item for exhibit in paper.exhibits}
    assert measured <= names
    assert names - measured == set(paper.notes)


@pytest.mark.parametrize("paper", papers.PAPERS, ids=lambda paper: paper.name)
def test_exhibits_name_rows_metrics_pictures_and_recipes_that_exist(paper):
    settings = {item.name: item.settings for item in paper.items}
    for exhibit in paper.exhibits:
        assert exhibit.recipes
        assert all(recipe_of(text).preset == "paper" for text in exhibit.recipes)
        assert any(exhibit.where.items() <= setting.items() for setting in settings[exhibit.item])
        if stored := rows(paper.name, exhibit.item):
            chosen = [row for row in stored if exhibit.where.items() <= row.items()]
            assert all(any(metric in row["value"] for row in chosen) for metric in exhibit.metrics)
            folder = results_folder(FOLDER, paper.name)
            assert all(list(folder.glob(pattern)) for pattern in exhibit.pictures)
            assert exhibit.finding, f"{paper.name}, {exhibit.name} has results and needs a finding."


def test_stored_results_are_rows_of_items():
    for path in FOLDER.glob("*/results/*.json"):
        (item,) = papers.find(path.parents[1].name).only([path.stem]).items
        for row in rows(item.paper, item.name):
            assert any(setting.items() <= row.items() for setting in item.settings)


def exhibit(name, item):
    return Exhibit(name=name, shows="", item=item, recipes=(), needs="CPU")


def test_some_items_of_a_paper_come_with_their_exhibits():
    items = tuple(Item("paper", name, ({},), print) for name in ("first", "second", "ours"))
    exhibits = (exhibit("Fig. 1", "first"), exhibit("Table 1", "second"), exhibit("Figs. 2, 3", "first"))
    paper = Paper(name="paper", title="A paper", items=items, exhibits=exhibits, notes={"ours": "It is ours."})
    assert paper.only([]) == paper
    assert paper.only(["first"]).items == items[:1]
    assert paper.only(["first"]).exhibits == (exhibits[0], exhibits[2])
    assert [paper.about(item) for item in items] == [
        "This item measures Fig. 1; Figs. 2, 3.",
        "This item measures Table 1.",
        "It is ours.",
    ]
    with pytest.raises(ValueError, match="There is no item of paper 'third'"):
        paper.only(["second", "third"])


def test_unknown_paper():
    assert papers.find("cwgan").name == "cwgan"
    with pytest.raises(ValueError, match="There is no paper 'dcgan'"):
        papers.find("dcgan")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("table1_2_3", "table1_2_3"),
        ("table2", "table1_2_3"),
        ("Table 3", "table1_2_3"),
        ("Fig. 3", "fig3"),
        ("figure4", "fig4_5"),
        ("weak", "stacked_mnist_weak"),
    ],
)
def test_names_that_are_understood(name, meant):
    assert resolved(name, ["table1_2_3", "fig3", "stacked_mnist_weak", "fig4_5", "kl"], "item") == meant


def test_names_that_are_not_understood():
    with pytest.raises(ValueError, match=r"There is no item 'table4'. Did you mean table1\?"):
        resolved("table4", ["table1", "kl"], "item")
    with pytest.raises(ValueError, match=r"Several names fit the item 'fig4': fig4_5, fig3_4"):
        resolved("fig4", ["fig4_5", "fig3_4"], "item")


def test_chosen():
    assert [paper.name for paper in papers.chosen("began-cs", [])] == ["began_cs"]
    (paper,) = papers.chosen(None, ["dimension"])
    assert (paper.name, [item.name for item in paper.items]) == ("xgan", ["dimension"])
    assert papers.chosen(None, []) == list(papers.PAPERS)
    several = r"Several names fit the item 'table2': logan/table1_2_3_cifar10, .*, xgan/table1_2_3"
    with pytest.raises(ValueError, match=several):
        papers.chosen(None, ["table2"])
