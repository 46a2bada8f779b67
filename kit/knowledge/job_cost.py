"""What an evaluation job costs, by estimate, before it starts: the judge's tokens, and the answers that it asks for."""

from collections.abc import Sequence

from deployment.costs.evaluation import JOB_ANSWER, JOB_INSTRUCTIONS
from kit.knowledge.bedrock_jobs import Job
from kit.knowledge.cases import Case
from kit.knowledge.deployed import Deployed
from kit.knowledge.question_cost import Cost, judge_cost, question_cost
from kit.knowledge.variants import Variant
from training_data.token_estimate import estimated_tokens

CHUNK_TOKENS = 300  # of a knowledge base whose chunking is unknown: Bedrock's default
# These judge the answer with the passages, the others without them.
READ_PASSAGES = ("faithfulness", "citation_precision", "citation_coverage", "context_coverage")
ONE_BY_ONE = "context_relevance"


def job_cost(deployed: Deployed, way: Variant, job: Job, cases: Sequence[Case]) -> Cost:
    """Answers are taken to be as long as the expected ones."""
    passages = way.search.results * _chunk_tokens(way)
    read = made = 0
    for case in cases:
        texts = estimated_tokens([case.question]) + 2 * estimated_tokens([case.answer])
        for metric in job.metrics:
            calls = way.search.results if metric == ONE_BY_ONE else 1
            read += calls * (JOB_INSTRUCTIONS + texts) + (passages if metric in (*READ_PASSAGES, ONE_BY_ONE) else 0)
            made += calls * JOB_ANSWER
    cost = judge_cost(deployed, job.evaluator, read, made)
    if job.answers:
        for case in cases:
            cost += question_cost(deployed, way.search, way.description, case.question, [case.answer], case.answer)
    return cost


def _chunk_tokens(way: Variant) -> int:
    section = way.search.knowledge_base.section
    if section is None or section.existing:
        return CHUNK_TOKENS
    sizes = {
        "fixed": section.chunk_max_tokens,
        "hierarchical": section.hierarchical.parent_max_tokens,
        "semantic": section.semantic.max_tokens,
    }
    return sizes.get(section.chunking, CHUNK_TOKENS)
