#include "services/config/load.hpp"

#include <gtest/gtest.h>

#include "tests/support/scratch_directory.hpp"

namespace puff::config {
namespace {

using testing::Test;

struct load_test : Test {
  support::scratch_directory here;
  sources from;

  load_test() { from.cwd = here.path(); }

  void file(const std::string& text, const std::string& name = "puff.toml") {
    here.write(name, text);
  }

  settings good() {
    auto result = load(from);
    EXPECT_TRUE(result) << context_of(result.error());
    return result ? result->values : settings{};
  }

  std::string wrong() {
    auto result = load(from);
    return result ? "no error" : context_of(result.error());
  }

  std::string origin_of(const std::string& label) {
    auto result = load(from);
    if (!result) return context_of(result.error());
    for (const auto& v : result->effective)
      if (v.label == label) return to_string(v.from);
    return "not there";
  }
};

TEST_F(load_test, MissingFileMeansDefaults) {
  auto s = good();
  EXPECT_FALSE(s.django);
  EXPECT_TRUE(s.greenlets);
  EXPECT_TRUE(s.add_cwd_to_path);
  EXPECT_TRUE(s.postgres.empty());
  EXPECT_EQ(s.server.bind, std::vector<std::string>{"127.0.0.1:7777"});
  EXPECT_EQ(s.limits.max_body_bytes, 64u << 20);
}

TEST_F(load_test, NamedFileMustExist) {
  from.config_path = "other.toml";
  EXPECT_EQ(wrong(), "other.toml: there is no such file (named by --config)");
  from.config_path.reset();
  from.environment["PUFF_CONFIG"] = "third.toml";
  EXPECT_EQ(wrong(), "third.toml: there is no such file (named by PUFF_CONFIG)");
}

TEST_F(load_test, NamedFileIsReadInsteadOfPuffToml) {
  file("django = true");
  file("name = \"a\"", "a.toml");
  file("name = \"b\"", "b.toml");
  from.environment["PUFF_CONFIG"] = "a.toml";
  EXPECT_EQ(good().name, "a");
  from.config_path = "b.toml";
  EXPECT_EQ(good().name, "b");
  EXPECT_FALSE(good().django);
}

TEST_F(load_test, TheProgramsOwnDefaultsLoseToTheFile) {
  from.base.wsgi = "a.b";
  from.base.django = true;
  EXPECT_EQ(good().wsgi, "a.b");
  EXPECT_TRUE(good().django);
  file("wsgi = \"c.d\"");
  EXPECT_EQ(good().wsgi, "c.d");
  EXPECT_TRUE(good().django);
}

TEST_F(load_test, APoolOfTheFileTakesThePlaceOfTheProgramsOne) {
  for (const auto* name : {"default", "cache"}) from.base.redis.emplace_back().name = name;
  file("[[redis]]\nname = \"cache\"\nurl = \"redis://cache.example:6379\"");
  auto s = good();
  ASSERT_EQ(s.redis.size(), 2u);
  EXPECT_EQ(s.redis[0].url, "redis://cache.example:6379");
  EXPECT_EQ(s.redis[1].name, "default");
  EXPECT_EQ(s.redis[1].url, "redis://localhost:6379");
  from.environment["PUFF_DEFAULT_REDIS_URL"] = "redis://other.example:1";
  EXPECT_EQ(good().redis[1].url, "redis://other.example:1");
}

TEST_F(load_test, AnAddOnNeedsItsPathAndItsSettingsTheirValues) {
  file("[[addons]]\npath = \"shop.so\"\nsettings = [\"a=\", \"b=c=d\"]");
  EXPECT_EQ(good().addons[0].name, "shop.so");
  file("[[addons]]");
  EXPECT_EQ(wrong(), "puff.toml:1:1: [[addons]] needs 'path'");
  file("[[addons]]\npath = \"shop.so\"\nsettings = [\"=a\"]");
  EXPECT_EQ(wrong(), "puff.toml:3:1: 'settings' of [[addons]]: must be \"KEY=VALUE\", found '=a'");
}

TEST_F(load_test, DirectoryIsNoConfigFile) {
  here.make_directory("puff.toml");
  EXPECT_EQ(wrong(), "puff.toml: is a directory, not a file");
}

TEST_F(load_test, ReadsEveryKindOfKey) {
  file(R"(
django = true
python_path = ["a", "b"]
[cors]
base_config = "VeryPermissive"
max_age_secs = 60
allowed_origins = "*"
[server]
bind = "unix:/run/puff.sock"
graceful_timeout_ms = 5
[log]
format = "json"
[[postgres]]
name = "readonly"
url = "postgresql://db/x?sslmode=require"
pool_size = 3
[[task_queue]]
max_concurrent_tasks = 7
[[http_client]]
name = "internal"
http2_prior_knowledge = true
[[graphql]]
schema = "app.Schema"
subscription_url = "/s/"
database = "readonly"
[graphql.limits]
max_depth = 5
)");
  auto s = good();
  EXPECT_TRUE(s.django);
  EXPECT_EQ(s.python_path, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(s.cors.base_config, cors_base::very_permissive);
  EXPECT_EQ(s.cors.max_age_secs, std::chrono::seconds{60});
  EXPECT_EQ(s.cors.allowed_origins, std::vector<std::string>{"*"});
  EXPECT_FALSE(s.cors.allow_credentials);
  EXPECT_EQ(s.server.bind, std::vector<std::string>{"unix:/run/puff.sock"});
  EXPECT_EQ(s.server.graceful_timeout_ms, std::chrono::milliseconds{5});
  EXPECT_EQ(s.log.format, log_format::json);
  ASSERT_EQ(s.postgres.size(), 1u);
  EXPECT_EQ(s.postgres[0].url, "postgresql://db/x?sslmode=require");
  EXPECT_EQ(s.postgres[0].pool_size, 3u);
  EXPECT_EQ(s.postgres[0].url_origin.line, 15u);
  EXPECT_EQ(s.task_queue.at(0).max_concurrent_tasks, 7u);
  EXPECT_EQ(s.task_queue[0].name, "default");
  EXPECT_TRUE(s.http_client.at(0).http2_prior_knowledge);
  EXPECT_EQ(s.graphql.at(0).subscriptions_url, "/s/");
  EXPECT_EQ(s.graphql[0].limits.max_depth, 5u);
}

TEST_F(load_test, PoolsWithoutUrlHaveTheDefaultOne) {
  file("[[postgres]]\n[[redis]]\n[[pubsub]]\n[[task_queue]]\n");
  auto s = good();
  EXPECT_EQ(s.postgres[0].url, "postgres://postgres:password@localhost:5432/postgres");
  for (const auto* pools : {&s.redis, &s.pubsub, &s.task_queue}) {
    EXPECT_EQ(pools->at(0).url, "redis://localhost:6379");
    EXPECT_EQ(pools->at(0).url_origin.from, origin::source::fallback);
  }
}

TEST_F(load_test, OptionWinsOverEnvironmentOverDotenvOverFile) {
  file("[[redis]]\nname = \"cache\"\nurl = \"redis://file\"\n");
  EXPECT_EQ(good().redis[0].url, "redis://file");
  EXPECT_EQ(origin_of("redis.cache.url"), "puff.toml line 3");
  file("A=1\nPUFF_CACHE_REDIS_URL=redis://dotenv\n", ".env");
  EXPECT_EQ(good().redis[0].url, "redis://dotenv");
  EXPECT_EQ(origin_of("redis.cache.url"), ".env line 2");
  from.environment["PUFF_CACHE_REDIS_URL"] = "redis://environment";
  EXPECT_EQ(good().redis[0].url, "redis://environment");
  EXPECT_EQ(origin_of("redis.cache.url"), "environment PUFF_CACHE_REDIS_URL");
  from.overrides["--cache-redis-url"] = {"redis://option"};
  auto s = good();
  EXPECT_EQ(s.redis[0].url, "redis://option");
  EXPECT_EQ(s.redis[0].url_origin.from, origin::source::option);
  EXPECT_EQ(origin_of("redis.cache.url"), "option --cache-redis-url");
  EXPECT_EQ(origin_of("redis.cache.pool_size"), "default");
}

TEST_F(load_test, DotenvVariablesAreHandedOnUnlessTheEnvironmentHasThem) {
  file("A=1\nB=2\n", ".env");
  from.environment["B"] = "mine";
  auto result = load(from);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->dotenv, (std::vector<std::pair<std::string, std::string>>{{"A", "1"}}));
  EXPECT_TRUE(result->dotenv_file.ends_with("/.env"));
}

TEST_F(load_test, DotenvIsSearchedUpwards) {
  file("PUFF_BIND=[::1]:1234\n", ".env");
  here.make_directory("deep/er");
  from.cwd = here.path() + "/deep/er";
  EXPECT_EQ(good().server.bind, std::vector<std::string>{"[::1]:1234"});
}

TEST_F(load_test, DotenvCanBeTurnedOffOrNamed) {
  file("PUFF_BIND=:bad\n", ".env");
  file("PUFF_BIND=0.0.0.0:1\n", "dev.env");
  file("dotenv = false");
  EXPECT_EQ(good().server.bind[0], "127.0.0.1:7777");
  file("dotenv_path = \"dev.env\"");
  EXPECT_EQ(good().server.bind[0], "0.0.0.0:1");
}

TEST_F(load_test, ErrorsOfDotenvNameItsLine) {
  file("A=1\nPUFF_BIND=nowhere\n", ".env");
  EXPECT_EQ(wrong(),
            ".env:2: PUFF_BIND: must be HOST:PORT, [IPV6]:PORT or unix:PATH, found \"nowhere\"");
  file("A='\n", ".env");
  EXPECT_EQ(wrong(), ".env:1: this ' is not closed on its line");
}

TEST_F(load_test, BindTakesSeveralAddressesFromAnywhere) {
  from.environment["PUFF_BIND"] = "127.0.0.1:1, unix:/tmp/a";
  EXPECT_EQ(good().server.bind, (std::vector<std::string>{"127.0.0.1:1", "unix:/tmp/a"}));
  from.overrides["--bind"] = {"[::]:80", "localhost:0"};
  EXPECT_EQ(good().server.bind, (std::vector<std::string>{"[::]:80", "localhost:0"}));
}

TEST_F(load_test, BooleanVariablesAndFlags) {
  for (auto* yes : {"true", "1", "Yes", "ON"}) {
    from.environment["PUFF_REUSE_PORT"] = yes;
    EXPECT_TRUE(good().server.reuse_port) << yes;
  }
  from.overrides["--reuse-port"] = {"false"};
  EXPECT_FALSE(good().server.reuse_port);
  from.overrides["--reuse-port"] = {};
  EXPECT_TRUE(good().server.reuse_port);
  from.overrides.clear();
  from.environment["PUFF_REUSE_PORT"] = "maybe";
  EXPECT_EQ(wrong(), "PUFF_REUSE_PORT: expected true or false, found \"maybe\"");
}

TEST_F(load_test, EmptyVariableIsAsUnset) {
  from.environment["PUFF_BIND"] = "";
  from.environment["PUFF_CONFIG"] = "";
  EXPECT_EQ(good().server.bind[0], "127.0.0.1:7777");
}

TEST_F(load_test, LogVariableSetsTheLevels) {
  from.environment["PUFF_LOG"] = "warning,http=debug";
  EXPECT_EQ(good().log.level, "warning,http=debug");
  from.environment["PUFF_LOG"] = "http=loud";
  EXPECT_TRUE(wrong().starts_with("PUFF_LOG: must be trace, debug,")) << wrong();
}

TEST_F(load_test, UnknownOptionNamesTheNearest) {
  file("[[redis]]\nname = \"cache\"\n");
  from.overrides["--cahce-redis-url"] = {"redis://x"};
  EXPECT_EQ(wrong(), "--cahce-redis-url: unknown option; did you mean '--cache-redis-url'?");
}

TEST_F(load_test, WrongUrlsNeverShowTheirPassword) {
  file("[[redis]]\n");
  from.environment["PUFF_DEFAULT_REDIS_URL"] = "http://bob:secret@x";
  EXPECT_EQ(wrong(),
            "PUFF_DEFAULT_REDIS_URL: must begin with redis://, rediss://, unix://, "
            "redis+sentinel:// or redis+cluster://, not "
            "'http://bob:***@x'");
}

TEST_F(load_test, AsgiTurnsAsyncioOn) {
  file("asgi = \"app.main\"");
  EXPECT_TRUE(good().asyncio);
  EXPECT_EQ(origin_of("asyncio"), "implied by asgi");
  file("[[mounts]]\npath = \"/a\"\nasgi = \"app.main\"\n");
  EXPECT_TRUE(good().asyncio);
  file("[[mounts]]\nenable = false\npath = \"/a\"\nasgi = \"app.main\"\n");
  EXPECT_FALSE(good().asyncio);
}

TEST_F(load_test, PytestPathTurnsPytestOn) {
  file("pytest_path = \"tests\"");
  EXPECT_TRUE(good().pytest);
  file("pytest = false\npytest_path = \"tests\"");
  EXPECT_FALSE(good().pytest);
}

TEST_F(load_test, DefaultHttpClientAlwaysExists) {
  ASSERT_EQ(good().http_client.size(), 1u);
  file("[[http_client]]\nname = \"internal\"\n");
  ASSERT_EQ(good().http_client.size(), 2u);
  EXPECT_EQ(good().http_client[1].name, "default");
}

TEST_F(load_test, MountsLoseTheirLastSlashAndAreNamedByPath) {
  file(
      "[[mounts]]\npath = \"/api/\"\nwsgi = \"a.b\"\n\n[[mounts]]\npath = \"/\"\nwsgi = \"a.c\"\n");
  auto s = good();
  EXPECT_EQ(s.mounts[0].path, "/api");
  EXPECT_EQ(s.mounts[0].name, "/api");
  EXPECT_EQ(s.mounts[1].path, "/");
}

TEST_F(load_test, DisabledTablesNeedNotBeComplete) {
  file("[[graphql]]\nenable = false\n\n[[mounts]]\nenable = false\n");
  EXPECT_FALSE(good().graphql[0].enable);
}

TEST_F(load_test, GraphqlMayUseOnlyEnabledPools) {
  file(
      "[[postgres]]\nname = \"a\"\nenable = false\n[[graphql]]\nschema = \"a.B\"\ndatabase = "
      "\"a\"\n");
  EXPECT_EQ(
      wrong(),
      "puff.toml:6:1: 'database' of [[graphql]]: there is no [[postgres]] named 'a'; there is "
      "no [[postgres]] at all");
}

TEST_F(load_test, ProblemsOfFileAndEnvironmentAreToldTogether) {
  file("django = 1\n");
  from.environment["PUFF_BIND"] = "x";
  from.overrides["--reuse-port"] = {"x"};
  EXPECT_EQ(wrong(),
            "puff.toml:1:1: 'django': expected boolean, found integer\n"
            "PUFF_BIND: must be HOST:PORT, [IPV6]:PORT or unix:PATH, found \"x\"\n"
            "--reuse-port: expected true or false, found \"x\"");
}

TEST_F(load_test, BothApplicationsAreAWarning) {
  file("wsgi = \"a.b\"\nasgi = \"a.c\"\n");
  auto result = load(from);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->warnings.size(), 1u);
  EXPECT_NE(result->warnings[0].find("wsgi is served"), std::string::npos);
}

TEST_F(load_test, PoolOptionsFollowTheFile) {
  file(
      "[[postgres]]\n[[redis]]\nname = \"other\"\n[[redis]]\nname = \"off\"\nenable = false\n"
      "[[task_queue]]\n[[pubsub]]\n");
  std::vector<std::string> options, variables;
  for (const auto& o : pool_options(good())) {
    options.push_back(o.option);
    variables.push_back(o.environment);
  }
  EXPECT_EQ(options,
            (std::vector<std::string>{"--default-postgres-url", "--other-redis-url",
                                      "--default-pubsub-url", "--default-task-queue-url"}));
  EXPECT_EQ(variables[3], "PUFF_DEFAULT_TASK_QUEUE_URL");
}

TEST_F(load_test, EveryWayOfWritingUrlsIsAccepted) {
  for (auto* url : {"redis://:pass@h:1/2", "rediss://u:p@h", "unix:///tmp/redis.sock"}) {
    file("[[redis]]\nurl = \"" + std::string{url} + "\"");
    EXPECT_EQ(good().redis[0].url, url);
  }
  for (auto* url : {"postgres://u:p@h/db?sslmode=verify-full", "postgresql:///db?host=/run",
                    "host=/run dbname=db"}) {
    file("[[postgres]]\nurl = \"" + std::string{url} + "\"");
    EXPECT_EQ(good().postgres[0].url, url);
  }
}

TEST_F(load_test, ProcessSourcesHoldTheEnvironment) {
  auto process = process_sources();
  EXPECT_TRUE(process.environment.contains("PATH"));
  EXPECT_FALSE(process.cwd.empty());
}

}  // namespace
}  // namespace puff::config
