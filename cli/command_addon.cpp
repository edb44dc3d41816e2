#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

#include "cli/commands.hpp"
#include "cli/console.hpp"

namespace puff::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view cmake_text = R"(cmake_minimum_required(VERSION 3.25)
project(NAME LANGUAGES CXX)

find_package(Puff REQUIRED COMPONENTS addon)
add_library(NAME MODULE NAME.cpp)
target_link_libraries(NAME PRIVATE puff::addon)
set_target_properties(NAME PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden)
)";

constexpr std::string_view source_text = R"(#include <puff/addon.hpp>
#include <string>

namespace {

using puff::addon::message;

/// Counts. Its messages come one at a time.
class counter : public puff::addon::actor {
  message receive(const message& what) override {
    if (what.verb == "add") return puff::addon::json(std::to_string(++count_));
    throw puff::addon::failure{PUFF_UNSUPPORTED, "'" + what.verb + "' is not understood"};
  }

  int count_ = 0;
};

void start(puff::addon::host& puff) {
  puff.add_actor("NAME", std::make_unique<counter>());
  puff.add_route("GET", "/NAME", [&puff](const puff::addon::request&) {
    auto count = puff.ask("NAME", {"add", {}, {}}, std::chrono::seconds{5});
    return puff::addon::response{200, count.content_type, count.body + "\n"};
  });
}

}  // namespace

PUFF_ADDON("NAME", "0.1", start)
)";

constexpr std::string_view config_text = R"([[addons]]
path = "build/NAME.so"
)";

constexpr std::string_view readme_text = R"(# NAME

An add-on for Puff:

    cmake -B build -DCMAKE_BUILD_TYPE=Release . && cmake --build build
    puff serve
    curl http://127.0.0.1:7777/NAME
)";

std::string filled(std::string_view text, const std::string& name) {
  std::string out{text};
  for (auto at = out.find("NAME"); at != std::string::npos; at = out.find("NAME", at + name.size()))
    out.replace(at, 4, name);
  return out;
}

bool is_name(const std::string& name) {
  auto fits = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), fits);
}

int fail(const std::string& why) {
  print_error(why);
  return 1;
}

int make_project(const std::string& name) {
  if (!is_name(name))
    return fail("'" + name + "' is no name for an add-on: letters, digits and '_' only");
  const fs::path folder{name};
  std::error_code failed;
  if (!fs::create_directory(folder, failed))
    return fail(folder.string() + (failed ? ": " + failed.message() : " is there already"));
  const std::pair<std::string, std::string_view> files[] = {{"CMakeLists.txt", cmake_text},
                                                            {name + ".cpp", source_text},
                                                            {"puff.toml", config_text},
                                                            {"README.md", readme_text}};
  for (const auto& [file, text] : files) {
    std::ofstream to{folder / file};
    to << filled(text, name);
    if (!to.flush()) return fail((folder / file).string() + " cannot be written");
    print((folder / file).string() + "\n");
  }
  return 0;
}

int run(const invocation& what) {
  if (what.arguments.size() == 2 && what.arguments[0] == "new")
    return make_project(what.arguments[1]);
  print_error("addon takes: new NAME");
  return 2;
}

}  // namespace

command addon_command() {
  command c{"addon", "Begin an add-on in C++"};
  c.synopsis = "new NAME";
  c.details =
      "Writes the folder NAME with a project that builds as it is: an add-on with an actor and a "
      "route, its CMakeLists.txt and a puff.toml that loads it. find_package finds Puff where "
      "'cmake --install' has put it.";
  c.takes = command::words::arguments;
  c.required_arguments = 1;
  c.reads = command::needs::nothing;
  c.run = [](invocation& what) { return run(what); };
  return c;
}

}  // namespace puff::cli
