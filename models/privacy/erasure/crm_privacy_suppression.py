from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, email_normalize

from . import secret

#: The normalised addresses that a record may have.
ADDRESSES = ("email_normalized", "phone_sanitized")
#: What only the steps of a suppression write.
OWN_FIELDS = frozenset(
    "active kind fingerprint date request_id last_return lifted_at lifted_by_id".split()
)


class CrmPrivacySuppression(models.Model):
    """The fingerprint of one address that was erased: it is recognised when it comes back.

    What is kept?
        An HMAC of the normalised e-mail or phone number, see `secret`: no address, no length,
        no first letters. Nobody can list who was erased.
    What happens when such an address comes back?
        By import, form, mail or by hand: the record is created like any other, because the
        person may come back by the own will. It is noted, the data protection officer gets a
        task, and no mailing goes there until the officer lifts the suppression.
    What does it cost?
        One search for all records that are created together; none as long as nobody was erased.
    Is it deleted?
        Never: a lifted one is archived, with who lifted it and why.
    """

    _name = "crm.privacy.suppression"
    _description = "Fingerprint of an Erased Address"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "last_return desc nulls last, id desc"

    active = fields.Boolean("In Force", default=True, readonly=True)
    kind = fields.Selection(
        [("email", "E-mail"), ("phone", "Phone number")], required=True, readonly=True
    )
    fingerprint = fields.Char(required=True, readonly=True)
    date = fields.Datetime("Erased On", required=True, readonly=True, default=fields.Datetime.now)
    request_id = fields.Many2one(
        "crm.privacy.request", ondelete="set null", index="btree_not_null", readonly=True
    )
    return_ids = fields.One2many("crm.privacy.return", "suppression_id", "Came Back")
    return_count = fields.Integer("Times Come Back", compute="_compute_return_count")
    last_return = fields.Datetime("Came Back On", readonly=True)
    lifted_at = fields.Datetime("Lifted On", readonly=True)
    lifted_by_id = fields.Many2one("res.users", readonly=True)
    lift_reason = fields.Char(
        "Why It Is Lifted",
        help="For example: the person registered again by the form of 3 March.",
    )

    _fingerprint_unique = models.UniqueIndex(
        "(fingerprint)", "This address is on the list of erased addresses already."
    )

    @api.depends("kind", "fingerprint")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{labels.get(row.kind, '')} {(row.fingerprint or '')[:12]}"

    @api.depends("return_ids")
    def _compute_return_count(self):
        groups = self.env["crm.privacy.return"]._read_group(
            [("suppression_id", "in", self.ids)], ["suppression_id"], ["__count"]
        )
        counts = dict(groups)
        for row in self:
            row.return_count = counts.get(row, 0)

    # ------------------------------------------------------------
    # Adding and lifting
    # ------------------------------------------------------------

    @api.model
    def _add(self, emails, phones, request=None):
        """Remember erased addresses; those that are known are in force again.

        :param emails: addresses in any form
        :param phones: numbers in the international form
        """
        found = [("email", value) for value in filter(None, map(email_normalize, emails))]
        found += [("phone", value) for value in phones if value.startswith("+")]
        for kind, value in dict.fromkeys(found):
            self.env.cr.execute(self._insert(kind, secret.fingerprint(kind, value), request))
        self.env.registry.clear_cache()
        self.invalidate_model()

    def _insert(self, kind, fingerprint, request):
        return SQL(
            """INSERT INTO crm_privacy_suppression (kind, fingerprint, date, request_id, active)
               VALUES (%s, %s, %s, %s, TRUE)
               ON CONFLICT (fingerprint) DO UPDATE
                  SET active = TRUE, date = EXCLUDED.date, lifted_at = NULL,
                      request_id = COALESCE(EXCLUDED.request_id, %s)""",
            kind,
            fingerprint,
            fields.Datetime.now(),
            request.id if request else None,
            SQL("crm_privacy_suppression.request_id"),
        )

    def write(self, vals):
        """Let people write their reason only; activities and the history are Odoo's.

        :raise AccessError: somebody lifts it without the button
        """
        if not self.env.su and vals.keys() & OWN_FIELDS:
            raise AccessError(
                self.env._("Use the button “Lift”, so that it is noted who did it and why.")
            )
        return super().write(vals)

    def action_lift(self):
        """Let the address be written to again."""
        missing = self.filtered(lambda row: not row.lift_reason)
        if missing:
            raise self._reason_missing()
        self.check_access("write")
        self.sudo().write(
            {"active": False, "lifted_at": fields.Datetime.now(), "lifted_by_id": self.env.uid}
        )
        self.sudo().activity_ids.unlink()
        self.env.registry.clear_cache()

    def _reason_missing(self):
        """Give the error that asks why an address may be written to again."""
        return UserError(
            self.env._(
                "Say why this address may be written to again: how the person came back by the"
                " own will, and when."
            )
        )

    # ------------------------------------------------------------
    # Recognising
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _any(self):
        """Tell whether there is any erased address; asked for at each creation."""
        query = SQL("SELECT EXISTS (SELECT FROM crm_privacy_suppression WHERE active)")
        return self.env.execute_query(query)[0][0]

    @api.model
    def _known(self, values):
        """Find the erased ones among addresses: one query for all.

        :param values: e-mail addresses, phone numbers in the international form, in one list
        :return: dict of the value as given -> id of its suppression
        """
        values = [value for value in values if value]
        if not values or not self._any():
            return {}
        prints = {}
        for value in values:
            kind = "email" if "@" in value else "phone"
            plain = (email_normalize(value) or "") if kind == "email" else value
            if plain:
                prints.setdefault(secret.fingerprint(kind, plain), []).append(value)
        query = SQL(
            "SELECT id, fingerprint FROM crm_privacy_suppression"
            " WHERE active AND fingerprint = ANY(%s)",
            list(prints),
        )
        found = self.env.execute_query(query)
        return {value: row_id for row_id, print_ in found for value in prints[print_]}

    @api.model
    def _suppressed_ids(self, records):
        """Give the ids of the records whose e-mail or phone number was erased, for the gate."""
        if not records or not self._any():
            return set()
        addresses = self._addresses(records)
        known = self._known({value for values in addresses.values() for value in values})
        return {key for key, values in addresses.items() if any(v in known for v in values)}

    @api.model
    def _addresses(self, records):
        """Give a dict of id -> the normalised addresses of a record of any model."""
        names = [name for name in ADDRESSES if name in records._fields]
        return {
            record.id: [record[name] for name in names if record[name]] for record in records.sudo()
        }

    # ------------------------------------------------------------
    # Who came back
    # ------------------------------------------------------------

    @api.model
    def _notice(self, records):
        """Note those of these new or changed records that were erased before."""
        if not self._any():
            return
        addresses = self._addresses(records)
        known = self._known({value for values in addresses.values() for value in values})
        back = {}
        for record_id, values in addresses.items():
            for suppression_id in {known[value] for value in values if value in known}:
                back.setdefault(suppression_id, []).append(record_id)
        if back:
            self.sudo().browse(back)._note_return(records._name, back)

    def _note_return(self, model, back):
        """Write down who came back, and ask the officer once for each address."""
        now = fields.Datetime.now()
        self.env["crm.privacy.return"].sudo().create(
            [
                {
                    "suppression_id": suppression_id,
                    "res_model": model,
                    "res_id": record_id,
                    "date": now,
                    "origin": self.env["crm.privacy.return"]._origin_of_context(),
                }
                for suppression_id, record_ids in back.items()
                for record_id in record_ids
            ]
        )
        self.write({"last_return": now})
        self._ask_officer()

    def _ask_officer(self):
        """Give the officer one task for each address that has none yet."""
        quiet = self.filtered(lambda row: not row.activity_ids)
        for row in quiet:
            company = row.request_id.company_id or self.env.company
            row.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("An erased address came back"),
                note=self.env._(
                    "Somebody with an address that was erased is in the database again. If the"
                    " person came back by the own will, lift the suppression; otherwise erase"
                    " the record again. Until then no mailing goes there."
                ),
                user_id=self.env["crm.privacy.request"]._officer(company).id or self.env.uid,
            )
