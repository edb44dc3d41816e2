#pragma once

#include <ctime>
#include <string_view>

namespace puff::http::internal {

/// The whole field "Date: ..." with its line end, made once per second and thread. The view is
/// valid until the next call on this thread.
std::string_view date_field(std::time_t now = std::time(nullptr));

}  // namespace puff::http::internal
