"""What the history of the lifecycle says in figures: funnel, cohorts, conversion rates.

Models: `crm.lifecycle.report`, one row per person and kind, computed from the
transitions when it is read.

What others may call:

* `env["crm.lifecycle.report"]._funnel(domain)`: counts, rates and median days of each kind;
* `env["crm.lifecycle.report"]._cohorts(domain, kind)`: the share of each month's people
  that bought after 1 to 12 months;
* `figures`: their arithmetic as plain functions.
"""

from . import figures
from . import crm_lifecycle_report
from . import crm_lifecycle_report_funnel
from . import crm_lifecycle_report_cohort
