"""Publishing a sequence, letting people in, saying why; merging contacts who are in sequences."""

from . import base_partner_merge
from . import crm_nurture_dry_run
from . import crm_nurture_dry_run_line
from . import crm_nurture_dry_run_person
from . import crm_nurture_dry_run_total
from . import crm_nurture_pick
from . import crm_nurture_publish
from . import crm_nurture_publish_line
from . import crm_nurture_publish_problem
from . import crm_lifecycle_mixin
from . import crm_nurture_who
from . import crm_nurture_who_line
from . import crm_nurture_why
