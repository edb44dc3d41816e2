#include "actors/core/driver_seat.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace puff {
namespace {

using namespace std::chrono_literals;

/// An owner who gives way once.
class owned_seat {
 public:
  explicit owned_seat(std::chrono::milliseconds patience) : seat(patience) {
    seat.ask([this] { left_.set_value(); });
    owner_ = std::thread{[this] {
      seat.give_way();
      back_.set_value();
    }};
    left_.get_future().get();
  }
  ~owned_seat() { owner_.join(); }
  owned_seat(const owned_seat&) = delete;
  owned_seat& operator=(const owned_seat&) = delete;

  bool owner_is_back(std::chrono::milliseconds within = 10s) {
    return is_back_.wait_for(within) == std::future_status::ready;
  }

  driver_seat seat;

 private:
  std::promise<void> left_, back_;
  std::future<void> is_back_ = back_.get_future();
  std::thread owner_;
};

TEST(driver_seat, IsTheOwnersUntilAGuestAsks) {
  driver_seat seat;
  EXPECT_FALSE(seat.is_wanted());
  EXPECT_FALSE(seat.take());
  EXPECT_FALSE(seat.is_empty());
  seat.ask([] {});
  EXPECT_TRUE(seat.is_wanted());
}

TEST(driver_seat, OwnerComesBackToASeatThatNobodyTakes) {
  owned_seat left{1ms};
  EXPECT_TRUE(left.owner_is_back());
  EXPECT_FALSE(left.seat.is_empty());
}

TEST(driver_seat, OwnerComesBackWhenItIsRecalled) {
  owned_seat left{1h};
  EXPECT_TRUE(left.seat.is_empty());
  left.seat.recall();
  EXPECT_TRUE(left.owner_is_back());
}

TEST(driver_seat, OwnerStaysAwayFromAGuestThatSits) {
  owned_seat left{1h};
  ASSERT_TRUE(left.seat.take());
  left.seat.recall();
  EXPECT_FALSE(left.owner_is_back(20ms));
  left.seat.leave();
  left.seat.recall();
  EXPECT_TRUE(left.owner_is_back());
}

TEST(driver_seat, GuestThatSatForLongTellsTheOwner) {
  owned_seat left{30ms};
  ASSERT_TRUE(left.seat.take());
  EXPECT_FALSE(left.owner_is_back(100ms));
  left.seat.leave();
  EXPECT_TRUE(left.owner_is_back());
}

TEST(driver_seat, OneGuestAtATime) {
  owned_seat left{1h};
  ASSERT_TRUE(left.seat.take());
  EXPECT_FALSE(left.seat.take());
  left.seat.leave();
  ASSERT_TRUE(left.seat.take());
  left.seat.leave();
  left.seat.recall();
  EXPECT_TRUE(left.owner_is_back());
}

TEST(driver_seat, WhoWithdrawsIsNotTold) {
  driver_seat seat{1ms};
  bool told = false;
  seat.ask([&] { told = true; });
  seat.withdraw();
  EXPECT_FALSE(seat.is_wanted());
  seat.give_way();
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace puff
