"""What all models have in common that come into Bedrock without a customization job: an alias, and what is asked first.

A kind is a section of its own below [training], such as [training.copied_models.*].
"""

from typing import ClassVar

from deployment.sections.evaluation import Evaluation
from deployment.sections.promotion import Promotion
from deployment.sections.section import Name, Section


class ExternalModel(Section):
    """`kind`: its table below [training]; `method`: that of its runs.

    A kind has `base_model`, `serving` and `model_kms_key_arn`, too, and `source`: what it is made from, which decides
    about its run.
    """

    kind: ClassVar[str]
    method: ClassVar[str]

    alias: Name
    evaluation: Evaluation | None = None
    promotion: Promotion | None = None
