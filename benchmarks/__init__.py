"""Measurements that a reader can run again; see each module's first lines."""
