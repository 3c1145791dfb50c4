"""From raw page to answered query; knows nothing of the web."""
