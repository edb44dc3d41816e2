#include "actors/native_graphql.hpp"

#include <caf/send.hpp>

#include "actors/native_ask.hpp"

namespace puff {

namespace asio = boost::asio;

asio::awaitable<expected<graphql_answer>> graphql_execute(native_context context, graphql_call what,
                                                          std::string schema,
                                                          std::chrono::milliseconds within) {
  auto& over = context.home();
  auto executor = co_await asio::this_coro::executor;
  auto home = home_of(over, executor);
  if (!home) co_return std::move(home.error());
  auto found = pool_named(over.schemas(), schema, "GraphQL schema", "graphql");
  if (!found) co_return std::move(found.error());
  if (what.ticket == 0) what.ticket = next_graphql_ticket();
  const auto ticket = what.ticket;
  graphql_call_parcel sent{std::move(what)};
  auto asked = native_ask<graphql_answer_parcel>(**home, *found, within, execute_atom::value, sent);
  auto answer = co_await std::move(asked);
  if (answer) co_return answer->take();
  auto resolver = found->get();
  if (resolver) caf::anon_send(*resolver, stop_atom::value, ticket);
  co_return std::move(answer.error());
}

}  // namespace puff
