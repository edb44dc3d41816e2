#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace puff {

/// Names a task for good: 16 bytes that begin with the time of their making.
struct task_id {
  std::array<char, 16> bytes{};

  std::string_view view() const noexcept { return {bytes.data(), bytes.size()}; }
  auto operator<=>(const task_id&) const = default;

  /// Nothing unless the text has 16 bytes.
  static std::optional<task_id> from(std::string_view text) {
    if (text.size() != 16) return std::nullopt;
    task_id id;
    std::memcpy(id.bytes.data(), text.data(), text.size());
    return id;
  }
};

/// A task on its way into the queue.
struct task_order {
  task_id id;
  std::int64_t due_ms = -1;  ///< Unix time; negative: now
  std::string unique;        ///< no second living task of this key; empty: any number
  std::string record;        ///< as `tasks::encode` makes it
};

struct task_orders {
  std::vector<task_order> tasks;
  std::vector<std::string> later;  ///< words of `chain.lua`; empty: nothing comes later
  bool wake = true;                ///< an idle node, at once
  std::chrono::steady_clock::time_point deadline{};
};

/// A claimed task, to be run once.
struct task_attempt {
  std::uint64_t number = 0;  ///< names this attempt on its node
  task_id id;
  std::uint32_t attempt = 1;
  std::uint32_t max_attempts = 1;
  std::uint32_t token = 0;  ///< what Redis knows the attempt by
  std::string function;     ///< dotted path
  std::string param;        ///< JSON
};
using task_attempts = std::vector<task_attempt>;

/// How an attempt ended, as whoever ran it says.
struct task_end {
  enum class how : std::uint8_t {
    returned,   ///< `data` is its result as JSON
    raised,     ///< `data` is the error as JSON
    again,      ///< it asks to run again after `delay`; `data` is the reason as JSON
    abandoned,  ///< it did not run, or was interrupted because the node stops
  };
  std::uint64_t number = 0;
  how outcome = how::returned;
  std::string data;
  std::chrono::milliseconds delay{0};
};
using task_ends = std::vector<task_end>;

/// A wish to know a task's result.
struct task_wait {
  task_id id;
  /// Until when to wait; in the past: only look.
  std::chrono::steady_clock::time_point deadline{};
};

/// '+' and the result as JSON, or '-' and the error as JSON; empty: there is none (yet).
using task_result = std::string;

/// A call of one of the queue's scripts by its name.
struct task_call {
  std::string script;
  std::vector<std::string> arguments;
  std::chrono::steady_clock::time_point deadline{};
};

/// A task that comes again and again; the text is in cron's manner.
struct task_rhythm {
  std::string name;
  std::string cron;
  std::string record;
};
using task_rhythms = std::vector<task_rhythm>;

}  // namespace puff

template <>
struct std::hash<puff::task_id> {
  std::size_t operator()(const puff::task_id& id) const noexcept {
    std::size_t tail;  // the random part
    std::memcpy(&tail, id.bytes.data() + 8, sizeof tail);
    return tail;
  }
};
