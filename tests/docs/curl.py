"""As much of curl as the documentation uses, for machines without it: `python -m tests.docs.curl URL -H ... -d ...`."""

import argparse
import sys
import urllib.request


def main() -> None:
    parser = argparse.ArgumentParser(prog="curl", allow_abbrev=False)
    parser.add_argument("url")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data")
    parser.add_argument("-N", dest="unbuffered", action="store_true", help="print each part when it arrives")
    options = parser.parse_args()
    headers = dict(header.split(": ", 1) for header in options.headers)
    request = urllib.request.Request(options.url, options.data.encode() if options.data else None, headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        while part := answer.read1() if options.unbuffered else answer.read():
            sys.stdout.buffer.write(part)
            sys.stdout.flush()
        print()


if __name__ == "__main__":
    main()
