#include "services/postgres/internal/socket_watch.hpp"

namespace puff::postgres::internal {

boost::system::error_code socket_watch::watch(int descriptor) {
  release();
  boost::system::error_code failed;
  descriptor_.assign(descriptor, failed);
  return failed;
}

void socket_watch::release() noexcept {
  ++watched_;
  if (descriptor_.is_open()) descriptor_.release();
}

}  // namespace puff::postgres::internal
