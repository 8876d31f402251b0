"""Odoo's own commands, run on a database of this checkout."""

import os
import re
import subprocess
from pathlib import Path

from . import paths
from .python_env import child_environment
from .shell import die_with_parent
from .steps import Problem

EXCEPTION = re.compile(r"^[\w.]*(Error|Exception|Violation|Problem)\w*: ")
ERROR = re.compile(r" (ERROR|CRITICAL) |^error:|: error:")


class Odoo:
    """Odoo's source, its Python and the database server, with which commands are run."""

    def __init__(self, source, python, server, addons=paths.ADDONS):
        self.source = source
        self.python = python
        self.server = server
        self.addons = addons

    def folder(self, name):
        """Return the folder of one database: its configuration, files and logs."""
        folder = paths.WORK / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def configuration(self, name, port=None):
        """Write the configuration of one database and return its file."""
        addons_path = [self.addons, *self.source.addons_path]
        values = {
            "addons_path": ",".join(map(str, addons_path)),
            "data_dir": self.folder(name) / "data",
            "http_interface": "127.0.0.1",
            "list_db": False,
            "screenshots": self.folder(name) / "screenshots",
            **self.server.configuration(),
        }
        if port:
            values["http_port"] = port
        file = self.folder(name) / "odoo.conf"
        lines = (f"{key} = {value}\n" for key, value in values.items())
        file.write_text("[options]\n" + "".join(lines))
        return file

    def environment(self, name, port=None):
        """Return the variables with which a Python of ours works on the database."""
        paths.link_addon()
        return {
            **child_environment(self.source),
            "ODOO_RC": str(self.configuration(name, port)),
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ['PATH']}",
        }

    def command(self, name, subcommand, *arguments):
        """Return an Odoo command line for the database, as `odoo server` or `odoo i18n export`."""
        conf = self.folder(name) / "odoo.conf"
        database = self.server.database_name(name)
        start = [str(self.python), "-m", "odoo", *subcommand.split()]
        return [*start, "-c", str(conf), "-d", database, *arguments]

    def run(self, name, *arguments, failure, log="odoo.log", **options):
        """Run an Odoo command that ends by itself, its output in a log; return the log's file."""
        file = self.folder(name) / log
        with open(file, "wb") as output:
            done = subprocess.run(
                self.command(name, *arguments),
                env=self.environment(name),
                stdin=options.pop("stdin", subprocess.DEVNULL),
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                preexec_fn=die_with_parent,
                **options,
            )
        if done.returncode:
            raise Problem(f"{failure}: {last_error(file)} (all of it in {file}).")
        return file


def last_error(file):
    """Return the line of a log that tells the last error best."""
    return telling_error(Path(file).read_text(errors="replace").splitlines())


def telling_error(lines):
    """Return the last exception of a log, else its last error, else its last line.

    >>> telling_error(["Traceback", "odoo.tools.ParseError: while parsing a.xml:1", "  <record/>",
    ...     "2026-01-01 10:00:00 7 CRITICAL demo odoo.service.server: Failed to initialize"])
    'odoo.tools.ParseError: while parsing a.xml:1'
    """
    lines = [line.strip() for line in lines if line.strip()]
    for pattern in (EXCEPTION, ERROR):
        told = [line for line in lines if pattern.search(line)]
        if told:
            return told[-1]
    return lines[-1] if lines else "nothing was logged"
