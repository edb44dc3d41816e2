// The GraphQL engine alone: no socket, no Python, no server; data in memory.
#include <benchmark/benchmark.h>

#include "services/graphql/engine.hpp"
#include "services/graphql/execute/join.hpp"
#include "services/graphql/values/column_builder.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {
namespace {

constexpr auto sdl = R"(
  type Query { authors: [Author!]! }
  type Author { id: Int! name: String! rating: Float created_at: String posts: [Post!]! }
  type Post { id: Int! title: String! created_at: String comments: [Comment!]! }
  type Comment { id: Int! body: String! })";

constexpr auto query =
    "{ authors { id name rating created_at posts { id title created_at comments { id body } } } }";

constexpr int authors = 50, posts = 10, comments = 5;
constexpr int objects = authors * (1 + posts * (1 + comments));

column_ptr numbers(int count, int divide = 1) {
  std::vector<std::int64_t> out;
  for (int i = 0; i < count; ++i) out.push_back(i / divide);
  return integers(std::move(out));
}

column_ptr words(const std::string& start, int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) out.push_back(start + std::to_string(i));
  return texts(std::move(out));
}

struct blog {
  blog() : world(sdl) {
    const auto all_posts = authors * posts, all_comments = all_posts * comments;
    const auto a = rows_of({{"id", numbers(authors)},
                            {"name", words("author ", authors)},
                            {"rating", reals(std::vector<double>(authors, 4.25))},
                            {"created_at", words("2026-01-01T00:00:0", authors)}});
    const auto p = rows_of({{"id", numbers(all_posts)},
                            {"author_id", numbers(all_posts, posts)},
                            {"title", words("the title of post ", all_posts)},
                            {"created_at", words("2026-01-01T00:00:0", all_posts)}});
    const auto c = rows_of({{"id", numbers(all_comments)},
                            {"post_id", numbers(all_comments, comments)},
                            {"body", words("a comment of some length ", all_comments)}});
    world.answers("Query.authors", [a](const field_call&) { return listed{objects_of(a)}; });
    world.answers("Author.posts", [p](const field_call&) {
      return correlated{p, {"id"}, {"author_id"}};
    });
    world.answers("Post.comments", [c](const field_call&) {
      return correlated{c, {"id"}, {"post_id"}};
    });
  }
  graphql_world world;
};

void per_object(benchmark::State& state) {
  blog b;
  engine e{b.world.schema};
  std::size_t bytes = 0;
  for (auto _ : state)
    e.execute({.query = query, .operation_name = {}, .variables = {}}, {},
              [&](response r) { bytes = r.body.size(); });
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["per object"] = benchmark::Counter(
      objects, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(per_object)->Unit(benchmark::kMicrosecond);

void plan_cache_hit(benchmark::State& state) {
  blog b;
  engine e{b.world.schema};
  const graphql_request asked{.query = query, .operation_name = {}, .variables = {}};
  for (auto _ : state) benchmark::DoNotOptimize(e.prepare(asked));
}
BENCHMARK(plan_cache_hit);

void plan_cache_miss(benchmark::State& state) {
  blog b;
  engine_options options;
  options.cache.documents = 0;
  engine e{b.world.schema, options};
  const graphql_request asked{.query = query, .operation_name = {}, .variables = {}};
  for (auto _ : state) benchmark::DoNotOptimize(e.prepare(asked));
}
BENCHMARK(plan_cache_miss)->Unit(benchmark::kMicrosecond);

constexpr auto introspection_query = R"(
  query IntrospectionQuery { __schema { description queryType { name } mutationType { name }
    subscriptionType { name } types { ...FullType }
    directives { name description isRepeatable locations args { ...InputValue } } } }
  fragment FullType on __Type { kind name description specifiedByURL
    fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef }
      isDeprecated deprecationReason }
    inputFields { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } })";

void full_introspection(benchmark::State& state) {
  blog b;
  engine_options options;
  options.validation.max_introspection_depth = 0;
  engine e{b.world.schema, options};
  std::size_t bytes = 0;
  for (auto _ : state)
    e.execute({.query = introspection_query, .operation_name = {}, .variables = {}}, {},
              [&](response r) { bytes = r.body.size(); });
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(full_introspection)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace puff::graphql

BENCHMARK_MAIN();
