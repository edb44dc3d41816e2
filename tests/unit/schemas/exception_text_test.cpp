#include "schemas/exception_text.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using puff::exception_text;

TEST(exception_text, is_what_an_exception_says) {
  EXPECT_EQ(exception_text(std::make_exception_ptr(std::runtime_error{"no tea"})), "no tea");
}

TEST(exception_text, names_what_is_no_exception) {
  EXPECT_EQ(exception_text(std::make_exception_ptr(42)),
            "something that is no std::exception was thrown");
}

}  // namespace
