#include "bridge/environ.hpp"

#include <array>
#include <string>
#include <unordered_map>

#include "bridge/internal/objects.hpp"
#include "services/http/path_params.hpp"

namespace py = pybind11;

namespace puff::bridge {
namespace {

using internal::intern;
using internal::put;

struct environ_keys {
  PyObject* method = intern("REQUEST_METHOD");
  PyObject* path = intern("PATH_INFO");
  PyObject* query = intern("QUERY_STRING");
  PyObject* protocol = intern("SERVER_PROTOCOL");
  PyObject* uri = intern("REQUEST_URI");
  PyObject* raw_uri = intern("RAW_URI");
  PyObject* remote_address = intern("REMOTE_ADDR");
  PyObject* remote_port = intern("REMOTE_PORT");
  PyObject* server_name = intern("SERVER_NAME");
  PyObject* server_port = intern("SERVER_PORT");
  PyObject* scheme = intern("wsgi.url_scheme");
  PyObject* cookie = intern("HTTP_COOKIE");
  PyObject* http10 = intern("HTTP/1.0");
  PyObject* http11 = intern("HTTP/1.1");
  PyObject* https = intern("https");
  PyObject* get = intern("GET");
  PyObject* post = intern("POST");
};

const environ_keys& keys() {
  static const environ_keys interned;
  return interned;
}

PyObject* latin1(std::string_view text) {
  return PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
}

bool put_text(PyObject* dict, PyObject* key, std::string_view text) {
  return put(dict, key, latin1(text));
}

/// Both names that servers have for the target as sent.
bool put_uri(PyObject* dict, std::string_view target) {
  auto text = py::reinterpret_steal<py::object>(latin1(target));
  return text && PyDict_SetItem(dict, keys().uri, text.ptr()) == 0 &&
         PyDict_SetItem(dict, keys().raw_uri, text.ptr()) == 0;
}

/// The environ's key for a field name, or null where a field has none: names with an underscore
/// could pass for others.
PyObject* key_of(std::string_view name) {
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  // By spelling as sent; bounded, since clients choose names.
  static std::unordered_map<std::string, PyObject*, hash, std::equal_to<>> known;
  constexpr std::size_t most = 1024;
  if (auto found = known.find(name); found != known.end()) {
    Py_XINCREF(found->second);
    return found->second;
  }
  PyObject* key = nullptr;
  if (name.find('_') == std::string_view::npos) {
    std::string text;
    for (unsigned char c : name) text += c == '-' ? '_' : static_cast<char>(std::toupper(c));
    if (text != "CONTENT_TYPE" && text != "CONTENT_LENGTH") text.insert(0, "HTTP_");
    key = intern(text.c_str());
  }
  if (known.size() < most) {
    Py_XINCREF(key);
    known.emplace(name, key);
  }
  return key;
}

}  // namespace

environ_builder::environ_builder(std::string script_name) : script_name_(std::move(script_name)) {
  py::dict base;
  base["SCRIPT_NAME"] = script_name_;
  base["SERVER_SOFTWARE"] = "puff";
  base["GATEWAY_INTERFACE"] = "CGI/1.1";
  base["SERVER_NAME"] = "localhost";
  base["SERVER_PORT"] = "80";
  base["REMOTE_ADDR"] = "";
  // A copy that has room for all keys is not rehashed when they are set.
  for (const char* key : {"REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "REQUEST_URI", "RAW_URI",
                          "SERVER_PROTOCOL", "REMOTE_PORT", "wsgi.input"})
    base[key] = "";
  base["wsgi.version"] = py::make_tuple(1, 0);
  base["wsgi.url_scheme"] = "http";
  base["wsgi.errors"] = py::module_::import("sys").attr("stderr");
  base["wsgi.multithread"] = false;
  base["wsgi.multiprocess"] = false;
  base["wsgi.run_once"] = false;
  base["wsgi.input_terminated"] = true;
  base["wsgi.file_wrapper"] = py::module_::import("wsgiref.util").attr("FileWrapper");
  base_ = std::move(base);
}

PyObject* environ_builder::build(const request& head) const {
  PyObject* environ = PyDict_Copy(base_.ptr());
  if (!environ) return nullptr;
  if (!add_target(environ, head) || (head.peer && !add_peer(environ, head.peer)) ||
      !add_headers(environ, head.headers)) {
    Py_DECREF(environ);
    return nullptr;
  }
  return environ;
}

bool environ_builder::add_target(PyObject* environ, const request& head) const {
  const auto& k = keys();
  auto path = head.path();
  path.remove_prefix(std::min(path.size(), script_name_.size()));
  const bool plain = path.find('%') == std::string_view::npos;
  const bool method_set = head.method == "GET"    ? PyDict_SetItem(environ, k.method, k.get) == 0
                          : head.method == "POST" ? PyDict_SetItem(environ, k.method, k.post) == 0
                                                  : put_text(environ, k.method, head.method);
  return method_set &&
         put(environ, k.path, plain ? latin1(path) : latin1(http::percent_decoded(path))) &&
         put_text(environ, k.query, head.query()) && put_uri(environ, head.target) &&
         PyDict_SetItem(environ, k.protocol, head.minor_version == 0 ? k.http10 : k.http11) == 0;
}

bool environ_builder::add_peer(PyObject* environ,
                               const std::shared_ptr<const peer_info>& peer) const {
  const auto& k = keys();
  if (peer->secure && PyDict_SetItem(environ, k.scheme, k.https) != 0) return false;
  if (!peer->unix_path.empty()) return true;
  auto* ends = peers_.get(peer, [](const peer_info& p) {
    return Py_BuildValue("(NNNN)", latin1(p.client_address), latin1(std::to_string(p.client_port)),
                         latin1(p.server_address), latin1(std::to_string(p.server_port)));
  });
  return ends && PyDict_SetItem(environ, k.remote_address, PyTuple_GET_ITEM(ends, 0)) == 0 &&
         PyDict_SetItem(environ, k.remote_port, PyTuple_GET_ITEM(ends, 1)) == 0 &&
         PyDict_SetItem(environ, k.server_name, PyTuple_GET_ITEM(ends, 2)) == 0 &&
         PyDict_SetItem(environ, k.server_port, PyTuple_GET_ITEM(ends, 3)) == 0;
}

bool environ_builder::add_headers(PyObject* environ, const header_block& headers) const {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    auto field = headers[i];
    PyObject* key = key_of(field.name);
    if (!key) {
      if (PyErr_Occurred()) return false;
      continue;
    }
    PyObject* value = latin1(field.value);
    if (PyObject* before = value ? PyDict_GetItemWithError(environ, key) : nullptr) {
      const char* pattern = key == keys().cookie ? "%U; %U" : "%U,%U";
      Py_SETREF(value, PyUnicode_FromFormat(pattern, before, value));
    }
    const bool done = put(environ, key, value);
    Py_DECREF(key);
    if (!done) return false;
  }
  return true;
}

}  // namespace puff::bridge
