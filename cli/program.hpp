#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/embedding/program_commands.hpp"
#include "cli/embedding/runtime_config.hpp"
#include "cli/router.hpp"
#include "schemas/addon.h"
#include "services/graphql/authorizer.hpp"
#include "services/graphql/plan/bindings.hpp"

namespace puff {

namespace cli {
struct program_parts;
}

/// A GraphQL schema in C++, served as a `[[graphql]]` entry of puff.toml is, within the limits that
/// such an entry has if it says nothing.
struct native_schema {
  std::string name = "default";
  graphql::bound_schema_ptr schema;
  std::shared_ptr<graphql::authorizer> authorizer{};  ///< null: everybody may use it
  std::string url{};                                  ///< path of queries and mutations
  std::string subscriptions_url{}, playground_url{};
  std::string database{};  ///< the `[[postgres]]` pool of its SQL; not needed if there is one only
  /// Whether requests may bring files; resolvers find them by `graphql::uploaded_to`.
  bool uploads = false;
  /// Whether @defer and @stream are executed, which the schema has by
  /// `graphql::with_incremental_directives`.
  bool incremental = false;
};

/// A program with Puff inside: its commands are Puff's, those of puff.toml and those added here.
///
///     int main(int argc, char** argv) {
///       puff::router routes;
///       routes.get("/native", hello);
///       return puff::program("shop").about("Sells tea").version("1.0").router(routes)
///           .run(argc, argv);
///     }
class program {
 public:
  explicit program(std::string name);
  ~program();
  program(program&&) noexcept;
  program& operator=(program&&) noexcept;

  /// One line that says what the program is.
  program& about(std::string text);
  program& version(std::string text);
  /// Routes that are answered by C++; they win over the applications of puff.toml.
  program& router(puff::router routes);
  /// A schema in C++; puff.toml must not have one of the same name.
  program& schema(native_schema what);
  /// An add-on that the program is linked with, by its `puff_addon_entry`; loaded before those of
  /// puff.toml.
  program& addon(const puff_addon* entry);
  /// What the program brings along; puff.toml, the environment and options may change it.
  program& config(runtime_config what);
  /// A name that Puff has already is refused when the program runs.
  program& command(program_command what);

  /// Runs the command that the arguments name and returns the exit status: 0 fine, 1 failed with a
  /// line on standard error, 2 a mistake on the command line, 128 + N ended by signal N before its
  /// work was done, or what the command itself left with. Call it once, on the main thread.
  int run(int argc, const char* const* argv);

 private:
  std::unique_ptr<cli::program_parts> parts_;
};

}  // namespace puff
