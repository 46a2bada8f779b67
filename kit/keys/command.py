"""`kit keys`: lists, adds, rotates and removes the keys of the inference API. A new key is printed once."""

import argparse
import json
import sys
import time

from kit.deployment_arguments import add_deployment_arguments
from kit.embedded_outputs import remember_api_key
from kit.keys import changes
from kit.keys.deployed import connect
from kit.keys.table import as_json, as_table
from kit_contract.api_keys import DEFAULT_NAME
from kit_contract.errors import InputError, KitError

GRACE = "24h"
VALID = "valid within seconds; it is stored as a hash and cannot be shown again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser, defaults=True)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    texts = {
        "list": (_list, "names, when each key was made, and its last characters"),
        "add": (_add, "make a key, store its hash and print the key once"),
        "rotate": (_rotate, "replace a key and print the new one once"),
        "remove": (_remove, "end a key: its callers get 401 within 60 seconds"),
    }
    made = {}
    for name, (run, text) in texts.items():
        made[name] = actions.add_parser(name, help=text, description=text)
        made[name].set_defaults(run=run)
        add_deployment_arguments(made[name])
        if name != "list":
            made[name].add_argument("name", metavar="NAME", help="the caller's name, as in logs and lists")
    grace = f"how long the old key stays valid: 30m, 24h, 7d, or 0 to end it now (default {GRACE})"
    made["rotate"].add_argument("--grace", default=GRACE, help=grace)
    made["remove"].add_argument("--yes", action="store_true", help="remove without being asked")


def _list(options: argparse.Namespace) -> int:
    stored = connect(options.config, options.environment, local=options.local).secret.read()
    now = time.time()
    print(as_json(stored.keys, stored.faults, now) if options.json else as_table(stored.keys, now))
    for name, fault in stored.faults.items():
        print(f"{name or 'the secret'}: written by hand, and not used: {fault}", file=sys.stderr)
    return 1 if stored.faults else 0


def _add(options: argparse.Namespace) -> int:
    deployed = connect(options.config, options.environment, local=options.local)
    changes.check_new(deployed.secret.read().keys, options.name)
    key, usage = changes.new_key(), deployed.usage_keys.create(options.name)
    try:
        deployed.secret.change(lambda keys: changes.added(keys, options.name, key, usage, time.time()))
    except KitError:  # nothing was written
        deployed.usage_keys.delete(usage.id)
        raise
    return _show(options, deployed.kit_deployment, key)


def _rotate(options: argparse.Namespace) -> int:
    grace = changes.seconds_of(options.grace)
    deployed = connect(options.config, options.environment, local=options.local)
    key = changes.new_key()
    deployed.secret.change(lambda keys: changes.rotated(keys, options.name, key, grace, time.time()))
    return _show(options, deployed.kit_deployment, key)


def _remove(options: argparse.Namespace) -> int:
    deployed = connect(options.config, options.environment, local=options.local)
    found = changes.known(deployed.secret.read().keys, options.name)
    if not options.yes and not _confirmed(options.name, found.last4):
        print("nothing was removed", file=sys.stderr)
        return 1
    deployed.secret.change(lambda keys: changes.removed(keys, options.name))
    if found.usage_id:
        deployed.usage_keys.delete(found.usage_id)
    print(json.dumps({"removed": options.name}) if options.json else f"{options.name} is removed, within 60 seconds")
    return 0


def _confirmed(name: str, last4: str) -> bool:
    if not sys.stdin.isatty():
        raise InputError("kit keys remove asks first, but there is no terminal to ask on; add --yes")
    answer = input(f"Remove {name} (...{last4})? Its callers get 401. [y/N] ")
    return answer.strip().lower() in ("y", "yes")


def _show(options: argparse.Namespace, kit_deployment: str, key: str) -> int:
    """The key alone goes to standard output, so that a script can read it."""
    if options.local and options.name == DEFAULT_NAME:
        remember_api_key(kit_deployment, key)
    print(json.dumps({"name": options.name, "key": key}) if options.json else key)
    print(f"{options.name}: {VALID}", file=sys.stderr)
    return 0
