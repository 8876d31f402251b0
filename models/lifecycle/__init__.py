"""The way of a contact from suspect to loyal customer.

A lead or a contact stands in one *stage*; each stage is of one *kind* (suspect,
lead, prospect, customer, former). Every change of stage is a *move* and leaves one
row in the append-only history, the *transition*. *Rules* move records by themselves
when something happens (a quotation is sent, an invoice posted, a mail answered) or
stops happening (no purchase for months).

Models: `crm.lifecycle.stage`, `crm.lifecycle.transition`, `crm.lifecycle.rule`,
`crm.lifecycle.mixin` (on `res.partner` and `crm.lead`).

What others may call:

* `records._lifecycle_move(stage, cause)`: change the stage, in either direction;
* `records._lifecycle_advance(stage, cause)`: the same, but only where it is progress;
* `env["crm.lifecycle.rule"]._fire(trigger, model, ids)`: say that something
  happened to these records;
* `env["res.partner"]._profiling_domain()`: who may be scored, counted and put into segments;
* `progress`: the order of the kinds as plain functions;
* `joined_columns`: how fields of a side table are searched;
* `columns_sql`: lists of columns of statements that write only what differs;
* `long_statement`: locks and memory of statements over everything.
"""

from . import progress
from . import joined_columns
from . import columns_sql
from . import long_statement
from . import crm_lifecycle_stage
from . import crm_lifecycle_transition
from . import crm_lifecycle_mixin
from . import crm_lifecycle_mixin_summary
from . import crm_lifecycle_rule
from . import crm_lifecycle_rule_due
from . import crm_lifecycle_rule_run
from . import crm_lifecycle_backfill
from . import crm_stage
from . import crm_lead
from . import crm_team
from . import res_partner
from . import sale_order
from . import account_move
from . import mailing_trace
from . import mail_activity_plan
