from datetime import datetime, timedelta

from odoo.tools import SQL

from ..common import LifecycleCase


class TouchpointCase(LifecycleCase):
    """Factories of what Odoo records of contacts with persons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.touchpoints = cls.env["crm.touchpoint"]
        cls.noon = datetime(2026, 5, 4, 12)
        cls.person = cls._contact(name="Ada", email="ada@example.com")
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Newsletter of May",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
            }
        )
        cls.env["crm.touchpoint"]._harvest()

    @classmethod
    def _trace(cls, record, **values):
        """Create the trace of a mail that was sent to a contact, a lead or a mailing contact."""
        return cls.env["mailing.trace"].create(
            {
                "mass_mailing_id": cls.mailing.id,
                "model": record._name,
                "res_id": record.id,
                "email": record.email_normalized,
                "trace_status": "sent",
                "sent_datetime": cls.noon,
                **values,
            }
        )

    @classmethod
    def _links(cls, number):
        """Create the links of the mailing."""
        return cls.env["link.tracker"].create(
            [
                {
                    "url": f"https://example.com/{n}",
                    "title": "Page",
                    "mass_mailing_id": cls.mailing.id,
                }
                for n in range(number)
            ]
        )

    @classmethod
    def _click(cls, trace, link, date):
        """Create a click at a moment of the past."""
        click = cls.env["link.tracker.click"].create(
            {"link_id": link.id, "mailing_trace_id": trace.id, "mass_mailing_id": cls.mailing.id}
        )
        cls.env.cr.execute(
            SQL("UPDATE link_tracker_click SET create_date = %s WHERE id = %s", date, click.id)
        )
        trace.links_click_datetime = max(date, trace.links_click_datetime or date)
        return click

    @classmethod
    def _call(cls, record, date=None):
        """Log a call with a contact or lead."""
        return cls._logged(record, "phone", "called", date)

    @classmethod
    def _logged(cls, record, channel, event, date=None, **values):
        subject = record._lifecycle_subject
        return cls.touchpoints._log(
            {"channel": channel, "event": event, "date": date, subject: record.id, **values}
        )

    def of(self, record, event=None):
        """Give the contacts with a person, oldest first."""
        found = record.touchpoint_ids.sorted(lambda touchpoint: (touchpoint.date, touchpoint.id))
        return found.filtered(lambda touchpoint: event in (None, touchpoint.event))

    def events_of(self, record):
        """Give what happened with a person, oldest first."""
        self.env.invalidate_all()
        return self.of(record).mapped("event")

    def after(self, **kwargs):
        """Give a moment after noon."""
        return self.noon + timedelta(**kwargs)
