#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "bridge/internal/peer_cache.hpp"
#include "schemas/request.hpp"

namespace puff::bridge {

/// Builds PEP 3333 environs for one application: a copied base dict, then what differs. Keys are
/// interned; the names of known header fields are translated once.
class environ_builder {
 public:
  /// `script_name` is the path the application is mounted at, without a slash at its end.
  explicit environ_builder(std::string script_name);

  /// A new dict without `wsgi.input`, or null with an exception.
  PyObject* build(const request& head) const;

 private:
  bool add_target(PyObject* environ, const request& head) const;
  bool add_peer(PyObject* environ, const std::shared_ptr<const peer_info>& peer) const;
  bool add_headers(PyObject* environ, const header_block& headers) const;

  std::string script_name_;
  pybind11::object base_;
  mutable internal::peer_cache peers_;
};

}  // namespace puff::bridge
