#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace puff::postgres::internal {

/// One server of a conninfo, as libpq's host, hostaddr and port name it.
struct host_entry {
  std::string name;  ///< a name, an address, or a unix socket's directory; empty: libpq's default
  std::string address;  ///< of `name`, where it must be looked up; else empty
  std::string port;     ///< empty: libpq's default

  bool is_local() const noexcept;
  /// Whether somebody must find its address before libpq can connect without blocking.
  bool needs_lookup() const;
};

/// The servers of libpq's three lists; nothing if their numbers do not match, or addresses are
/// given: libpq then knows best.
std::vector<host_entry> split_hosts(std::string_view hosts, std::string_view addresses,
                                    std::string_view ports);

/// libpq's three lists of those servers.
struct host_lists {
  std::string hosts, addresses, ports;
};
host_lists join_hosts(const std::vector<host_entry>& servers);

}  // namespace puff::postgres::internal
