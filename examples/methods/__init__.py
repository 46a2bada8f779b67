"""Every method of customization in one deployment, and a demo that trains and asks them all."""
