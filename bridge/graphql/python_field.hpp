#pragma once

#include <memory>
#include <string>

#include "bridge/graphql/schema_objects.hpp"
#include "services/graphql/execute/resolver.hpp"

namespace puff::bridge::graphql {

/// Where a resolver's function is called.
enum class runs_on {
  greenlet,  ///< on a pooled greenlet, where it may wait
  hub,       ///< at once in the greenlet thread's turn: it cannot wait
  asyncio,   ///< a coroutine function, as a task of the asyncio thread
};

/// A function of the package that takes a GraphqlCall and returns what a resolver returns.
struct python_function {
  std::string title;  ///< "Query.books"
  kept_object function;
  runs_on where = runs_on::greenlet;
};

/// A field that Python resolves: one message to Python's thread for each call, one back. A call
/// whose client is gone is cancelled where it waits.
class python_field final : public puff::graphql::field_resolver {
 public:
  python_field(python_function what, std::shared_ptr<const schema_objects> names)
      : what_(std::make_shared<const python_function>(std::move(what))), names_(std::move(names)) {}

  void resolve(const puff::graphql::field_call& call,
               puff::graphql::reply<puff::graphql::answer> done) override;

 private:
  const std::shared_ptr<const python_function> what_;
  const std::shared_ptr<const schema_objects> names_;
};

}  // namespace puff::bridge::graphql
