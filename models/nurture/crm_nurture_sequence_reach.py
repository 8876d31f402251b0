from odoo import models
from odoo.tools import SQL, split_every

from .crm_nurture_step import MESSAGES

#: So many people are asked about at once.
CHUNK = 20_000

#: How the query of the gate calls the address of a channel.
ADDRESSES = {"email": "email", "sms": "phone"}


class CrmNurtureSequence(models.Model):
    """Who comes in and would get nothing all the same: no address, excluded, no consent.

    Who decides?
        The gate, as when a message is handed over, for each purpose and channel that the steps
        have. It is asked with what is known now; the engine asks again at each message.
    What is not foreseen?
        That two people have the same address: the second one does not get the same message.
    """

    _inherit = "crm.nurture.sequence"

    def _reach_asked(self):
        """Give what the messages are for and by which channel they go: pairs, each once."""
        version = self.draft_id if self.state == "draft" else self.version_id
        mailings = version.step_ids.filtered(lambda step: step.kind in MESSAGES)._mailings()
        asked = [(mailing.privacy_purpose_id, mailing._privacy_channel()) for mailing in mailings]
        return list(dict.fromkeys(asked))

    def _reach_refusals(self, records):
        """Give who gets nothing, and why: list of (purpose, channel, {id: (code, sentence)})."""
        sequence = self.sudo()
        asked = sequence._reach_asked()
        company = sequence._sending_company()
        consents = self.env["crm.privacy.consent"].sudo().with_company(company)
        found = []
        grounds = consents._many_grounds(records.sudo(), asked)
        for (purpose, channel), ground in zip(asked, grounds, strict=True):
            refused = {key: (one.code, one.text) for key, one in ground.items() if not one.allowed}
            refused |= self._reach_without_address(records, channel)
            found.append((purpose, channel, refused))
        return found

    def _reach_without_address(self, records, channel):
        """Give who has no address that can be used."""
        people = self.env["crm.privacy.consent"].sudo()._people_sql(records.sudo())
        address = SQL.identifier("who", ADDRESSES[channel])
        query = SQL("SELECT who.id FROM (%s) who WHERE %s IS NULL", people, address)
        text = self._reach_no_address()[channel]
        return {key: ("no_address", text) for (key,) in self.env.execute_query(query)}

    def _reach_no_address(self):
        return {
            "email": self.env._("No valid e-mail address."),
            "sms": self.env._("No valid number."),
        }

    def _reach_sentences(self, record):
        """Say of one person which messages would not be sent."""
        kinds = dict(self.env["crm.nurture.step"]._fields["kind"]._description_selection(self.env))
        refusals = self._reach_refusals(record)
        return list(
            dict.fromkeys(
                self.env._("%(kind)s: %(why)s", kind=kinds[channel], why=refused[record.id][1])
                for _purpose, channel, refused in refusals
                if record.id in refused
            )
        )

    def _reach_people(self):
        """Give who would get nothing: {(channel, purpose, code): ids}, of those in or to come."""
        found = {}
        records = self.env[self.model].sudo().with_context(active_test=False)
        codes = [rule.code for rule in self._why_rules() if rule.group != "out"]
        ids = records.search(self._why_domain(*codes)).ids if self.sudo()._reach_asked() else []
        for chunk in split_every(CHUNK, ids, list):
            for purpose, channel, refused in self._reach_refusals(records.browse(chunk)):
                for key, (code, _text) in refused.items():
                    found.setdefault((channel, purpose, code), []).append(key)
        return found
