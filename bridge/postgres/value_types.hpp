#pragma once

namespace puff::bridge::postgres {

/// Imports what PostgreSQL's values become in Python (datetimes, Decimal, UUID) and makes the types
/// of their buffers. Called when the package puff.postgres is imported, so that programs without
/// PostgreSQL do not carry these modules; twice is fine. False with an exception set if one fails.
bool prepare_value_types();

}  // namespace puff::bridge::postgres
