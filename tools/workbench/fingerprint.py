"""Tells whether the addon changed in a way that an installed database has to follow.

Data, views and the structure of models are stored in the database when the addon is installed or
updated. Tests, browser files and the inside of methods are not: changing them needs no update, so
a test that is being worked on runs again at once.
"""

import ast

from . import paths

#: Folders of the checkout that no database knows.
APART = {"tools", "tests", "benchmarks", "static", "readme", "doc"}
STORED = {".py", ".xml", ".csv", ".po", ".sql", ".json"}

#: Functions that are run when the addon is installed or updated.
RUN_AT_INSTALL = ("init", "_auto_init", "_hook", "migrate")


def addon_fingerprint(root=paths.ROOT):
    """Return a text that changes when a database with the addon has to be updated."""
    parts = []
    for file in sorted(stored_files(root)):
        content = file.read_bytes()
        parts.append(file.relative_to(root))
        parts.append(python_structure(content) if file.suffix == ".py" else content)
    return paths.short_hash(*parts)


def stored_files(root):
    """Yield the files of the addon whose content ends up in the database."""
    for top in root.iterdir():
        if top.name.startswith(".") or top.name in APART:
            continue
        for file in top.rglob("*") if top.is_dir() else [top]:
            if file.suffix in STORED and file.is_file():
                yield file


def python_structure(source):
    """Return what a Python file declares, without docstrings, comments and the inside of methods.

    >>> one = "class A:\\n    x = 1\\n    def f(self):\\n        return 1"
    >>> python_structure(one) == python_structure(one.replace("return 1", "return 2  # two"))
    True
    >>> python_structure(one) == python_structure(one.replace("x = 1", "x = 2"))
    False
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source  # Odoo will say what is wrong
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.endswith(RUN_AT_INSTALL):
            node.body = []
        elif isinstance(node, (ast.Module, ast.ClassDef)) and ast.get_docstring(node):
            node.body = node.body[1:]
    return ast.dump(tree)
