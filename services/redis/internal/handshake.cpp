#include "services/redis/internal/handshake.hpp"

#include <algorithm>

#include "services/redis/command.hpp"

namespace puff::redis::internal {
namespace {

/// Client names may not contain blanks or control characters.
std::string printable(std::string_view name) {
  std::string result{name.empty() ? "puff" : name};
  std::ranges::replace_if(
      result, [](char c) { return c <= ' ' || c > '~'; }, '-');
  return result;
}

/// A refusal that may be gone at the next attempt.
bool passes(std::string_view text) {
  return text.find("max number of clients") != std::string_view::npos;
}

/// Refusals that concern the whole connection, whatever was asked.
bool concerns_connection(std::string_view text) {
  return text.starts_with("NOAUTH") || text.starts_with("WRONGPASS") ||
         text.starts_with("DENIED") || passes(text);
}

bool is_replica(const redis_value& role) {
  const auto* parts = std::get_if<redis_value::array>(&role.data);
  const auto* name =
      parts && !parts->empty() ? std::get_if<std::string>(&parts->front().data) : nullptr;
  return name && *name != "master";
}

}  // namespace

handshake::handshake(const url& where, std::string_view client_name) {
  if (where.authenticates && where.user.empty())
    add({"AUTH", where.password}, {"AUTH", false});
  else if (where.authenticates)
    add({"AUTH", where.user, where.password}, {"AUTH", false});
  auto db = std::to_string(where.db);
  if (where.db != 0) add({"SELECT", db}, {"SELECT " + db, false});
  auto name = printable(where.client_name.empty() ? client_name : where.client_name);
  add({"CLIENT", "SETNAME", name}, {"CLIENT SETNAME", true});
  // A Sentinel may not know yet what it will be told in a moment.
  if (!where.sentinels.empty()) add({"ROLE"}, {"ROLE", true, true});
}

void handshake::add(std::initializer_list<std::string_view> command, step s) {
  wire_ += make_command(command).wire;
  steps_.push_back(std::move(s));
}

error handshake::take(const redis_value& reply) {
  auto current = std::move(steps_.front());
  steps_.pop_front();
  if (current.tells_role && is_replica(reply))
    return make_error(ec::unavailable, "the server that the Sentinels name is a replica");
  const auto* failure = std::get_if<redis_value::failure>(&reply.data);
  if (failure == nullptr || (current.may_be_refused && !concerns_connection(failure->text)))
    return {};
  return make_error(passes(failure->text) ? ec::unavailable : ec::server_error,
                    "the server refuses " + current.name + ": " + failure->text);
}

}  // namespace puff::redis::internal
