#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "actors/core/loop.hpp"
#include "actors/interfaces.hpp"

namespace puff::internal {

/// Answers on their way to the listeners that asked: what is added between two waits of the loop
/// leaves as one message for each. The loop's thread only.
class answer_outbox : public std::enable_shared_from_this<answer_outbox> {
 public:
  using post = std::function<void(const http_listener_actor&, response_batch)>;
  answer_outbox(loop& home, post send) : home_(home), send_(std::move(send)) {}

  /// A small number for a listener, the same each time.
  std::uint32_t number_of(const http_listener_actor& listener);
  void add(std::uint32_t listener, response_part part);
  void flush();
  /// Sends what there is; what is added later goes nowhere.
  void close();

 private:
  struct outgoing {
    http_listener_actor who;
    response_parts parts;
  };
  loop& home_;
  post send_;
  std::vector<outgoing> listeners_;
  bool leaving_ = false;
};

}  // namespace puff::internal
