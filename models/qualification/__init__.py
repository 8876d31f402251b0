"""What is known of a lead's budget, authority, need and time, and what follows from it.

A *framework* (BANT or CHAMP) asks four questions, its *criteria*. Each has an *answer* (no,
partial, confirmed; empty: unknown), a weight, and may knock a lead out. The answers give a *score*
of 0 to 100 and a *verdict*: open, partial, qualified, disqualified. Every answer leaves a row with
its date and author. Marketing *hands over* a lead to sales, who accept or reject it in time.

Models: `crm.qualification.framework`, `crm.qualification.criterion`,
`crm.qualification.question`, `crm.qualification.answer`, `crm.qualification.handover`;
fields and actions of `crm.lead`.

What others may call:

* `lead.qualification_score`, `lead.qualification_state`: columns; a lead whose state is `open`
  has no score yet;
* `lead.action_hand_over()`, `lead.action_accept_lead()`, `lead.action_reject_lead(reason)`;
* `lead.action_confirm_answers(names)`: say that answers still hold;
* `criteria`, `verdict`: the names and the arithmetic as plain functions.
"""

from . import criteria
from . import verdict
from . import verdict_sql
from . import crm_qualification_framework
from . import crm_qualification_framework_refresh
from . import crm_qualification_criterion
from . import crm_qualification_question
from . import crm_qualification_answer
from . import crm_qualification_handover
from . import crm_lost_reason
from . import crm_team
from . import crm_lead
from . import crm_lead_answer
from . import crm_lead_handover
from . import crm_lead_handover_overdue
from . import crm_lifecycle_rule
