"""Rules of the prompt template with which a knowledge base has answers generated.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-config.html ("Knowledge base prompt templates", 2026-11)
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_PromptTemplate.html (its length)
"""

import re

LONGEST = 4_000
SEARCH_RESULTS, QUERY, CURRENT_TIME = "$search_results$", "$query$", "$current_time$"
# Bedrock's own instructions, by which it finds what an answer cites: without it, an answer has no citations.
CITATIONS = "$output_format_instructions$"
PLACEHOLDERS = (SEARCH_RESULTS, QUERY, CURRENT_TIME, CITATIONS)
# What a writer may have meant as one: amounts of money have digits.
LIKE_ONE = re.compile(r"\$[A-Za-z_]+\$")
