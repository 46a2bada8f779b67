"""The app, synthesized once for each environment of deployment.toml, without credentials and without network."""

import json

import pytest
from aws_cdk.assertions import Template

from tests.project import ENVIRONMENTS, FILE, Synthesized, run

NOWHERE = "111122223333"  # AWS's documentation uses it


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def synthesized(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    name, own = request.param, ENVIRONMENTS[request.param]
    folder = tmp_path_factory.mktemp(name)
    account = own.get("account") or FILE["deployment"].get("account") or NOWHERE
    context = json.dumps({"environment": name})
    run("app.py", CDK_OUTDIR=str(folder), CDK_CONTEXT_JSON=context, CDK_DEFAULT_ACCOUNT=account)
    stacks = {
        path.name.removesuffix(".template.json"): Template.from_json(json.loads(path.read_text(encoding="utf-8")))
        for path in folder.glob("*.template.json")
    }
    deployment = own.get("deployment", {}).get("name") or f"{FILE['deployment']['name']}-{name}"
    return Synthesized(folder, name, deployment, stacks)
