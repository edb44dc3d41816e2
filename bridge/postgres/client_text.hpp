#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>

namespace puff::bridge::postgres {

/// The connection's client_encoding as text is turned into bytes and back: `codec` is the name of
/// Python's codec, or null or None for UTF-8.

/// A str of what the server sent; UnicodeDecodeError if it is not of that encoding.
PyObject* decode_text(std::string_view bytes, PyObject* codec);

/// Appends `text`, a str; false with UnicodeEncodeError if it has no place in that encoding.
bool append_encoded(std::string& out, PyObject* text, PyObject* codec);

/// Whether a byte below 0x80 may be the second half of a character: the encodings that PostgreSQL
/// takes only from clients (SJIS, BIG5, GBK, UHC, GB18030, JOHAB, SHIFT_JIS_2004).
bool hides_ascii(PyObject* codec);

}  // namespace puff::bridge::postgres
