#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>

namespace puff::bridge::postgres {

/// How literals are written for one connection.
struct quoting_style {
  PyObject* codec = nullptr;     ///< of its client_encoding, see client_text.hpp; borrowed
  bool standard_strings = true;  ///< standard_conforming_strings: else a backslash needs E'..'
};

/// Appends '..' with a str's text; ValueError if it contains a zero character, UnicodeEncodeError.
bool append_quoted_text(std::string& out, PyObject* text, const quoting_style& style);
/// The same with text that is encoded already.
bool append_quoted_encoded(std::string& out, std::string_view bytes, const quoting_style& style);
/// Appends '\x..'::bytea.
void append_quoted_binary(std::string& out, std::string_view bytes, const quoting_style& style);

/// Appends the literal of `value`, by its adapter: in C++ where the adapter of its exact type is
/// the default one, else through Python. `connection` (borrowed) is for adapters with prepare().
bool append_literal(std::string& out, PyObject* value, PyObject* connection,
                    const quoting_style& style);

// For Python:
/// pg_mogrify(cursor, sql, args, codec, standard_strings) -> bytes: `sql` with %s, %(name)s and %%
/// replaced; as it is if args is None. psycopg2's errors.
PyObject* mogrify(PyObject* module, PyObject* const* args, Py_ssize_t count);
/// pg_quote_text(text, codec, standard_strings) -> bytes, of str or of encoded bytes.
PyObject* quote_text(PyObject* module, PyObject* const* args, Py_ssize_t count);
/// pg_quote_binary(buffer, standard_strings) -> bytes.
PyObject* quote_binary(PyObject* module, PyObject* const* args, Py_ssize_t count);
/// pg_quote_list(list, connection, codec, standard_strings) -> bytes: ARRAY[..].
PyObject* quote_list(PyObject* module, PyObject* const* args, Py_ssize_t count);

}  // namespace puff::bridge::postgres
