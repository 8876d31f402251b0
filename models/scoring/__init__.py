"""How promising a lead or contact is: a score of 0 to 100, with a receipt.

*Rules* give points: for what somebody is (fit) and for what somebody does (engagement); points of
events fade with time. With the qualification of a lead these are the *parts* of the score; each is
limited to 0 to 100, and the score is their weighted mean. A *policy* for leads and one for contacts
say the weights and from which score on somebody is hot, warm, cold or junk. Scores live in a side
table: nothing is written on leads and contacts. Who never reacts is put to *rest*.

Models: `crm.score.policy`, `crm.score.rule`, `crm.score`, `crm.score.history`, `crm.score.rest`,
`crm.score.mixin` (on `crm.lead` and `res.partner`).

What others may call:

* `records._refresh_scores()`: bring these scores up to date at once; `policy._refresh()`: all;
* `record._score_receipt()`: the lines whose sum is the score;
* `records._score_wake(note)`: end the rest of persons;
* `policy._preview(...)`: what other rules or thresholds would change; it writes nothing.

What others may extend:

* `records._score_subject_domain()`: who has a score at all; of whom `_profiling_domain` leaves out
  nothing is shown from that moment, and the next refresh deletes the scores;
* `decay`, `components`, `ranking`: the arithmetic as plain functions; `score_sql`: the same as SQL.
"""

from . import decay
from . import components
from . import ranking
from . import score_sql
from . import refresh_sql
from . import rest_sql
from . import crm_score_shown_mixin
from . import crm_score
from . import crm_score_history
from . import crm_score_rest
from . import crm_score_mixin
from . import crm_lifecycle_mixin
from . import crm_score_mixin_receipt
from . import crm_score_mixin_rest
from . import crm_score_policy
from . import crm_score_policy_query
from . import crm_score_policy_refresh
from . import crm_score_policy_rest
from . import crm_score_policy_preview
from . import crm_score_rule
from . import crm_score_rule_problem
from . import crm_lead
from . import res_partner
from . import crm_touchpoint
from . import crm_lifecycle_rule
from . import res_config_settings
