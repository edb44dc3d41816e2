#include "services/federation/registry.hpp"

#include <charconv>
#include <utility>

namespace puff::federation {
namespace {

using array = redis_value::array;

const array* list_of(const redis_value& v) { return std::get_if<array>(&v.data); }
std::int64_t number_of(const redis_value& v) {
  auto* n = std::get_if<std::int64_t>(&v.data);
  return n ? *n : 0;
}
std::string text_of(const redis_value& v) {
  auto* t = std::get_if<std::string>(&v.data);
  return t ? *t : std::string{};
}
std::vector<std::string> texts_of(const redis_value& v) {
  std::vector<std::string> out;
  if (auto* list = list_of(v))
    for (const auto& each : *list) out.push_back(text_of(each));
  return out;
}
/// More than any load is added to that of who is unwell.
member_state state_of(const redis_value& v) {
  constexpr std::uint64_t unwell = 1'000'000'000;
  const auto text = text_of(v);
  std::uint64_t load = 0;
  std::from_chars(text.data(), text.data() + text.size(), load);
  return load < unwell ? member_state{load, false} : member_state{load - unwell, true};
}

error strange(const char* script) {
  return make_error(ec::server_error,
                    std::string{"the reply of the cluster's script '"} + script +
                        "' is not understood: do nodes of an older release share its Redis?");
}

expected<join_reply> read_join(const redis_value& v) {
  auto* list = list_of(v);
  if (!list || list->size() < 2) return strange("join");
  join_reply out;
  out.joined = number_of((*list)[0]) == 1;
  if (out.joined) return out;
  auto other = life_from(text_of((*list)[1]));
  if (!other || list->size() < 3) return strange("join");
  out.other = std::move(*other);
  out.lease = std::chrono::milliseconds{number_of((*list)[2])};
  return out;
}

expected<beat_reply> read_beat(const redis_value& v) {
  auto* list = list_of(v);
  if (!list || list->empty()) return strange("beat");
  beat_reply out;
  out.alive = number_of((*list)[0]) == 1;
  if (!out.alive) return out;
  if (list->size() < 3) return strange("beat");
  out.version = static_cast<std::uint64_t>(number_of((*list)[1]));
  out.singletons = texts_of((*list)[2]);
  return out;
}

expected<cluster_view> read_view(const redis_value& v) {
  auto* list = list_of(v);
  if (!list || list->empty()) return strange("view");
  cluster_view out;
  out.version = static_cast<std::uint64_t>(number_of(list->front()));
  for (std::size_t i = 1; i < list->size(); ++i) {
    auto* row = list_of((*list)[i]);
    if (!row || row->size() < 4) return strange("view");
    auto record = decode_member(text_of((*row)[1]));
    if (!record) continue;  // of a release that writes it otherwise
    out.members.push_back({std::move(*record), state_of((*row)[2]), texts_of((*row)[3])});
  }
  return out;
}

expected<std::optional<node_identity>> read_find(const redis_value& v) {
  auto* list = list_of(v);
  if (!list) return strange("find");
  if (list->empty()) return std::optional<node_identity>{};
  auto life = life_from(text_of(list->front()));
  if (!life) return strange("find");
  return life;
}

expected<activation_reply> read_activation(const redis_value& v) {
  using state = activation_reply::state;
  auto* list = list_of(v);
  if (!list || list->empty()) return strange("activate");
  activation_reply out;
  const auto what = number_of(list->front());
  if (what < 0) return out;
  if (list->size() < 2) return strange("activate");
  if (what == 0) {
    auto owner = life_from(text_of((*list)[1]));
    if (!owner) return strange("activate");
    out.what = state::elsewhere;
    out.owner = std::move(*owner);
    return out;
  }
  if (list->size() < 3) return strange("activate");
  out.what = state::here;
  out.token = static_cast<std::uint64_t>(number_of((*list)[1]));
  out.saved = text_of((*list)[2]);
  return out;
}

expected<bool> read_flag(const redis_value& v) { return number_of(v) != 0; }

expected<post_reply> read_post(const redis_value& v) {
  const auto n = number_of(v);
  if (n == -2) return post_reply::closed;
  return n > 0 ? post_reply::sent : n == 0 ? post_reply::inbox_full : post_reply::life_over;
}

expected<due_reply> read_due(const redis_value& v) {
  auto* list = list_of(v);
  if (!list || list->empty()) return strange("due");
  const auto next = number_of(list->front());
  due_reply out{next != -2, std::chrono::milliseconds{next}, {}};
  for (std::size_t i = 1; i < list->size(); ++i) {
    auto row = texts_of((*list)[i]);
    if (row.size() < 6) return strange("due");
    out.due.push_back({std::move(row[0]),
                       std::move(row[1]),
                       std::move(row[2]),
                       {std::move(row[3]), std::move(row[4]), std::move(row[5])}});
  }
  return out;
}

template <class T>
auto reading(expected<T> (*read)(const redis_value&), std::function<void(expected<T>)> done) {
  return [read, done = std::move(done)](expected<redis_value> v) {
    done(v ? read(*v) : expected<T>{std::move(v.error())});
  };
}

const char* name_of(actor_life how) {
  switch (how) {
    case actor_life::named: return "named";
    case actor_life::singleton: return "singleton";
    case actor_life::keyed: break;
  }
  return "keyed";
}

}  // namespace

registry::registry(redis::command_port& port, std::string cluster)
    : port_(port), cluster_(std::move(cluster)), prefix_("{puff:cluster:" + cluster_ + "}:") {}

std::string registry::inbox_of(const node_identity& life) const {
  return prefix_ + "i:" + to_text(life);
}

void registry::run(const char* script, const std::vector<std::string_view>& words,
                   clock::time_point deadline, answer<redis_value> done) {
  redis::call_script(
      port_, *redis::find_script(all_scripts(), script), prefix_, words, deadline,
      [this, done = std::move(done)](expected<redis_value> reply) {
        if (reply) return done(std::move(reply));
        const auto& why = reply.error();
        done(make_error(code_of(why), "cluster '" + cluster_ + "': " + context_of(why)));
      });
}

void registry::join(const member_record& who, std::chrono::milliseconds lease,
                    clock::time_point deadline, answer<join_reply> done) {
  const auto life = to_text(who.identity), record = encode(who),
             time = std::to_string(lease.count());
  run("join", {life, record, time}, deadline, reading(&read_join, std::move(done)));
}

void registry::beat(const node_identity& life, std::chrono::milliseconds lease, member_state state,
                    const std::vector<std::string>& singletons, clock::time_point deadline,
                    answer<beat_reply> done) {
  const auto who = to_text(life), time = std::to_string(lease.count()),
             weight = std::to_string(state.load);
  std::vector<std::string_view> words{who, time, weight, state.unwell ? "1" : "0"};
  words.insert(words.end(), singletons.begin(), singletons.end());
  run("beat", words, deadline, reading(&read_beat, std::move(done)));
}

void registry::view(clock::time_point deadline, answer<cluster_view> done) {
  run("view", {}, deadline, reading(&read_view, std::move(done)));
}

void registry::close(const node_identity& life, clock::time_point deadline, answer<bool> done) {
  run("close", {to_text(life)}, deadline, reading(&read_flag, std::move(done)));
}

void registry::leave(const node_identity& life, clock::time_point deadline, answer<bool> done) {
  run("leave", {to_text(life)}, deadline, reading(&read_flag, std::move(done)));
}

void registry::announce(const node_identity& life, const std::string& kind, actor_life how,
                        std::uint64_t load, clock::time_point deadline, answer<bool> done) {
  const auto who = to_text(life), weight = std::to_string(load);
  run("announce", {who, kind, name_of(how), weight}, deadline,
      reading(&read_flag, std::move(done)));
}

void registry::withdraw(const node_identity& life, const std::vector<std::string>& kinds,
                        clock::time_point deadline, answer<bool> done) {
  const auto who = to_text(life);
  std::vector<std::string_view> words{who};
  words.insert(words.end(), kinds.begin(), kinds.end());
  run("withdraw", words, deadline, reading(&read_flag, std::move(done)));
}

void registry::find(const node_identity& asker, const std::string& name, clock::time_point deadline,
                    answer<std::optional<node_identity>> done) {
  const auto who = to_text(asker), kind = kind_of(name);
  run("find", {who, name, kind}, deadline, reading(&read_find, std::move(done)));
}

void registry::activate(const node_identity& life, const std::string& name,
                        clock::time_point deadline, answer<activation_reply> done) {
  const auto who = to_text(life);
  run("activate", {who, name}, deadline, reading(&read_activation, std::move(done)));
}

void registry::rest(const node_identity& life, const actor_rest& what, clock::time_point deadline,
                    answer<bool> done) {
  const auto who = to_text(life), token = std::to_string(what.token);
  run("rest",
      {who, what.name, token, what.saves ? "1" : "0", what.state, what.releases ? "1" : "0"},
      deadline, reading(&read_flag, std::move(done)));
}

void registry::disown(const node_identity& life, const std::string& name,
                      clock::time_point deadline, answer<bool> done) {
  run("disown", {to_text(life), name}, deadline, reading(&read_flag, std::move(done)));
}

void registry::post(const node_identity& target, const std::string& bundle, content what,
                    std::size_t bound, clock::time_point deadline, answer<post_reply> done) {
  const auto who = to_text(target), most = std::to_string(bound);
  run("post", {who, what == content::more ? "1" : "0", bundle, most}, deadline,
      reading(&read_post, std::move(done)));
}

void registry::remind(const actor_reminder& what, clock::time_point deadline, answer<bool> done) {
  const auto delay = std::to_string(what.delay.count()),
             period = std::to_string(what.period.count());
  run("remind",
      {what.actor, what.reminder, delay, period, what.what.verb, what.what.content_type,
       what.what.body},
      deadline, reading(&read_flag, std::move(done)));
}

void registry::forget(const std::string& actor, const std::string& reminder,
                      clock::time_point deadline, answer<bool> done) {
  run("forget", {actor, reminder}, deadline, reading(&read_flag, std::move(done)));
}

void registry::due(const node_identity& life, std::chrono::milliseconds patience, std::size_t most,
                   clock::time_point deadline, answer<due_reply> done) {
  const auto who = to_text(life), wait = std::to_string(patience.count()),
             limit = std::to_string(most);
  run("due", {who, wait, limit}, deadline, reading(&read_due, std::move(done)));
}

void registry::fired(const due_reminder& what, std::optional<std::chrono::milliseconds> again,
                     clock::time_point deadline, answer<bool> done) {
  const auto delay = std::to_string(again ? again->count() : -1);
  run("fired", {what.actor, what.reminder, what.stamp, delay}, deadline,
      reading(&read_flag, std::move(done)));
}

}  // namespace puff::federation
