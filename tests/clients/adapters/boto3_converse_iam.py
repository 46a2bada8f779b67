"""boto3 as in boto3_converse.py, with signatures."""

from __future__ import annotations

from tests.clients.adapters import boto3_converse
from tests.clients.adapters.signed import Signed

CLIENT = Signed(boto3_converse)
