#pragma once

#include <memory>
#include <string_view>

#include "services/graphql/values/scalars.hpp"

namespace puff::bridge::graphql {

/// The codec of one of the package's own scalars (DateTime, Date, Time, Decimal, UUID, Binary,
/// BigInt); null for any other. They refuse input that Python could not read.
std::shared_ptr<const puff::graphql::scalar_codec> find_leaf_codec(std::string_view scalar);

}  // namespace puff::bridge::graphql
