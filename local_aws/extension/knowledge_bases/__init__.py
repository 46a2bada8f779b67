"""Knowledge bases: ingestion jobs, retrieval, generated answers with citations."""
