#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <puff/addon.hpp>
#include <string>

namespace {

using puff::addon::message;
using namespace std::chrono_literals;

/// How much tea there is. Messages come one at a time, so there is no lock.
class stock : public puff::addon::actor {
  message receive(const message& what) override {
    if (what.verb == "take") return take(what.body);
    if (what.verb == "put") return puff::addon::json(std::to_string(++left_[what.body]));
    throw puff::addon::failure{PUFF_UNSUPPORTED, "'" + what.verb + "' is not understood"};
  }

  message take(const std::string& tea) {
    auto found = left_.find(tea);
    if (found == left_.end()) throw puff::addon::failure{PUFF_NOT_FOUND, "no tea named " + tea};
    found->second = std::max(found->second - 1, 0);
    return puff::addon::json(std::to_string(found->second));
  }

  std::map<std::string, int> left_{{"assam", 3}, {"sencha", 1}};
};

void start(puff::addon::host& puff) {
  puff.add_actor("stock", std::make_unique<stock>());

  puff.add_route("GET", "/order/{tea}", [&puff](const puff::addon::request& r) {
    const auto& tea = r.params.at("tea");
    try {
      auto left = puff.ask("stock", puff::addon::bytes(tea, "take"), 2s);
      puff.tell("mailer", puff::addon::json("[\"" + tea + "\"]", "send"));
      return puff::addon::response{200, "application/json", "{\"left\": " + left.body + "}\n"};
    } catch (const puff::addon::failure& why) {
      return puff::addon::response{404, "text/plain", std::string{why.what()} + "\n"};
    }
  });

  puff.add_command("teas", "List what the shop sells", [](const std::vector<std::string>&) {
    return std::puts("assam\nsencha") < 0 ? 1 : 0;
  });
  puff.info("the shop " + puff.setting("street", "on the corner") + " opens");
}

}  // namespace

PUFF_ADDON("shop", "1.0", start)
