#include <string>

#include "bridge/postgres/dbapi_names.hpp"
#include "bridge/postgres/typecast.hpp"

namespace puff::bridge::postgres {
namespace {

constexpr int deepest = 16;

PyObject* malformed(const char* why) {
  PyErr_SetString(names().data_error, why);
  return nullptr;
}

bool is_null_word(std::string_view text) {
  constexpr std::string_view null = "null";
  if (text.size() != null.size()) return false;
  for (std::size_t i = 0; i < null.size(); ++i)
    if ((text[i] | 0x20) != null[i]) return false;
  return true;
}

/// Reads PostgreSQL's text form of arrays by recursive descent.
struct array_reader {
  std::string_view text;
  PyObject* item;
  cast_context& context;
  std::string unescaped;

  bool at(char c) const { return !text.empty() && text[0] == c; }

  /// Behind a '{' to behind its '}'.
  PyObject* list(int depth) {
    if (depth > deepest) return malformed("excessive array dimensions");
    auto* items = PyList_New(0);
    while (items && !at('}')) {
      if (text.empty()) return drop(items), malformed("unbalanced braces in array");
      auto* value = element(depth);
      if (!value || PyList_Append(items, value) != 0) {
        Py_XDECREF(value);
        return drop(items);
      }
      Py_DECREF(value);
      if (at(',')) text.remove_prefix(1);
    }
    if (items) text.remove_prefix(1);
    return items;
  }

  static PyObject* drop(PyObject* items) {
    Py_DECREF(items);
    return nullptr;
  }

  PyObject* element(int depth) {
    if (at('{')) {
      text.remove_prefix(1);
      return list(depth + 1);
    }
    return at('"') ? quoted() : bare();
  }

  PyObject* quoted() {
    unescaped.clear();
    for (text.remove_prefix(1); !at('"'); text.remove_prefix(1)) {
      if (at('\\')) text.remove_prefix(1);
      if (text.empty()) return malformed("unterminated string in array");
      unescaped += text[0];
    }
    text.remove_prefix(1);
    return cast_value(item, unescaped, false, context);
  }

  PyObject* bare() {
    const auto size = std::min(text.find_first_of(",}"), text.size());
    auto token = text.substr(0, size);
    text.remove_prefix(size);
    if (token.find('\\') == token.npos)
      return cast_value(item, token, is_null_word(token), context);
    unescaped.clear();
    for (; !token.empty(); token.remove_prefix(1)) {
      if (token[0] == '\\' && token.size() > 1) token.remove_prefix(1);
      unescaped += token[0];
    }
    return cast_value(item, unescaped, false, context);
  }
};

}  // namespace

PyObject* cast_array(PyObject* item, std::string_view text, cast_context& context) {
  // "[2:3]={..}": bounds that do not begin at 1 stand in front, and are not kept.
  if (!text.empty() && text[0] == '[')
    if (auto bounds = text.find('='); bounds != text.npos) text.remove_prefix(bounds + 1);
  if (text.empty() || text[0] != '{') return malformed("array does not start with '{'");
  if (text.size() == 1) return malformed("malformed array: '{'");
  array_reader reader{text.substr(1), item, context, {}};
  auto* items = reader.list(1);
  if (!items || reader.text.empty()) return items;
  Py_DECREF(items);
  return malformed("unbalanced braces in array");
}

}  // namespace puff::bridge::postgres
