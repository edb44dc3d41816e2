#include "bridge/postgres/value_types.hpp"

#include "bridge/postgres/binary_values.hpp"
#include "bridge/postgres/cast_values.hpp"
#include "bridge/postgres/literals.hpp"

namespace puff::bridge::postgres {

bool prepare_value_types() {
  static bool prepared = false;
  if (!prepared)
    prepared = prepare_cast_values() && prepare_cast_dates() && prepare_literals() &&
               prepare_binary_values();
  return prepared;
}

}  // namespace puff::bridge::postgres
