"""Edges of any number: streamed from a file straight into the arrays that clearing works on."""
