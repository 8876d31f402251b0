"""Let pytest-odoo run this checkout, whatever its folder is called.

The repository root is the addon, so its tests belong to
``odoo.addons.<ADDON>.tests`` and not to ``<folder>.tests``.

Odoo tags become pytest markers: ``pytest -m standard`` (the default, see
pyproject.toml) leaves out what ``@tagged("-standard", "bench")`` sets apart.
"""

import _pytest.pathlib
import pytest
from workbench import paths


def pytest_load_initial_conftests():
    """Offer this checkout to Odoo under its technical name."""
    paths.link_addon()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Give every module of the addon its Odoo name; the workbench is no part of it."""
    resolve = _pytest.pathlib.resolve_pkg_root_and_module_name

    def resolve_in_addon(path, **options):
        name = odoo_name(path.resolve())
        # pytest puts the first on sys.path; the folder around the checkout could hide any module.
        return (paths.TOOLS, name) if name else resolve(path, **options)

    _pytest.pathlib.resolve_pkg_root_and_module_name = resolve_in_addon


def odoo_name(path):
    """Return the name under which Odoo imports a file, or None when it is not the addon's."""
    if not path.is_relative_to(paths.ROOT) or path.is_relative_to(paths.TOOLS):
        return None
    parts = path.relative_to(paths.ROOT).with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(("odoo", "addons", paths.ADDON, *parts))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Turn Odoo test tags into pytest markers."""
    for item in items:
        for tag in getattr(item.cls, "test_tags", {"standard"}):
            item.add_marker(tag)
