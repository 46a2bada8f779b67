"""What to do about an error of AWS, by the name of botocore's exception or the error code. It imports no botocore.

Services spell the codes differently: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
"""

import traceback

from kit_contract.aws_errors import code_of

LOG_IN = "log in again: aws sso login, aws login or aws configure, until aws sts get-caller-identity answers"
NETWORK = "check the network, HTTPS_PROXY and the region's name"
REGION = "name the region with --region, AWS_DEFAULT_REGION or aws configure (boto3 does not read AWS_REGION)"
CONFIGURATION = "correct ~/.aws/config, or the file that AWS_CONFIG_FILE names"
ADVICE = {
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError"), f"you are not logged in; {LOG_IN}"),
    **dict.fromkeys(
        (
            "TokenRetrievalError",
            "SSOTokenLoadError",
            "SSOError",
            "UnauthorizedSSOTokenError",
            "LoginRefreshRequired",
            "LoginTokenLoadError",
            "LoginError",
            "CredentialRetrievalError",
            "RefreshWithMFAUnsupportedError",
        ),
        f"your session has ended; {LOG_IN}",
    ),
    "ProfileNotFound": "choose one that aws configure list-profiles shows, or unset AWS_PROFILE",
    "NoRegionError": REGION,
    "InvalidRegionError": REGION,
    **dict.fromkeys(("ConfigParseError", "ConfigNotFound", "InvalidConfigError"), CONFIGURATION),
    **dict.fromkeys(
        (
            "EndpointConnectionError",
            "ConnectTimeoutError",
            "ReadTimeoutError",
            "ConnectionClosedError",
            "HTTPClientError",
        ),
        f"AWS was not reached; {NETWORK}",
    ),
    "ProxyConnectionError": "HTTPS_PROXY names a proxy that does not answer; correct or unset it",
    "SSLError": "the certificate was refused; set AWS_CA_BUNDLE to that of your proxy, if it has one",
    "MissingDependencyException": "run make setup",
    # Error codes
    **dict.fromkeys(
        ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"),
        f"your session has expired; {LOG_IN}",
    ),
    **dict.fromkeys(
        ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure", "InvalidToken"),
        f"AWS does not know these credentials (a deleted key, or an old AWS_SESSION_TOKEN beside new keys); {LOG_IN}",
    ),
    **dict.fromkeys(
        ("SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "RequestTimeTooSkewed"),
        f"the secret key is wrong, or this machine's clock is; set the clock, or {LOG_IN}",
    ),
    **dict.fromkeys(("ParamValidationError", "ValidationException"), "correct what the message names"),
    "NoSuchBucket": "correct the bucket's name, or make the bucket",
    "OptInRequired": "enable the region in your account, or choose another one",
}
CHECK = "check your AWS credentials, their permissions and the region"
NUMBERS = (
    "AWS_MAX_ATTEMPTS, AWS_METADATA_SERVICE_TIMEOUT, AWS_METADATA_SERVICE_NUM_ATTEMPTS, or their settings in a file"
)


def advice_for(error: Exception) -> str:
    """The first of the names of its class, the classes above it, and its code that is known."""
    names = [code_of(error), *(kind.__name__ for kind in type(error).__mro__)]
    return next((ADVICE[name] for name in names if name in ADVICE), CHECK)


def is_setting_of_aws(error: Exception) -> bool:
    """Whether botocore could not read a number in a variable or file: it raises a plain ValueError."""
    frames = traceback.extract_tb(error.__traceback__)
    return isinstance(error, ValueError) and bool(frames) and frames[-1].filename.endswith("botocore/configprovider.py")
