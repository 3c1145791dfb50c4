"""The embedded engine and a cluster of OpenSearch, side by side and as documents grow."""
