#include "actors/addon_host.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "actors/actor_ref.hpp"
#include "actors/internal/addon_task_runner.hpp"
#include "actors/node.hpp"
#include "services/addons/library.hpp"

namespace puff {
namespace {

namespace asio = boost::asio;

/// The outside of one add-on: whoever has a name.
class named_actors final : public addons::port {
 public:
  explicit named_actors(node& over) : node_(over) {}

  void tell(const std::string& name, actor_message what) override {
    actor_ref{node_, name}.tell(std::move(what));
  }
  void ask(const std::string& name, actor_message what, std::chrono::milliseconds within,
           std::function<void(expected<actor_reply>)> done) override {
    actor_ref{node_, name}.ask(std::move(what), within, std::move(done));
  }

 private:
  node& node_;
};

/// The names that a pattern gives to parts of a path.
std::vector<std::string> names_in(std::string_view pattern) {
  std::vector<std::string> names;
  for (auto from = pattern.find('{'); from != std::string_view::npos;
       from = pattern.find('{', from + 1)) {
    auto name = pattern.substr(from + 1, pattern.find('}', from) - from - 1);
    if (name.ends_with("...")) name.remove_suffix(3);
    names.emplace_back(name);
  }
  return names;
}

/// Waits for the add-on's answer on the loop of the coroutine.
asio::awaitable<response> answer_of(addons::instance& addon, const addons::instance::route& route,
                                    std::shared_ptr<const request> what,
                                    addons::instance::fields params) {
  auto io = co_await asio::this_coro::executor;
  auto answer = std::make_shared<response>();
  auto start = [&](auto handler) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    auto tell = [answer, resume, io](response whole) {
      *answer = std::move(whole);
      asio::post(io, std::move(*resume));
    };
    addon.serve(route, std::move(what), std::move(params), std::move(tell));
  };
  auto answered =
      asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
  co_await std::move(answered);
  co_return std::move(*answer);
}

http::coroutine_handler handler_of(addons::instance& addon, const addons::instance::route& route) {
  return [&addon, &route,
          names = names_in(route.pattern)](http::exchange& x) -> asio::awaitable<void> {
    auto what = std::make_shared<request>(x.request());
    what->body.clear();
    for (;;) {
      auto reading = x.read();
      auto piece = co_await std::move(reading);
      if (piece.empty()) break;
      what->body += piece;
    }
    addons::instance::fields params;
    for (const auto& name : names) params.emplace_back(name, x.params().get(name));
    auto answering = answer_of(addon, route, std::move(what), std::move(params));
    auto whole = co_await std::move(answering);
    x.respond(std::move(whole));
  };
}

}  // namespace

struct addon_host::hosted {
  std::string hash;
  std::unique_ptr<addons::instance> addon;
  std::unique_ptr<named_actors> outside;
  gauge_ptr counts = std::make_shared<gauge>();
  node* over = nullptr;
  bool left_behind = false;
};

addon_host::addon_host() = default;
addon_host::addon_host(addon_host&&) noexcept = default;
addon_host& addon_host::operator=(addon_host&&) noexcept = default;

addon_host::~addon_host() {
  end(std::chrono::milliseconds{0});
  for (auto& each : hosted_)
    if (each->left_behind) static_cast<void>(each.release());
}

error addon_host::add(addon_plan plan) {
  auto made = std::make_unique<hosted>();
  const auto* entry = plan.entry;
  if (!plan.path.empty()) {
    auto library = addons::load_library(plan.path);
    if (!library) return std::move(library.error());
    entry = library->entry;
    made->hash = std::move(library->hash);
  }
  auto addon = addons::instance::start(*entry, std::move(plan.options));
  if (!addon) return std::move(addon.error());
  made->addon = std::move(*addon);
  for (const auto& other : hosted_)
    if (other->addon->name() == made->addon->name())
      return make_error(ec::bad_config, "two add-ons are named '" + made->addon->name() + "'");
  hosted_.push_back(std::move(made));
  return {};
}

const addons::instance& addon_host::operator[](std::size_t i) const noexcept {
  return *hosted_[i]->addon;
}

void addon_host::begin(node& over) {
  for (auto& each : hosted_) {
    auto& addon = *each->addon;
    each->over = &over;
    each->outside = std::make_unique<named_actors>(over);
    addon.begin(*each->outside,
                {each->counts->arrived, each->counts->handled, each->counts->refused});
    for (const auto& actor : addon.actors())
      name_actor(over, actor.name, [&addon, &actor](actor_call call, actor_ref::on_reply answer) {
        addon.deliver(actor, std::move(call), std::move(answer));
      });
    over.mention("addon " + addon.name() + " " + addon.version() +
                     (each->hash.empty() ? "" : " (" + each->hash + ")"),
                 each->counts);
  }
}

error addon_host::add_routes(http::router& to) {
  for (auto& each : hosted_)
    for (const auto& route : each->addon->routes())
      if (auto wrong = to.add(route.method, route.pattern, handler_of(*each->addon, route)))
        return make_error(code_of(wrong),
                          "add-on " + each->addon->name() + ": " + context_of(wrong));
  return {};
}

task_runner_actor addon_host::runner_for(node& over, const std::string& queue,
                                         task_runner_actor otherwise) {
  native_tasks tasks;
  for (auto& each : hosted_)
    for (const auto& task : each->addon->tasks())
      tasks.emplace(task.name, native_task{*each->addon, task});
  if (tasks.empty()) return otherwise;
  auto found = over.task_queues().find(queue);
  if (found == over.task_queues().end()) return otherwise;
  return spawn<addon_task_runner>(over.system(), {.home = &over.loop()}, std::move(tasks),
                                  std::move(otherwise), found->second);
}

void addon_host::end(std::chrono::milliseconds patience) {
  for (auto& each : hosted_) {
    if (each->over != nullptr)
      for (const auto& actor : each->addon->actors()) withdraw_actor(*each->over, actor.name);
    each->over = nullptr;
    each->left_behind |= !each->addon->stop(patience);
  }
}

}  // namespace puff
