"""`kit verify`: checks, without cost and without changing anything, whether what the kit takes for granted is so.

Exit codes: 0 everything holds, 1 something does not, 3 nothing is wrong, but something could not be told.
"""

import argparse

from kit.deployment_arguments import add_deployment_arguments
from kit.hint import as_given
from kit.verify.check import Verdict, run_check
from kit.verify.checks import CHECKS, actions
from kit.verify.place import embedded_aws, your_account
from kit.verify.preflight import CHECKED
from kit.verify.table import as_json, as_table, number_of, policy

FALSE, UNKNOWN = 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser, defaults=True)
    parser.add_argument("--preflight", action="store_true", help="only what kit deploy checks before it begins")
    parser.add_argument("--rights", action="store_true", help="print the IAM policy that the checks need, and end")


def run(options: argparse.Namespace) -> int:
    if options.rights:
        print(policy(actions()))
        return 0
    place = (embedded_aws if options.local else your_account)(options.config, options.environment)
    results = [run_check(check, place) for check in (CHECKED if options.preflight else CHECKS)]
    print(as_json(place, results) if options.json else as_given(as_table(place, results), options))
    if number_of(results, Verdict.FALSE):
        return FALSE
    return UNKNOWN if number_of(results, Verdict.UNKNOWN) else 0
