// The half of `graphql_exchange` that is about single connections: GraphQL over SSE, where the
// answers to many requests come by one stream of events.
#include <sys/random.h>

#include <array>
#include <cerrno>

#include "actors/internal/graphql_exchange.hpp"

namespace puff::internal {
namespace {

constexpr std::size_t most_reservations = 1'000;

/// A secret that nobody guesses; empty if the system has no randomness to give.
std::string new_token() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return {};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto b : bytes) {
    out += digits[b >> 4];
    out += digits[b & 15];
  }
  return out;
}

response plain(std::uint16_t status, std::string text) {
  response out;
  out.head.status = status;
  if (!text.empty()) out.head.headers.add("Content-Type", "text/plain; charset=utf-8");
  out.body = std::move(text);
  return out;
}

}  // namespace

void graphql_exchange::run_single() {
  using kind = graphql::question_kind;
  if (question_.what == kind::reserve) return reserve();
  const auto at = desk_.reservations.find(question_.token);
  if (at == desk_.reservations.end())
    return answer(graphql::http_refusal(404, "There is no such stream.", question_.media));
  const auto found = at->second;
  if (question_.what == kind::listen) return listen(found);
  if (question_.what == kind::execute) return begin_single(*found);
  found->operations().stop(question_.operation_id);
  answer(plain(200, {}));
}

void graphql_exchange::reserve() {
  auto token = new_token();
  if (token.empty() || desk_.reservations.size() >= most_reservations)
    return answer(graphql::http_refusal(503, "There are too many streams.", question_.media));
  const auto made = std::make_shared<graphql_reservation>(desk_, token);
  desk_.reservations.emplace(token, made);
  made->wait();
  answer(plain(201, std::move(token)));
}

void graphql_exchange::listen(const std::shared_ptr<graphql_reservation>& found) {
  if (found->has_listener())
    return answer(graphql::http_refusal(409, "The stream has a listener.", question_.media));
  start_events();
  reservation_ = found;
  found->attach(*this);
}

void graphql_exchange::begin_single(graphql_reservation& found) {
  const auto refuse = [&](std::uint16_t status, std::string_view why) {
    answer(graphql::http_refusal(status, why, question_.media));
  };
  const auto& id = question_.operation_id;
  auto& running = found.operations();
  if (id.empty()) return refuse(400, "\"extensions\" has no \"operationId\".");
  if (!found.has_listener()) return refuse(409, "Nobody listens to the stream.");
  if (running.has(id)) return refuse(409, "An operation of this id is under way.");
  if (running.size() >= desk_.work->options().sockets.max_operations)
    return refuse(429, "Too many operations of one stream.");
  auto prepared =
      desk_.work->prepare(std::move(question_.operations.front()), question_.increments);
  if (!prepared) {
    auto refused = desk_.work->refusal(prepared.errors());
    return answer(graphql::http_answer(refused.how, std::move(refused.body), question_.media));
  }
  running.begin(id, std::move(*prepared), behalf_);
  answer(plain(202, {}));
}

bool graphql_exchange::has_room() const noexcept { return !over_ && unsent_ <= event_window; }

}  // namespace puff::internal
