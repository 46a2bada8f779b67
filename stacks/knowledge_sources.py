"""From the settings of a source to what a knowledge base makes of it."""

from bedrock_constructs.knowledge_base.custom_source import CustomSource
from bedrock_constructs.knowledge_base.source import Source
from bedrock_constructs.knowledge_base.sources import BucketSource
from bedrock_constructs.knowledge_base.web_source import WebSource
from deployment.sections import knowledge_sources as sections


def source_of(name: str, section: sections.Source) -> Source:
    if isinstance(section, sections.WebSource):
        return WebSource(name, **section.model_dump(exclude={"kind"}))
    if isinstance(section, sections.CustomSource):
        return CustomSource(name, section.objects)
    return BucketSource(name, section.bucket, section.prefixes, section.account, section.kms_key_arn, section.schedule)
