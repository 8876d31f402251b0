from . import test_verdict
from . import test_crm_lead_qualification
from . import test_crm_qualification_framework
from . import test_crm_lead_handover
from . import test_qualification_access
from . import test_qualification_tour
