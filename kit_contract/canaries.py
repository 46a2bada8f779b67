"""What promotion and the API agree on while a new model is tried: keys of the alias's serving parameter, and metrics.

"canary": {"target_arn", "custom_model_arn", "run_id", "weight", "since", "until"}  `weight` percent go to the target
"watch": {"run_id", "since", "until"}                                              what serves was just promoted

Times are seconds since 1970. After `until` the API leaves the entry out: a workflow that was stopped sends
nobody to a candidate for ever.
"""

CANARY_KEY = "canary"
WATCH_KEY = "watch"

# Values of the dimension VARIANT
CANARY = "canary"
SERVING = "serving"
PROMOTED = "promoted"
VARIANTS = (CANARY, SERVING, PROMOTED)

DEPLOYMENT_DIMENSION = "Deployment"
ALIAS_DIMENSION = "Alias"
VARIANT_DIMENSION = "Variant"
RUN_DIMENSION = "Run"  # that is tried or watched, for each variant: what came before is not counted
# One value a request: 0 or 1, and the milliseconds of its answer.
ERRORS = "VariantErrors"
REFUSALS = "VariantRefusals"
LATENCY = "VariantLatency"
METRICS = (ERRORS, REFUSALS, LATENCY)
