#include "bridge/bindings.hpp"
#include "bridge/internal/arguments.hpp"
#include "bridge/postgres/cursor_rows.hpp"
#include "bridge/postgres/dbapi_names.hpp"
#include "bridge/postgres/quoting.hpp"
#include "bridge/postgres/result_object.hpp"
#include "bridge/postgres/turns.hpp"
#include "bridge/postgres/typecast.hpp"

namespace puff::bridge {

bool bind_postgres_dbapi(PyObject* module) {
  namespace pg = postgres;
  static const auto keywords = [](PyCFunctionWithKeywords f) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
  };
  static PyMethodDef functions[] = {
      internal::fast("pg_casters", pg::find_casters,
                     "pg_casters($module, result, maps, fallback, /)\n--\n\n"
                     "The typecaster of each column, from the first dict that has its OID."),
      internal::fast("pg_mogrify", pg::mogrify,
                     "pg_mogrify($module, cursor, sql, args, codec, standard_strings, /)\n--\n\n"
                     "The statement with its placeholders replaced by literals, as bytes."),
      internal::fast("pg_quote_text", pg::quote_text,
                     "pg_quote_text($module, text, codec, standard_strings, /)\n--\n\n"
                     "The literal of a str, or of bytes in the connection's encoding."),
      internal::fast("pg_quote_binary", pg::quote_binary,
                     "pg_quote_binary($module, data, standard_strings, /)\n--\n\n"
                     "The literal of a bytea."),
      internal::fast("pg_quote_list", pg::quote_list,
                     "pg_quote_list($module, values, connection, codec, standard_strings, /)\n"
                     "--\n\nThe literal of an array."),
      {"pg_new_type", keywords(pg::new_type), METH_VARARGS | METH_KEYWORDS,
       "pg_new_type($module, /, oids, name, adapter)\n--\n\nA typecaster by a function."},
      {"pg_new_array_type", keywords(pg::new_array_type), METH_VARARGS | METH_KEYWORDS,
       "pg_new_array_type($module, /, oids, name, base)\n--\n\nA typecaster of arrays."},
      {"pg_use", keywords(pg::use_names), METH_VARARGS | METH_KEYWORDS,
       "pg_use($module, /, data_error, interface_error, programming_error, not_supported_error, "
       "adapters, defaults, quoted, composable, check_may_wait)\n--\n\n"
       "Hands over what puff.postgres defines for the C++ side."},
      {nullptr, nullptr, 0, nullptr}};
  return pg::prepare_names() && pg::add_typecasts(module) && pg::add_result_type(module) &&
         pg::add_cursor_rows_type(module) && pg::add_turns_type(module) &&
         PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace puff::bridge
