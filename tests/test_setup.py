"""The set-up: do all files name the same versions, does CI run what the README says, is the code tidy?

What may go here: tests of files outside nst_helpers/ and the lessons. None of them needs the internet.
"""

import json
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tomllib
from urllib.parse import unquote

import compile_requirements
import launch_links
import pytest
import yaml

import course

ROOT = Path(__file__).resolve().parent.parent
PINNED = ["pyproject.toml", "requirements.txt", *compile_requirements.CONDA_FILES]


def pins():
    return compile_requirements.read_pins((ROOT / "requirements.txt").read_text("utf-8"))


@pytest.fixture
def copy(tmp_path):
    """A folder with copies of the files that carry pins."""
    for name in PINNED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def replace(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_all_files_carry_the_same_pins():
    assert compile_requirements.check(ROOT) == []


def test_uv_and_conda_read_the_pins_as_they_are_meant():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert pyproject["tool"]["uv"]["constraint-dependencies"] == pins()
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert conda["dependencies"][-1]["pip"] == ["-e .", *pins()]


def test_binder_gets_what_lessons_need_and_nothing_else():
    conda = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text("utf-8"))
    binder = conda["dependencies"][-1]["pip"]
    names = {pin.split("==")[0] for pin in binder}
    assert set(binder) < set(pins()) and all(compile_requirements.PIN.fullmatch(pin) for pin in binder)
    assert {"tensorflow-cpu", "jupyterlab", "ipywidgets", "nbclient"} < names  # the last is JupyterLab's own need
    assert not names & {"tensorflow", "pytest", "playwright", "ruff", "pluggy", "colorama"}
    assert len(names) == len(binder), "a package is pinned twice"


def test_a_dependency_of_lessons_among_those_of_tests_is_noticed(copy):
    lines = (copy / "requirements.txt").read_text("utf-8").splitlines()
    lines.append(lines.pop(next(i for i, line in enumerate(lines) if line.startswith("keras=="))))
    (copy / "requirements.txt").write_text("\n".join([*lines, ""]), "utf-8")
    assert any("asks for keras" in problem for problem in compile_requirements.check(copy))


@pytest.mark.parametrize("name", PINNED)
def test_another_version_in_one_file_is_noticed(copy, name):
    replace(copy / name, "keras==3.", "keras==3.99.")
    assert compile_requirements.check(copy)


@pytest.mark.parametrize("name", PINNED)
def test_a_missing_pin_is_noticed(copy, name):
    lines = (copy / name).read_text("utf-8").splitlines(keepends=True)
    (copy / name).write_text("".join(line for line in lines if "nbclient==" not in line), "utf-8")
    assert compile_requirements.check(copy)


@pytest.mark.parametrize("old, new, word", [
    ("ipykernel==7.4.*", "ipykernel==7.5.*", "ipykernel"),
    ('"tqdm>=4.67,<5"', '"tqdm>=4.67,<5", "pympler"', "pympler"),
    # Asked for everywhere, but pinned for Linux on x86-64 only.
    (" ; sys_platform == 'linux' and platform_machine == 'x86_64'\",", '",', "tensorflow-cpu"),
])
def test_a_dependency_without_a_fitting_pin_is_noticed(copy, old, new, word):
    replace(copy / "pyproject.toml", old, new)
    problems = compile_requirements.check(copy)
    assert problems and all(f"asks for {word}" in problem for problem in problems)


@pytest.mark.parametrize("line", ["keras", "keras>=3", "keras==3.*", "keras @ file:///keras", "--find-links folder"])
def test_a_line_that_is_no_pin_is_noticed(copy, line):
    with (copy / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert line in compile_requirements.check(copy)[0]


def test_check_fails_with_a_message_and_changes_nothing(copy):
    replace(copy / "environment.yml", "keras==3.", "keras==3.99.")
    before = {name: (copy / name).read_text("utf-8") for name in PINNED}
    with pytest.raises(SystemExit, match="environment.yml does not carry the pins"):
        compile_requirements.main(["--check"], copy)
    assert before == {name: (copy / name).read_text("utf-8") for name in PINNED}


def test_ci_runs_the_test_command_of_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8").splitlines()
    command = next(line for line in readme if line.endswith("uv run pytest"))
    script = (ROOT / ".ci" / "run").read_text("utf-8").rstrip().splitlines()
    assert script[-1] == command


def test_every_way_of_the_readme_starts_the_course_at_its_root_with_lesson_00():
    readme, more = ((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/installation.md"))
    ways = r"uv run (?:--no-sync )?course\b(?! studio| exhibition)|^\.venv.(?:bin|Scripts).course$|^course$"
    assert len(re.findall(ways, readme, re.M)) == 2 and len(re.findall(ways, more, re.M)) == 6
    readme += more + (ROOT / "docs" / "studio.md").read_text("utf-8")
    assert not re.search(r"jupyter[ -]lab\b", readme)
    links = re.findall(r"^https://\S+urlpath=(\S+)$", readme, re.M)
    name = launch_links.settings()[0].split("/")[1]
    opened = [f"/{unquote(link)}".replace(f"/{name}/", "/") for link in links]  # a hub begins above the course
    assert [link for link in opened if "studio" not in link] == [course.FIRST] * 2
    assert [link for link in opened if "studio" in link] == ["/voila/render/notebooks/studio.ipynb"]
    assert "uv run course studio" in readme and (ROOT / "notebooks" / "studio.ipynb").is_file()
    assert (ROOT / course.FIRST.removeprefix("/lab/tree/")).is_file()
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert pyproject["project"]["scripts"] == {"course": "course:main"}


def test_the_command_course_passes_arguments_on_and_brings_no_tensorflow_along():
    program = """import sys, course
course.LabApp.launch_instance = lambda arguments: print(arguments, "tensorflow" in sys.modules)
course.main()"""
    says = subprocess.run([sys.executable, "-c", program, "--no-browser"], capture_output=True, text=True, cwd=ROOT)
    assert says.stdout == (f"['--ServerApp.root_dir={ROOT}', '--LabApp.default_url={course.FIRST}', '--no-browser'] "
                           "False\n"), says.stderr


def test_code_and_notebooks_are_tidy():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", str(ROOT)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_notebooks_name_the_kernel_that_every_environment_has():
    files = [file for file in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in file.parts]
    assert files
    for file in files:
        kernel = json.loads(file.read_text("utf-8"))["metadata"]["kernelspec"]["name"]
        assert kernel == "python3", f"{file.name} asks for the kernel {kernel!r}."


def test_no_file_names_a_package_index_or_a_folder_of_one_machine():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("This copy is no git repository.")
    address = re.compile(rb"https?://\S*(/simple\b|pypi|pythonhosted)|/(home|Users)/\w+/|/[r]oot/|[/]tmp/ipykernel")
    folder = re.compile(rb"(?<![\w.-])" + re.escape(str(ROOT).encode()) + rb"\b")
    for name in filter(None, listed.stdout.split("\0")):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        found = b"\0" not in content and (address.search(content) or folder.search(content))
        assert not found, f"{name}: {found}"
