"""[knowledge_base.evaluation] and [knowledge_bases.*.evaluation]: which model judges in Bedrock's evaluation jobs."""

from deployment.sections.section import ModelId, Section


class KnowledgeEvaluation(Section):
    """The stack makes the role of the jobs, which may ask this model. It costs nothing until a job runs."""

    evaluator_model: ModelId
