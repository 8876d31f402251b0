"""Who the good customers are: recency, frequency and monetary value of their purchases.

A *policy* says which purchases count (company, months, product categories) and how figures
become scores of 1 to 5. A *refresh* gives each commercial partner that ever bought one row,
the *score*, in a side table: nothing is written on the contacts. A *segment* is a set of
*cells* of the 5 x 5 grid of recency and frequency; a customer that changes its segment
leaves a *move*. Cross-sell asks which products the same customers buy.

Models: `crm.rfm.policy`, `crm.rfm.cut`, `crm.rfm.segment`, `crm.rfm.cell`, `crm.rfm.score`,
`crm.rfm.move`, `crm.product.affinity`, `crm.suggestion.mixin` (on contacts, leads, quotations).

What others may call:

* `policies._refresh(as_of=None)`: bring the rows up to date, or back to a day of the past;
* `policy._purchase_query(as_of)`: the documents behind the figures, as SQL;
* `policy.scale()`: what each score means, in words;
* `env["crm.rfm.policy"]._default_for(company)`: the policy that contacts show;
* `records._suggested_products(limit=5)`: what to propose to the customers of many contacts,
  leads or quotations, with the reasons, in one query;
* `env["crm.rfm.cell"].paint(cells)`: give cells of the grid to other segments;
* `policies._estimate_value()`: estimate what the customers will buy, if scipy is there;
* `partner._customer_value_summary()`: what the contact shows of that estimate.

What others may extend:

* `res.partner._profiling_domain()` (of the lifecycle): who may be profiled at all. The figures and
  moves of others are shown to nobody from that moment, and the next refresh deletes the figures;
* `cuts`, `purchases`: arithmetic and SQL as plain functions.
"""

from . import cuts
from . import purchases
from . import refresh_sql
from . import crm_rfm_thresholds
from . import crm_rfm_profiled_mixin
from . import crm_rfm_segment
from . import crm_rfm_cell
from . import crm_rfm_cut
from . import crm_rfm_policy
from . import crm_rfm_policy_refresh
from . import crm_rfm_policy_map
from . import crm_rfm_policy_steps
from . import crm_rfm_policy_matrix
from . import crm_rfm_policy_target
from . import crm_rfm_segment_target
from . import mailing_mailing
from . import crm_rfm_score
from . import crm_rfm_move
from . import res_company
from . import res_partner
from . import res_partner_summary
from . import res_partner_reasons
from . import res_partner_change
from . import sale_order_line

# what the customers will buy, if scipy is there
from . import scipy_guard
from . import crm_rfm_value_mixin
from . import crm_rfm_policy_value
from . import crm_rfm_policy_value_words
from . import crm_rfm_score_value
from . import res_partner_value
from . import res_config_settings_value

# which products go together, and what to propose
from . import affinity
from . import basket_sql
from . import affinity_sql
from . import crm_product_affinity
from . import crm_product_affinity_refresh
from . import crm_product_affinity_origin
from . import product_suggestion
from . import crm_suggestion_mixin
from . import res_partner_suggestion
from . import crm_lead
from . import sale_order
from . import mailing_contact
from . import product_product
from . import res_company_affinity
