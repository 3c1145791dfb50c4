"""From a researcher's text to an answer: query language, URL, snippets."""
