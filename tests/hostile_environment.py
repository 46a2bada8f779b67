"""Variables of real shells that must not reach the embedded AWS, nor stop a command that uses it."""

PROXY = "http://127.0.0.1:9"  # nobody listens
PROXIES = {name: PROXY for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")}
UNUSABLE = "/proc/nothing"  # nobody can make it, root included; the CDK CLI and npm try for ever
FOLDERS = {"HOME": UNUSABLE, "TMPDIR": UNUSABLE, "XDG_CACHE_HOME": UNUSABLE}
AWS = {
    "AWS_PROFILE": "does-not-exist",
    "AWS_DEFAULT_PROFILE": "does-not-exist",
    "AWS_CONFIG_FILE": "/etc/passwd",
    "AWS_SHARED_CREDENTIALS_FILE": "/etc/passwd",
    "AWS_REGION": "no where",
    "AWS_DEFAULT_REGION": "no where",
    "AWS_SESSION_TOKEN": "expired",
    "AWS_BEARER_TOKEN_BEDROCK": "a Bedrock API key",
    "AWS_ENDPOINT_URL": PROXY,
    "AWS_ENDPOINT_URL_S3": PROXY,
    "AWS_CA_BUNDLE": UNUSABLE,
    "AWS_MAX_ATTEMPTS": "many",
    "AWS_RETRY_MODE": "odd",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "odd",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "odd",
    "AWS_WEB_IDENTITY_TOKEN_FILE": UNUSABLE,
    "AWS_ROLE_ARN": "odd",
}
CDK = {"CDK_DEFAULT_ACCOUNT": "111122223333", "CDK_VALIDATION": "true", "CDK_HOME": UNUSABLE, "JSII_NODE": UNUSABLE}
NODE = {"NODE_OPTIONS": f"--require {UNUSABLE}", "NODE_PATH": UNUSABLE, "NODE_EXTRA_CA_CERTS": UNUSABLE}
TERMINAL = {"COLUMNS": "10", "LINES": "1", "TERM": "dumb", "LC_ALL": "POSIX", "LANG": "C", "PYTHONIOENCODING": "ascii"}
HOSTILE = {**PROXIES, **FOLDERS, **AWS, **CDK, **NODE, **TERMINAL}
# Python reads these before any code of ours: make removes them.
BEFORE_PYTHON = {
    "PYTHONHOME": UNUSABLE,
    "PYTHONPATH": UNUSABLE,
    "PYTHONSAFEPATH": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONINSPECT": "1",
    "PYTHONOPTIMIZE": "2",
    "PIP_TARGET": UNUSABLE,
    "PIP_USER": "1",
}
