"""The AWS calls of the API over the standard library: importing boto3 is most of a cold start."""
