#include "bridge/internal/environment.hpp"

#include <Python.h>

#include <cstdlib>
#include <fstream>

#ifndef PUFF_PACKAGE_DIRECTORY
#define PUFF_PACKAGE_DIRECTORY ""
#endif

namespace puff::bridge::internal {
namespace {

namespace fs = std::filesystem;

const std::string version =
    std::to_string(PY_MAJOR_VERSION) + "." + std::to_string(PY_MINOR_VERSION);

struct choice {
  fs::path folder;
  std::string origin;  // how the folder was named, for an error's text
};

choice choose(const interpreter_options& options) {
  if (!options.environment.empty()) return {options.environment, "environment"};
  if (const char* active = std::getenv("VIRTUAL_ENV"); active && *active)
    return {active, "VIRTUAL_ENV"};
  std::error_code failed;
  auto above = fs::weakly_canonical(options.program_directory, failed).parent_path();
  if (!options.program_directory.empty() && fs::exists(above / "pyvenv.cfg", failed))
    return {above, "environment of the executable"};
  return {};
}

std::string trim(const std::string& text) {
  auto first = text.find_first_not_of(" \t\r");
  auto last = text.find_last_not_of(" \t\r");
  return first == std::string::npos ? std::string{} : text.substr(first, last - first + 1);
}

/// The value of the first of `keys` in a pyvenv.cfg.
std::string setting(const fs::path& file, std::initializer_list<std::string_view> keys) {
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) {
    auto at = line.find('=');
    if (at == std::string::npos) continue;
    auto key = trim(line.substr(0, at));
    for (auto wanted : keys)
      if (key == wanted) return trim(line.substr(at + 1));
  }
  return {};
}

error unusable(const choice& chosen, const std::string& why) {
  return make_error(ec::bad_config, "the Python " + chosen.origin + " " + chosen.folder.string() +
                                        " cannot be used: " + why);
}

const std::string remedy = "; make one with: python" + version + " -m venv FOLDER";

error check(const choice& chosen) {
  std::error_code failed;
  const auto& folder = chosen.folder;
  if (!fs::is_directory(folder, failed))
    return unusable(chosen, "there is no such folder" + remedy);
  auto file = folder / "pyvenv.cfg";
  if (!fs::exists(file, failed))
    return unusable(chosen, "it is no virtual environment (no pyvenv.cfg)" + remedy);
  auto made_for = setting(file, {"version", "version_info"});
  if (!made_for.empty() && made_for != version && !made_for.starts_with(version + "."))
    return unusable(chosen, "it is made for Python " + made_for + ", this program runs Python " +
                                version + remedy);
  auto home = setting(file, {"home"});
  if (home.empty() || !fs::is_directory(home, failed))
    return unusable(chosen, "its base installation '" + home + "' is gone" + remedy);
  if (!fs::is_directory(folder / "lib" / ("python" + version) / "site-packages", failed))
    return unusable(chosen, "it has no lib/python" + version + "/site-packages" + remedy);
  return {};
}

}  // namespace

expected<fs::path> find_program_name(const interpreter_options& options) {
  auto chosen = choose(options);
  if (!chosen.folder.empty()) {
    std::error_code failed;
    if (auto absolute = fs::absolute(chosen.folder, failed); !failed) chosen.folder = absolute;
    if (auto why = check(chosen)) return why;
    return chosen.folder / "bin" / "python";
  }
  // Not the first python3 on PATH: that one may belong to another installation.
  for (const char* prefix : {"/usr/bin", "/usr/local/bin"}) {
    std::error_code failed;
    if (auto found = fs::path{prefix} / ("python" + version); fs::exists(found, failed))
      return found;
  }
  return fs::path{"python" + version};
}

error check_python_home() {
  const char* home = std::getenv("PYTHONHOME");
  if (!home || !*home) return {};
  std::error_code failed;
  const std::string text{home};
  fs::path prefix{text.substr(0, text.find(':'))};
  if (fs::exists(prefix / "lib" / ("python" + version) / "os.py", failed)) return {};
  return make_error(ec::bad_config, "PYTHONHOME is " + text + ", which holds no Python " + version +
                                        " (no lib/python" + version + "/os.py); unset it");
}

fs::path find_package_directory(const interpreter_options& options) {
  std::error_code failed;
  auto installed = options.program_directory.parent_path() / "lib" / ("python" + version) /
                   "site-packages" / "puff" / "__init__.py";
  fs::path sources{PUFF_PACKAGE_DIRECTORY};
  if (sources.empty() || fs::exists(installed, failed)) return {};
  return fs::exists(sources / "puff" / "__init__.py", failed) ? sources : fs::path{};
}

}  // namespace puff::bridge::internal
