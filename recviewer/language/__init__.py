"""The query language for recordings: parsing, the syntax tree, and printing. Knows no database."""
