import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain

from .crm_lead_handover import ACTIVITY_TYPE

_logger = logging.getLogger(__name__)

BATCH = 100


class CrmLead(models.Model):
    """Leads that sales did not answer in time: whoever supervises them is told.

    How often?
        The leader of the team gets one activity for each hand-over, ever.
    """

    _inherit = "crm.lead"

    @api.model
    def _cron_remind_handovers(self):
        """Tell who supervises sales about leads that were not answered in time, each once.

        The flag is written on the lead in the same transaction, so that of two runs at the same
        time one fails and finds nothing when it is tried again.
        """
        domain = Domain("handover_overdue", "=", True) & Domain("handover_reminded", "!=", True)
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self.search_count(domain))
        while leads := self.search(domain, limit=BATCH, order="handover_deadline, id"):
            taken = leads.try_lock_for_update()
            for lead in taken:
                lead._handover_remind()
            if not taken or not progress(len(taken)):
                break

    def _handover_remind(self):
        """Note that the time is over, and schedule the activity; a failure stops no other lead."""
        self.ensure_one()
        self.handover_reminded = True
        self.env["crm.qualification.handover"]._append(self, "overdue")
        try:
            with self.env.cr.savepoint():
                self._handover_schedule_activity()
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever scheduling an activity raises
            _logger.info("No activity for the overdue %s: %s", self, error)
            self.env.invalidate_all(flush=False)

    def _handover_schedule_activity(self):
        company = self.company_id
        supervisor = self.team_id._handover_supervisor(company)
        if not supervisor:
            return
        words = self.with_context(lang=supervisor.lang).env
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY_TYPE,
            user_id=supervisor.id,
            summary=words._("Sales have not answered"),
            note=words._(
                "The lead %(lead)s was handed over to sales and is not accepted or rejected yet."
                " In charge: %(person)s",
                lead=self.display_name,
                person=self.user_id.name or self.team_id.name or "",
            ),
        )
