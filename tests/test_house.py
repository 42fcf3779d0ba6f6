"""The house stays as it was built: floors, purity, names, sizes, and nothing that names a machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tandem"
FILES = sorted(SOURCE.rglob("*.py"))
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "core"}
# What the pure centre may not import: clocks, chance, files, processes, nets.
IMPURE = {
    "time",
    "random",
    "secrets",
    "uuid",
    "subprocess",
    "socket",
    "urllib",
    "http",
    "tempfile",
    "shutil",
    "threading",
}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval"}
IMPURE_METHODS = {"today", "now", "utcnow", "write_text", "write_bytes", "getenv"}
FILE_LINES, FUNCTION_LINES = 600, 80
# Who may read past `visible`: what the hub itself must know, never what it answers.
UNGUARDED = {
    "hub/feeds/": "whom events and webhooks go to",
    "hub/finding/news.py": "saved searches of everybody, each searched as its owner",
    "hub/introductions/": "the other side's state, shown as far as both have agreed",
    "hub/keeping/health.py": "how many jobs and webhooks have stopped, for those who run and audit the hub",
    "hub/keeping/journal.py": "the journal's leaves, for proofs and erasure",
    "hub/notices.py": "who works for an organisation",
    "hub/overview/": "sums over the whole hub, for those who run and audit it",
    "hub/people/": "who signs in, and with which key",
    "hub/records/held.py": "whose files are over, for sweeping them away",
    "hub/records/importing.py": "what a file meets among the importer's records",
    "hub/records/owning.py": "whom a record names",
    "hub/records/planning.py": "what a file meets among the importer's records",
    "hub/regional/folder.py": "which imports of the register were committed",
    "hub/repeats.py": "the answer that was kept for this asker",
    "hub/rounds/": "everything that clearing assigns",
    "hub/serve.py": "whether there is anything yet",
    "storage/database/": "the database itself",
    "storage/finding/": "what the search index is made from",
    "storage/rounds/": "what clearing is made from",
}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def place(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def committed() -> list[Path]:
    """The files under version control; without git, those of the source tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("needs a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_imports_go_down():
    """import-linter keeps the contracts of pyproject.toml."""
    program = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(
    "path", [p for p in FILES if place(p).split("/")[0] in ("engine", "domain")], ids=place
)
def test_the_pure_centre_has_no_clock_and_no_files(path):
    """Engines and nouns import no clock, chance or input and output, and call none."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & IMPURE
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in IMPURE
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                assert node.func.id not in IMPURE_CALLS
            if isinstance(node.func, ast.Attribute):
                assert node.func.attr not in IMPURE_METHODS


def test_only_those_who_must_read_past_visibility():
    """`unguarded` is called where the table above says why, and nowhere else; no entry of it is idle."""
    calling = {place(path) for path in FILES if ".unguarded(" in path.read_text("utf-8")}
    assert not {name for name in calling if not name.startswith(tuple(UNGUARDED))}
    assert not {entry for entry in UNGUARDED if not any(name.startswith(entry) for name in calling)}


def test_only_storage_ends_a_transaction():
    """Law 4: no `commit` outside storage."""
    assert not [place(path) for path in FILES if ".commit(" in path.read_text("utf-8")
                and not place(path).startswith("storage/")]  # fmt: skip


def state_updates(code: ast.Module) -> list[int]:
    """The lines of functions that make an update of their own and name `state` as something to be written."""
    found = []
    for function in (
        n for n in ast.walk(code) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    ):
        inside = list(ast.walk(function))
        called = [n for n in inside if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
        updates = [
            n
            for n in called
            if ast.unparse(n.func) == "sa.update" or (n.func.attr == "update" and not n.args)
        ]
        if not updates:
            continue
        told = [n for n in inside if isinstance(n, ast.keyword) and n.arg == "state"]
        told += [key for n in inside if isinstance(n, ast.Dict) for key in n.keys
                 if isinstance(key, ast.Constant) and key.value == "state"]  # fmt: skip
        told += [n for n in inside if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)
                 and isinstance(n.slice, ast.Constant) and n.slice.value == "state"]  # fmt: skip
        if told:
            found.append(function.lineno)
    return found


def test_only_a_transaction_moves_a_state():
    """Law 3: `change` and `move_all` ask the table of moves; nothing else writes a state over another."""
    moving = {place(path): lines for path in FILES if (lines := state_updates(tree(path)))}
    assert set(moving) == {"storage/database/transaction.py"}


@pytest.mark.parametrize("text", [
    "tx.execute(sa.update(t).where(c).values(state='dead'))",
    "tx.execute(t.update().where(c).values({'state': 'dead', 'n': 1}))",
    "told = {}\n    told['state'] = 'dead'\n    tx.execute(sa.update(t).values(**told))",
])  # fmt: skip
def test_a_state_moved_by_hand_would_be_found(text):
    """The check above finds what it is there for, and leaves other updates alone."""
    assert state_updates(ast.parse(f"def forget(tx):\n    {text}\n"))
    other = "tx.execute(sa.update(t).where(t.c.state == 'dead').values(n=1))"
    assert not state_updates(ast.parse(f"def forget(tx):\n    {other}\n"))


def test_only_interfaces_print():
    """Sentences go out at the edge: no print below the interfaces, and none there but on purpose."""
    for path in FILES:
        calls = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        assert "print" not in {node.func.id for node in calls if isinstance(node.func, ast.Name)}, place(path)


def test_no_vague_names():
    """No file or folder is a place without a question."""
    names = {part for path in FILES for part in Path(place(path)).with_suffix("").parts}
    assert not names & VAGUE


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def test_sizes(record_property):
    """A report of sizes (--junit-xml shows it), failing on gross breaches only: 600 lines a file, 80 a function."""
    lines = {place(path): len(path.read_text("utf-8").splitlines()) for path in FILES}
    lengths = {f"{place(path)}:{name}": n for path in FILES for name, n in functions(path)}
    ordered, long = sorted(lines.values()), sorted(lengths.values())
    record_property("file lines, median and largest", (ordered[len(ordered) // 2], ordered[-1]))
    record_property("function lines, median and largest", (long[len(long) // 2], long[-1]))
    assert not {name: n for name, n in lines.items() if n > FILE_LINES}
    assert not {name: n for name, n in lengths.items() if n > FUNCTION_LINES}


def test_lock_like_files_hold_no_address():
    """Constraints pin versions; where packages come from is each machine's own affair."""
    names = re.compile(r"(lock|constraints|requirements)[^/]*$|\.lock$")
    for path in committed():
        if names.search(path.name) or path.name in ("uv.lock", "pylock.toml"):
            assert path.name not in ("uv.lock", "pylock.toml")
            assert "://" not in path.read_text("utf-8"), path


def test_nothing_committed_names_a_machine_or_a_registry():
    """No path of somebody's machine, no index address: a clone works anywhere."""
    machine = re.compile(
        rb"/(?:work|root|home/[a-z]+|Users/[A-Za-z]+|tmp)/[A-Za-z.]|(?:extra-)?index-url|files\.pythonhosted"
    )
    own = Path(__file__).resolve()
    told = [
        f"{path.relative_to(ROOT)}: {found.group()!r}"
        for path in committed()
        if path.resolve() != own
        for found in [machine.search(path.read_bytes())]
        if found and path.suffix not in (".png", ".xlsx", ".parquet")
    ]
    assert not told


def test_every_folder_of_code_is_a_package():
    """An empty __init__ more is cheaper than an import that works only from a clone."""
    assert not [place(path.parent) for path in FILES if not (path.parent / "__init__.py").exists()]


def test_versions_agree():
    """The package, its metadata and its distribution say the same version."""
    import tandem

    written = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert written is not None
    assert written.group(1) == tandem.__version__


def test_constraints_pin_every_dependency():
    """What pyproject.toml asks for, in any extra, has an exact version in constraints.txt."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    pinned = {
        line.split("==")[0].lower()
        for line in (ROOT / "constraints.txt").read_text("utf-8").split()
        if "==" in line
    }
    assert {re.split(r"[<>=\[; ]", name)[0].lower() for name in wanted} <= pinned
