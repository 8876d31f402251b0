from . import test_progress
from . import test_crm_lifecycle_mixin
from . import test_crm_lifecycle_rule
from . import test_base_partner_merge
from . import test_crm_lead
from . import test_crm_lifecycle_report
from . import test_crm_lifecycle_backfill
