"""The house keeps its plan: imports go one way, every module and public function says what it is."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "leakscope"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Each part may import those before it in this order; siblings of the data's way may not import one another.
GROUND = ("errors", "registry", "vocabulary", "model", "schema", "safety", "text", "validators", "catalogue")
WAY = ("sources", "detection", "individuals", "estimation", "severity", "notification", "reports")
#: Single modules that must look ahead, and why.
EXCEPT = {"catalogue/check.py": {"detection"}}  # a rule's examples are its tests, and only the kernel can run them
#: Stated exceptions: (part, may import, why).
ALLOWED = {
    ("detection", "estimation"): "totals of the expensive tier are double-sampling estimates",
    ("detection", "sources"): "scan and redact read files themselves",
    ("estimation", "individuals"): "counts of people are estimated from their clusters",
    ("individuals", "detection"): "a plain table is searched before it is linked",
    ("notification", "estimation"): "thresholds are compared with intervals",
    ("severity", "estimation"): "people are weighed as estimates",
    ("severity", "notification"): "circumstances come from the facts file",
    ("reports", "notification"): "regulator forms and letters are data of the law part",
    ("reports", "severity"): "scales are drawn as the schemes define them",
}


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def _part(path):
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_comes_before_it(path):
    """Ground does not know the way; parts of the way know one another only where it is stated why."""
    part = _part(path)
    used = {name.split(".")[1] for name in _imports(path) if name.startswith("leakscope.") and len(name.split(".")) > 1} - {part}
    used -= EXCEPT.get(str(path.relative_to(PACKAGE)), set())

    if part in GROUND:
        allowed = set(GROUND)
    elif part in WAY:
        allowed = set(GROUND) | {other for one, other in ALLOWED if one == part}
    elif part == "corpus":
        allowed = set(GROUND)
    elif part == "engines":
        allowed = set(GROUND) | set(WAY)
    else:
        return
    assert used <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_and_its_public_parts_say_what_they_are(path):
    """A docstring of at least one sentence on the module and on every public class and function at its top level."""
    tree = ast.parse(path.read_text("utf-8"))
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")]

    assert len(ast.get_docstring(tree) or "") > 3
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_public_function_states_its_types(path):
    """Every argument and every return of a public function is annotated."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    bare = [node.name for node in functions if node.returns is None or any(one.annotation is None for one in node.args.args if one.arg not in ("self", "cls"))]

    assert bare == []


def _tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode().split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_registry_or_a_place_on_this_machine():
    """Files speak of the project alone."""
    hosts = re.compile("|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "registry\\.npm" + "js", r"\bnpm" + r"js\.com", "rubygems" + r"\.org", "crates" + r"\.io", "nuget" + r"\.org", "deb\\.debian" + r"\.org", "/wo" + "rk/(main|shared)")))
    found = [str(path.relative_to(ROOT)) for path in _tracked() if path.suffix not in (".gz", ".parquet", ".onnx", ".png") and hosts.search(path.read_text("utf-8", "ignore"))]

    assert found == []


def test_the_lock_names_no_index():
    """Hashes only."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()

        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
