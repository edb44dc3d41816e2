#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "schemas/error.hpp"
#include "services/postgres/internal/handles.hpp"
#include "services/postgres/internal/host_list.hpp"
#include "services/postgres/internal/socket_watch.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::postgres::internal {

/// A connection that has been opened.
struct opened_connection {
  connection_handle handle;
  /// Keywords that were changed to connect without blocking, as they were before; empty: unset.
  std::map<std::string, std::string> changed;
};

/// Opens a connection by libpq without blocking: names of hosts are looked up beforehand, because
/// libpq would wait for that. One thread; what waits keeps it alive.
class opening : public std::enable_shared_from_this<opening> {
 public:
  using clock = deadline_wheel::clock;
  using callback = std::function<void(expected<opened_connection>)>;

  opening(boost::asio::io_context& io, deadline_wheel& wheel, std::string conninfo,
          std::string application_name);

  /// Calls `done` once, perhaps before it returns. `bad_argument`: the conninfo cannot be read.
  void start(clock::time_point deadline, callback done);
  /// Ends it; nobody is told.
  void abandon() noexcept;

 private:
  using settings = std::map<std::string, std::string>;

  expected<settings> read_conninfo() const;
  void look_up(std::size_t at);
  void found(std::size_t at, const boost::asio::ip::tcp::resolver::results_type& addresses);
  void connect();
  settings overrides() const;
  void poll();
  void wait(socket_watch::direction what);
  void timed_out();
  void succeed();
  std::string with_names(std::string text) const;
  void fail(ec code, std::string text);
  void finish(expected<opened_connection> result);

  deadline_wheel& wheel_;
  std::string conninfo_, application_name_;
  boost::asio::ip::tcp::resolver resolver_;
  socket_watch watch_;
  settings effective_;  // what libpq makes of conninfo, environment and service file
  std::vector<host_entry> servers_, located_;
  std::string lookup_failures_;
  connection_handle handle_;
  clock::time_point deadline_;
  deadline_wheel::ticket limit_;
  callback done_;  // none once it was told
};

}  // namespace puff::postgres::internal
