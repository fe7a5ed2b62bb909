"""What the pages read from the views of the database."""
