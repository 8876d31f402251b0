from . import lifecycle
from . import qualification
from . import rfm
from . import segment
