"""The methods by customizationType; others have no base model that takes them (CONTINUED_PRE_TRAINING)."""

from local_aws.extension.bedrock.customization.distillation import DISTILLATION
from local_aws.extension.bedrock.customization.fine_tuning import FINE_TUNING
from local_aws.extension.bedrock.customization.method import Method
from local_aws.extension.bedrock.customization.reinforcement import REINFORCEMENT

METHODS: dict[str, Method] = {
    "FINE_TUNING": FINE_TUNING,
    "DISTILLATION": DISTILLATION,
    "REINFORCEMENT_FINE_TUNING": REINFORCEMENT,
}
