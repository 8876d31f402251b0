from odoo import api, models
from odoo.fields import Domain

from ..erasure.columns import PERSON_LINKS
from ..erasure.identity import RECORDS
from . import masking
from .reader import SCALARS, TEXTS, Reader

#: Links by which somebody else's record came to the person, who may read it as it came.
RECEIVED = {
    ("mail.message", "partner_ids"),
    ("mail.message", "notified_partner_ids"),
    ("calendar.event", "partner_ids"),
}
#: What the person did not provide but we made of it: no part of a portability answer.
DERIVED = ("profile", "access", "privacy", "other")


class CrmPrivacyLocation(models.Model):
    """What a person may read of the places where personal data is.

    Which records?
        Those that a place links to the person, by the confirmed records or by the address.
        All of a model are found with one search for each place, however many they are.
    Which of their fields?
        All that say something about the person; no secrets, nothing technical.
    What of records of other people that name the person?
        Dates and kinds, and of the texts only the sentences that name the person.
    What of other people in the person's own records?
        Contacts that are not the person are not named, employees neither; the addresses and
        numbers of others are hidden in texts.
    """

    _inherit = "crm.privacy.location"

    @api.model
    def _export_places(self, provided_only=False):
        """Give the places to copy, grouped by model name, in the order of the subjects."""
        domain = Domain("export", "=", True) & Domain("temporary", "=", False)
        # the queue of mails repeats the messages
        domain &= Domain("model", "!=", "mail.mail")
        domain &= Domain("subject", "!=", "technical") & Domain(
            "model", "not like", "crm.privacy.request"
        )
        if provided_only:
            domain &= Domain("subject", "not in", DERIVED)
        places = self.sudo().search(domain)
        return {
            model: found
            for model, found in places.grouped("model").items()
            if model in self.env and found.filtered(lambda place: place._leads_to_records())
        }

    def _leads_to_records(self):
        """Tell whether the place links records to the person."""
        return self.link in ("self", "polymorphic", "parent", "email", *PERSON_LINKS.values())

    def _export_ids(self, identity, provided_only=False):
        """Give the ids of the person's own records of this model, and of those that name them.

        One search for each place, so that each uses its index. What others wrote to the person
        is the person's to read, but was not provided by them.
        """
        own, others = set(), set()
        for place in self.filtered(lambda place: place._leads_to_records()):
            received = (place.model, place.field) in RECEIVED and not provided_only
            is_own = place.link == "self" or place.owner or received
            if is_own or not provided_only:
                (own if is_own else others).update(place._export_found(identity))
        return sorted(own), sorted(others - own)

    def _export_found(self, identity):
        """Give the ids of the records that this place links to the person."""
        records = self.env[self.model].sudo().with_context(active_test=False)
        return records._search(self._export_domain(identity)).get_result_ids()

    def _export_domain(self, identity):
        """Give the domain of the records that this place links to the person."""
        field = self.env[self.model]._fields.get(self.field)
        if not field:
            return Domain.FALSE
        if self.link == "self":
            return Domain("id", "in", list(getattr(identity, RECORDS[self.model])))
        if self.link in PERSON_LINKS.values():
            model = next(name for name, link in PERSON_LINKS.items() if link == self.link)
            return Domain(self.field, "in", list(getattr(identity, RECORDS[model])))
        if self.link == "polymorphic":
            return self._polymorphic_domain(field, identity)
        if self.link == "email" and field.store:
            return Domain(self.field, "in", list(identity.emails))
        if self.link == "parent":
            return self._parent_domain(field, identity)
        return Domain.FALSE

    def _polymorphic_domain(self, field, identity):
        """Give the domain of a link to any record, for the records of the person."""
        ids = {model: list(getattr(identity, name)) for model, name in RECORDS.items()}
        if field.type == "reference":
            values = [f"{model},{res_id}" for model, found in ids.items() for res_id in found]
            return Domain(self.field, "in", values)
        return Domain.OR(
            Domain(field.model_field, "=", model) & Domain(self.field, "in", found)
            for model, found in ids.items()
            if found
        )

    def _parent_domain(self, field, identity):
        """Give the domain of the parts of the person's own records."""
        places = self.sudo().search([("model", "=", field.comodel_name), ("link", "!=", "parent")])
        own, _others = places._export_ids(identity, provided_only=True)
        return Domain(self.field, "in", own)

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _export_rows(self, identity, own_ids, other_ids, provided_only=False):
        """Read records of these places, of one model, as the person may read them.

        A row is a dict: id, own, values (list of name, label, value, in words).
        """
        records = self.env[self[0].model].sudo().with_context(active_test=False)
        found = records.browse([*own_ids, *other_ids]).exists()
        fields = self._export_fields(records, provided_only)
        reader = Reader(self.env, identity, found)
        mine = set(own_ids)
        return [
            {"id": record.id, "own": record.id in mine, "values": values}
            for record in found
            if (values := reader.values(record, fields, record.id in mine))
        ]

    def _export_fields(self, records, provided_only=False):
        """Give the fields of the model that say something about the person."""
        kept = {place.field for place in self if place.export}
        known = set(self.sudo().search([("model", "=", records._name)]).mapped("field"))
        fields = [
            field
            for name, field in records._fields.items()
            if field.store
            and field.column_type
            and not masking.is_secret(name)
            and not masking.is_technical(name)
            and not (provided_only and masking.is_derived(name))
            and "base.group_system" not in (field.groups or "")
            and (field.type in (*SCALARS, *TEXTS, "many2one"))
            and (name in kept or (name not in known and field.type not in TEXTS))
        ]
        # what people look for first
        return sorted(fields, key=lambda field: (field.name != "name", field.type not in TEXTS))
