"""Records of Bedrock's conversation format: fine-tuning of Nova and Llama 3.3, prompts for distillation. Pure."""

from typing import Any

from training_data.checking.record_inspection import MAX_IMAGES, MAX_VIDEOS, RecordWalk, shown

SCHEMA_VERSION = "bedrock-conversation-2024"
KEYS = ("schemaVersion", "system", "messages")
KEY_SET, MESSAGE_KEYS = frozenset(KEYS), frozenset({"role", "content"})
TURNS = ("user", "assistant")
EXAMPLE = "[{'text': '...'}]"


def check_converse(record: Any, walk: RecordWalk) -> None:
    """Turns alternate, the user begins, the assistant ends."""
    messages = _conversation(record, walk, min_turns=2)
    if messages and isinstance(messages[-1], dict) and messages[-1].get("role") != "assistant":
        got = shown(messages[-1].get("role"))
        walk.fault("last-turn", f"the last turn must be the assistant's, got {got}; end with an answer")


def check_converse_prompts(record: Any, walk: RecordWalk) -> None:
    """The answer may be absent: the teacher writes it. More turns are Nova's only, and VAL refuses them there too."""
    messages = _conversation(record, walk, min_turns=1)
    if not messages or len(messages) <= 2:
        return
    if walk.rules.base_model.startswith("amazon.nova"):
        advice = "Bedrock's guide takes them for Nova, AWS's distillation validator does not"
        walk.fault("turns-doubtful", f"messages has {len(messages)} turns; {advice}; keep one question to be sure")
    else:
        takes = "a question and, if there is one, its answer"
        walk.fault("turns", f"messages must be {takes}, got {len(messages)} turns; keep the last question")


def _conversation(record: Any, walk: RecordWalk, *, min_turns: int) -> list[Any] | None:
    """Check what both have in common; the messages where they are a list that is long enough."""
    if not walk.is_object(record):
        return None
    _schema_version(record, walk)
    if not record.keys() <= KEY_SET:
        walk.keys(record, KEYS)
    if "system" in record:
        _system(record["system"], walk)
    messages = record.get("messages")
    if not isinstance(messages, list) or len(messages) < min_turns:
        got = len(messages) if isinstance(messages, list) else type(messages).__name__
        needs = "a user and an assistant turn" if min_turns == 2 else "a user turn"
        walk.fault("turns", f"messages must hold at least {needs}, got {got}; add the missing turn")
        return None
    for index, message in enumerate(messages):
        _message(message, index, walk)
    _media_of_record(walk)
    return messages


def _schema_version(record: dict[str, Any], walk: RecordWalk) -> None:
    version = record.get("schemaVersion")
    if version == SCHEMA_VERSION:
        return
    fix = f'needs "schemaVersion": "{SCHEMA_VERSION}"'
    if not isinstance(version, str) or walk.rules.record_format != "converse":
        walk.fault("schema-version", f"{fix}, got {shown(version)}; add it")
    else:
        advice = "Nova's guide takes any text, AWS's other validators only this one"
        walk.fault("schema-version-value", f"{fix} to be sure, got {shown(version)}: {advice}; change it")


def _system(system: Any, walk: RecordWalk) -> None:
    if not isinstance(system, list) or not system:
        walk.fault("content", f"system must be a list of blocks such as {EXAMPLE}, got {shown(system)}; mend it")
        return
    most = walk.rules.max_system_blocks
    if most is not None and len(system) > most:
        walk.fault("content", f"system must hold {most} block, got {len(system)}; join them")
    for block in system:
        if isinstance(block, dict) and len(block) == 1 and "text" in block:
            walk.text(block["text"], "system.text")
        else:
            walk.fault("content", f"system must hold text blocks only, got {_block(block)}; take it out")


