#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "services/postgres/internal/handles.hpp"

namespace puff::postgres::internal {

/// A cancellation on its way to the server. libpq blocks while it connects for that, so a few
/// threads of this process do it, which end when there is none left to do.
class cancel_job {
 public:
  /// Nothing if the kernel has no descriptor left, or too many are on their way.
  static std::shared_ptr<cancel_job> start(cancel_handle what);

  ~cancel_job();
  cancel_job(const cancel_job&) = delete;
  cancel_job& operator=(const cancel_job&) = delete;

  /// Readable as soon as the server has signalled the session, or could not be reached.
  int descriptor() const noexcept { return event_; }
  /// Why it could not be reached; empty if it was.
  std::string failure() const;

 private:
  struct desk;

  cancel_job(cancel_handle what, int event) : what_(std::move(what)), event_(event) {}
  void run() noexcept;

  cancel_handle what_;
  int event_;
  mutable std::mutex guard_;  // of failure_
  std::string failure_;
};

}  // namespace puff::postgres::internal
