"""What synth refuses: a file per section, and check_deployment over all of them."""
