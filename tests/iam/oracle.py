"""Compares the simulator with an independent one: npm install --prefix DIR @cloud-copilot/iam-simulate@0.1.173, then

    .venv/bin/python -m tests.iam.oracle DIR

asks it for every case of every role and prints different verdicts. Not part of the tests and never shipped: that
package is licensed AGPL-3.0. It also knows which resources and condition keys an action supports.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.iam.cases import REGION
from tests.iam.role_cases import ROLES, allowed_requests, denied_requests
from tests.iam.roles import roles_of
from tests.iam.simulator import Request, allowed
from tests.synthesized import ACCOUNT, synthesized

ASK = """
const {runSimulation} = await import(process.argv[1]);
let text = ''; for await (const part of process.stdin) text += part;
const everything = [{orgIdentifier: 'o-1', policies: [{name: 'all', policy:
  {Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: '*', Resource: '*'}]}}]}];
const answers = [];
for (const {statements, action, resource, context, account} of JSON.parse(text)) {
  const answer = await runSimulation({
    request: {principal: `arn:aws:iam::${account}:role/role`, action, resource: {resource, accountId: account},
              contextVariables: context},
    identityPolicies: [{name: 'role', policy: {Version: '2012-10-17', Statement: statements}}],
    serviceControlPolicies: everything, resourceControlPolicies: []}, {});
  answers.push(answer.resultType === 'error' ? JSON.stringify(answer.errors) : answer.overallResult);
}
console.log(JSON.stringify(answers));
"""


def main(folder: str) -> int:
    package = Path(folder).resolve() / "node_modules" / "@cloud-copilot" / "iam-simulate" / "dist" / "esm" / "index.js"
    roles = roles_of(synthesized("tests/iam/deployment.toml"), region=REGION)
    asked = [
        (name, request)
        for name, cases in ROLES.items()
        for request in (*allowed_requests(cases), *denied_requests(cases))
    ]
    questions = [_question(roles[name].statements, request) for name, request in asked]
    done = subprocess.run(
        ["node", "--input-type=module", "-e", ASK, str(package)],
        input=json.dumps(questions),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    counts: Counter[str] = Counter()
    for (name, request), verdict in zip(asked, json.loads(done.stdout), strict=True):
        ours = allowed(roles[name].statements, request)
        same = verdict == ("Allowed" if ours else "ImplicitlyDenied")
        counts["the same" if same else "not asked" if verdict.startswith(("[", "{")) else "different"] += 1
        if not same:
            print(f"{name}: {request.action} on {request.resource}: here {ours}, there {verdict}")
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return 1 if counts["different"] else 0


def _question(statements: list[Any], request: Request) -> dict[str, Any]:
    account = request.resource.split(":")[4] if request.resource.count(":") >= 5 else ""
    return {
        "statements": statements,
        "action": request.action,
        "resource": request.resource,
        "context": dict(request.context),
        "account": account or ACCOUNT,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
