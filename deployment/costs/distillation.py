"""What a distillation costs: the teacher's answers at its on-demand price, and the training on them.

Bedrock may add prompts of its own, up to 15,000 pairs, so the teacher's tokens are what it costs at least, and the
trained ones are known after the job. Answers in invocation logs are used as they are: the teacher is not asked.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-distillation.html
"""

from collections.abc import Iterator

from deployment.costs.lines import CostLine, line
from deployment.sections.distillation import Distillation
from deployment.sections.training import Customization
from kit_contract.counted import counted
from model_catalog.prices import price

MOST_PAIRS = 15_000


def distillation_lines(
    item: Customization, section: Distillation, records: int, tokens: int, region: str
) -> Iterator[CostLine]:
    teacher, logs = section.teacher_model, section.invocation_logs
    if not (logs and logs.use_responses):
        asked = f"{counted(records, 'prompt')}, about {tokens:,} tokens; more if Bedrock adds prompts"
        read = price("input_tokens", model=teacher, region=region)
        missing = f"input tokens of {teacher} in {region}"
        yield line(
            "teacher reads", "prompts of the logs" if logs else asked, None if logs else tokens, read, missing=missing
        )
        length = section.max_response_length
        answered = None if logs or not length else records * length
        what = f"at most {length:,} tokens for each prompt" if length else "answers of unknown length"
        written = price("output_tokens", model=teacher, region=region)
        yield line("teacher writes", what, answered, written, missing=f"output tokens of {teacher} in {region}")
    trained = price("training_tokens", model=item.base_model, region=region)
    what = f"prompts and answers, at most {MOST_PAIRS:,} pairs"
    yield line("training", what, None, trained, missing=f"training tokens of {item.base_model} in {region}")
