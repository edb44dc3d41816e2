#include "services/federation/inbox_reader.hpp"

#include <charconv>

#include "services/redis/command.hpp"

namespace puff::federation {
namespace {

using namespace std::chrono_literals;
using array = redis_value::array;

constexpr auto patience = 5s;
constexpr auto pause = 100ms;
constexpr auto beginning = "0-0";

/// The id that follows `id`, as MINID wants it.
std::string after(const std::string& id) {
  const auto dash = id.find('-');
  std::uint64_t sequence = 0;
  if (dash == std::string::npos) return id;
  std::from_chars(id.data() + dash + 1, id.data() + id.size(), sequence);
  return id.substr(0, dash + 1) + std::to_string(sequence + 1);
}

}  // namespace

inbox_reader::inbox_reader(redis::command_port& port, deadline_wheel& wheel, callback on_entry)
    : port_(port),
      wheel_(wheel),
      on_entry_(std::move(on_entry)),
      self_(std::make_shared<inbox_reader*>(this)) {}

inbox_reader::~inbox_reader() {
  *self_ = nullptr;
  wheel_.cancel(again_);
}

void inbox_reader::read(std::string key) {
  stop();
  key_ = std::move(key);
  last_ = beginning;
  wait();
}

void inbox_reader::stop() {
  ++round_;
  wheel_.cancel(again_);
  key_.clear();
}

void inbox_reader::wait() {
  static const auto block =
      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(patience).count());
  redis_commands commands;
  commands.count = 0;
  auto add = [&](std::initializer_list<std::string_view> parts) {
    redis::append_command(commands.wire, {parts.begin(), parts.size()});
    ++commands.count;
  };
  const auto keep_from = after(last_);
  if (last_ != beginning) add({"XTRIM", key_, "MINID", keep_from});
  add({"XREAD", "COUNT", "256", "BLOCK", block, "STREAMS", key_, last_});
  // The server's own time-out comes first, so a silent server is found out.
  const auto deadline = clock::now() + patience + 3s;
  port_.send(std::move(commands), deadline,
             [weak = self_, round = round_](expected<std::vector<redis_value>> replies) {
               auto* self = *weak;
               if (!self || self->round_ != round) return;
               const bool good = replies && self->take(replies->back());
               if (!*weak || self->round_ != round) return;
               if (good) return self->wait();
               self->again_ = self->wheel_.arm(clock::now() + pause, [self] { self->wait(); });
             });
}

bool inbox_reader::take(redis_value& reply) {
  if (std::holds_alternative<redis_value::nil>(reply.data)) return true;  // nothing came
  auto* streams = std::get_if<array>(&reply.data);
  auto* stream =
      streams && !streams->empty() ? std::get_if<array>(&streams->front().data) : nullptr;
  auto* entries = stream && stream->size() == 2 ? std::get_if<array>(&(*stream)[1].data) : nullptr;
  if (!entries) return false;
  const auto round = round_;
  const auto weak = self_;
  for (auto& each : *entries) {
    take_entry(each);
    if (!*weak || round_ != round) return true;
  }
  return true;
}

void inbox_reader::take_entry(redis_value& entry) {
  auto* parts = std::get_if<array>(&entry.data);
  auto* id = parts && parts->size() == 2 ? std::get_if<std::string>(&(*parts)[0].data) : nullptr;
  auto* fields = id ? std::get_if<array>(&(*parts)[1].data) : nullptr;
  if (!id) return;
  last_ = *id;
  if (!fields || fields->size() < 2) return;
  auto* field = std::get_if<std::string>(&(*fields)[0].data);
  auto* value = std::get_if<std::string>(&(*fields)[1].data);
  if (field && value) on_entry_(*field, std::move(*value));
}

}  // namespace puff::federation
