"""Knowledge bases of the type RDS: their passages are rows of a table, written and searched with Bedrock's rights."""
