#include "bridge/postgres/quoting.hpp"

#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/client_text.hpp"
#include "bridge/postgres/dbapi_names.hpp"
#include "bridge/postgres/literals.hpp"

namespace puff::bridge::postgres {
namespace {

using internal::has_arguments;

bool refuse_zero() {
  PyErr_SetString(PyExc_ValueError, "A string literal cannot contain NUL (0x00) characters.");
  return false;
}

/// Appends '..' around ASCII-safe bytes.
bool append_escaped(std::string& out, std::string_view bytes, bool standard_strings) {
  if (bytes.find('\0') != bytes.npos) return refuse_zero();
  out += standard_strings ? "'" : "E'";
  for (std::size_t from = 0;;) {
    const auto at = bytes.find_first_of(standard_strings ? "'" : "'\\", from);
    if (at == bytes.npos) {
      out.append(bytes, from);
      break;
    }
    out.append(bytes, from, at - from + 1);
    out += bytes[at];
    from = at + 1;
  }
  out += '\'';
  return true;
}

bool append_by_unicode(std::string& out, PyObject* text, const quoting_style& style) {
  std::string plain;
  if (!append_encoded(plain, text, nullptr)) return false;
  std::string escaped;
  if (!append_escaped(escaped, plain, style.standard_strings)) return false;
  auto* again =
      PyUnicode_DecodeUTF8(escaped.data(), static_cast<Py_ssize_t>(escaped.size()), nullptr);
  const bool done = again && append_encoded(out, again, style.codec);
  Py_XDECREF(again);
  return done;
}

PyObject* finished(const std::string& out, bool good) {
  return good ? PyBytes_FromStringAndSize(out.data(), static_cast<Py_ssize_t>(out.size()))
              : nullptr;
}

/// The codec and the setting as they are given to the functions for Python.
quoting_style style_of(PyObject* codec, PyObject* standard_strings) {
  return {codec == Py_None ? nullptr : codec, standard_strings != Py_False};
}

}  // namespace

bool append_quoted_text(std::string& out, PyObject* text, const quoting_style& style) {
  if (!style.codec) {
    Py_ssize_t size = 0;
    const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
    return bytes &&
           append_escaped(out, {bytes, static_cast<std::size_t>(size)}, style.standard_strings);
  }
  if (hides_ascii(style.codec)) return append_by_unicode(out, text, style);
  std::string bytes;
  return append_encoded(bytes, text, style.codec) &&
         append_escaped(out, bytes, style.standard_strings);
}

bool append_quoted_encoded(std::string& out, std::string_view bytes, const quoting_style& style) {
  if (!hides_ascii(style.codec)) return append_escaped(out, bytes, style.standard_strings);
  auto* text = decode_text(bytes, style.codec);
  const bool done = text && append_by_unicode(out, text, style);
  Py_XDECREF(text);
  return done;
}

void append_quoted_binary(std::string& out, std::string_view bytes, const quoting_style& style) {
  static constexpr char digits[] = "0123456789abcdef";
  if (bytes.empty()) {
    out += "''::bytea";
    return;
  }
  out += style.standard_strings ? "'\\x" : "E'\\\\x";
  const auto from = out.size();
  out.resize(from + bytes.size() * 2);
  auto* to = out.data() + from;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *to++ = digits[byte >> 4];
    *to++ = digits[byte & 15];
  }
  out += "'::bytea";
}

PyObject* quote_text(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pg_quote_text", count, 3)) return nullptr;
  const auto style = style_of(args[1], args[2]);
  std::string out;
  if (PyUnicode_Check(args[0])) return finished(out, append_quoted_text(out, args[0], style));
  if (PyBytes_Check(args[0]))
    return finished(
        out,
        append_quoted_encoded(
            out, {PyBytes_AS_STRING(args[0]), static_cast<std::size_t>(PyBytes_GET_SIZE(args[0]))},
            style));
  PyErr_Format(PyExc_TypeError, "can't quote %.100s as a string", Py_TYPE(args[0])->tp_name);
  return nullptr;
}

PyObject* quote_binary(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pg_quote_binary", count, 2)) return nullptr;
  Py_buffer view;
  if (PyObject_GetBuffer(args[0], &view, PyBUF_CONTIG_RO) != 0) return nullptr;
  std::string out;
  append_quoted_binary(out,
                       {static_cast<const char*>(view.buf), static_cast<std::size_t>(view.len)},
                       style_of(Py_None, args[1]));
  PyBuffer_Release(&view);
  return finished(out, true);
}

PyObject* quote_list(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (!has_arguments("pg_quote_list", count, 4)) return nullptr;
  if (!PyList_Check(args[0])) {
    PyErr_Format(PyExc_TypeError, "can't quote %.100s as a list", Py_TYPE(args[0])->tp_name);
    return nullptr;
  }
  std::string out;
  const bool good = append_list(out, args[0], args[1], style_of(args[2], args[3]));
  return finished(out, good);
}

}  // namespace puff::bridge::postgres
