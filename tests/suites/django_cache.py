"""Django's own tests of its Redis cache, run against ours. `run_django.py` puts this module among
Django's tests of caches."""

from unittest import mock

from cache.tests import (
    RedisCacheTests,
    caches_setting_for_tests,
    redis_excluded_caches,
)
from django.conf import settings
from django.core.cache import cache, caches
from django.core.exceptions import ImproperlyConfigured
from django.test import TestCase, override_settings

from puff.contrib.django.redis import PuffRedisCache, PuffRedisCacheClient
from puff.redis import RedisClient, RedisError


@override_settings(
    CACHES=caches_setting_for_tests(base=settings.CACHES["redis"], exclude=redis_excluded_caches)
)
class PuffRedisCacheTests(RedisCacheTests):
    __unittest_skip__ = False

    incr_decr_type_error = RedisError

    def setUp(self):
        TestCase.setUp(self)

    def test_incr_write_connection(self):
        cache.set("number", 42)
        with mock.patch.object(PuffRedisCacheClient, "get_client") as mocked:
            cache.incr("number")
            self.assertEqual(mocked.call_args.kwargs, {"write": True})

    def test_cache_client_class(self):
        self.assertIs(cache._class, PuffRedisCacheClient)
        self.assertIsInstance(cache._cache, PuffRedisCacheClient)

    def test_get_client(self):
        self.assertIsInstance(cache._cache.get_client(), RedisClient)

    # Django's client has pools of its own, and their options in the settings.
    test_get_connection_pool = None

    def test_redis_pool_options(self):
        with self.assertRaisesMessage(ImproperlyConfigured, "socket_timeout"):
            PuffRedisCache("global", {"OPTIONS": {"socket_timeout": 0.1}})

    # What Django leaves to others: timeouts of many keys, and values of its sister.
    def test_many_keys_expire_together(self):
        cache.set_many({"a": 1, "b": "two"}, timeout=100)
        client = cache._cache.get_client()
        for key in ("a", "b"):
            self.assertIn(client.ttl(cache.make_key(key)), (99, 100))

    def test_integers_are_stored_as_digits(self):
        cache.set("number", 42)
        self.assertEqual(cache._cache.get_client().get(cache.make_key("number")), b"42")

    def test_incr_keeps_the_timeout(self):
        cache.set("number", 42, timeout=100)
        cache.incr("number")
        self.assertGreater(cache._cache.get_client().ttl(cache.make_key("number")), 90)

    def test_a_missing_key_is_not_made_by_incr(self):
        with self.assertRaises(ValueError):
            caches["v2"].incr("missing")
        self.assertFalse(caches["v2"].has_key("missing"))


del RedisCacheTests
