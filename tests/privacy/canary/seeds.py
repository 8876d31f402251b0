"""The person and her colleague wherever an Odoo database with this addon keeps people."""

from types import SimpleNamespace

from .seeds_contacts import ContactSeeds
from .seeds_lifecycle import LifecycleSeeds
from .seeds_mailing import MailingSeeds
from .seeds_messages import MessageSeeds
from .seeds_sales import SalesSeeds


class Seeds(ContactSeeds, SalesSeeds, MessageSeeds, MailingSeeds, LifecycleSeeds):
    """Creates everything, in the order in which it happens in a company.

    The records that tests speak of are attributes of `made`: `company`, `person`, `bystander`,
    `lead`, `invoice`, ..., as ids, so that they survive transactions.
    """

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": False})
        self.made = SimpleNamespace()

    def seed(self):
        """Create all; return what was made."""
        for step in (
            self.seed_contacts,
            self.seed_users,
            self.seed_leads,
            self.seed_sales,
            self.seed_invoices,
            self.seed_payments,
            self.seed_threads,
            self.seed_queue,
            self.seed_discuss,
            self.seed_calendar,
            self.seed_files,
            self.seed_mailing,
            self.seed_sms,
            self.seed_lists,
            self.seed_lifecycle,
            self.seed_import,
            self.seed_wizards,
        ):
            step()
            self.env.flush_all()
            self.env.cr.flush()  # the tracking of changes is written before a commit
        return self.made

    def note(self, **records):
        """Remember the ids of records."""
        for name, record in records.items():
            setattr(self.made, name, record.id if len(record) == 1 else record.ids)
