#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/header_block.hpp"
#include "schemas/request.hpp"
#include "schemas/response.hpp"

namespace puff::http {

/// Which pages of other sites may ask, and read the answers (CORS, by the Fetch standard).
/// Immutable and shared by all io threads.
struct cors_policy {
  struct allowance {
    bool any = false;
    std::vector<std::string> listed;
    bool has(std::string_view what) const noexcept;
  };
  allowance origins, methods, headers;
  bool credentials = false;
  bool exposes_headers = false;  ///< all of an answer's, where there are no credentials
  std::optional<std::chrono::seconds> max_age{};

  bool allows(std::string_view origin) const noexcept;
  /// The answer to a preflight request; what is not allowed is not said.
  response preflight(const request& asked) const;
  /// Adds what an answer to `origin` (empty: it named none) says. An application that says it
  /// itself is left alone.
  void add_to(header_block& answer, std::string_view origin) const;

 private:
  bool answers_all_alike() const noexcept { return origins.any && !credentials; }
};

/// Whether a browser asks what a page may do, before it does it.
bool is_preflight(const request& head) noexcept;

/// Whether a WebSocket may be opened on behalf of whoever asks. A browser opens one for a page of
/// any site, with our cookies, and asks nobody: such a page needs `policy`'s leave (null: there is
/// none to have). Programs name no Origin.
bool may_open_websocket(const header_block& headers, const cors_policy* policy) noexcept;

}  // namespace puff::http