def _message(message: Any, index: int, walk: RecordWalk) -> None:
    if not isinstance(message, dict):
        got = type(message).__name__
        walk.fault("turns", f"messages[{index}] must be an object, got {got}; mend or drop the record")
        return
    expected = TURNS[index % 2]
    role = message.get("role")
    if role != expected:
        fix = "turns alternate, the user begins"
        walk.fault("roles", f"messages[{index}].role must be {expected!r}, got {shown(role)}; {fix}")
    if not message.keys() <= MESSAGE_KEYS:
        walk.keys(message, ("role", "content"), f"messages[{index}]")
    content = message.get("content")
    if not isinstance(content, list) or not content:
        where = f"messages[{index}].content"
        walk.fault("content", f"{where} must be a list of blocks such as {EXAMPLE}, got {shown(content)}; mend it")
        return
    if len(content) > 1 and walk.rules.record_format != "converse":
        walk.fault("content", f"messages[{index}].content must be one block, got {len(content)}; join them")
    for block in content:
        if isinstance(block, dict) and len(block) == 1 and "text" in block:
            walk.text(block["text"], "messages[{index}].content.text", index)
        else:
            _other_block(block, role, f"messages[{index}].content", walk)


def _other_block(block: Any, role: Any, where: str, walk: RecordWalk) -> None:
    kind = next(iter(block), "") if isinstance(block, dict) and len(block) == 1 else ""
    formats = {"image": walk.rules.images, "video": walk.rules.videos}.get(kind, ())
    if not formats:
        takes = "text, image and video blocks" if walk.rules.images else "text blocks"
        fault = f"must hold {takes} only for this base model, got {_block(block)}; take it out"
        walk.fault("content", f"{where} {fault}")
    elif role != "user":
        walk.fault("media-turn", f"{where} has {_block(block)} in a turn of {shown(role)}; only user turns may have it")
    else:
        _medium(block[kind], kind, formats, f"{where}.{kind}", walk)


def _medium(medium: Any, kind: str, formats: tuple[str, ...], where: str, walk: RecordWalk) -> None:
    source = medium.get("source") if isinstance(medium, dict) else None
    location = source.get("s3Location") if isinstance(source, dict) and len(source) == 1 else None
    if not isinstance(location, dict) or set(medium) != {"format", "source"}:
        form = '{"format": ..., "source": {"s3Location": {"uri": ...}}}'
        walk.fault("content", f"{where} must be {form}, got {shown(medium)}; mend it")
        return
    walk.keys(location, ("uri", "bucketOwner"), where)
    if medium["format"] not in formats:
        walk.fault(
            "media-format", f"{where}.format must be one of {formats}, got {shown(medium['format'])}; convert it"
        )
    elif medium["format"] in walk.rules.doubtful_media:
        advice = f"takes {medium['format']} by its guide, not by AWS's validator"
        walk.fault("media-format-doubtful", f"{where}: {walk.rules.base_model} {advice}; convert it to be sure")
    walk.s3_object(location.get("uri"), kind, f"{where}.source.s3Location.uri")
    if not isinstance(location.get("bucketOwner"), str):
        advice = "AWS's Forge SDK asks for the account that owns the bucket, Bedrock's API does not"
        walk.fault("bucket-owner", f"{where} has no bucketOwner; {advice}; add it to be sure")


def _media_of_record(walk: RecordWalk) -> None:
    if not walk.media:
        return
    images = sum(1 for kind, _ in walk.media if kind == "image")
    videos = len(walk.media) - images
    if images > MAX_IMAGES:
        walk.fault("media-count", f"may hold {MAX_IMAGES} images, got {images}; use fewer")
    if videos > MAX_VIDEOS:
        walk.fault("media-count", f"may hold {MAX_VIDEOS} video, got {videos}; use one")


def _block(block: Any) -> str:
    if isinstance(block, dict):
        keys = [key[:20] for key in list(block)[:5]]
        return f"a block with the keys {keys}" if keys else "an empty block"
    return shown(block)
