#include "bridge/graphql/in_process.hpp"

#include "bridge/graphql/arguments.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/python_thread.hpp"
#include "schemas/header_block.hpp"

namespace puff::bridge::graphql {
namespace {

using namespace puff::graphql;
using authorization = expected<std::shared_ptr<request_context>>;

constexpr auto capsule_name = "puff.graphql.schema";

/// What is asked, owned.
struct question {
  std::shared_ptr<void> keep;  ///< the schema's Python object
  own_schema* schema;
  std::string query, variables;
  std::optional<std::string> operation, token;
  header_block headers;
};

using finished = std::function<void(std::string)>;

class authorized final : public receiver<authorization> {
 public:
  authorized(std::shared_ptr<question> what, finished done)
      : what_(std::move(what)), done_(std::move(done)) {}

  void receive(authorization how) override {
    if (!how) return refused(how.error());
    surroundings with;
    with.context = std::move(*how);
    const graphql_request asked{what_->query, what_->operation, what_->variables};
    what_->schema->asks.execute(
        asked, std::move(with),
        [done = done_, keep = what_](puff::graphql::response r) { done(std::move(r.body)); });
  }
  void dropped() override { done_(refuse({{.message = "Nobody could be authorized."}}).body); }
  void when_cancelled(std::function<void()>) override {}

 private:
  void refused(const error& why) const {
    // What went wrong inside is in the log alone.
    const bool is_refusal = code_of(why) == ec::bad_request;
    done_(
        refuse({{.message = is_refusal ? context_of(why) : "The request could not be authorized."}})
            .body);
  }

  std::shared_ptr<question> what_;
  finished done_;
};

void ask(std::shared_ptr<question> what, finished done) {
  auto& authorizer = *what->schema->authorizer;
  const auto& headers = what->headers;
  const auto& token = what->token;
  authorizer.authorize(headers, token,
                       reply<authorization>{std::make_unique<authorized>(what, std::move(done))});
}

PyObject* wait_for_answer(std::shared_ptr<question> what) {
  return wait_for("graphql.execute", [&](python_thread& thread, wait_id id) {
    // From the thread's own turn: here its greenlet still runs.
    thread.post([what, &thread, id] {
      ask(what, [&thread, id](std::string body) {
        thread.complete(id, [body = std::move(body)] { return new_text(body); });
      });
    });
  });
}

PyObject* answer_at_once(std::shared_ptr<question> what) {
  std::optional<std::string> body;
  ask(std::move(what), [&body](std::string said) { body = std::move(said); });
  if (body) return new_text(*body);
  PyErr_SetString(PyExc_RuntimeError, "graphql.execute: a resolver did not answer");
  return nullptr;
}

}  // namespace

PyObject* new_schema(graphql_definition read) {
  auto forget = [](PyObject* capsule) {
    delete static_cast<own_schema*>(PyCapsule_GetPointer(capsule, capsule_name));
  };
  return PyCapsule_New(new own_schema{engine{std::move(read.schema)}, std::move(read.authorizer)},
                       capsule_name, forget);
}

own_schema* schema_in(PyObject* object) {
  return static_cast<own_schema*>(PyCapsule_GetPointer(object, capsule_name));
}

PyObject* execute_here(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("graphql_execute", count, 6)) return nullptr;
  auto what = std::make_shared<question>();
  what->schema = schema_in(args[0]);
  what->keep = kept_object::borrow(args[0]).share();
  if (!what->schema || !read(args[1], what->query) || !read(args[2], what->variables) ||
      !read(args[3], what->operation) || !read(args[4], what->headers) ||
      !read(args[5], what->token))
    return nullptr;
  return python_thread::current() ? wait_for_answer(std::move(what))
                                  : answer_at_once(std::move(what));
}

}  // namespace puff::bridge::graphql
