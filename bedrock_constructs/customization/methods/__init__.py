"""What a job needs beyond fine-tuning, one module a method: members of its request and rights of its role."""
