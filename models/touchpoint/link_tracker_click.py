from odoo import fields, models
from odoo.http import request

from . import bots
from .mailing_trace import brin


class LinkTrackerClick(models.Model):
    """A click says whether it came from a program that gives itself away."""

    _inherit = "link.tracker.click"

    is_bot = fields.Boolean("By a Program", readonly=True)

    _written_idx = brin("write_date")

    def _prepare_click_values_from_route(self, **route_values):
        """Look at the request while it is there."""
        values = super()._prepare_click_values_from_route(**route_values)
        if request and request.httprequest:
            agent = request.httprequest.user_agent
            if bots.is_known_agent(request.httprequest.method, agent.string or ""):
                values["is_bot"] = True
        return values
