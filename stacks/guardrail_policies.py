"""The policies of a [guardrails.*] section as CfnGuardrail takes them."""

from typing import Any

from deployment.sections.guardrails import Action, Guardrail


def guardrail_policies(section: Guardrail) -> dict[str, Any]:
    found = {
        "content_policy_config": _content(section),
        "topic_policy_config": _topics(section),
        "word_policy_config": _words(section),
        "sensitive_information_policy_config": _sensitive_information(section),
        "contextual_grounding_policy_config": _grounding(section),
    }
    return {name: policy for name, policy in found.items() if policy}


def _content(section: Guardrail) -> dict[str, Any]:
    filters = [
        {"type": name, "inputStrength": strengths.input.upper(), "outputStrength": strengths.output.upper()}
        for name, strengths in section.content_filters.strengths.items()
    ]
    tier = {"tierName": section.tier.upper()}
    return {"filtersConfig": filters, "contentFiltersTierConfig": tier} if filters else {}


def _topics(section: Guardrail) -> dict[str, Any]:
    topics = [
        {
            "name": name,
            "type": "DENY",
            "definition": topic.definition,
            **({"examples": topic.examples} if topic.examples else {}),
        }
        for name, topic in section.topics.items()
    ]
    return {"topicsConfig": topics, "topicsTierConfig": {"tierName": section.tier.upper()}} if topics else {}


def _words(section: Guardrail) -> dict[str, Any]:
    words = [{"text": word} for word in section.words]
    lists = [{"type": "PROFANITY"}] if section.profanity else []
    return {**({"wordsConfig": words} if words else {}), **({"managedWordListsConfig": lists} if lists else {})}


def _sensitive_information(section: Guardrail) -> dict[str, Any]:
    entities = [{"type": name.upper(), **_action(action)} for name, action in section.pii.items()]
    regexes = [
        {
            "name": name,
            "pattern": regex.pattern,
            **_action(regex.action),
            **({"description": regex.description} if regex.description else {}),
        }
        for name, regex in section.regexes.items()
    ]
    return {
        **({"piiEntitiesConfig": entities} if entities else {}),
        **({"regexesConfig": regexes} if regexes else {}),
    }


def _action(action: Action) -> dict[str, str]:
    return {"action": action.upper()}


def _grounding(section: Guardrail) -> dict[str, Any]:
    thresholds = {"GROUNDING": section.grounding.grounding, "RELEVANCE": section.grounding.relevance}
    filters = [{"type": name, "threshold": value} for name, value in thresholds.items() if value is not None]
    return {"filtersConfig": filters} if filters else {}
