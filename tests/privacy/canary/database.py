"""Copies of the tested database, in which a test may commit, dump, kill and restore."""

import os
import shutil
from contextlib import closing, contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect
from odoo.tools import SQL, config


class ScratchDatabase:
    """A database with its files that is made of another one, and goes after the tests.

    The registry survives a `reset`: what is in the database changes under it, the models do not.
    """

    def __init__(self, source, name):
        self.source = source
        self.name = name
        self.drop()
        copy(source, name)
        self.reload()

    def reload(self):
        """Load the models anew, for instance without those that a test has made."""
        Registry.registries.pop(self.name, None)
        # a registry that is loaded while tests run would run tests of its own
        with patch.dict(config.options, {"test_enable": False}):
            self.registry = Registry(self.name)

    @contextmanager
    def env(self, user=SUPERUSER_ID):
        """Give an environment whose work is committed at the end."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user, {})
            yield env
            env.flush_all()
            cr.commit()  # pylint: disable=invalid-commit

    @property
    def files(self):
        """Give the folder of the files."""
        return config.filestore(self.name)

    def save(self, name):
        """Keep the state of now under a name."""
        drop(name)
        copy(self.name, name)

    def reset(self, name):
        """Go back to a state, as a restored backup does; the files too."""
        drop(self.name)
        copy(name, self.name)
        self.registry.clear_all_caches()

    def forget(self, name):
        """Remove a saved state."""
        drop(name)

    def drop(self):
        """Leave nothing."""
        Registry.registries.pop(self.name, None)
        drop(self.name)


def administer(*statements):
    """Run statements about databases, none of which may be in a transaction."""
    with closing(db_connect("postgres").cursor()) as cr:
        cr.rollback()
        cr._cnx.autocommit = True
        for statement in statements:
            cr.execute(statement)


def copy(source, name):
    """Copy a database and its files; files that never change may be the same on the disk."""
    close_db(source)
    administer(SQL("CREATE DATABASE %s TEMPLATE %s", SQL.identifier(name), SQL.identifier(source)))
    if os.path.isdir(config.filestore(source)):
        shutil.copytree(config.filestore(source), config.filestore(name), copy_function=os.link)


def drop(name):
    """Remove a database and its files."""
    close_db(name)
    administer(SQL("DROP DATABASE IF EXISTS %s WITH (FORCE)", SQL.identifier(name)))
    shutil.rmtree(config.filestore(name), ignore_errors=True)
