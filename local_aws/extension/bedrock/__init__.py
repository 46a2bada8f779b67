"""The Bedrock API: what the emulator has no operation for, or answers otherwise than AWS."""
