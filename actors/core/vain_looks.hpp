#pragma once

namespace puff {

/// Whether to look for something once more: a look costs, so each one in vain has more of the
/// following ones skipped, and one that finds something none.
class vain_looks {
 public:
  /// Whether this look is to be left out.
  bool skip() noexcept {
    if (left_out_ == 0) return false;
    --left_out_;
    return true;
  }

  void found() noexcept { in_vain_ = 0; }
  void found_nothing() noexcept {
    if (in_vain_ < most_doublings) ++in_vain_;
    left_out_ = (1u << in_vain_) - 2;
  }

 private:
  static constexpr unsigned most_doublings = 9;

  unsigned in_vain_ = 0;   // times in a row
  unsigned left_out_ = 0;  // looks to come
};

}  // namespace puff
