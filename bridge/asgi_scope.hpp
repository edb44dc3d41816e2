#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "bridge/internal/peer_cache.hpp"
#include "schemas/request.hpp"

namespace puff::bridge {

/// Builds the scopes of one ASGI application (ASGI 3.0, http and websocket of spec 2.4): a copied
/// base dict, then what differs. Keys are interned; the names of header fields are made once.
class scope_builder {
 public:
  /// `root_path` is the path the application is mounted at, without a slash at its end.
  explicit scope_builder(const std::string& root_path);

  /// The lifespan's state, of which each scope gets a shallow copy; none if the application has no
  /// lifespan.
  void set_state(pybind11::object state) {
    state_ = std::move(state);
    base_["state"] = pybind11::none();
    websocket_base_["state"] = pybind11::none();
  }

  /// A new dict, or null with an exception.
  PyObject* build(const request& head) const;

 private:
  bool add_target(PyObject* scope, const request& head) const;
  bool add_peer(PyObject* scope, const request& head) const;

  pybind11::dict base_, websocket_base_;
  pybind11::object state_;
  mutable internal::peer_cache peers_;
};

}  // namespace puff::bridge
