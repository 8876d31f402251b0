"""Named groups of contacts or leads, with a log of who entered and who left.

A *dynamic* segment has a filter: whoever matches is a member, brought up to date every
night, by a button and right before a mailing to it goes out. A *static* segment is a list
that people pick. Both keep one *membership* for each stay of a record in a segment, so that
the number of members can be told for any day of the past.

Models: `crm.segment`, `crm.segment.member`, `crm.segment.mixin` (on `res.partner` and
`crm.lead`: `crm_segment_ids`, to be used in any filter, also in that of another segment).

What others may call:

* `segments._refresh()`: bring the members up to date, in one statement for each segment;
* `segment._members_domain()`: the domain of the members, for a search of contacts or leads;
* `segment._add(domain)`, `segment._remove(domain)`: change a picked list;
* `env["crm.segment"]._from_domain(name, model, domain)`: the dynamic segment of a domain.

How does a later concept enrol the members somewhere?
    It puts its button into `<header>` of the view `crm_segment_view_form`, where "Send a
    mailing" is, and takes the people with `_members_domain()`.
"""

from . import bought
from . import growth
from . import ordering
from . import paths
from . import crm_segment
from . import crm_segment_filter
from . import crm_segment_refresh
from . import crm_segment_figures
from . import crm_segment_open
from . import crm_segment_member
from . import crm_segment_mixin
from . import crm_lead
from . import res_partner
from . import res_company
from . import res_config_settings
from . import mailing_mailing
from . import crm_rfm_policy
from . import crm_rfm_segment
