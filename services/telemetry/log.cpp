#include "services/telemetry/log.hpp"

#include <fmt/format.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "services/telemetry/escape.hpp"
#include "services/telemetry/local_offsets.hpp"
#include "services/telemetry/repeat_limiter.hpp"
#include "services/telemetry/timestamp.hpp"

namespace puff::log {
namespace {

using sink = spdlog::sinks::ansicolor_sink<spdlog::details::console_mutex>;

constexpr std::array<spdlog::level::level_enum, 6> spdlog_levels{
    spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
    spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};

class json_formatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    std::string line = R"({"time":")";
    append_iso_time(line, message.time);
    line += R"(","level":")";
    line += name_of(level_of(message.level));
    line += R"(","module":)";
    append_json(line, {message.logger_name.data(), message.logger_name.size()});
    line += R"(,"message":)";
    append_json(line, {message.payload.data(), message.payload.size()});
    line += "}\n";
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<json_formatter>();
  }

 private:
  static level level_of(spdlog::level::level_enum l) {
    for (std::size_t i = 0; i < spdlog_levels.size(); ++i)
      if (spdlog_levels[i] == l) return static_cast<level>(i);
    return level::info;
  }
};

/// Local time without `localtime`, whose zone a program in Python may change.
class text_formatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    auto local = message;
    local.time += offsets_.at(message.time);
    lines_.format(local, out);
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<text_formatter>();
  }

 private:
  local_offsets offsets_;
  spdlog::pattern_formatter lines_{"%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %n: %v",
                                   spdlog::pattern_time_type::utc};
};

// What `configure` sets. Old ones live on, since a thread may just be using one.
struct front {
  explicit front(const options& o) : levels(o.levels), shape(o.shape) {
    auto colour = std::getenv("NO_COLOR") || shape == format::json ? spdlog::color_mode::never
                                                                   : spdlog::color_mode::automatic;
    out = std::make_unique<sink>(o.stream, colour);
    if (shape == format::json)
      out->set_formatter(std::make_unique<json_formatter>());
    else
      out->set_formatter(std::make_unique<text_formatter>());
  }

  filter levels;
  format shape;
  std::unique_ptr<sink> out;
};

struct state {
  state() { install(options{}); }

  void install(const options& o) {
    std::lock_guard lock{guard};
    fronts.push_back(std::make_unique<front>(o));
    current.store(fronts.back().get(), std::memory_order_release);
  }

  std::atomic<const front*> current{nullptr};
  std::mutex guard;  // of everything below
  std::vector<std::unique_ptr<front>> fronts;
  repeat_limiter limiter;
};

// Never destroyed: threads may write until the process is gone.
state& shared() {
  static auto* the = new state;
  return *the;
}

const front& current() noexcept { return *shared().current.load(std::memory_order_acquire); }

void emit(const front& f, level l, std::string_view module, std::string_view message) {
  std::string printable;
  if (f.shape == format::text)
    append_printable(printable, message, keep::lines);
  else
    printable = message;
  f.out->log({spdlog::string_view_t{module.data(), module.size()},
              spdlog_levels[static_cast<std::size_t>(l)], printable});
}

std::string held_back(std::uint64_t count) {
  return fmt::format("{} more like this {} not written", count, count == 1 ? "was" : "were");
}

}  // namespace

void configure(const options& o) { shared().install(o); }

bool enabled(level l, std::string_view module) noexcept {
  return current().levels.passes(l, module);
}

void write(level l, std::string_view module, std::string_view message) try {
  const auto& f = current();
  if (f.levels.passes(l, module)) emit(f, l, module, message);
} catch (const std::exception&) {
  // Where a message about the stream would go is the stream itself.
}

void write_limited(level l, std::string_view module, std::string_view key,
                   std::chrono::milliseconds interval, std::string_view message) {
  if (!enabled(l, module)) return;
  std::optional<std::uint64_t> held;
  {
    auto& s = shared();
    std::lock_guard lock{s.guard};
    auto whole = fmt::format("{}: {}", module, key);
    held = s.limiter.admit(whole, interval, repeat_limiter::clock::now());
  }
  if (!held) return;
  write(l, module,
        *held ? fmt::format("{} ({})", message, held_back(*held)) : std::string{message});
}

void write_formatted(level l, std::string_view module, fmt::string_view text,
                     fmt::format_args values) {
  try {
    write(l, module, fmt::vformat(text, values));
  } catch (const std::exception& e) {
    write(l, module, fmt::format("{} (not formatted: {})", text, e.what()));
  }
}

void flush() {
  std::vector<std::pair<std::string, std::uint64_t>> held;
  {
    auto& s = shared();
    std::lock_guard lock{s.guard};
    held = s.limiter.take_held();
  }
  for (const auto& [key, count] : held)
    write(level::warning, "log", fmt::format("{} ({})", key, held_back(count)));
  current().out->flush();
}

}  // namespace puff::log
