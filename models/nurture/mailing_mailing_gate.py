from odoo import models


class MailingMailing(models.Model):
    """Who may not get a message that waits to leave, or not now.

    What is asked?
        The gate, as when it was handed over; and for messages of sequences the rules of the
        sequence: see `crm.nurture.delivery`.
    """

    _inherit = "mailing.mailing"

    def _at_last(self, waiting):
        """Tell which messages may not leave, and which may not leave now.

        :param waiting: dict of mail or SMS -> (its record id, its trace)
        :return: dict of mail or SMS -> (failure type, text), and of them -> (until when, why)
        """
        self.ensure_one()
        grounds = self._in_sending_company()._privacy_grounds(
            [record_id for record_id, _trace in waiting.values()]
        )
        refused, later = {}, {}
        by_trace, waits = self._at_last_in_sequence(waiting)
        for message, (record_id, trace) in waiting.items():
            ground = grounds.get(record_id)
            if trace.id in by_trace:
                refused[message] = by_trace[trace.id]
            elif ground and not ground.allowed:
                refused[message] = ("privacy", ground.text)
            elif trace.id in waits:
                later[message] = waits[trace.id]
        return refused, later

    def _at_last_in_sequence(self, waiting):
        sequence = self.nurture_sequence_id
        if not sequence:
            return {}, {}
        traces = self.env["mailing.trace"].union(*(trace for _record, trace in waiting.values()))
        refused, waits = self.env["crm.nurture.delivery"]._at_last(sequence, traces)
        if self.mailing_type == "sms":
            kinds = {"mail_optout": "sms_optout", "mail_dup": "sms_duplicate"}
            refused = {key: (kinds[kind], text) for key, (kind, text) in refused.items()}
        return refused, waits
