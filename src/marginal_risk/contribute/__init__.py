"""What people bring to the data, what it would change, and the files it ends in."""
