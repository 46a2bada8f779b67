"""Bedrock's evaluation jobs whose judge is a model: metrics, evaluator models and limits.

https://docs.aws.amazon.com/bedrock/latest/userguide/evaluation-judge.html (evaluator models, read in a mirror, 2026-11)
https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-metrics.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-prompt-datasets-judge.html (records)
"""

from collections.abc import Mapping

# The kit's name -> Bedrock's. The last three find a fault, with 1 where it is there: the kit scores its absence.
METRICS: Mapping[str, str] = {
    "correctness": "Builtin.Correctness",
    "completeness": "Builtin.Completeness",
    "faithfulness": "Builtin.Faithfulness",
    "helpfulness": "Builtin.Helpfulness",
    "coherence": "Builtin.Coherence",
    "relevance": "Builtin.Relevance",
    "following_instructions": "Builtin.FollowingInstructions",
    "professional_style_and_tone": "Builtin.ProfessionalStyleAndTone",
    "no_harmfulness": "Builtin.Harmfulness",
    "no_stereotyping": "Builtin.Stereotyping",
    "no_refusal": "Builtin.Refusal",
}
ABSENCE = "no_"
# Foundation models that Bedrock has judge's prompts for; profiles of them are accepted too.
EVALUATORS = (
    "amazon.nova-pro-v1:0",
    "amazon.nova-2-lite-v1:0",
    "amazon.nova-micro-v1:0",
    "amazon.nova-premier-v1:0",
    "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "anthropic.claude-3-7-sonnet-20250219-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "anthropic.claude-3-5-haiku-20241022-v1:0",
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic.claude-opus-4-5-20251101-v1:0",
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "meta.llama3-1-70b-instruct-v1:0",
    "mistral.mistral-large-2402-v1:0",
)
MOST_RECORDS = 1_000
# The only task of a job with a judge, by the user guide's example; the API model lists others.
TASK_TYPE = "General"
# The role that Bedrock assumes for the jobs: an environment variable of the evaluation's function.
ROLE_VARIABLE = "EVALUATION_JOB_ROLE_ARN"
# Below the prefix of a run: what the role may read and write.
FOLDER = "evaluation/"
