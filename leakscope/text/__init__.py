"""Takes texts apart: nested records, encodings and writings of one value, with places back to the source."""
