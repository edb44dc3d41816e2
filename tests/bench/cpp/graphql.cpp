// The front half of the GraphQL engine: parsing and validating, from GraphiQL's introspection query
// to documents made to be slow.
#include <benchmark/benchmark.h>

#include <fstream>
#include <sstream>
#include <string>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/validation/validate.hpp"

namespace {

using namespace puff::graphql;

std::string file(const std::string& name) {
  std::ifstream in(std::string(PUFF_SOURCE_DIR) + "/tests/graphql/schemas/" + name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

const schema& pets() {
  static const auto made = build_schema(file("pets.graphql"));
  return **made;
}

constexpr const char* introspection_query = R"(
query IntrospectionQuery {
  __schema {
    description
    queryType { name kind }
    mutationType { name kind }
    subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) {
    name description
    args(includeDeprecated: true) { ...InputValue }
    type { ...TypeRef }
    isDeprecated deprecationReason
  }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue {
  name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
}
fragment TypeRef on __Type {
  kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
  } } } }
})";

void measure(benchmark::State& state, const std::string& text, bool valid = true) {
  validation_options all;
  all.max_root_fields = all.max_fields = all.max_aliases = 0;
  for (auto _ : state) {
    auto doc = parse(text);
    auto errors = validate(pets(), **doc, all);
    if (errors.empty() != valid) state.SkipWithError("the other answer was expected");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size() * state.iterations()));
}

std::string repeated(const std::string& part, int times) {
  std::string out;
  while (times-- > 0) out += part;
  return out;
}

void parse_introspection(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse(introspection_query));
}
void introspection(benchmark::State& state) { measure(state, introspection_query); }
void typenames_3000(benchmark::State& state) {
  measure(state, "{" + repeated(" __typename", 3000) + " }");
}
void same_objects_1000(benchmark::State& state) {
  measure(state, "{" + repeated(" dog { name owner { id } }", 1000) + " }");
}
void conflicts_3000(benchmark::State& state) {
  measure(state, "{ dog {" + repeated(" x: name x: nickname", 1500) + " } }", false);
}
void build(benchmark::State& state) {
  auto text = file("pets.graphql");
  for (auto _ : state) benchmark::DoNotOptimize(build_schema(text));
}

BENCHMARK(parse_introspection)->Unit(benchmark::kMicrosecond);
BENCHMARK(introspection)->Unit(benchmark::kMicrosecond);
BENCHMARK(typenames_3000)->Unit(benchmark::kMicrosecond);
BENCHMARK(same_objects_1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(conflicts_3000)->Unit(benchmark::kMicrosecond);
BENCHMARK(build)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
