"""What every command needs before its own work, as numbered steps."""

from . import odoo_source, postgres, programs, python_env
from .odoo import Odoo


def odoo_ready(progress):
    """Have Odoo's source, its Python packages and PostgreSQL: three steps."""
    with progress.step("Odoo 19") as step:
        source = odoo_source.prepare(step)
    with progress.step("Python packages") as step:
        python = python_env.prepare(step)
    server = postgres.server()
    with progress.step("PostgreSQL") as step:
        server.start(step)
    return Odoo(source, python, server)


def pdf_ready(progress):
    """Have wkhtmltopdf if that is possible."""
    with progress.step("PDF printing") as step:
        programs.prefer("wkhtmltopdf", step)


def browser_ready(progress):
    """Have a browser for the tours."""
    with progress.step("Browser for the tours") as step:
        programs.require("chromium", step)
