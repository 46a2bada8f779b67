"""Quota codes of Service Quotas, service `bedrock`: model units without commitment.

https://docs.aws.amazon.com/general/latest/gr/bedrock.html, read 2026-11-23
"""

CUSTOM_MODELS_CODE = "L-BE77399C"
BASE_MODELS_CODE = "L-FE44174A"
