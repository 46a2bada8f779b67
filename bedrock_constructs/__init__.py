"""What things are made of: one construct per file, the class named as the file."""
