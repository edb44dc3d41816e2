#pragma once

#include <string_view>

namespace puff::cli {

/// Tells systemd how the service is ("READY=1", "STOPPING=1"), if it is one of Type=notify: by a
/// datagram to the socket that NOTIFY_SOCKET names. Elsewhere it does nothing.
void notify_service(std::string_view state);

}  // namespace puff::cli
