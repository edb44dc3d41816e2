#include <utility>

#include "services/federation/engine.hpp"

namespace puff::federation {
namespace {

using namespace std::chrono_literals;

constexpr auto settling_limit = 5s;
constexpr auto rhythm = 5ms;

}  // namespace

void engine::leave(std::function<void()> done) {
  reminders_.stop();
  leave_by_ =
      clock::now() + std::min<std::chrono::milliseconds>(settling_limit, options_.member.lease);
  if (member_.where() == membership::state::member)
    close(std::move(done));
  else
    depart(std::move(done));
}

/// Others send what they have for this node elsewhere from now on. What they had sent before is
/// behind us when the mark comes that the script leaves in the inbox.
void engine::close(std::function<void()> done) {
  names_.close(member_.life(), leave_by_,
               [weak = self_, done = std::move(done)](const expected<bool>& closed) {
                 auto* self = *weak;
                 if (!self) return done();
                 if (!closed) return self->depart(done);
                 self->depart_when_settled(done);
               });
}

void engine::depart_when_settled(std::function<void()> done) {
  const bool settled = closed_ && unanswered_ == 0 && out_.waiting() == 0;
  if (settled || clock::now() >= leave_by_) return depart(std::move(done));
  look_again_ = wheel_.arm(clock::now() + rhythm, [this, done = std::move(done)]() mutable {
    depart_when_settled(std::move(done));
  });
}

void engine::depart(std::function<void()> done) {
  inbox_.stop();
  const actor_failure why{ec::shutting_down, {}, "this node leaves its cluster", {}};
  asks_.fail_all(why);
  for (auto& [name, all] : std::exchange(finding_, {}))
    for (auto& each : all) fail(each, why);
  here_.valid_until({});
  member_.leave(std::move(done));
}

}  // namespace puff::federation
