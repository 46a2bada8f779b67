"""An evaluation job of tests."""

from kit.knowledge.bedrock_jobs import Job, Place

JUDGE = "amazon.nova-pro-v1:0"
JOB = Job("sup", "kit-knowledge-search-0123", Place("b", "f/", "role"), JUDGE, ("context_coverage",), {}, b"")
