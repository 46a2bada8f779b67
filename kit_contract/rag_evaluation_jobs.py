"""Bedrock's evaluation jobs of knowledge bases (RagEvaluation): metrics of both kinds, records, limits.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-evaluation-metrics.html
https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-evaluation-prompt.html (records; read 2026-11)
https://docs.aws.amazon.com/bedrock/latest/userguide/evaluation-kb.html (evaluator models, read 2026-11)
"""

from collections.abc import Mapping

APPLICATION = "RagEvaluation"
# The kit's name -> Bedrock's. A job has metrics of one kind only.
RETRIEVAL: Mapping[str, str] = {
    "context_relevance": "Builtin.ContextRelevance",
    "context_coverage": "Builtin.ContextCoverage",
}
# The last three find a fault, with 1 where it is there: the kit scores its absence.
GENERATION: Mapping[str, str] = {
    "correctness": "Builtin.Correctness",
    "completeness": "Builtin.Completeness",
    "helpfulness": "Builtin.Helpfulness",
    "coherence": "Builtin.LogicalCoherence",
    "faithfulness": "Builtin.Faithfulness",
    "citation_precision": "Builtin.CitationPrecision",
    "citation_coverage": "Builtin.CitationCoverage",
    "no_harmfulness": "Builtin.Harmfulness",
    "no_stereotyping": "Builtin.Stereotyping",
    "no_refusal": "Builtin.Refusal",
}
METRICS: Mapping[str, str] = {**RETRIEVAL, **GENERATION}
ABSENCE = "no_"
# Fewer than judge the answers of models; profiles of them are accepted too.
EVALUATORS = (
    "amazon.nova-pro-v1:0",
    "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "anthropic.claude-3-7-sonnet-20250219-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "anthropic.claude-3-5-haiku-20241022-v1:0",
    "meta.llama3-1-70b-instruct-v1:0",
    "mistral.mistral-large-2402-v1:0",
)
NEED_REFERENCE = ("Builtin.ContextCoverage",)
MOST_TURNS = 5  # of a conversation whose answers are judged; of a search, one
TURN_FIELDS = ("prompt", "referenceResponses", "referenceContexts")
# Below the bucket of the documents: what the role of the jobs may read and write.
FOLDER = "evaluations/"
EVALUATION_ROLE_OUTPUT = "EvaluationRoleArn"
