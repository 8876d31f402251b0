"""Call a function of tools/ with Odoo's environment: `python in_odoo.py DATABASE MODULE:FUNCTION`.

The function gets `env` (the super-user, as in `odoo shell`) and the remaining arguments as texts;
what it did is committed when it returns.
"""

import importlib
import sys


def main(database, target, *arguments):
    """Import the function, call it on the database and commit."""
    import odoo
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", database, "--no-http", "--log-level=warn"], setup_logging=True)
    module, _, function = target.partition(":")
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        getattr(importlib.import_module(module), function)(env, *arguments)
    odoo.sql_db.close_all()


if __name__ == "__main__":
    main(*sys.argv[1:])
