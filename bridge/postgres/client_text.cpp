#include "bridge/postgres/client_text.hpp"

#include <algorithm>
#include <array>

namespace puff::bridge::postgres {
namespace {

const char* name_of(PyObject* codec) {
  return codec && codec != Py_None ? PyUnicode_AsUTF8(codec) : nullptr;
}

bool is_utf8(PyObject* codec) { return !codec || codec == Py_None; }

}  // namespace

PyObject* decode_text(std::string_view bytes, PyObject* codec) {
  const auto size = static_cast<Py_ssize_t>(bytes.size());
  if (is_utf8(codec)) return PyUnicode_DecodeUTF8(bytes.data(), size, nullptr);
  const char* name = name_of(codec);
  return name ? PyUnicode_Decode(bytes.data(), size, name, nullptr) : nullptr;
}

bool append_encoded(std::string& out, PyObject* text, PyObject* codec) {
  if (is_utf8(codec)) {
    Py_ssize_t size = 0;
    const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
    if (!bytes) return false;
    out.append(bytes, static_cast<std::size_t>(size));
    return true;
  }
  const char* name = name_of(codec);
  auto* bytes = name ? PyUnicode_AsEncodedString(text, name, nullptr) : nullptr;
  if (!bytes) return false;
  out.append(PyBytes_AS_STRING(bytes), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes)));
  Py_DECREF(bytes);
  return true;
}

bool hides_ascii(PyObject* codec) {
  static constexpr std::array<std::string_view, 7> unsafe{
      "shift_jis", "big5", "cp949", "gb18030", "gbk", "johab", "shift_jis_2004"};
  const char* name = name_of(codec);
  return name && std::find(unsafe.begin(), unsafe.end(), name) != unsafe.end();
}

}  // namespace puff::bridge::postgres
