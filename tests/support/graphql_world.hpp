#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "services/graphql/execute/execution.hpp"
#include "services/graphql/language/parser.hpp"
#include "services/graphql/plan/planner.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/values/json_input.hpp"
#include "services/graphql/values/memory_rows.hpp"
#include "services/graphql/values/variables.hpp"

namespace puff::graphql {

/// A resolver that is a function.
class function_resolver final : public field_resolver {
 public:
  using function = std::function<void(const field_call&, reply<answer>)>;
  explicit function_resolver(function f) : f_(std::move(f)) {}
  void resolve(const field_call& call, reply<answer> done) override { f_(call, std::move(done)); }

 private:
  function f_;
};

/// The value that JSON spells, for tests.
inline value json(std::string_view text) {
  auto v = parse_json(text);
  if (!v) throw std::invalid_argument{describe(v.error())};
  return std::move(*v);
}

/// A schema of SDL whose resolvers are functions, and requests to it; all in memory.
class graphql_world {
 public:
  explicit graphql_world(const std::string& sdl) {
    auto built = build_schema(sdl);
    if (!built) throw std::invalid_argument{built.errors().front().message};
    schema = std::make_shared<bound_schema>(*built);
  }

  /// `field` is "Type.field"; the function answers at once.
  void answers(const std::string& field, std::function<answer(const field_call&)> f,
               std::vector<std::string> depends_on = {}) {
    resolves(
        field, [f = std::move(f)](const field_call& call, reply<answer> done) { done(f(call)); },
        std::move(depends_on));
  }
  void resolves(const std::string& field, function_resolver::function f,
                std::vector<std::string> depends_on = {}) {
    bind(field,
         from_resolver{std::make_shared<function_resolver>(std::move(f)), std::move(depends_on)});
  }
  void bind(const std::string& field, field_binding how) {
    const auto dot = field.find('.');
    if (!schema->bind(field.substr(0, dot), field.substr(dot + 1), std::move(how)))
      throw std::invalid_argument{field};
  }

  /// Starts a request that ends when its resolvers answer.
  std::shared_ptr<execution> start(const std::string& query, response_ready done,
                                   const std::string& variables = {}) {
    auto doc = parse(query);
    if (!doc) {
      done(refuse(doc.errors()));
      return nullptr;
    }
    const auto* operation = (*doc)->operation({});
    auto given = parse_variables(variables);
    auto coerced =
        coerce_variables(*schema->types, **doc, *operation, *given, coercion{schema->scalars});
    if (!coerced) {
      done(refuse(coerced.errors()));
      return nullptr;
    }
    auto made = make_plan(schema, *doc, *operation, *coerced, {}, with.incremental);
    if (!made) {
      done(refuse(made.errors()));
      return nullptr;
    }
    auto request = with;
    request.plan = *made;
    request.variables = std::move(*coerced);
    return execute(std::move(request), std::move(done));
  }

  /// The whole response of a request whose resolvers answer at once.
  std::string run(const std::string& query, const std::string& variables = {}) {
    std::string body = "(no response)";
    start(
        query, [&](response r) { body = std::move(r.body); }, variables);
    return body;
  }

  std::shared_ptr<bound_schema> schema;
  execution_request with;  ///< root, context, sql, clock and limits of every request
};

}  // namespace puff::graphql
