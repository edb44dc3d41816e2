#pragma once

#include <memory>
#include <string>

#include "actors/core/timer.hpp"
#include "actors/internal/graphql_operations.hpp"

namespace puff::internal {

class graphql_exchange;
struct graphql_desk;

/// A client of GraphQL over SSE in single connection mode: one stream of events brings what many
/// requests have asked for. It is reserved, then listened to, and over when the listener is gone or
/// nobody has come.
class graphql_reservation final : public std::enable_shared_from_this<graphql_reservation>,
                                  graphql_carrier {
 public:
  graphql_reservation(graphql_desk& desk, std::string token);
  ~graphql_reservation() override;

  const std::string& token() const noexcept { return token_; }
  /// Waits for its listener, but not for ever.
  void wait();
  bool has_listener() const noexcept { return stream_ != nullptr; }
  void attach(graphql_exchange& stream);
  /// The listener is gone: everything stops.
  void detach();
  graphql_operations& operations() noexcept { return *operations_; }
  /// The listener has taken something.
  void pump();

 private:
  void next(const std::string& id, std::string_view body) override;
  void next_shared(const std::string& id, std::shared_ptr<const std::string> body) override;
  void failed(const std::string& id, std::string_view body) override;
  void completed(const std::string& id) override;
  void waits() override { pump(); }

  graphql_desk& desk_;
  const std::string token_;
  graphql_exchange* stream_ = nullptr;
  std::shared_ptr<graphql_operations> operations_;
  timer patience_;
  bool pumping_ = false;
};

}  // namespace puff::internal
