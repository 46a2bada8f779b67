"""What tells the embedded AWS from an AWS account."""

EMBEDDED_ACCOUNT = "000000000000"  # no account of AWS has it
