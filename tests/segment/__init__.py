from . import test_crm_segment
from . import test_crm_segment_refresh
from . import test_crm_segment_member
from . import test_crm_segment_pick
from . import test_bought_products
from . import test_mailing_segment
from . import test_crm_rfm_segment
