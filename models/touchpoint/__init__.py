"""Every contact with a person, dated: what Odoo has recorded, and what is logged by hand.

A *touchpoint* is a dated reference to a record of Odoo (a trace of a mailing, a message, a
meeting, an order ...), never a copy of its text. It goes through a *channel* (e-mail, phone,
web form ...), is one of the *events* of `events`, and goes in or out. *Sources* are declared
as data: which model, which records, which date, whose. A *harvest* reads each source with one
statement and adds the rows that are not there yet. Openings and clicks that no human can have
made are marked as those of *bots*. A side table, the *summary*, keeps the first and the last
touch of each contact and lead.

Models: `crm.touchpoint`, `crm.touchpoint.channel`, `crm.touchpoint.source`,
`crm.touchpoint.summary`, `crm.touchpoint.mixin` (on `res.partner` and `crm.lead`).

What others may call:

* `env["crm.touchpoint"]._harvest(records=None)`: read what is new, of everybody or of some
  contacts or leads at once;
* `env["crm.touchpoint"]._log(contacts)`: note contacts that Odoo does not record by itself; `log`
  is the same for other programs;
* `record.get_touchpoint_timeline()`: a page of the contacts with a person;
* `events`, `bots`, `credit`: what counts as what, as plain functions and SQL.
"""

from . import events
from . import bots
from . import credit
from . import loose_many2one
from . import crm_touchpoint_named_mixin
from . import crm_touchpoint_channel
from . import crm_touchpoint_source
from . import crm_touchpoint_source_path
from . import crm_touchpoint_source_query
from . import crm_touchpoint_source_harvest
from . import crm_touchpoint_source_open
from . import crm_touchpoint
from . import crm_touchpoint_log
from . import crm_touchpoint_log_values
from . import crm_touchpoint_bots
from . import crm_touchpoint_open
from . import crm_touchpoint_summary
from . import crm_touchpoint_mixin
from . import crm_lifecycle_mixin
from . import crm_touchpoint_shown
from . import crm_touchpoint_mixin_timeline
from . import crm_lifecycle_transition
from . import crm_lead
from . import res_partner
from . import res_users
from . import utm_campaign
from . import utm_medium
from . import link_tracker_click
from . import mail_message
from . import mailing_trace
from . import mailing_mailing
from . import sale_order
from . import account_move
from . import res_config_settings
