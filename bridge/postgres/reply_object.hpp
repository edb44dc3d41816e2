#pragma once

#include <pybind11/pybind11.h>

#include "schemas/sql.hpp"

namespace puff::bridge::postgres {

/// A reply as Python sees it, `PgReply`. Null with an exception.
PyObject* new_reply_object(sql_reply reply);

/// A dict of texts. Null with an exception.
PyObject* new_text_dict(const std::map<std::string, std::string>& texts);

/// A dict of the description's fields. Null with an exception.
PyObject* new_description(const sql_session& session);

/// Adds the type PgReply. Once, at import.
bool add_reply_type(PyObject* module);

}  // namespace puff::bridge::postgres
