#include "actors/core/resource.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace puff {
namespace {

TEST(resource_test, CopiesShareOneCell) {
  resource<std::string> one;
  auto other = one;
  EXPECT_FALSE(other.get());
  one.set("up");
  EXPECT_EQ(other.get(), "up");
  other.set(std::nullopt);
  EXPECT_FALSE(one.get());
}

TEST(resource_test, OldHandleMayTouchTheCellWhenItIsReleased) {
  struct toucher {
    toucher(resource<std::shared_ptr<toucher>> its, bool& sees) : cell(its), seen(sees) {}
    ~toucher() { seen = cell.get().has_value(); }
    resource<std::shared_ptr<toucher>> cell;
    bool& seen;
  };
  bool seen = true;
  resource<std::shared_ptr<toucher>> cell;
  cell.set(std::make_shared<toucher>(cell, seen));
  cell.set(std::nullopt);
  EXPECT_FALSE(seen);
}

TEST(resource_test, IsReadWhileItIsSet) {
  resource<std::string> cell;
  std::thread setter{[cell] {
    for (int i = 0; i < 1000; ++i) cell.set(std::string(100, 'x'));
    cell.set("end");
  }};
  for (auto got = cell.get(); got != "end"; got = cell.get()) {
    if (got) {
      EXPECT_EQ(*got, std::string(100, 'x'));
    }
  }
  setter.join();
}

}  // namespace
}  // namespace puff
