from functools import lru_cache

from django.core.cache.backends.filebased import FileBasedCache


class FileCache(FileBasedCache):
    """Django's own, but that it makes the name of each file once, which takes long."""

    _key_to_file = lru_cache(FileBasedCache._key_to_file)
