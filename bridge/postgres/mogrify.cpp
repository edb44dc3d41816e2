#include <optional>
#include <vector>

#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/client_text.hpp"
#include "bridge/postgres/dbapi_names.hpp"
#include "bridge/postgres/quoting.hpp"

namespace puff::bridge::postgres {
namespace {

/// Raises ProgrammingError with the cursor attached to it, as all errors of a cursor have it.
bool refuse(PyObject* cursor, const char* why) {
  auto& n = names();
  auto* exception = PyObject_CallFunction(n.programming_error, "s", why);
  if (!exception) return false;
  if (PyObject_SetAttr(exception, n.cursor, cursor) != 0) PyErr_Clear();
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception)), exception);
  Py_DECREF(exception);
  return false;
}

/// Puts the values of `args` in the place of placeholders.
class template_filler {
 public:
  template_filler(PyObject* cursor, PyObject* args, const quoting_style& style)
      : cursor_(cursor), args_(args), style_(style) {}
  ~template_filler() { Py_XDECREF(connection_); }
  template_filler(const template_filler&) = delete;
  template_filler& operator=(const template_filler&) = delete;

  bool fill(std::string_view sql) {
    out_.reserve(sql.size() + 64);
    std::size_t from = 0;
    for (;;) {
      const auto at = sql.find('%', from);
      if (at == sql.npos) break;
      out_.append(sql, from, at - from);
      const auto next = placeholder(sql, at + 1);
      if (!next) return false;
      from = *next;
    }
    out_.append(sql, from);
    return raise_postponed() && is_all_used();
  }

  const std::string& text() const noexcept { return out_; }

 private:
  enum class manner { none, by_name, by_place };

  struct known_name {
    std::string_view name;
    std::size_t at, size;  // of its literal in out_
  };

  /// Behind the placeholder whose first byte after the % is at `at`.
  std::optional<std::size_t> placeholder(std::string_view sql, std::size_t at) {
    const char c = at < sql.size() ? sql[at] : '\0';
    if (c == '%') {
      out_ += '%';
      return at + 1;
    }
    if (c == '(') return named(sql, at + 1);
    if (manner_ == manner::by_name) return mixed();
    manner_ = manner::by_place;
    if (!next_value()) return std::nullopt;
    return conversion(sql, at);
  }

  std::optional<std::size_t> named(std::string_view sql, std::size_t at) {
    if (manner_ == manner::by_place) return mixed();
    manner_ = manner::by_name;
    const auto end = sql.find_first_of(")%", at);
    if (end == sql.npos || sql[end] != ')') {
      refuse(cursor_, "incomplete placeholder: '%(' without ')'");
      return std::nullopt;
    }
    if (!value_of(sql.substr(at, end - at))) return std::nullopt;
    return conversion(sql, end + 1);
  }

  std::optional<std::size_t> mixed() {
    refuse(cursor_, "argument formats can't be mixed");
    return std::nullopt;
  }

  /// The letter of a placeholder. What is wrong with it is raised when all values have been found
  /// good, as psycopg2 does.
  std::optional<std::size_t> conversion(std::string_view sql, std::size_t at) {
    if (at >= sql.size()) {
      if (postponed_.empty()) postponed_ = "incomplete format";
      return sql.size();
    }
    if (sql[at] != 's' && postponed_.empty()) {
      char text[96];
      std::snprintf(text, sizeof text, "unsupported format character '%c' (0x%x) at index %zu",
                    sql[at], static_cast<unsigned char>(sql[at]), at);
      postponed_ = text;
    }
    return at + 1;
  }

  bool raise_postponed() const {
    if (postponed_.empty()) return true;
    PyErr_SetString(PyExc_ValueError, postponed_.c_str());
    return false;
  }

  bool is_all_used() const {
    if (manner_ != manner::by_place) return true;
    const auto count = PyObject_Length(args_);
    if (count >= 0 && used_ >= count) return true;
    if (count >= 0)
      PyErr_SetString(PyExc_TypeError, "not all arguments converted during string formatting");
    return false;
  }

  bool next_value() {
    auto* value = PySequence_GetItem(args_, used_);
    if (!value) return false;
    ++used_;
    return append(value);
  }

  bool value_of(std::string_view name) {
    for (const auto& known : known_)
      if (known.name == name) {
        out_ += std::string{out_, known.at, known.size};
        return true;
      }
    auto* key = PyUnicode_DecodeUTF8(name.data(), static_cast<Py_ssize_t>(name.size()), nullptr);
    auto* value = key ? PyObject_GetItem(args_, key) : nullptr;
    Py_XDECREF(key);
    if (!value) return false;
    const auto at = out_.size();
    if (!append(value)) return false;
    known_.push_back({name, at, out_.size() - at});
    return true;
  }

  bool append(PyObject* stolen) {
    if (!connection_) {
      connection_ =
          cursor_ == Py_None ? Py_NewRef(Py_None) : PyObject_GetAttr(cursor_, names().connection);
      if (!connection_) {
        Py_DECREF(stolen);
        return false;
      }
    }
    const bool done = append_literal(out_, stolen, connection_, style_);
    Py_DECREF(stolen);
    return done;
  }

  PyObject* cursor_;
  PyObject* args_;
  PyObject* connection_ = nullptr;
  const quoting_style& style_;
  std::string out_;
  std::string postponed_;
  std::vector<known_name> known_;
  manner manner_ = manner::none;
  Py_ssize_t used_ = 0;
};

/// The statement's text as bytes in the connection's encoding: a new reference.
PyObject* statement_bytes(PyObject* cursor, PyObject* sql, const quoting_style& style) {
  if (PyBytes_Check(sql)) return Py_NewRef(sql);
  if (PyUnicode_Check(sql)) {
    if (!style.codec) return PyUnicode_AsUTF8String(sql);
    std::string out;
    if (!append_encoded(out, sql, style.codec)) return nullptr;
    return PyBytes_FromStringAndSize(out.data(), static_cast<Py_ssize_t>(out.size()));
  }
  auto& n = names();
  const int composable = n.composable ? PyObject_IsInstance(sql, n.composable) : 0;
  if (composable < 0) return nullptr;
  if (!composable) {
    PyErr_Format(PyExc_TypeError, "argument 1 must be a string or unicode object: got %s instead",
                 Py_TYPE(sql)->tp_name);
    return nullptr;
  }
  auto* text = PyObject_CallMethodOneArg(sql, n.as_string, cursor);
  auto* bytes = text ? statement_bytes(cursor, text, style) : nullptr;
  Py_XDECREF(text);
  return bytes;
}

}  // namespace

PyObject* mogrify(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!internal::has_arguments("pg_mogrify", count, 5)) return nullptr;
  auto *cursor = args[0], *values = args[2];
  const quoting_style style{args[3] == Py_None ? nullptr : args[3], args[4] != Py_False};
  auto* sql = statement_bytes(cursor, args[1], style);
  if (!sql) return nullptr;
  const std::string_view text{PyBytes_AS_STRING(sql),
                              static_cast<std::size_t>(PyBytes_GET_SIZE(sql))};
  if (text.empty()) {
    Py_DECREF(sql);
    refuse(cursor, "can't execute an empty query");
    return nullptr;
  }
  if (values == Py_None || text.find('%') == text.npos) return sql;
  PyObject* result = nullptr;
  {
    template_filler filler{cursor, values, style};
    if (filler.fill(text))
      result = PyBytes_FromStringAndSize(filler.text().data(),
                                         static_cast<Py_ssize_t>(filler.text().size()));
  }
  Py_DECREF(sql);
  return result;
}

}  // namespace puff::bridge::postgres
