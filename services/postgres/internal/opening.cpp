#include "services/postgres/internal/opening.hpp"

#include <libpq-fe.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>

namespace puff::postgres::internal {
namespace {

using boost::system::error_code;
using namespace std::chrono_literals;
using keywords = std::vector<std::pair<std::string, std::string>>;

/// A peer that vanished is noticed within a minute when idle, after half a minute when it leaves
/// data unacknowledged. A conninfo may say otherwise.
constexpr int unacknowledged_ms = 30'000;
const keywords defaults{
    {"keepalives_idle", "30"},
    {"keepalives_interval", "10"},
    {"keepalives_count", "3"},
    {"gssencmode", "disable"},  // libpq's own reading of it leaves data unread without blocking
};

connection_handle start_connection(const keywords& pairs) {
  std::vector<const char*> names, values;
  for (const auto& [name, value] : pairs) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  return connection_handle{PQconnectStartParams(names.data(), values.data(), 1)};
}

keywords keywords_for(const std::string& conninfo, const std::string& application_name) {
  auto pairs = defaults;
  if (!application_name.empty()) pairs.emplace_back("fallback_application_name", application_name);
  // libpq takes an empty text for a database without a name, instead of nothing at all.
  if (conninfo.find_first_not_of(" \t\r\n") != std::string::npos)
    pairs.emplace_back("dbname", conninfo);
  return pairs;
}

struct free_options {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using option_list = std::unique_ptr<PQconninfoOption, free_options>;

int number_in(const std::map<std::string, std::string>& settings, const std::string& name) {
  int number = 0;
  if (auto found = settings.find(name); found != settings.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return number;
}

}  // namespace

opening::opening(boost::asio::io_context& io, deadline_wheel& wheel, std::string conninfo,
                 std::string application_name)
    : wheel_(wheel),
      conninfo_(std::move(conninfo)),
      application_name_(std::move(application_name)),
      resolver_(io),
      watch_(io) {}

void opening::start(clock::time_point deadline, callback done) {
  auto keep = shared_from_this();
  done_ = std::move(done);
  deadline_ = deadline;
  auto known = read_conninfo();
  if (!known) return finish(known.error());
  effective_ = std::move(*known);
  if (deadline != clock::time_point::max()) limit_ = wheel_.arm(deadline, [this] { timed_out(); });
  servers_ = split_hosts(effective_["host"], effective_["hostaddr"], effective_["port"]);
  look_up(0);
}

void opening::abandon() noexcept {
  wheel_.cancel(limit_);
  resolver_.cancel();
  watch_.release();
  handle_.reset();
  done_ = nullptr;
}

expected<opening::settings> opening::read_conninfo() const {
  char* reason = nullptr;
  option_list parsed{PQconninfoParse(conninfo_.c_str(), &reason)};
  if (!parsed) {
    auto text = trimmed(reason == nullptr ? "out of memory" : reason);
    PQfreemem(reason);
    return make_error(ec::bad_argument, "the conninfo cannot be read: " + text);
  }
  // Only a connection knows what environment, service file and defaults add; an impossible
  // sslmode keeps this one from connecting.
  auto pairs = keywords_for(conninfo_, {});
  pairs.emplace_back("sslmode", "only to look at the settings");
  auto probe = start_connection(pairs);
  option_list options{PQconninfo(probe.get())};
  std::map<std::string, std::string> found;
  for (auto* o = options.get(); o != nullptr && o->keyword != nullptr; ++o)
    if (o->val != nullptr) found[o->keyword] = o->val;
  return found;
}

void opening::look_up(std::size_t at) {
  for (; at < servers_.size() && !servers_[at].needs_lookup(); ++at)
    located_.push_back(servers_[at]);
  if (at >= servers_.size()) return connect();
  resolver_.async_resolve(
      servers_[at].name, "",
      [self = shared_from_this(), at](const error_code& failed,
                                      const boost::asio::ip::tcp::resolver::results_type& found) {
        if (!self->done_) return;
        if (failed)
          self->lookup_failures_ += "could not translate host name \"" + self->servers_[at].name +
                                    "\" to address: " + failed.message() + "\n";
        self->found(at, found);
      });
}

void opening::found(std::size_t at, const boost::asio::ip::tcp::resolver::results_type& addresses) {
  for (const auto& entry : addresses) {
    auto server = servers_[at];
    server.address = entry.endpoint().address().to_string();
    located_.push_back(std::move(server));
  }
  look_up(at + 1);
}

opening::settings opening::overrides() const {
  settings changes;
  if (located_.empty()) return changes;
  auto lists = join_hosts(located_);
  changes["host"] = lists.hosts;
  if (lists.addresses.find_first_not_of(',') != std::string::npos)
    changes["hostaddr"] = lists.addresses;
  changes["port"] = lists.ports;
  // libpq itself goes on to the next server only when the kernel gives up on one.
  auto share = (deadline_ - clock::now()) / located_.size();
  auto wanted = std::chrono::seconds{number_in(effective_, "connect_timeout")};
  if (wanted > 0s)
    share = std::min<clock::duration>(share, std::max<std::chrono::seconds>(wanted, 2s));
  auto most = std::chrono::duration_cast<std::chrono::milliseconds>(share).count();
  changes["tcp_user_timeout"] =
      std::to_string(std::clamp<std::int64_t>(most, 1, unacknowledged_ms));
  return changes;
}

void opening::connect() {
  if (!servers_.empty() && located_.empty())
    return fail(ec::unavailable, std::move(lookup_failures_));
  auto pairs = keywords_for(conninfo_, application_name_);
  for (auto& change : overrides()) pairs.push_back(std::move(change));
  handle_ = start_connection(pairs);
  if (!handle_) return fail(ec::internal, "out of memory");
  if (PQstatus(handle_.get()) == CONNECTION_BAD)
    return fail(ec::unavailable, lookup_failures_ + failure_text(handle_.get()));
  wait(socket_watch::write);
}

void opening::poll() {
  if (!done_) return;
  watch_.release();  // libpq may close its socket and open another
  switch (PQconnectPoll(handle_.get())) {
    case PGRES_POLLING_READING: return wait(socket_watch::read);
    case PGRES_POLLING_WRITING: return wait(socket_watch::write);
    case PGRES_POLLING_OK: return succeed();
    default: return fail(ec::unavailable, lookup_failures_ + failure_text(handle_.get()));
  }
}

void opening::wait(socket_watch::direction what) {
  if (auto failed = watch_.watch(PQsocket(handle_.get())))
    return fail(ec::unavailable, "cannot wait for the server: " + failed.message());
  watch_.wait(what, [self = shared_from_this()] { self->poll(); });
}

void opening::timed_out() {
  auto keep = shared_from_this();
  std::string text = handle_ ? failure_text(handle_.get()) : lookup_failures_;
  if (!text.empty()) text += "\n";
  std::string host = handle_ && PQhost(handle_.get()) != nullptr ? PQhost(handle_.get()) : "";
  if (host.empty()) host = effective_["host"];
  fail(ec::timed_out, text + "connection to server at \"" + host + "\": no answer in time");
}

void opening::succeed() {
  opened_connection opened{std::move(handle_), {}};
  auto* connection = opened.handle.get();
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  bool tcp = ::getpeername(PQsocket(connection), reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
             peer.ss_family != AF_UNIX;
  if (int wanted = number_in(effective_, "tcp_user_timeout"); tcp) {
    if (wanted == 0) wanted = unacknowledged_ms;
    ::setsockopt(PQsocket(connection), IPPROTO_TCP, TCP_USER_TIMEOUT, &wanted, sizeof wanted);
  }
  for (const auto* name : {"host", "hostaddr", "port", "tcp_user_timeout"})
    opened.changed[name] = effective_[name];
  finish(std::move(opened));
}

/// libpq calls a server whose address it was given by that address alone.
std::string opening::with_names(std::string text) const {
  for (const auto& server : located_) {
    if (server.address.empty()) continue;
    auto said = "server at \"" + server.address + "\",";
    auto wanted = "server at \"" + server.name + "\" (" + server.address + "),";
    for (auto at = text.find(said); at != std::string::npos; at = text.find(said, at))
      text.replace(at, said.size(), wanted);
  }
  return text;
}

void opening::fail(ec code, std::string text) {
  text = with_names(std::move(text));
  finish(make_error(code, trimmed(std::move(text))));
}

void opening::finish(expected<opened_connection> result) {
  auto done = std::move(done_);
  abandon();
  if (done) done(std::move(result));
}

}  // namespace puff::postgres::internal
