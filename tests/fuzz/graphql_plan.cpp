// libFuzzer: whatever a schema, a document and variables are, a request ends in good time with a
// response in JSON, and no sanitizer complains. Lines "---" stand between the three; if there is no
// schema before the first, a fixed one is asked.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/validation/validate.hpp"
#include "tests/graphql/execution/oracle_world.hpp"

namespace {

using namespace puff;
using namespace puff::graphql;

graphql_world& small() {
  static const auto made = world_of(
      "directive @d(a: Int! = 1) repeatable on FIELD | QUERY | FRAGMENT_SPREAD scalar Any "
      "interface N { id: ID! n: N l: [N!] } "
      "type A implements N { id: ID! n: A l: [A!]! a(i: I, e: E = X): String u: [U] d: Float } "
      "type B implements N { id: ID! n: N! l: [N!] a(i: I! = {x: 2}): Int v(any: Any): Any } "
      "union U = A | B enum E { X Y } "
      "input I { x: Int! = 1 y: I e: E o: O l: [[Int!]] } input O @oneOf { a: Int b: String } "
      "type Query { a(id: ID!): A u: U n: [N] l(n: [Int!]! = [1], e: [E]): [[A]] } "
      "type Mutation { m(i: I): B n: N } type Subscription { s: A }");
  return *made;
}

std::vector<std::string> parts_of(std::string_view text) {
  constexpr std::string_view line = "\n---\n";
  std::vector<std::string> out;
  for (auto at = text.find(line); at != text.npos && out.size() < 2; at = text.find(line)) {
    out.emplace_back(text.substr(0, at));
    text.remove_prefix(at + line.size());
  }
  out.emplace_back(text);
  out.resize(3);
  return out;
}

void must(bool fact) {
  if (!fact) std::abort();
}

/// The limits that a response is bounded by, small enough for a fuzzer's patience.
void ask(graphql_world& world, const std::string& text, const std::string& variables) {
  auto doc = parse(text);
  if (!doc || !validate(*world.schema->types, **doc).empty()) return;
  const auto given = parse_variables(variables);
  const coercion how{world.schema->scalars};
  for (const auto* definition : (*doc)->definitions()) {
    if (definition->kind != node_kind::operation) continue;
    const auto& operation = static_cast<const operation_node&>(*definition);
    auto coerced = coerce_variables(*world.schema->types, **doc, operation,
                                    given ? *given : value_object{}, how);
    if (!coerced) continue;
    auto made = make_plan(world.schema, *doc, operation, *coerced, {.max_fields = 5'000});
    if (!made || operation.operation == operation_type::subscription) continue;
    auto request = world.with;
    request.plan = *made;
    request.variables = std::move(*coerced);
    request.limits.max_objects = 1'000;
    request.limits.max_depth = 12;
    request.limits.max_bytes = 1u << 20;
    auto answers = 0;
    execute(std::move(request), [&](response r) {
      ++answers;
      must(static_cast<bool>(parse_json(r.body)));
    });
    must(answers == 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = parts_of({reinterpret_cast<const char*>(data), size});
  if (parts[0].empty()) {
    ask(small(), parts[1], parts[2]);
    return 0;
  }
  if (!build_schema(parts[0])) return 0;
  ask(*world_of(parts[0]), parts[1], parts[2]);
  return 0;
}
