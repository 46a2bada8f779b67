"""`make demo-capacity`: runs the demo on an embedded AWS of its own, and stops that."""

import sys

from examples.capacity_demo.demo import CapacityDemo
from examples.embedded_demo import run_demo

if __name__ == "__main__":
    sys.exit(run_demo("demo-capacity", __doc__, lambda state, port: CapacityDemo(state=state, port=port).run()))
