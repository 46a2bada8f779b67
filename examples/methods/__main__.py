"""`make demo-methods`: runs the demo on an embedded AWS of its own, and stops that."""

import sys

from examples.embedded_demo import run_demo
from examples.methods.demo import MethodsDemo

if __name__ == "__main__":
    sys.exit(run_demo("demo-methods", __doc__, lambda state, port: MethodsDemo(state=state, port=port).run()))
