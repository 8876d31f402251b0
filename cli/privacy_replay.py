import optparse
import sys
from datetime import datetime
from textwrap import dedent

from odoo import SUPERUSER_ID, api
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class PrivacyReplay(Command):
    """Erase again, after a backup was restored, all persons who had been erased.

    Run it before anybody works with the restored database. It needs the journal of erasures
    and the secret of Customer Lifecycle, which lie outside of the database.
    """

    name = "privacy_replay"

    def run(self, args):
        """Read the journal, erase and search; print what was done, without any name."""
        options = self._options(args)
        names = config["db_name"]
        if len(names) != 1:
            sys.exit("Name the restored database: -d DATABASE")
        since = datetime.fromisoformat(options.since) if options.since else None
        with Registry(names[0]).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
            if "crm.privacy.replay" not in env:
                sys.exit("Customer Lifecycle is not installed in this database.")
            report = env["crm.privacy.replay"]._replay(since, dry_run=options.dry_run)
            cr.commit()  # pylint: disable=invalid-commit
        self._print(report)
        if any(state not in ("done", "absent", "found") for *_rest, state in report):
            sys.exit(1)

    def _options(self, args):
        config.parser.prog = self.prog
        group = optparse.OptionGroup(config.parser, "Privacy replay", dedent(self.__doc__))
        group.add_option("--since", help="only erasures since this day, YYYY-MM-DD")
        group.add_option(
            "--dry-run", action="store_true", help="say who would be erased, change nothing"
        )
        config.parser.add_option_group(group)
        return config.parse_config(args, setup_logging=True)

    def _print(self, report):
        words = {
            "done": "erased again",
            "absent": "nothing of this person is in the database",
            "found": "would be erased",
        }
        for number, count, state in report:
            text = words.get(state, "erased, but not closed: see Privacy / Requests")
            sys.stdout.write(f"{number}: {count} records, {text}\n")
        sys.stdout.write(f"{len(report)} erasures in the journal.\n")
