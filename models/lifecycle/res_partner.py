from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Contacts in the lifecycle.

    Where does a contact begin?
        Nowhere: suppliers and delivery addresses have no lifecycle. The first list, lead,
        quotation or invoice gives it a stage.
    What moves it?
        The furthest of its leads, orders and invoices; with the contact on a document
        also its company moves. It never falls back by itself, except to former.
    Our own companies and the people in them have no lifecycle.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "crm.lifecycle.mixin"]
    _lifecycle_subject = "partner_id"

    lifecycle_transition_ids = fields.One2many(
        "crm.lifecycle.transition",
        "partner_id",
        string="Lifecycle History",
        groups="sales_team.group_sale_salesman",
    )

    _suspect_email_idx = models.Index("(email_normalized) WHERE lifecycle_kind = 'suspect'")

    def message_update(self, msg_dict, update_vals=None):
        """Take a mail from the person as an answer."""
        result = super().message_update(msg_dict, update_vals=update_vals)
        self._lifecycle_answered(msg_dict)
        return result

    @api.model
    def _lifecycle_subject_domain(self):
        return Domain("commercial_partner_id.ref_company_ids", "=", False)

    @api.model
    def _profiling_domain(self):
        """Give the contacts that may be profiled; the privacy concept leaves persons out."""
        return Domain.TRUE

    @api.model
    def _profiled_query(self):
        """Give the contacts that may be profiled, as a query; None when all may."""
        partners = self.sudo().with_context(active_test=False)
        domain = partners._profiling_domain()
        return None if domain.is_true() else partners._search(domain)

    @api.model
    def _profiled_sql(self):
        """Give the ids of the contacts that may be profiled, as a subselect; None when all may."""
        query = self._profiled_query()
        return None if query is None else query.subselect()

    def _lifecycle_advance(self, stage, cause, **options):
        """Leave our own companies where they are."""
        customers = self.filtered_domain(self._lifecycle_subject_domain())
        return super(ResPartner, customers)._lifecycle_advance(stage, cause, **options)
