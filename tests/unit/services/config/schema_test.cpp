#include "services/config/schema.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "services/config/internal/judge.hpp"
#include "services/config/places.hpp"

namespace puff::config {
namespace {

void each(const section& in, const std::function<void(const section&, const key&)>& f) {
  for (const auto& k : in.keys) f(in, k);
  for (const auto& t : in.tables) each(t, f);
}

TEST(schema, EveryKeyIsDocumented) {
  each(schema(), [](const section& in, const key& k) {
    EXPECT_TRUE(k.doc.ends_with(".")) << in.name << "." << k.name;
    EXPECT_LT(k.doc.size(), 140u) << in.name << "." << k.name;
  });
}

TEST(schema, EveryDefaultIsAllowed) {
  each(schema(), [](const section& in, const key& k) {
    auto v = default_of(in, k);
    if (std::holds_alternative<std::monostate>(v)) return;
    EXPECT_EQ(internal::complaint(k, v), "") << in.name << "." << k.name;
  });
}

TEST(schema, EveryKeyHasADefaultOrAnExample) {
  each(schema(), [](const section& in, const key& k) {
    bool initial = !std::holds_alternative<std::monostate>(default_of(in, k));
    EXPECT_TRUE(initial || !k.example.empty()) << in.name << "." << k.name;
  });
}

TEST(schema, NamesAreUniqueInTheirTable) {
  std::set<std::pair<const section*, std::string_view>> seen;
  each(schema(), [&](const section& in, const key& k) {
    EXPECT_TRUE(seen.emplace(&in, k.name).second) << in.name << "." << k.name;
  });
}

TEST(schema, SettingAKeyIsReadBack) {
  settings s;
  s.redis.emplace_back();
  s.graphql.emplace_back();
  visit(s, [](const place& p) {
    auto kind = p.what.bound->kind;
    if (kind == value_kind::integer) {
      p.what.bound->set(p.object, p.what.low + 1);
      EXPECT_EQ(std::get<std::int64_t>(p.what.bound->get(p.object)), p.what.low + 1) << p.path;
    } else if (kind == value_kind::list) {
      p.what.bound->set(p.object, std::vector<std::string>{"a", "b"});
      EXPECT_EQ(to_toml(p.what.bound->get(p.object)), R"(["a", "b"])") << p.path;
    }
  });
  EXPECT_EQ(s.redis[0].pool_size, 2u);
  EXPECT_EQ(s.python_path.size(), 2u);
}

TEST(schema, PlacesAreNamedByPathAndByInstance) {
  settings s;
  s.postgres.emplace_back().name = "audit";
  std::set<std::string> paths, labels;
  visit(s, [&](const place& p) {
    paths.insert(p.path);
    labels.insert(p.label);
  });
  EXPECT_TRUE(paths.contains("postgres[0].url"));
  EXPECT_TRUE(labels.contains("postgres.audit.url"));
  EXPECT_TRUE(labels.contains("server.bind"));
  EXPECT_FALSE(labels.contains("redis.default.url"));
}

TEST(schema, NamesOfVariablesAndOptionsFollowThePool) {
  EXPECT_EQ(environment_name("PUFF_{NAME}_REDIS_URL", "read-only"), "PUFF_READ_ONLY_REDIS_URL");
  EXPECT_EQ(option_name("--{name}-redis-url", "read-only"), "--read-only-redis-url");
  EXPECT_EQ(environment_name("PUFF_BIND", ""), "PUFF_BIND");
}

}  // namespace
}  // namespace puff::config
