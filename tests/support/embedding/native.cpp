// Routes that use every resource of the node from C++.
#include <puff/puff.hpp>

namespace {

using boost::asio::awaitable;
using puff::native_context;
using puff::http::exchange;
using std::chrono_literals::operator""s;

puff::response text(std::string body) {
  puff::response r;
  r.body = std::move(body);
  return r;
}

puff::response failure(const puff::error& why) { return text("error: " + puff::describe(why)); }

std::string shown(std::optional<std::string_view> value) {
  return value ? std::string{*value} : "NULL";
}

awaitable<void> values(exchange& x, const native_context& context) {
  auto asked = context.postgres().execute(
      "SELECT $1::int + $2::int AS sum, $3::float8, $4::text AS nothing, $5::bool, $6::text", 40, 2,
      0.1, std::nullopt, true, "it's");
  auto rows = co_await std::move(asked);
  if (!rows) co_return x.respond(failure(rows.error()));
  std::string line = shown(rows->at(0, "sum"));
  for (std::size_t i = 1; i < rows->columns(); ++i) line += " " + shown(rows->at(0, i));
  line += " " + shown(rows->at(0, "absent")) + " " + std::string{rows->tag()};
  x.respond(text(line));
}

awaitable<void> broken(exchange& x, const native_context& context) {
  auto asked = context.postgres().execute("SELECT 1 / $1::int", 0);
  auto rows = co_await std::move(asked);
  x.respond(rows ? text("no error") : failure(rows.error()));
}

awaitable<void> late(exchange& x, const native_context& context) {
  auto asked =
      context.postgres().within(std::chrono::milliseconds{50}).execute("SELECT pg_sleep(60)");
  auto rows = co_await std::move(asked);
  x.respond(rows ? text("no error") : failure(rows.error()));
}

awaitable<void> elsewhere(exchange& x, const native_context& context) {
  auto asked = context.postgres("elsewhere").execute("SELECT 1");
  auto rows = co_await std::move(asked);
  x.respond(rows ? text("no error") : failure(rows.error()));
}

/// Adds a row, and commits if the path says so.
awaitable<void> add_row(exchange& x, const native_context& context) {
  auto beginning = context.postgres().begin();
  auto begun = co_await std::move(beginning);
  if (!begun) co_return x.respond(failure(begun.error()));
  auto adding = begun->execute("INSERT INTO native_rows VALUES ($1)", x.request().query());
  auto added = co_await std::move(adding);
  if (!added && x.request().path() != "/keep") co_return x.respond(failure(added.error()));
  if (x.request().path() == "/leave") co_return x.respond(text(std::string{added->tag()}));
  auto ending = x.request().path() == "/keep" ? begun->commit() : begun->rollback();
  auto failed = co_await std::move(ending);
  x.respond(failed ? failure(failed) : text("ended"));
}

awaitable<void> run_task(exchange& x, const native_context& context) {
  puff::tasks::record what;
  what.function = "native_work." + std::string{x.request().query()};
  what.param = "21";
  auto adding = context.tasks().add(what);
  auto id = co_await std::move(adding);
  if (!id) co_return x.respond(failure(id.error()));
  auto waiting = context.tasks().result(*id, 20s);
  auto result = co_await std::move(waiting);
  x.respond(result ? text(*result) : failure(result.error()));
}

awaitable<void> ask_actor(exchange& x, const native_context& context) {
  auto asking =
      context.actor("Greeter/one").ask({"greet", puff::content_type::json, "[\"Ada\"]"}, 20s);
  auto reply = co_await std::move(asking);
  x.respond(reply ? text(reply->body) : failure(reply.error()));
}

awaitable<void> query(exchange& x, const native_context& context) {
  puff::graphql_call what;
  what.query = "query ($n: Int!) { twice(n: $n) who }";
  what.variables = R"({"n": 4})";
  what.token = "ada";
  auto asking = puff::graphql_execute(context, std::move(what), std::string{x.request().query()});
  auto answer = co_await std::move(asking);
  x.respond(answer ? text(answer->body) : failure(answer.error()));
}

}  // namespace

int main(int argc, char** argv) {
  puff::router routes;
  routes.get("/values", values)
      .get("/broken", broken)
      .get("/late", late)
      .get("/elsewhere", elsewhere)
      .get("/keep", add_row)
      .get("/undo", add_row)
      .get("/leave", add_row)
      .get("/task", run_task)
      .get("/actor", ask_actor)
      .get("/query", query)
      .graphql("/graphql")
      .graphql_subscriptions("/subscriptions")
      .playground("/playground");
  return puff::program("native").router(std::move(routes)).run(argc, argv);
}
