#include "services/addons/host_functions.hpp"

#include <algorithm>
#include <utility>

#include "services/telemetry/log.hpp"

namespace puff::addons {
namespace {

constexpr std::pair<std::uint32_t, ec> codes[] = {
    {PUFF_OK, ec::none},
    {PUFF_BAD_ARGUMENT, ec::bad_argument},
    {PUFF_NOT_FOUND, ec::not_found},
    {PUFF_TIMED_OUT, ec::timed_out},
    {PUFF_CANCELLED, ec::cancelled},
    {PUFF_OVERLOADED, ec::overloaded},
    {PUFF_UNAVAILABLE, ec::unavailable},
    {PUFF_TOO_LARGE, ec::too_large},
    {PUFF_FAILED, ec::server_error},
    {PUFF_UNSUPPORTED, ec::unsupported},
    {PUFF_INTERNAL, ec::internal},
};

instance& of(void* self) { return *static_cast<instance*>(self); }

actor_message message_of(const puff_message& m) {
  return {to_string(m.verb), to_string(m.content_type), to_string(m.body)};
}

void write_log(void* self, std::uint32_t level, puff_text text) {
  const auto module = "addon." + of(self).name();
  const auto said = to_string(text);
  switch (level) {
    case PUFF_DEBUG: return log::debug(module, "{}", said);
    case PUFF_INFO: return log::info(module, "{}", said);
    case PUFF_WARNING: return log::warning(module, "{}", said);
    default: return log::error(module, "{}", said);
  }
}

}  // namespace

std::uint32_t status_of(ec code) noexcept {
  if (code == ec::python_failed) return PUFF_FAILED;
  for (auto [status, known] : codes)
    if (known == code) return status;
  return code == ec::shutting_down || code == ec::connection_lost ? PUFF_UNAVAILABLE
                                                                  : PUFF_INTERNAL;
}

ec code_of_status(std::uint32_t status) noexcept {
  for (auto [known, code] : codes)
    if (known == status && code != ec::none) return code;
  return ec::internal;
}

// Functions without a capture, members of a friend: the rows of the table.

puff_host host_functions::table(instance& self) {
  puff_host made{};
  made.size = sizeof made;
  made.abi = PUFF_ADDON_ABI;
  made.self = &self;
  made.version = to_text(self.options_.version);
  made.log = write_log;
  made.setting = [](void* to, puff_text key, puff_text* value) -> std::uint32_t {
    const auto& all = of(to).options_.settings;
    auto found = all.find(to_string(key));
    if (found == all.end()) return PUFF_NOT_FOUND;
    *value = to_text(found->second);
    return PUFF_OK;
  };
  add_registrations(made);
  add_messages(made);
  return made;
}

void host_functions::add_registrations(puff_host& to) {
  to.add_actor = [](void* at, puff_text name, puff_receive receive, void* state) -> puff_handle {
    auto& self = of(at);
    if (!self.registers("actor", to_string(name)) || receive == nullptr) return 0;
    const auto lane = self.lanes_->add();
    self.actors_.push_back({to_string(name), lane, receive, state});
    return lane;
  };
  to.add_route = [](void* at, puff_text method, puff_text pattern, puff_serve serve,
                    void* state) -> std::uint32_t {
    auto& self = of(at);
    if (!self.registers("route", to_string(pattern)) || serve == nullptr) return PUFF_BAD_ARGUMENT;
    self.routes_.push_back({to_string(method), to_string(pattern), serve, state});
    return PUFF_OK;
  };
  to.add_command = [](void* at, puff_text name, puff_text about, puff_run run,
                      void* state) -> std::uint32_t {
    auto& self = of(at);
    if (!self.registers("command", to_string(name)) || run == nullptr) return PUFF_BAD_ARGUMENT;
    self.commands_.push_back({to_string(name), to_string(about), run, state});
    return PUFF_OK;
  };
  to.add_task = [](void* at, puff_text name, puff_receive run, void* state) -> std::uint32_t {
    auto& self = of(at);
    if (!self.registers("task", to_string(name)) || run == nullptr) return PUFF_BAD_ARGUMENT;
    self.tasks_.push_back({to_string(name), run, state});
    return PUFF_OK;
  };
  to.add_python_module = [](void* at, puff_text name, void* (*init)()) -> std::uint32_t {
    auto& self = of(at);
    if (!self.registers("Python module", to_string(name)) || init == nullptr)
      return PUFF_BAD_ARGUMENT;
    self.modules_.push_back({to_string(name), init});
    return PUFF_OK;
  };
}

void host_functions::add_messages(puff_host& to) {
  to.tell = [](void* at, puff_text name, const puff_message* message) {
    if (auto* outside = of(at).port_.load()) outside->tell(to_string(name), message_of(*message));
  };
  to.ask = [](void* at, puff_handle actor, puff_text name, const puff_message* message,
              std::uint64_t within_ms, puff_replied replied, void* state) {
    of(at).ask(actor, to_string(name), message_of(*message), std::chrono::milliseconds{within_ms},
               replied, state);
  };
  to.answer = [](void* at, puff_handle call, const puff_message* reply) {
    of(at).settle(call, actor_reply{to_string(reply->content_type), to_string(reply->body)});
  };
  to.fail = [](void* at, puff_handle call, std::uint32_t status, puff_text why) {
    of(at).settle(call, make_error(code_of_status(status), to_string(why)));
  };
  to.respond = [](void* at, puff_handle exchange, std::uint32_t status, const puff_field* fields,
                  std::size_t count, puff_text body) {
    auto waiting = of(at).exchanges_.take(exchange);
    if (!waiting) return;
    response whole;
    whole.head.status = static_cast<std::uint16_t>(status);
    for (std::size_t i = 0; i < count; ++i)
      whole.head.headers.add(to_string(fields[i].name), to_string(fields[i].value));
    whole.body = to_string(body);
    (*waiting)(std::move(whole));
  };
  to.after = [](void* at, puff_handle actor, std::uint64_t ms, puff_fired fired, void* state) {
    return of(at).after(static_cast<std::uint32_t>(actor), std::chrono::milliseconds{ms}, fired,
                        state);
  };
  to.wait = [](void* at, std::uint32_t begins) {
    of(at).lanes_->note(begins ? lanes::wait::begins : lanes::wait::ends);
  };
  to.cancel = [](void* at, puff_handle timer) -> std::uint32_t {
    return of(at).timers_.take(timer) ? PUFF_OK : PUFF_NOT_FOUND;
  };
}

}  // namespace puff::addons
