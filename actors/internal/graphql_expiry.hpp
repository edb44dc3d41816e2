#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "actors/core/timer.hpp"
#include "services/graphql/execute/resolver.hpp"

namespace puff::internal {

/// What a client is told whose authentication does not hold any more.
inline constexpr std::string_view expired_text = "The authorization has expired.";

/// Calls once when the authentication of a context expires, unless dropped before; never if it
/// holds for good. The wall clock counts, which may be set: it is looked at now and then.
class graphql_expiry {
 public:
  graphql_expiry() = default;
  graphql_expiry(loop& home, const graphql::request_context* of, std::function<void()> what);

  void cancel() noexcept { running_.reset(); }

 private:
  struct watch;
  std::shared_ptr<watch> running_;
};

/// Whether it has expired.
bool has_expired(const graphql::request_context* of);

}  // namespace puff::internal
