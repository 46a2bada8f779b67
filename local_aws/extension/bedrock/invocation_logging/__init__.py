"""Model invocation logging: one configuration per account and Region, and the delivery of records to S3 and logs."""
