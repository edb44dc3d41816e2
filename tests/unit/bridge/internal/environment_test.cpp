#include "bridge/internal/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/scratch_directory.hpp"

namespace puff::bridge::internal {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct environment_test : testing::Test {
  void SetUp() override {
    ::unsetenv("VIRTUAL_ENV");
    ::unsetenv("PYTHONHOME");
  }
  void TearDown() override { SetUp(); }

  /// A virtual environment, as far as its files show.
  fs::path make(const std::string& version = "3.11.2", const std::string& home = "/usr/bin") {
    fs::path folder = scratch.path("venv");
    fs::create_directories(folder / "lib/python3.11/site-packages");
    fs::create_directories(folder / "bin");
    std::ofstream{folder / "pyvenv.cfg"} << "home = " << home << "\nversion = " << version << "\n";
    return folder;
  }
  static interpreter_options in(const fs::path& environment) {
    interpreter_options options;
    options.environment = environment;
    return options;
  }
  static interpreter_options run_from(const fs::path& program_directory) {
    interpreter_options options;
    options.program_directory = program_directory;
    return options;
  }
  static std::string problem(const interpreter_options& options) {
    auto found = find_program_name(options);
    return found ? "none" : context_of(found.error());
  }

  support::scratch_directory scratch;
};

TEST_F(environment_test, TheExplicitOneIsUsedBeforeAllOthers) {
  ::setenv("VIRTUAL_ENV", "/elsewhere", 1);
  auto folder = make();
  EXPECT_EQ(*find_program_name(in(folder)), folder / "bin/python");
}

TEST_F(environment_test, TheActiveOneIsUsed) {
  auto folder = make();
  ::setenv("VIRTUAL_ENV", folder.c_str(), 1);
  EXPECT_EQ(*find_program_name({}), folder / "bin/python");
}

TEST_F(environment_test, TheOneThatHoldsTheExecutableIsUsed) {
  auto folder = make();
  EXPECT_EQ(*find_program_name(run_from(folder / "bin")),
            fs::weakly_canonical(folder) / "bin/python");
}

TEST_F(environment_test, WithoutOneTheSystemsPythonIsUsed) {
  EXPECT_THAT(find_program_name(run_from(scratch.path("bin")))->string(), HasSubstr("python3.11"));
}

TEST_F(environment_test, AMissingFolderIsNamed) {
  ::setenv("VIRTUAL_ENV", "/no/such/folder", 1);
  EXPECT_THAT(problem({}),
              HasSubstr("VIRTUAL_ENV /no/such/folder cannot be used: there is no such"));
}

TEST_F(environment_test, AnotherPythonsEnvironmentIsRefused) {
  EXPECT_THAT(problem(in(make("3.13.1"))), HasSubstr("made for Python 3.13.1"));
}

TEST_F(environment_test, AnEnvironmentWhoseBaseIsGoneIsRefused) {
  EXPECT_THAT(problem(in(make("3.11.2", "/gone/bin"))), HasSubstr("/gone/bin"));
}

TEST_F(environment_test, AnEnvironmentWithoutPackagesFolderIsRefused) {
  auto folder = make();
  fs::remove_all(folder / "lib");
  EXPECT_THAT(problem(in(folder)), HasSubstr("site-packages"));
}

TEST_F(environment_test, AWrongPythonHomeIsRefused) {
  EXPECT_FALSE(check_python_home());
  ::setenv("PYTHONHOME", "/nowhere", 1);
  EXPECT_THAT(context_of(check_python_home()), HasSubstr("PYTHONHOME is /nowhere"));
}

}  // namespace
}  // namespace puff::bridge::internal
