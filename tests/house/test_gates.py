"""The house keeps its shape: sizes, names, exemptions with reasons, locks with hashes, acts that name their moment."""

import ast
import importlib.util
import re
import runpy
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

MODULE_LINES, FUNCTION_LINES, VIEW_LINES, TEMPLATE_LINES, PACKAGE_LINES = 700, 80, 40, 200, 6000
FORBIDDEN_NAMES = {"common", "utils", "util", "core", "helpers", "base", "services"}
NAMED_BY_DJANGO = {"quancheng/sqlite/base.py"}  # a database backend's module must be called base
ROOT = Path(__file__).resolve().parents[2]


def project_files(*suffixes: str) -> list[Path]:
    """Files of the project as git sees them, tracked or about to be; suffixes choose, none means all."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    paths = sorted(ROOT / name for name in set(filter(None, listing.split("\0"))))
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules() -> list[Path]:
    """Python files of the project, without migrations, which Django writes."""
    return [path for path in project_files(".py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_gates_see_the_project():
    names = {name_of(path) for path in modules()}
    assert {"run.py", "quancheng/settings.py", "tests/house/test_gates.py"} <= names


def test_no_module_is_too_long():
    assert not {name_of(path): lines_of(path) for path in modules() if lines_of(path) > MODULE_LINES}


def test_no_function_is_too_long():
    long = {}
    for path in modules():
        limit_for_views = name_of(path).startswith("quancheng/web/")
        for function in functions(path):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            first = function.args.args[0].arg if function.args.args else ""
            limit = VIEW_LINES if limit_for_views and first == "request" else FUNCTION_LINES
            if length > limit:
                long[f"{name_of(path)}:{function.name}"] = length
    assert not long


def test_no_template_is_too_long():
    templates = [path for path in project_files(".html", ".jinja", ".j2", ".xml", ".txt") if "templates" in path.parts]
    assert not {name_of(path): lines_of(path) for path in templates if lines_of(path) > TEMPLATE_LINES}


def test_no_package_is_too_big():
    sizes: Counter[str] = Counter()
    for path in modules():
        parts = path.relative_to(ROOT).parts
        if parts[0] == "quancheng" and len(parts) > 2:
            face = parts[1] == "web" and len(parts) > 3  # the desk, the site and their parts know nothing of each other
            sizes["/".join(parts[1:3]) if face else parts[1]] += lines_of(path)
    assert not {name: size for name, size in sizes.items() if size > PACKAGE_LINES}


def test_no_package_or_module_has_an_empty_name():
    found = set()
    for path in modules():
        name = name_of(path)
        if name.startswith("quancheng/") and name not in NAMED_BY_DJANGO:
            parts = {*path.relative_to(ROOT).parts[:-1], path.stem}
            found |= {name} if parts & FORBIDDEN_NAMES else set()
    assert not found


LEFT_OVER = re.compile(r"\b(TO" + "DO|FIX" + "ME|NotImplemented" + r"Error)\b")
HOSTS = re.compile(
    r"py" + r"pi\.org|python" + r"hosted\.org|registry\.npm|npm" + r"js\.(?:com|org)|npm" + r"mirror|"
    r"deb\.de" + r"bian\.org|tuna\.tsing" + r"hua|mirrors\.(?:ali|ustc|cloud)"
)
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:wo" + r"rk|ro" + r"ot)/")


@pytest.mark.parametrize(
    ("what", "pattern"),
    [("unfinished work", LEFT_OVER), ("registry hosts", HOSTS), ("paths of one machine", MACHINE_PATH)],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_no_file_speaks_of(what: str, pattern: re.Pattern[str]):
    found = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a font has no words
        found += [f"{name_of(path)}:{n}" for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    assert not found, f"{what}: {found}"


def test_the_patterns_would_find_something():
    assert LEFT_OVER.search("# TO" + "DO: later")
    assert HOSTS.search("https://files.python" + "hosted.org/x")
    assert MACHINE_PATH.search("cd /wo" + "rk/main") and not MACHINE_PATH.search("/desk/wo" + "rk/1")


EXEMPTION = re.compile(r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*)?|type:\s*ignore(?:\[[^\]]*\])?)(?P<reason>.*)")


def reasonless(line: str) -> bool:
    """True if the line carries an exemption from a checker without saying why."""
    found = EXEMPTION.search(line)
    return bool(found) and len(re.sub(r"[\s#:;,.()—-]", "", EXEMPTION.sub(r"\g<reason>", found[0]))) < 6


def test_every_exemption_says_why():
    assert reasonless("x = 1  # noqa" + ": E501") and reasonless("x = f()  # type" + ": ignore[misc]")
    assert not reasonless("x = f()  # type" + ": ignore[misc]  # the stubs know no Jinja2")
    found = []
    for path in modules():
        if path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if reasonless(line):
                found.append(f"{name_of(path)}:{number}")
    assert not found


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_locks_have_hashes_and_name_no_host(lock: str):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "http" not in text
    pins = re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip())
    pins = [pin for pin in pins if not pin.startswith("#")]
    assert len(pins) > 10
    assert not [pin[:60] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin]


def acts() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    found = []
    for path in modules():
        name = name_of(path)
        if not name.startswith("quancheng/") or "acts" not in (path.stem, path.parent.name):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                found.append((f"{name}:{node.name}", node))
    return found


def test_every_act_takes_its_moment_by_name():
    """An act takes keywords only, `at` among them; one that needs no moment says `Without at:` in its docstring."""
    found = acts()
    assert found
    wrong = []
    for name, function in found:
        arguments = function.args
        keywords = {argument.arg for argument in arguments.kwonlyargs}
        excused = "Without at:" in (ast.get_docstring(function) or "")
        if arguments.args or arguments.posonlyargs or arguments.vararg or ("at" not in keywords and not excused):
            wrong.append(name)
    assert not wrong


def _run_py() -> object:
    spec = importlib.util.spec_from_file_location("run_py", ROOT / "run.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_readme_commands_exist(readme: str):
    text = (ROOT / readme).read_text(encoding="utf-8")
    commands = set(re.findall(r"python3 run\.py (\w+)", text))
    assert {"demo", "test"} <= commands <= set(_run_py().COMMANDS)
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make (\w+)", text)) <= targets
    links = re.findall(r"\]\(((?!https?:)[^)#]+)", text)
    assert links and not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.parametrize("page", ["README.md", "README.en.md", "docs/run.md"])
def test_documented_quancheng_commands_exist(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    used = set(re.findall(r"\.venv/bin/quancheng ((?:text|receipt|ballot|ledger) [a-z]+|[a-z]+)", text))
    assert used
    commands = runpy.run_path(str(ROOT / "quancheng" / "cli.py"))
    words = {command.split()[0] for command in used}
    assert words <= set(commands["COMMANDS"])
    for pair in (command.split() for command in used if " " in command):
        line = next(line for line in commands["USAGE"].splitlines() if line.split()[:1] == pair[:1])
        assert pair[1] in re.split(r"[\s|]+", line), pair
