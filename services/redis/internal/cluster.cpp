#include "services/redis/internal/cluster.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "services/redis/command.hpp"
#include "services/redis/internal/wire_reader.hpp"

namespace puff::redis::internal {
namespace {

using namespace std::chrono_literals;
using replies_of = expected<std::vector<redis_value>>;

constexpr int most_detours = 16;
constexpr auto pause = 100ms;

const std::string* refusal_of(const redis_value& v) {
  auto* failed = std::get_if<redis_value::failure>(&v.data);
  return failed ? &failed->text : nullptr;
}

/// "MOVED 3999 127.0.0.1:6381" and "ASK 3999 127.0.0.1:6381".
struct detour {
  bool moved = false, asks = false;
  std::uint16_t slot = 0;
  std::string address;
};

std::optional<detour> detour_of(const std::string& text) {
  detour found;
  found.moved = text.starts_with("MOVED ");
  found.asks = text.starts_with("ASK ");
  if (!found.moved && !found.asks) return std::nullopt;
  const auto slot = text.find(' ') + 1, address = text.find(' ', slot);
  const auto [end, failed] =
      std::from_chars(text.data() + slot, text.data() + text.size(), found.slot);
  if (failed != std::errc{} || address == std::string::npos || found.slot >= slots)
    return std::nullopt;
  found.address = text.substr(address + 1);
  return found;
}

error across_slots() {
  return make_error(ec::server_error,
                    "CROSSSLOT keys of one transaction must lie in one slot of the cluster: give "
                    "them the same hash tag, as {tea}:green and {tea}:black have");
}

/// What passes when the cluster has settled.
bool is_passing(const std::string& text) {
  return text.starts_with("TRYAGAIN") || text.starts_with("CLUSTERDOWN") ||
         text.starts_with("MASTERDOWN") || text.starts_with("LOADING");
}

}  // namespace

/// Commands that stay together: one, or a transaction.
struct cluster::unit {
  std::string wire;
  std::size_t first = 0, count = 0;  // among the replies
  std::optional<std::uint16_t> slot;
};

struct cluster::request {
  std::vector<unit> units;
  std::vector<redis_value> replies;
  std::size_t left = 0;  // units without a reply
  int detours = 0;
  command_kind kind = command_kind::ordinary;
  clock::time_point deadline;
  reply_callback done;  // none once it was answered

  void answer(replies_of outcome) {
    if (auto tell = std::exchange(done, nullptr)) tell(std::move(outcome));
  }
};

cluster::cluster(boost::asio::io_context& io, deadline_wheel& wheel, connection& home,
                 blocking_options options)
    : io_(io), wheel_(wheel), home_(home), options_(std::move(options)) {}

cluster::~cluster() { close(); }

void cluster::send(redis_commands commands, command_kind kind, clock::time_point deadline,
                   reply_callback done) {
  auto what = std::make_shared<request>();
  what->kind = kind;
  what->deadline = deadline;
  what->done = std::move(done);
  what->replies.resize(commands.count);
  const std::string_view wire = commands.wire;
  wire_reader reader{wire};
  bool in_transaction = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; reader.next(); ++i) {
    const auto end = wire.size() - reader.left();
    // What waits for what was sent along with it (WAIT) stays with it.
    if (!in_transaction && (what->units.empty() || kind == command_kind::ordinary))
      what->units.push_back({{}, i, 0, {}});
    auto& u = what->units.back();
    u.wire += wire.substr(begin, end - begin);
    ++u.count;
    if (auto key = first_key(reader.parts())) {
      const auto slot = slot_of(*key);
      if (u.slot.value_or(slot) != slot) return what->answer(across_slots());
      u.slot = slot;
    }
    if (is_command(reader.parts()[0], "MULTI")) in_transaction = true;
    if (is_command(reader.parts()[0], "EXEC")) in_transaction = false;
    begin = end;
  }
  what->left = what->units.size();
  places all(what->units.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  dispatch(what, all);
}

void cluster::dispatch(const request_ptr& what, const places& units) {
  if (closed_) return what->answer(make_error(ec::shutting_down, "the Redis pool was closed"));
  if (clock::now() >= what->deadline)
    return what->answer(make_error(ec::timed_out, home_.name() + ": no reply in time"));
  if (!knows_) {
    waiting_.emplace_back(what, units);
    return learn();
  }
  std::map<std::string, places> by_server;
  for (auto i : units) {
    const auto& slot = what->units[i].slot;
    by_server[slot ? owners_[*slot] : std::string{}].push_back(i);
  }
  for (const auto& [address, some] : by_server) send_to(address, what, some, false);
}

cluster::server& cluster::server_at(const std::string& address) {
  auto found = servers_.find(address);
  if (found != servers_.end()) return found->second;
  auto how = options_;
  auto& url = how.connection.url;
  const auto colon = address.rfind(':');
  url.nodes.clear();
  url.host = address.substr(0, colon);
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), url.port);
  auto& made = servers_[address];
  made.shared = std::make_unique<connection>(io_, wheel_, how.connection);
  made.lent = std::make_unique<blocking_connections>(io_, wheel_, how);
  made.shared->start();
  return made;
}

