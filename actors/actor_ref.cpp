#include "actors/actor_ref.hpp"

#include <map>
#include <mutex>

#include "actors/node.hpp"

namespace puff {
namespace {

/// The names of this process's nodes.
struct directory {
  std::mutex guards_names;
  std::map<std::pair<const node*, std::string>, std::shared_ptr<actor_function>> names;
};

directory& the_directory() {
  static directory one;
  return one;
}

std::shared_ptr<actor_function> find(const node* over, const std::string& name) {
  auto& all = the_directory();
  std::scoped_lock lock{all.guards_names};
  auto found = all.names.find({over, name});
  return found == all.names.end() ? nullptr : found->second;
}

}  // namespace

actor_ref::actor_ref(node& over, std::string name, std::string where)
    : node_(&over), to_{std::move(name), std::move(where)} {}

void actor_ref::ask(actor_message what, std::chrono::milliseconds within, on_reply done) const {
  actor_call call{to_.name, std::move(what), std::chrono::steady_clock::now() + within, {}};
  node_->loop().post([over = node_, call = std::move(call), done = std::move(done)]() mutable {
    auto does = find(over, call.name);
    if (!does) return done(make_error(ec::not_found, "no actor is named '" + call.name + "'"));
    (*does)(std::move(call), [over, done = std::move(done)](expected<actor_reply> reply) {
      over->loop().post([done, reply = std::move(reply)] { done(reply); });
    });
  });
}

void actor_ref::tell(actor_message what) const {
  actor_call call{to_.name, std::move(what), std::chrono::steady_clock::time_point::max(), {}};
  node_->loop().post([over = node_, call = std::move(call)]() mutable {
    if (auto does = find(over, call.name)) (*does)(std::move(call), nullptr);
  });
}

void name_actor(node& over, std::string name, actor_function does) {
  auto& all = the_directory();
  std::scoped_lock lock{all.guards_names};
  all.names[{&over, std::move(name)}] = std::make_shared<actor_function>(std::move(does));
}

void withdraw_actor(node& over, std::string name) {
  auto& all = the_directory();
  std::scoped_lock lock{all.guards_names};
  all.names.erase({&over, std::move(name)});
}

}  // namespace puff
