"""Texts as vectors: encoded once, kept by what they say, looked up when matching."""
