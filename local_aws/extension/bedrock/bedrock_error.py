"""The refusal of a request. It needs no emulator, so the rules for requests can be used without one."""


class BedrockError(Exception):
    """When Bedrock refuses the request: `code` is the name of its exception."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
