from . import lifecycle
from . import touchpoint
from . import rfm
from . import segment
