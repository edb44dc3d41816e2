#pragma once

#include <deque>
#include <optional>
#include <string>

#include "schemas/error.hpp"
#include "schemas/redis_value.hpp"
#include "services/redis/url.hpp"

namespace puff::redis::internal {

/// What must be settled on a fresh connection before anybody uses it: AUTH, SELECT, CLIENT SETNAME,
/// and behind Sentinels that it is a master.
/// There is always at least one step, so a finished handshake proves that the peer is Redis.
class handshake {
 public:
  handshake(const url& where, std::string_view client_name);

  /// All steps in wire form.
  const std::string& wire() const noexcept { return wire_; }
  bool finished() const noexcept { return steps_.empty(); }
  /// Takes the reply to the next step. `server_error` if the server refuses it,
  /// `unavailable` if only for now.
  error take(const redis_value& reply);

 private:
  struct step {
    std::string name;
    bool may_be_refused;  // by an access rule or an old server, without harm
    bool tells_role = false;
  };

  void add(std::initializer_list<std::string_view> command, step s);

  std::string wire_;
  std::deque<step> steps_;
};

}  // namespace puff::redis::internal
