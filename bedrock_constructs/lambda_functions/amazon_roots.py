"""The certificate authorities of Amazon, taken from the bundle that botocore has.

https://www.amazontrust.com/repository/ lists them with the hashes of their keys (2026-11-27: these five have them), and
recommends all five for trust stores of one's own.
"""

import hashlib
import re
import ssl
from pathlib import Path

import botocore

# SHA-256 of the certificates: Amazon Root CA 1 to 4, Starfield Services Root Certificate Authority - G2.
FINGERPRINTS = (
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def amazon_roots() -> str:
    """The certificates as PEM. Raises LookupError if botocore's bundle lacks one."""
    bundle = (Path(botocore.__file__).parent / "cacert.pem").read_text(encoding="utf-8")
    found = {_fingerprint(pem): pem for pem in _CERTIFICATE.findall(bundle)}
    missing = [item for item in FINGERPRINTS if item not in found]
    if missing:
        raise LookupError(
            f"botocore's cacert.pem lacks the certificates {', '.join(missing)}; install another botocore"
        )
    return "".join(f"{found[item]}\n" for item in FINGERPRINTS)


def _fingerprint(pem: str) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
