import functools
import os

from django.core.cache.backends.filebased import FileBasedCache


class WatchedFileCache(FileBasedCache):
    """Django's file cache, which reads a file again only once it has been replaced.

    `set` always moves a new file into place, so its identity tells. Reading,
    unpacking and unpickling it for each request would be the site's largest cost.
    """

    def __init__(self, *args):
        super().__init__(*args)
        self._path = functools.cache(self._key_to_file)
        self._seen = {}

    def get(self, key, default=None, version=None):
        path = self._path(key, version)
        try:
            stat = os.stat(path)
        except FileNotFoundError:
            return default
        identity = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        seen, value = self._seen.get(path, (None, None))
        if seen != identity:
            value = super().get(key, default, version)
            self._seen[path] = identity, value
        return value
