from . import test_rfm_partner
from . import test_crm_rfm_cell
from . import test_crm_rfm_policy
from . import test_crm_rfm_policy_refresh
from . import test_bg_nbd
from . import test_gamma_gamma
from . import test_customer_value
