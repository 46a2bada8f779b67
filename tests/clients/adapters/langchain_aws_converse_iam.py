"""langchain-aws as in langchain_aws_converse.py, with signatures."""

from __future__ import annotations

from tests.clients.adapters import langchain_aws_converse
from tests.clients.adapters.signed import Signed

CLIENT = Signed(langchain_aws_converse.CLIENT)
