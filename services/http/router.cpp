#include "services/http/router.hpp"

#include <algorithm>

#include "services/http/internal/request_rules.hpp"

namespace puff::http {
namespace {

/// No token, so no request has it.
constexpr std::string_view websocket_method = "(websocket)";
constexpr std::string_view any_method = "*";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// The first segment of "a/b/c", and what follows its slash.
struct cut {
  std::string_view segment, rest;
  bool last;
};
cut cut_segment(std::string_view path) {
  auto slash = path.find('/');
  if (slash == path.npos) return {path, {}, true};
  return {path.substr(0, slash), path.substr(slash + 1), false};
}

error malformed(std::string_view pattern, std::string_view why) {
  std::string text{"route \""};
  return make_error(ec::bad_argument, text.append(pattern).append("\": ").append(why));
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

struct router::node {
  std::map<std::string, node, std::less<>> literals;
  std::unique_ptr<node> param;  // one segment
  std::unique_ptr<node> rest;   // everything that follows
  std::map<std::string, std::pair<handler, std::vector<std::string>>, std::less<>> methods;

  const node* find(std::string_view path, std::vector<std::string>& values) const;
  std::string allow() const;
};

const router::node* router::node::find(std::string_view path,
                                       std::vector<std::string>& values) const {
  auto [segment, rest_of_path, is_last] = cut_segment(path);
  const auto after = rest_of_path;  // a lambda cannot capture a structured binding
  const bool last = is_last;
  bool coded = segment.find('%') != segment.npos;
  auto end = [&](const node& n) -> const node* {
    if (!last) return n.find(after, values);
    return n.methods.empty() ? nullptr : &n;
  };
  auto literal = coded ? literals.find(percent_decoded(segment)) : literals.find(segment);
  if (literal != literals.end())
    if (auto found = end(literal->second)) return found;
  auto mark = values.size();
  if (param && !segment.empty()) {
    values.push_back(percent_decoded(segment));
    if (auto found = end(*param)) return found;
    values.resize(mark);
  }
  if (!rest) return nullptr;
  values.push_back(percent_decoded(path));
  return rest.get();
}

std::string router::node::allow() const {
  std::string out;
  auto add = [&](std::string_view method) { out.append(out.empty() ? "" : ", ").append(method); };
  for (const auto& [method, unused] : methods)
    if (method != any_method && method != websocket_method) add(method);
  if (methods.contains("GET") && !methods.contains("HEAD")) add("HEAD");
  if (!methods.contains("OPTIONS")) add("OPTIONS");
  return out;
}

router::router() : root_(std::make_unique<node>()) {}
router::~router() = default;
router::router(router&&) noexcept = default;
router& router::operator=(router&&) noexcept = default;

error router::add(std::string_view method, std::string_view pattern, plain_handler what) {
  return add_handler(method, pattern, std::move(what));
}

error router::add(std::string_view method, std::string_view pattern, coroutine_handler what) {
  return add_handler(method, pattern, std::move(what));
}

error router::add_websocket(std::string_view pattern, websocket_handler what) {
  return add_handler(websocket_method, pattern, std::move(what));
}

error router::add_handler(std::string_view method, std::string_view pattern, handler what) {
  if (method != websocket_method && !internal::is_token(method))
    return malformed(pattern, "the method is no token");
  if (pattern.empty() || pattern.front() != '/') return malformed(pattern, "must begin with /");
  std::vector<std::string> names;
  auto* at = root_.get();
  for (cut c{{}, pattern.substr(1), false}; !c.last;) {
    c = cut_segment(c.rest);
    auto s = c.segment;
    if (s.empty() || s.front() != '{') {
      if (s.find_first_of("{}") != s.npos) return malformed(pattern, "a {name} is a whole segment");
      at = &at->literals.try_emplace(std::string{s}).first->second;
      continue;
    }
    if (s.back() != '}') return malformed(pattern, "a {name} is a whole segment");
    auto name = s.substr(1, s.size() - 2);
    bool rest = name.size() > 3 && name.substr(name.size() - 3) == "...";
    if (rest) name.remove_suffix(3);
    if (name.empty() || name.find_first_of("{}.") != name.npos ||
        std::find(names.begin(), names.end(), name) != names.end())
      return malformed(pattern, "a parameter's name is missing, malformed or repeated");
    if (rest && !c.last) return malformed(pattern, "{name...} must be the last segment");
    names.emplace_back(name);
    auto& next = rest ? at->rest : at->param;
    if (!next) next = std::make_unique<node>();
    at = next.get();
  }
  auto [where, added] =
      at->methods.try_emplace(std::string{method}, std::move(what), std::move(names));
  return added ? error{} : malformed(pattern, "this method has a handler already");
}

error router::assign(std::string_view path, std::uint32_t number, sockets websockets) {
  if (path.empty() || path.front() != '/') return malformed(path, "must begin with /");
  const bool added = assigned_.emplace(path, mounted{number, websockets}).second;
  return added ? error{} : malformed(path, "an application has it already");
}

error router::mount(std::string_view prefix, std::uint32_t number, sockets websockets) {
  if (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
  if (!prefix.empty() && prefix.front() != '/') return malformed(prefix, "must begin with /");
  for (const auto& [taken, unused] : mounts_)
    if (taken == prefix) return malformed(prefix, "an application is mounted there already");
  auto longer = [&](const auto& m) { return m.first.size() >= prefix.size(); };
  auto at = std::find_if_not(mounts_.begin(), mounts_.end(), longer);
  mounts_.emplace(at, prefix, mounted{number, websockets});
  return {};
}

router::match_result router::match(std::string_view method, std::string_view path) const {
  if (path == "*") return options{"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"};
  std::vector<std::string> values;
  const node* found = nullptr;
  if (!path.empty() && path.front() == '/') found = root_->find(path.substr(1), values);
  if (!found) {
    if (const auto exact = assigned_.find(path); exact != assigned_.end()) {
      if (exact->second.websockets == sockets::only && method != websocket_method)
        return needs_upgrade{};
      return exact->second;
    }
    for (const auto& [prefix, application] : mounts_)
      if (path.substr(0, prefix.size()) == prefix &&
          (path.size() == prefix.size() || path[prefix.size()] == '/'))
        return application;
    return not_found{};
  }
  auto entry = found->methods.find(method);
  if (entry == found->methods.end() && method == "HEAD") entry = found->methods.find("GET");
  if (entry == found->methods.end())
    entry = method == websocket_method ? entry : found->methods.find(any_method);
  if (entry == found->methods.end()) {
    if (method == "OPTIONS") return options{found->allow()};
    if (method == "GET" && found->methods.contains(websocket_method)) return needs_upgrade{};
    return not_allowed{found->allow()};
  }
  const auto& [what, names] = entry->second;
  native result{&what, {}};
  for (std::size_t i = 0; i < values.size(); ++i) result.params.add(names[i], std::move(values[i]));
  return result;
}

router::match_result router::match_websocket(std::string_view path) const {
  auto found = match(websocket_method, path);
  const bool served =
      std::holds_alternative<native>(found) || std::holds_alternative<mounted>(found);
  return served ? found : match("GET", path);
}

}  // namespace puff::http
