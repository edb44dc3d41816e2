#include <stdexcept>

#include "actors/core/outside_ask.hpp"
#include "actors/internal/node_parts.hpp"

namespace puff {

error node::serve(http_listener_options options, std::vector<http::acceptor> sockets) {
  std::vector<child> children;
  for (auto& socket : sockets) parts_->sockets.emplace_back(std::move(socket));
  for (std::size_t i = 0; i < loops(); ++i) {
    auto start = [this, i, options](const gauge_ptr& counts) {
      // A restarted listener accepts from the same sockets.
      std::vector<http::acceptor> accepting;
      for (const auto& shared : parts_->sockets) {
        auto copy = shared.on(loop(i).io());
        if (!copy) throw std::runtime_error{describe(copy.error())};
        accepting.push_back(std::move(*copy));
      }
      return spawn<http_listener>(system(), {.home = &loop(i), .counts = counts},
                                  std::ref(loop(i).io()), options, parcel{std::move(accepting)});
    };
    auto& cell = parts_->listener_cells.emplace_back();
    children.push_back(child_of("http_listener " + std::to_string(i), cell, std::move(start)));
  }
  parts_->listeners = parts_->watch_over("listeners", std::move(children));
  return {};
}

void node::drain(std::chrono::milliseconds time_limit, std::function<void(const error&)> done) {
  loop().post([this, time_limit, done = std::move(done)] {
    struct progress {
      std::size_t left;
      error worst;
    };
    parts_->sockets.clear();
    auto state = std::make_shared<progress>(progress{parts_->listener_cells.size(), {}});
    if (state->left == 0) return done({});
    for (auto& cell : parts_->listener_cells) {
      auto ended = [state, done](expected<drain_atom> outcome) {
        if (!outcome) state->worst = outcome.error();
        if (--state->left == 0) done(state->worst);
      };
      outside_ask<drain_atom>(loop(), cell, time_limit, ended, drain_atom::value);
    }
  });
}

}  // namespace puff
