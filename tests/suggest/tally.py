"""The plain reference of what is counted: one document and one token at a time."""

from collections import Counter

from indexer.analysis import fold, words
from indexer.query.bare import MAX_NAME, function_words


def counted(documents):
    """Each word and likely name of titles and bodies, with the number of documents that hold it."""
    counts = Counter()
    for document in documents:
        found = set()
        for text in document:
            tokens = words(fold(text))
            found.update(token.text for token in tokens)
            found.update(likely_names(tokens))
        counts.update(found)
    return counts


def likely_names(tokens):
    """Two to four single characters in a row that are in no longer word."""
    apart = function_words()
    name, end, covered, number_end = "", -1, 0, -1
    for text, start, stop in tokens:
        if stop - start > 1 or text < "\u3005" or text in apart or start == number_end:
            covered = max(covered, stop)
            number_end = stop if text[-1].isdigit() else -1
        elif start >= covered:
            if start == end:
                name += text
            else:
                if 1 < len(name) <= MAX_NAME:
                    yield name
                name = text
            end = stop
    if 1 < len(name) <= MAX_NAME:
        yield name
