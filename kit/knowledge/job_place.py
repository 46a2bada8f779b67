"""Where the evaluation jobs of a knowledge base read and write, with which role, and which model judges."""

import argparse
import re

from deployment.sections.section import S3_FOLDER
from kit.knowledge.bedrock_jobs import Place
from kit.knowledge.deployed import Deployed, KnowledgeBase
from kit.stack_outputs import stack_outputs
from kit_contract.errors import ExternalError, InputError
from kit_contract.rag_evaluation_jobs import EVALUATION_ROLE_OUTPUT, FOLDER
from kit_contract.stacks import DOCUMENTS_BUCKET_OUTPUT, knowledge_base_stack


def place_of(deployed: Deployed, knowledge_base: KnowledgeBase, options: argparse.Namespace) -> Place:
    """Raises KitError."""
    name = knowledge_base.name
    if options.folder and not re.fullmatch(S3_FOLDER, options.folder):
        raise InputError(f"--folder must be s3://bucket/prefix/ with a slash at its end, got {options.folder}")
    outputs: dict[str, str] = {}
    if not (options.role and options.folder):
        _require_section(knowledge_base)
        stack = knowledge_base_stack(deployed.name)
        outputs = stack_outputs(deployed.client("cloudformation"), stack) or {}
    key = deployed.config.knowledge_base_key(name)
    role = options.role or outputs.get(f"{key}{EVALUATION_ROLE_OUTPUT}")
    bucket, _, folder = (options.folder or "").removeprefix("s3://").partition("/")
    bucket, folder = (bucket, folder) if bucket else (outputs.get(f"{key}{DOCUMENTS_BUCKET_OUTPUT}"), FOLDER)
    if not role or not bucket:
        raise ExternalError(f"the stack of {name} does not tell a role for evaluation jobs yet; deploy it: kit deploy")
    return Place(bucket, folder, role)


def evaluator_of(knowledge_base: KnowledgeBase, options: argparse.Namespace) -> str:
    """Raises InputError."""
    section = knowledge_base.section.evaluation if knowledge_base.section else None
    wanted: str | None = options.judge or (section.evaluator_model if section else None)
    if wanted is None:
        raise InputError("no model judges; add --judge MODEL")
    if section and not options.role and wanted != section.evaluator_model:
        raise InputError(
            f"the role of the jobs of {knowledge_base.name} may ask {section.evaluator_model} only, got --judge "
            f"{wanted}; leave it out, or change evaluator_model and deploy"
        )
    return wanted


def _require_section(knowledge_base: KnowledgeBase) -> None:
    section = knowledge_base.section
    if section is None or section.evaluation is None:
        raise InputError(
            f"{knowledge_base.name} has no role for evaluation jobs; add .evaluation with an evaluator_model to its "
            "section and deploy, or give --role ARN and --folder s3://bucket/prefix/"
        )
