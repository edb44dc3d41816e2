#pragma once

#include <pybind11/pybind11.h>

#include <array>
#include <cstdint>
#include <memory>

#include "schemas/request.hpp"

namespace puff::bridge::internal {

/// What Python sees of a connection's two ends, made once for all its requests: a tuple for each of
/// the connections that asked last. With the GIL held.
class peer_cache {
 public:
  /// The tuple that `make(peer)` gives, borrowed until the next call; null with an exception.
  template <class Make>
  PyObject* get(const std::shared_ptr<const peer_info>& peer, Make make) {
    auto& place = entries_[reinterpret_cast<std::uintptr_t>(peer.get()) / alignment % size];
    if (place.peer != peer) {
      auto made = pybind11::reinterpret_steal<pybind11::object>(make(*peer));
      if (!made) return nullptr;
      place = {peer, std::move(made)};
    }
    return place.values.ptr();
  }

 private:
  static constexpr std::size_t size = 509;  // prime: addresses share factors
  static constexpr std::size_t alignment = 16;
  struct entry {
    std::shared_ptr<const peer_info> peer;
    pybind11::object values;
  };
  std::array<entry, size> entries_;
};

}  // namespace puff::bridge::internal
