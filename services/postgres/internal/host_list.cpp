#include "services/postgres/internal/host_list.hpp"

#include <boost/asio/ip/address.hpp>

namespace puff::postgres::internal {
namespace {

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (true) {
    auto comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

void add(std::string& list, const std::string& part, bool first) {
  if (!first) list += ',';
  list += part;
}

}  // namespace

bool host_entry::is_local() const noexcept {
  return name.empty() || name.front() == '/' || name.front() == '@';
}

bool host_entry::needs_lookup() const {
  if (is_local() || !address.empty()) return false;
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(name, not_an_address);
  return static_cast<bool>(not_an_address);
}

std::vector<host_entry> split_hosts(std::string_view hosts, std::string_view addresses,
                                    std::string_view ports) {
  if (hosts.empty() || !addresses.empty()) return {};
  auto names = split(hosts);
  auto numbers = split(ports);
  if (numbers.size() != 1 && numbers.size() != names.size()) return {};
  std::vector<host_entry> servers;
  for (std::size_t i = 0; i < names.size(); ++i)
    servers.push_back({std::move(names[i]), {}, numbers.size() == 1 ? numbers[0] : numbers[i]});
  return servers;
}

host_lists join_hosts(const std::vector<host_entry>& servers) {
  host_lists lists;
  for (const auto& server : servers) {
    bool first = &server == servers.data();
    add(lists.hosts, server.name, first);
    add(lists.addresses,
        server.is_local() || !server.address.empty() ? server.address : server.name, first);
    add(lists.ports, server.port, first);
  }
  return lists;
}

}  // namespace puff::postgres::internal
