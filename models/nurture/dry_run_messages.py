"""Who would get the messages in a dry run: as Odoo's composers and the gate of consents decide."""

from odoo.tools import split_every

from . import frequency
from .crm_nurture_step import MESSAGES
from .mail_compose_message import KnownRecipients

#: So many records are asked about at once.
CHUNK = 5_000


class Messages:
    """What became of a message, for many, without making it.

    When is it asked?
        Once for each purpose and channel, when the first people come to such a step.
    And the same address twice?
        Depends on who comes first: it is asked when they come.
    """

    def __init__(self, run):
        self.run = run
        self.env = run.sequence.env
        self.addresses = {"email": None, "sms": None}
        self.verdicts = {}
        self.holders = {}
        self.seen = {}

    def results(self, step, ids):
        """Give who gets the message of a step: dict of (outcome, rule) -> numbers."""
        found = {}
        for mailing, group in self._by_variant(step, ids).items():
            rules = self._rules(step, mailing, self.run.of(group))
            by_rule = {}
            for key in group:
                by_rule.setdefault(rules.get(self.run.records[key]), []).append(key)
            for rule, keys in by_rule.items():
                outcome = step._outcome("cancel" if rule else "outgoing", rule)
                found.setdefault((outcome, rule), []).extend(keys)
        return found

    def _by_variant(self, step, ids):
        if not step.mailing_b_id:
            return {step.sudo().mailing_id: ids}
        variants = {}
        for key in ids:
            variants.setdefault(step._variant(self.run.records[key]), []).append(key)
        return variants

    def _rules(self, step, mailing, record_ids):
        """Give which rule keeps the message from records: dict of id -> failure type of Odoo."""
        known = self._verdicts(step, mailing)
        if step.kind == "sms":
            return self._text_rules(mailing, known, record_ids)
        rules = {key: known[key] for key in record_ids if key in known}
        going = {
            key: self.addresses["email"].get(key, ()) for key in record_ids if key not in rules
        }
        twice = frequency.doubles(going, self._holders(step, mailing))
        return rules | dict.fromkeys(twice, "mail_dup")

    def _holders(self, step, mailing):
        if step.id not in self.holders:
            emails = {email for own in self.addresses["email"].values() for email in own}
            self.holders[step.id] = mailing._nurture_holders(emails)
        return self.holders[step.id]

    def _text_rules(self, mailing, known, record_ids):
        """Give the same for SMS: each number once in a batch, and a mailing once to a record."""
        if mailing.id not in self.seen:
            self.seen[mailing.id] = set(mailing._get_seen_list_sms()[0])
        rules, numbers = {}, set()
        for key in record_ids:
            number = self.addresses["sms"].get(key)
            rule = known.get(key)
            twice = number and (number in numbers or key in self.seen[mailing.id])
            if twice and rule not in ("sms_blacklist", "sms_optout"):
                rule = "sms_duplicate"
            numbers.add(number)
            if rule:
                rules[key] = rule
        return rules

    def addresses_of(self, step, record_id):
        """Give by which address a message went, as keys of `keys_of`."""
        kind = MESSAGES[step.kind]
        found = (self.addresses[kind] or {}).get(record_id) or ()
        if kind == "email":
            return [("record", record_id), *(("email", email) for email in found[:1])]
        return [("record", record_id), ("phone", found)]

    # -- what depends on the person alone -------------------------------------------------------

    def _verdicts(self, step, mailing):
        """Give which rule keeps such a message from each person: dict of id -> failure type."""
        key = (step.kind, mailing.privacy_purpose_id, mailing.use_exclusion_list)
        if key not in self.verdicts:
            ask = self._ask_texts if step.kind == "sms" else self._ask_mails
            self.verdicts[key] = ask(mailing)
        return self.verdicts[key]

    def _chunks(self, mailing):
        records = mailing.env[mailing.mailing_model_real]
        for ids in split_every(CHUNK, self.run.records):
            yield records.browse(ids)
            for name in (records._name, "res.partner"):
                self.env[name].invalidate_model(flush=False)

    def _ask_mails(self, mailing):
        """Ask Odoo's composer of e-mails."""
        known = KnownRecipients()
        composers = mailing.env["mail.compose.message"].with_context(nurture_recipients=known)
        composer = composers.new(
            {
                "composition_mode": "mass_mail",
                "model": mailing.mailing_model_real,
                "mass_mailing_id": mailing.id,
                "use_exclusion_list": mailing.use_exclusion_list,
            }
        )
        rules = {}
        for records in self._chunks(mailing):
            values = {
                record_id: {
                    "subject": record_id,  # each its own: the same address is a matter of order
                    "email_to": found["email_to"],
                    "recipient_ids": [(4, partner_id) for partner_id in found["partner_ids"]],
                }
                for record_id, found in records._message_get_default_recipients().items()
            }
            for key, value in composer._process_mail_values_state(values).items():
                if value.get("state") and value["failure_type"] != "mail_dup":
                    rules[key] = value["failure_type"]
        self.addresses["email"] = {key: info["mail_to_normalized"] for key, info in known.items()}
        return rules

    def _ask_texts(self, mailing):
        """Ask Odoo's composer of SMS."""
        composer = mailing.env["sms.composer"].new(
            {
                "composition_mode": "mass",
                "res_model": mailing.mailing_model_real,
                "mailing_id": mailing.id,
                "use_exclusion_list": mailing.use_exclusion_list,
            }
        )
        numbers, rules = {}, {}
        for records in self._chunks(mailing):
            recipients = composer._prepare_recipient_values(records)
            numbers |= {key: info["sanitized"] for key, info in recipients.items()}
            refused = self._refused_texts(composer, records, recipients)
            open_values = {key: {"state": "outgoing"} for key in recipients.keys() - refused.keys()}
            rules |= refused
            rules |= dict.fromkeys(composer._privacy_refusals(records, open_values), "privacy")
        self.addresses["sms"] = numbers
        return rules

    def _refused_texts(self, composer, records, recipients):
        excluded = set(composer._get_blacklist_record_ids(records, recipients))
        left = set(composer.mailing_id._get_opt_out_list_sms())
        rules = {}
        for key, info in recipients.items():
            if not info["sanitized"]:
                known = info["number"]
                rules[key] = "sms_number_format" if known else "sms_number_missing"
            elif key in excluded:
                rules[key] = "sms_blacklist"
            elif key in left:
                rules[key] = "sms_optout"
        return rules
