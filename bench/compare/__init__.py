"""Two versions of the program, held against each other from outside."""
