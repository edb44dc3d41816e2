#include "bridge/graphql/lend.hpp"

#include "actors/core/ask.hpp"
#include "bridge/graphql/field_data.hpp"
#include "bridge/graphql/python_call.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/session_object.hpp"
#include "bridge/python_thread.hpp"
#include "bridge/runtime.hpp"

namespace puff::bridge::graphql {
namespace {

using namespace std::chrono_literals;

/// Describes the session that was lent and gives its object to whoever waits. On the waiting
/// thread.
void give(python_thread& thread, wait_id id, const std::string& pool, session_id session) {
  const auto& pools = the_runtime().postgres;
  const auto found = pools.find(pool);
  const auto living = found == pools.end() ? std::nullopt : found->second.pool.get();
  if (!living || !thread.self)
    return thread.fail(id, make_error(ec::unavailable, "PostgreSQL pool '" + pool + "' is down"));
  auto described = [&thread, id, where = found->second, session](sql_description& like) {
    sql_lent lent{session, std::make_shared<const sql_session>(like.take())};
    auto made = std::make_shared<postgres::session>(where, std::move(lent),
                                                    postgres::session::owner::somebody_else);
    thread.complete(id, [made] { return postgres::new_session_object(made); });
  };
  ask(thread.self, *living, 10s, describe_atom::value, session)
      .then(described, [&thread, id](const error& why) { thread.fail(id, why); });
}

class lent final : public puff::graphql::receiver<expected<session_id>> {
 public:
  lent(python_thread& thread, wait_id id, std::string pool)
      : thread_(thread), id_(id), pool_(std::move(pool)) {}

  void receive(expected<session_id> given) override {
    thread_.post([&thread = thread_, id = id_, pool = pool_, given] {
      if (given)
        give(thread, id, pool, *given);
      else
        thread.fail(id, given.error());
    });
  }
  void dropped() override { receive(make_error(ec::cancelled, "the request has ended")); }
  void when_cancelled(std::function<void()>) override {}

 private:
  python_thread& thread_;
  const wait_id id_;
  const std::string pool_;
};

}  // namespace

PyObject* lend(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("graphql_lend", count, 1)) return nullptr;
  auto data = data_in_call(args[0]);
  if (!data) return nullptr;
  if (!data->context || data->context->database.empty()) {
    PyErr_SetString(PyExc_RuntimeError,
                    "this request has no database: name one in the [[graphql]] table");
    return nullptr;
  }
  return wait_for("context.connection", [&](python_thread& thread, wait_id id) {
    using answer_to = puff::graphql::reply<expected<session_id>>;
    auto owed =
        std::make_shared<answer_to>(std::make_unique<lent>(thread, id, data->context->database));
    post_home(data->home, [data, owed] {
      const auto sql = data->sql.lock();
      if (sql) return sql->lend(std::move(*owed));
      (*owed)(make_error(ec::cancelled, "the request has ended"));
    });
  });
}

}  // namespace puff::bridge::graphql
