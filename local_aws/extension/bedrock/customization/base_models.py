"""The base models that Bedrock customizes: where, from how many records, with which hyperparameters, how served."""

# customization id -> (region, record format, fewest and most records)
BASES = {
    "amazon.nova-micro-v1:0:128k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-lite-v1:0:300k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-pro-v1:0:300k": ("us-east-1", "converse", 8, 20_000),
    "amazon.nova-2-lite-v1:0:256k": ("us-east-1", "converse", 8, 20_000),
    "meta.llama3-1-8b-instruct-v1:0:128k": ("us-west-2", "prompt-completion", 100, 10_000),
    "meta.llama3-1-70b-instruct-v1:0:128k": ("us-west-2", "prompt-completion", 100, 10_000),
    "meta.llama3-3-70b-instruct-v1:0:128k": ("us-west-2", "converse", 100, 10_000),
}
# provider -> name -> (low, high, default, kind)
HYPERPARAMETERS: dict[str, dict[str, tuple[float, float, str, type]]] = {
    "amazon": {
        "epochCount": (1, 5, "2", int),
        "learningRate": (1e-6, 1e-4, "0.00001", float),
        "learningRateWarmupSteps": (0, 100, "10", int),
        "batchSize": (1, 1, "", int),  # taken, but not listed where it was not given
    },
    "meta": {
        "epochCount": (1, 10, "5", int),
        "batchSize": (1, 1, "1", int),
        "learningRate": (5e-6, 0.1, "0.0001", float),
    },
}
# What a custom model of these bases can be served by, by the start of the id.
ON_DEMAND = ("amazon.nova-", "meta.llama3-3-70b")
NOT_PROVISIONED = "meta.llama3-3-70b"
# Bedrock starts no new customization job and sells no new provisioned throughput of Legacy models. Model cards of
# October 2026 call these Legacy: https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle-legacy.html
LEGACY = ("meta.llama3-",)
