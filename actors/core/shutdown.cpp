#include "actors/core/shutdown.hpp"

#include "actors/core/reason.hpp"
#include "actors/core/timer.hpp"

namespace puff {

struct shutdown::state : std::enable_shared_from_this<state> {
  struct entry {
    std::string name;
    step what;
    bool ended = false;
  };
  struct phase {
    std::vector<entry> steps;
    std::chrono::milliseconds within{10'000};
    std::size_t open = 0;
  };

  explicit state(deadline_source& source) : deadlines(source) {}

  void enter(std::size_t stage) {
    current = stage;
    if (stage == shutdown_stages) return finish();
    auto& now = phases[stage];
    now.open = now.steps.size();
    if (!report.hurried && now.open != 0) arm(now.within);
    for (std::size_t i = 0; i < now.steps.size(); ++i) launch(stage, i);
    if (report.hurried) return leave(stage, "was not waited for");
    if (now.open == 0 && current == stage) enter(stage + 1);
  }

  void arm(std::chrono::milliseconds within) {
    auto ticket = deadlines.arm(deadlines.now() + within, [self = weak_from_this(), within] {
      if (auto alive = self.lock())
        alive->leave(alive->current,
                     "did not end within " + std::to_string(within.count()) + " ms");
    });
    limit = timer{deadlines, ticket};
  }

  void launch(std::size_t stage, std::size_t index) {
    auto done = [self = weak_from_this(), stage, index] {
      if (auto alive = self.lock()) alive->ended(stage, index);
    };
    auto& step = phases[stage].steps[index];
    launching = true;
    try {
      step.what(done);
    } catch (...) {
      note(stage, step, text_of(error_of(std::current_exception())));
      ended(stage, index);
    }
    launching = false;
  }

  void ended(std::size_t stage, std::size_t index) {
    auto& step = phases[stage].steps[index];
    if (over || std::exchange(step.ended, true)) return;
    --phases[stage].open;
    if (!launching && stage == current && phases[stage].open == 0) enter(stage + 1);
  }

  void leave(std::size_t stage, const std::string& why) {
    for (auto& step : phases[stage].steps)
      if (!step.ended) note(stage, step, why);
    enter(stage + 1);
  }

  void note(std::size_t stage, const entry& step, std::string why) {
    report.unfinished.push_back({static_cast<shutdown_stage>(stage), step.name, std::move(why)});
  }

  void finish() {
    over = true;
    limit.cancel();
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(deadlines.now() - began);
    if (auto call = std::exchange(tell, nullptr)) call(report);
  }

  deadline_source& deadlines;
  std::array<phase, shutdown_stages> phases;
  std::size_t current = 0;
  bool begun = false;
  bool launching = false;
  bool over = false;
  deadline_source::clock::time_point began;
  timer limit;
  on_end tell;
  shutdown_report report;
};

shutdown::shutdown(deadline_source& deadlines) : state_(std::make_shared<state>(deadlines)) {}

shutdown::~shutdown() = default;

void shutdown::add(shutdown_stage stage, std::string name, step what) {
  auto& steps = state_->phases[static_cast<std::size_t>(stage)].steps;
  steps.push_back({std::move(name), std::move(what)});
}

void shutdown::limit(shutdown_stage stage, std::chrono::milliseconds within) {
  state_->phases[static_cast<std::size_t>(stage)].within = within;
}

void shutdown::begin(on_end tell) {
  auto alive = state_;
  if (alive->over || alive->report.hurried) return;
  if (!std::exchange(alive->begun, true)) {
    alive->began = alive->deadlines.now();
    alive->tell = std::move(tell);
    return alive->enter(0);
  }
  alive->report.hurried = true;
  if (!alive->launching) alive->leave(alive->current, "was not waited for");
}

bool shutdown::begun() const noexcept { return state_->begun; }

std::string_view name_of(shutdown_stage stage) noexcept {
  switch (stage) {
    case shutdown_stage::stop_accepting: return "stop accepting";
    case shutdown_stage::finish: return "finish";
    case shutdown_stage::give_back: return "give back";
    case shutdown_stage::close: return "close";
  }
  return "unknown";
}

std::string to_text(const shutdown_report& report) {
  std::string out;
  for (const auto& left : report.unfinished)
    out.append(name_of(left.stage)).append(": ").append(left.step).append(" ").append(left.why) +=
        '\n';
  return out;
}

}  // namespace puff