void cluster::send_to(const std::string& address, const request_ptr& what, const places& units,
                      bool ask) {
  redis_commands commands{{}, 0};
  for (auto i : units) {
    const auto& u = what->units[i];
    if (ask) commands.wire += make_command({"ASKING"}).wire;
    commands.wire += u.wire;
    commands.count += static_cast<std::uint32_t>(u.count + (ask ? 1 : 0));
  }
  auto done = [this, what, units, ask](replies_of replies) {
    take(what, units, ask, std::move(replies));
  };
  // Whoever has no owner is answered by any server, which says where to go.
  if (address.empty() && what->kind == command_kind::ordinary)
    return home_.send(std::move(commands), what->deadline, std::move(done));
  auto& to = server_at(address.empty() ? owners_.front() : address);
  if (to.shared->last_error()) learn();
  if (what->kind == command_kind::blocking)
    to.lent->send(std::move(commands), what->deadline, std::move(done));
  else
    to.shared->send(std::move(commands), what->deadline, std::move(done));
}

void cluster::take(const request_ptr& what, const places& units, bool asked, replies_of replies) {
  if (!what->done) return;
  if (!replies) {
    // A server that was given up had not been told yet.
    if (code_of(replies.error()) == ec::shutting_down && !closed_) return again(what, units);
    learn();
    return what->answer(std::move(replies.error()));
  }
  std::size_t at = 0;
  places later;
  for (auto i : units) {
    auto& u = what->units[i];
    at += asked ? 1 : 0;
    std::optional<detour> elsewhere;
    bool passing = false;
    for (std::size_t k = 0; k < u.count; ++k, ++at) {
      auto& reply = (*replies)[at];
      if (const auto* text = refusal_of(reply); text && !elsewhere) {
        elsewhere = detour_of(*text);
        passing = passing || is_passing(*text);
      }
      what->replies[u.first + k] = std::move(reply);
    }
    const bool goes_on = what->detours < most_detours && clock::now() < what->deadline;
    if (elsewhere && goes_on) {
      ++what->detours;
      if (elsewhere->moved) owners_[elsewhere->slot] = elsewhere->address;
      if (elsewhere->moved) learn();
      send_to(elsewhere->address, what, {i}, elsewhere->asks);
    } else if (passing && goes_on) {
      later.push_back(i);
    } else {
      --what->left;
    }
  }
  if (!later.empty()) again(what, std::move(later));
  if (what->left == 0) what->answer(std::move(what->replies));
}

void cluster::again(const request_ptr& what, places units) {
  learn();
  waiting_.emplace_back(what, std::move(units));
}

void cluster::learn() {
  if (std::exchange(learning_, true) || closed_) return;
  wheel_.cancel(retry_);
  retry_ =
      wheel_.arm(clock::now() + (knows_ ? clock::duration{pause} : clock::duration{0}), [this] {
        home_.send(make_command({"CLUSTER", "SLOTS"}), clock::now() + 5s,
                   [this](const replies_of& replies) { learned(replies); });
      });
}

void cluster::learned(const replies_of& replies) {
  learning_ = false;
  if (closed_) return;
  auto waiting = std::exchange(waiting_, {});
  const auto* refused = replies ? refusal_of(replies->front()) : nullptr;
  if (!replies || refused) {
    auto why =
        refused ? make_error(ec::server_error, home_.name() + ": " + *refused) : replies.error();
    for (auto& [what, units] : waiting) what->answer(why);
    return;
  }
  owners_.fill({});
  const auto* ranges = std::get_if<redis_value::array>(&replies->front().data);
  for (const auto& each : ranges ? *ranges : redis_value::array{}) {
    const auto* range = std::get_if<redis_value::array>(&each.data);
    if (!range || range->size() < 3) continue;
    const auto* first = std::get_if<std::int64_t>(&(*range)[0].data);
    const auto* last = std::get_if<std::int64_t>(&(*range)[1].data);
    const auto* master = std::get_if<redis_value::array>(&(*range)[2].data);
    const auto* host =
        master && master->size() > 1 ? std::get_if<std::string>(&(*master)[0].data) : nullptr;
    const auto* port = host ? std::get_if<std::int64_t>(&(*master)[1].data) : nullptr;
    if (!first || !last || !port || *first < 0 || *last >= slots) continue;
    for (auto slot = *first; slot <= *last; ++slot)
      owners_[static_cast<std::size_t>(slot)] = *host + ":" + std::to_string(*port);
  }
  knows_ = true;
  let_go_of_the_lost();
  for (auto& [what, units] : waiting) dispatch(what, units);
}

/// What waits for a server that has no slots any more goes to the one that has them.
void cluster::let_go_of_the_lost() {
  bool unwell = false;
  for (auto at = servers_.begin(); at != servers_.end();) {
    const bool lost{at->second.shared->last_error()};
    const bool owns = std::find(owners_.begin(), owners_.end(), at->first) != owners_.end();
    unwell = unwell || lost;
    if (!lost || owns) {
      ++at;
      continue;
    }
    auto gone = std::move(at->second);
    at = servers_.erase(at);
    gone.shared->close();
    gone.lent->close();
  }
  if (unwell) learn();
}

void cluster::close() {
  if (std::exchange(closed_, true)) return;
  wheel_.cancel(retry_);
  for (auto& [address, each] : servers_) {
    each.shared->close();
    each.lent->close();
  }
  for (auto& [what, units] : std::exchange(waiting_, {}))
    what->answer(make_error(ec::shutting_down, "the Redis pool was closed"));
}

blocking_stats cluster::stats() const {
  blocking_stats all;
  for (const auto& [address, each] : servers_) {
    const auto one = each.lent->stats();
    all.open += one.open;
    all.busy += one.busy;
    all.waiting += one.waiting;
    all.commands += one.commands;
  }
  return all;
}

}  // namespace puff::redis::internal
