"""Where each shell and Python block runs: offline, on the embedded AWS, or nowhere, with the reason."""

import re

from tests.docs.pages import Block, blocks

OFFLINE = re.compile(r"-m kit (cost|data|models(?! refresh))")
CONSTRUCTS = "docs/constructs.md"
# Page and a part of the block. tests/end_to_end/test_snippets.py runs these.
EMBEDDED = {
    ("docs/costs.md", "aws bedrock list-custom-models"),
    ("docs/inference-api.md", "stack_output()"),
    ("docs/inference-api.md", ".local/outputs.json"),
    ("docs/inference-api.md", "curl "),
    ("docs/inference-api.md", "from anthropic"),
    ("docs/inference-api.md", "client.chat"),
    ("docs/inference-api.md", "client.responses"),
    ("docs/inference-api.md", "UNSIGNED"),
    ("docs/inference-api.md", "sign_for_api_gateway"),
    ("docs/knowledge-bases.md", "aws s3 cp"),
    ("docs/knowledge-bases.md", "aws ssm"),
    ("docs/knowledge-bases.md", "curl "),
    ("docs/knowledge-bases.md", "kit knowledge status"),
    ("docs/knowledge-bases.md", "kit knowledge sync"),
    ("docs/knowledge-bases.md", "kit knowledge ask"),
    ("docs/provisioned-throughput.md", "kit capacity buy"),
    ("docs/reap.md", "kit reap"),
    ("docs/runs.md", "kit runs list"),
    ("docs/training.md", "aws s3 cp"),
    ("docs/training.md", "aws lambda"),
}
# These are only parsed (test_commands.py).
NOT_RUN = {
    ("docs/own-project.md", "bedrock-kit"): "needs an installed kit; tests/end_to_end/test_own_project.py has one",
    (
        "docs/own-project.md",
        "def own_stacks",
    ): "needs an installed kit; tests/end_to_end/test_own_project.py adds a stack",
    ("docs/knowledge-bases.md", "kit knowledge put"): "needs a custom source; tests/kit/knowledge/test_put.py",
    ("docs/environments.md", "kit deploy"): "needs an account; tests/deployment/test_environments.py",
    ("docs/environments.md", "kit runs export"): "needs two environments; tests/kit/runs/test_export.py",
    ("docs/pipelines.md", "kit diff"): "needs a deployment; tests/kit/deploy/test_effects.py",
    ("docs/pipelines.md", "kit deploy"): "needs an account; tests/kit/deploy/test_effects.py",
    (
        "docs/pipelines.md",
        "kit pipeline access",
    ): "needs an account; tests/kit/pipeline, tests/end_to_end/test_pipeline.py",
    ("docs/pipelines.md", "cdk bootstrap"): "changes an account",
    ("docs/pipelines.md", "get-parameter-history"): "needs a deploy to an account; tests/kit/deploy/test_effects.py",
    ("docs/pipelines.md", "kit drift"): "needs a deployment; tests/kit/test_drift.py",
    ("docs/evaluation.md", "kit runs approve"): "needs a run that waits; tests/kit/runs/test_approve.py",
    ("README.md", "make up"): "make test would run itself; what make up runs is in tests/end_to_end",
    ("docs/agents-api.md", "curl "): "needs an agent; tests/inference_api/agents has each request",
    ("docs/agents-api.md", "agent:support"): "needs an agent; tests/inference_api/agents/test_agent_as_model.py",
    ("docs/agents-api.md", "kit agents"): "needs an agent; tests/kit/agents",
    ("docs/check.md", "kit check"): "make check runs it; tests/kit/check runs it with other apps",
    ("docs/check.md", "Acknowledgment("): "tests/kit/check/cdk_app.py accepts findings this way",
    (
        "docs/fine-tuning-api.md",
        "kit keys",
    ): "changes the keys of the API; tests/end_to_end/test_inference_api.py does too",
    ("docs/fine-tuning-api.md", "fine_tuning.jobs"): "waits for a training; tests/fine_tuning_api has each call",
    (
        "docs/inference-api.md",
        "AWS_BEARER_TOKEN_BEDROCK",
    ): "boto3 wants HTTPS; end_to_end/test_inference_api.py does without",
    (
        "docs/inference-api.md",
        "kit keys",
    ): "changes the keys of the API; tests/end_to_end/test_inference_api.py does too",
    ("docs/knowledge-bases.md", "aws s3 sync"): "copies the reader's own folder; the page's `aws s3 cp` runs",
    ("docs/knowledge-bases.md", "kit knowledge evaluate"): "asks 54 questions; tests/kit/knowledge/test_evaluate.py",
    ("local_aws/README.md", "kit local status"): "would stop the reader's own embedded AWS; tests/kit/local",
    ("local_aws/README.md", "ollama"): "needs another project's server; tests/local_aws has a fake of it",
    ("docs/methods.md", "kit local up"): "tests/end_to_end/test_make_up.py deploys; tests/local_aws has the methods",
    ("docs/methods.md", "lambda_handler"): "tests/examples/test_graders.py runs graders of this form",
    ("docs/costs.md", "aws ce get-cost"): "asks Cost Explorer of a live account, for money",
    ("docs/operations.md", "ApiAlarms("): "tests/bedrock_constructs/operations has these constructs",
    ("docs/prompts.md", "kit prompts"): "the shipped file has no prompts; tests/kit/prompts",
    ("docs/prompts.md", "extra_headers"): "the shipped file has no prompts; tests/inference_api/test_prompts.py",
    ("docs/models.md", "refresh"): "reads every Region of a live account; tests/kit/models/test_refresh.py has a fake",
    ("docs/performance.md", "benchmarks.inference_api"): "takes a minute and checks nothing",
    ("docs/scale.md", "benchmarks.knowledge_base"): "takes minutes and checks nothing",
    ("docs/performance.md", "benchmarks.memory_size"): "takes a minute and checks nothing",
    ("docs/performance.md", "benchmarks.soak"): "takes five minutes and checks nothing",
    ("docs/promotion.md", "kit runs history"): "changes what serves; tests/kit/runs/test_served_history.py",
    ("docs/provisioned-throughput.md", "migrate"): "needs another file; tests/kit/capacity/test_migrate.py",
    ("docs/runs.md", "kit runs compare"): "needs several runs, and changes them; tests/kit/runs",
    ("docs/verification.md", "kit verify"): "reads a live account; tests/local_aws/test_verify.py runs it with --local",
    ("docs/reliability.md", "pytest"): "make test runs these tests",
}


def snippet(page: str, start: str) -> str:
    """The text of the block of `page` that has `start`, which is one of EMBEDDED."""
    assert (page, start) in EMBEDDED
    (block,) = [block for block in blocks() if f"embedded: {start}" in places(block) and block.page == page]
    return block.text


def places(block: Block) -> list[str]:
    """Where it runs; a block of two programs may run in two places."""
    if block.language not in ("sh", "python"):
        return []
    found = [f"embedded: {start}" for page, start in EMBEDDED if _is(block, page, start)]
    found += [f"not run: {start}" for page, start in NOT_RUN if _is(block, page, start)]
    if block.page == CONSTRUCTS and block.language == "python":
        found.append("synthesized")  # tests/docs/test_constructs.py
    return found + (["offline"] if OFFLINE.search(block.text) else [])


def _is(block: Block, page: str, start: str) -> bool:
    return block.page == page and start in block.text
