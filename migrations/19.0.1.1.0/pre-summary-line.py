"""Take out the views of the lines that have become one: they show fields that are gone."""

from odoo import SUPERUSER_ID, api

VIEWS = (
    "crm_lead_view_form_score",
    "res_partner_view_form_score",
    "res_partner_view_form_rfm",
    "crm_lead_view_form_touchpoint",
    "res_partner_view_form_touchpoint",
    "crm_lead_view_form_qualification",
)


def migrate(cr, version):
    """Delete them before the new ones are read."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in VIEWS:
        view = env.ref(f"crm_lifecycle.{name}", raise_if_not_found=False)
        if view:
            view.unlink()
