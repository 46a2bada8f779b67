"""As much of curl as the documentation uses, for machines without it: `python -m tests.docs.curl URL -H ... -d ...`."""

import argparse
import urllib.request


def main() -> None:
    parser = argparse.ArgumentParser(prog="curl", allow_abbrev=False)
    parser.add_argument("url")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data")
    options = parser.parse_args()
    headers = dict(header.split(": ", 1) for header in options.headers)
    request = urllib.request.Request(options.url, options.data.encode() if options.data else None, headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        print(answer.read().decode())


if __name__ == "__main__":
    main()
