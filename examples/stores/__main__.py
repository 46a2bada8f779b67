"""`make demo-stores`: the same documents and questions in each store, on an embedded AWS of its own, which it stops."""

import sys

from examples.embedded_demo import run_demo
from examples.stores.demo import StoresDemo

if __name__ == "__main__":
    sys.exit(run_demo("demo-stores", __doc__, lambda state, port: StoresDemo(state=state, port=port).run()))
