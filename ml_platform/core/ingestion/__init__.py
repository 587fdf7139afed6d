"""What comes in and when: the calendar of each table, and the names of its landing files."""
