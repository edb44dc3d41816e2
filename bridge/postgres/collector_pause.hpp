#pragma once

#include <pybind11/pybind11.h>

namespace puff::bridge::postgres {

/// No collection of cycles while many rows are made of nothing but C++: it could find none. Under
/// the GIL.
class collector_pause {
 public:
  explicit collector_pause(bool wanted) : paused_(wanted && PyGC_Disable()) {}
  ~collector_pause() {
    if (paused_) PyGC_Enable();
  }
  collector_pause(const collector_pause&) = delete;
  collector_pause& operator=(const collector_pause&) = delete;

 private:
  bool paused_;
};

}  // namespace puff::bridge::postgres
