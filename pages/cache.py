from functools import lru_cache

from django.core.cache.backends.filebased import FileBasedCache


class FileCache(FileBasedCache):
    """Django's own, but for the name of a file: to make it takes longer than to read."""

    _key_to_file = lru_cache(FileBasedCache._key_to_file)
