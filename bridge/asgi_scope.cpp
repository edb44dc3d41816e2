#include "bridge/asgi_scope.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

#include "bridge/internal/objects.hpp"
#include "services/http/path_params.hpp"
#include "services/http/websocket.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

using internal::intern;
using internal::put;

struct scope_keys {
  PyObject* version = intern("http_version");
  PyObject* http10 = intern("1.0");
  PyObject* method = intern("method");
  PyObject* scheme = intern("scheme");
  PyObject* https = intern("https");
  PyObject* wss = intern("wss");
  PyObject* subprotocols = intern("subprotocols");
  PyObject* path = intern("path");
  PyObject* raw_path = intern("raw_path");
  PyObject* query = intern("query_string");
  PyObject* headers = intern("headers");
  PyObject* client = intern("client");
  PyObject* server = intern("server");
  PyObject* state = intern("state");
};

const scope_keys& keys() {
  static const scope_keys interned;
  return interned;
}

PyObject* bytes(std::string_view text) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

PyObject* text_of(std::string_view text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

/// The method as str; the common ones are made once.
PyObject* method_of(std::string_view method) {
  struct known {
    std::string_view text;
    PyObject* object;
  };
  static const std::array<known, 7> all{{{"GET", intern("GET")},
                                         {"POST", intern("POST")},
                                         {"PUT", intern("PUT")},
                                         {"DELETE", intern("DELETE")},
                                         {"HEAD", intern("HEAD")},
                                         {"PATCH", intern("PATCH")},
                                         {"OPTIONS", intern("OPTIONS")}}};
  for (const auto& each : all)
    if (each.text == method) return Py_NewRef(each.object);
  return text_of(method);
}

/// The name of a field in small letters.
PyObject* name_of(std::string_view name) {
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  // By spelling as sent; bounded, since clients choose names.
  static std::unordered_map<std::string, PyObject*, hash, std::equal_to<>> known;
  constexpr std::size_t most = 1024;
  if (auto found = known.find(name); found != known.end()) return Py_NewRef(found->second);
  std::string small{name};
  std::transform(small.begin(), small.end(), small.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto* object = bytes(small);
  if (object && known.size() < most) known.emplace(name, Py_NewRef(object));
  return object;
}

PyObject* headers_of(const header_block& headers) {
  auto* list = PyList_New(static_cast<Py_ssize_t>(headers.size()));
  for (std::size_t i = 0; list && i < headers.size(); ++i) {
    auto* pair = PyTuple_New(2);
    if (!pair) {
      Py_CLEAR(list);
      break;
    }
    PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), pair);
    PyTuple_SET_ITEM(pair, 0, name_of(headers[i].name));
    PyTuple_SET_ITEM(pair, 1, bytes(headers[i].value));
    if (!PyTuple_GET_ITEM(pair, 0) || !PyTuple_GET_ITEM(pair, 1)) Py_CLEAR(list);
  }
  return list;
}

PyObject* subprotocols_of(const request& head) {
  const auto offered = http::offered_subprotocols(head);
  auto* list = PyList_New(static_cast<Py_ssize_t>(offered.size()));
  for (std::size_t i = 0; list && i < offered.size(); ++i) {
    auto* each = text_of(offered[i]);
    if (!each) {
      Py_CLEAR(list);
      break;
    }
    PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), each);
  }
  return list;
}

PyObject* address_of(const std::string& host, std::uint16_t port) {
  // Not "s#": that needs a macro before the first inclusion of Python.h.
  return Py_BuildValue("(Ni)", text_of(host), int{port});
}

}  // namespace

scope_builder::scope_builder(const std::string& root_path) {
  py::dict versions, base;
  versions["version"] = "3.0";
  versions["spec_version"] = "2.4";
  base["type"] = "http";
  base["asgi"] = versions;
  base["http_version"] = "1.1";
  base["scheme"] = "http";
  base["root_path"] = root_path;
  // A copy that has room for all keys is not rehashed when they are set.
  for (const char* key :
       {"client", "server", "method", "path", "raw_path", "query_string", "headers"})
    base[key] = py::none();
  websocket_base_ = py::reinterpret_steal<py::dict>(PyDict_Copy(base.ptr()));
  websocket_base_["type"] = "websocket";
  websocket_base_["scheme"] = "ws";
  websocket_base_.attr("pop")("method");
  py::dict extensions;
  extensions["websocket.http.response"] = py::dict{};
  websocket_base_["extensions"] = extensions;
  websocket_base_["subprotocols"] = py::none();
  base_ = std::move(base);
}

PyObject* scope_builder::build(const request& head) const {
  const auto& k = keys();
  PyObject* scope = PyDict_Copy(head.websocket ? websocket_base_.ptr() : base_.ptr());
  if (!scope) return nullptr;
  const bool complete =
      add_target(scope, head) && (!head.peer || add_peer(scope, head)) &&
      put(scope, k.headers, headers_of(head.headers)) &&
      (!head.websocket || put(scope, k.subprotocols, subprotocols_of(head))) &&
      (!state_ || put(scope, k.state, PyDict_Copy(state_.ptr()))) &&
      (head.minor_version != 0 || PyDict_SetItem(scope, k.version, k.http10) == 0);
  if (complete) return scope;
  Py_DECREF(scope);
  return nullptr;
}

bool scope_builder::add_target(PyObject* scope, const request& head) const {
  const auto& k = keys();
  auto path = head.path();
  const bool plain = path.find('%') == std::string_view::npos;
  return (head.websocket || put(scope, k.method, method_of(head.method))) &&
         put(scope, k.path, plain ? text_of(path) : text_of(http::percent_decoded(path))) &&
         put(scope, k.raw_path, bytes(path)) && put(scope, k.query, bytes(head.query()));
}

bool scope_builder::add_peer(PyObject* scope, const request& head) const {
  const auto& k = keys();
  const auto& peer = head.peer;
  auto* secure = head.websocket ? k.wss : k.https;
  if (peer->secure && PyDict_SetItem(scope, k.scheme, secure) != 0) return false;
  auto* ends = peers_.get(peer, [](const peer_info& p) {
    if (!p.unix_path.empty())
      return Py_BuildValue("(O(sO))", Py_None, p.unix_path.c_str(), Py_None);
    return Py_BuildValue("(NN)", address_of(p.client_address, p.client_port),
                         address_of(p.server_address, p.server_port));
  });
  return ends && PyDict_SetItem(scope, k.client, PyTuple_GET_ITEM(ends, 0)) == 0 &&
         PyDict_SetItem(scope, k.server, PyTuple_GET_ITEM(ends, 1)) == 0;
}

}  // namespace puff::bridge
