"""The app as it was when Bedrock's names had no `_`: a copy of what is deployed, with the earlier rule for names."""

import shutil
from pathlib import Path

from kit_contract.places import PROJECT

DEPLOYED = ("kit_contract", "deployment", "stacks", "bedrock_constructs", "lambda", "model_catalog", "training_data")
RULE = """return f"{kit_deployment}{'_' if '-' in name else '-'}{name}\""""
EARLIER_RULE = 'return f"{kit_deployment}-{name}"'


def app_with_earlier_names(folder: Path) -> list[str]:
    """Arguments of the CDK CLI; `folder` is made."""
    for package in DEPLOYED:
        shutil.copytree(PROJECT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("app.py", "cdk.json"):
        shutil.copy(PROJECT / file, folder / file)
    names = folder / "kit_contract" / "run_names.py"
    text = names.read_text(encoding="utf-8")
    assert RULE in text
    names.write_text(text.replace(RULE, EARLIER_RULE), encoding="utf-8")
    return ["--app", f"JSII_NODE=.venv/bin/node .venv/bin/python {folder / 'app.py'}"]
