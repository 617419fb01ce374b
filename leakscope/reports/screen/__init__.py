"""What each section of the one screen says, and how it is laid out."""
