import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "reproduce.py"


def reproduce(*arguments, cwd=None):
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False, cwd=cwd)


def test_help_names_the_flags_without_loading_tensorflow():
    code = (
        f"import runpy, sys; sys.argv = ['reproduce', '--help']; sys.path.insert(0, {str(SCRIPT.parent)!r})\n"
        f"try: runpy.run_path({str(SCRIPT)!r}, run_name='__main__')\n"
        "except SystemExit: print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "--results" in done.stdout
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--paper=dcgan"], "no paper 'dcgan'"),
        (["--paper=cwgan", "--item=fig99"], "There is no item of cwgan 'fig99'"),
        (["--item=fig3"], "Several names fit the item 'fig3'"),
        (["--report", "--dry_run", "--paper=xgan"], "received --paper --dry_run beside it"),
        (["--report", "--results=nowhere"], "nowhere has no results of any paper"),
        (["--scale=paper", "--item=wide_generator", "--dry_run"], "No run of beyond/wide_generator has the scale"),
        (["--scale=paper", "--smoke", "--paper=beyond", "--item=stacked_mnist"], "there is no recipe to try"),
    ],
)
def test_wrong_flags_are_refused_in_one_line(arguments, message):
    done = reproduce(*arguments)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert message in line


def test_dry_run_of_an_item():
    done = reproduce("--paper=cwgan", "--item=penalty", "--seeds=2", "--results=nowhere", "--dry_run")
    assert done.stdout.count("to run: penalty=") == 4


def test_dry_run_finds_the_stored_results_from_any_folder(tmp_path):
    done = reproduce("--paper=cwgan", "--item=penalty", "--seeds=1", "--dry_run", cwd=tmp_path)
    assert done.stdout.count("stored: penalty=") == 2
    assert not list(tmp_path.iterdir())


def test_dry_run_of_all_papers_at_their_own_scale_has_its_cost():
    done = reproduce("--scale=paper", "--seeds=1", "--dry_run")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "logan/fig4: This item measures Fig. 4." in lines
    assert lines[0].startswith("These items have no run of the scale paper: avae/table1_portraits, ")
    assert not any(line.startswith("avae/table1_portraits: ") for line in lines)
    assert "xgan, Table 1: needs data" in lines
    assert any(line.startswith("  cwgan/mnist: 18,740 steps, 5,996,800 images, ") for line in lines)
    assert "runs with one seed; " in lines[-1]


def test_stored_results_end_with_the_way_to_run_them_afresh(tmp_path):
    done = reproduce("--paper=avae", "--item=kl", "--seeds=2", "--workdir=runs", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("Nothing was run, since all results are stored in ")
    assert "--results=FOLDER --workdir=FOLDER" in done.stdout.splitlines()[-1]
    assert not list(tmp_path.iterdir())


def test_names_of_papers_and_items_may_leave_out_marks():
    done = reproduce("--paper=began-cs", "--item=Fig.7", "--results=nowhere", "--seeds=1", "--dry_run")
    assert done.stdout.startswith("began_cs/fig7: ")
