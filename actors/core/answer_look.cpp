#include "actors/core/answer_look.hpp"

#include <utility>

namespace puff {
namespace {

thread_local bool expected = false;

}  // namespace

void expect_answer() noexcept { expected = true; }

bool take_expectation() noexcept { return std::exchange(expected, false); }

}  // namespace puff
