#pragma once

#include <array>

#include "services/config/internal/keys/common.hpp"

/// puff.toml itself, Python, the log and the commands of a program.
namespace puff::config::internal {

inline constexpr std::array root_keys{
    key{.name = "name",
        .bound = &bound<&settings::name>,
        .doc = "Name of this node among the nodes that share its Redis; the node chooses one if "
               "there is none.",
        .example = "\"web-1\"",
        .environment = "PUFF_NAME",
        .option = "--name",
        .check = node_name},
    key{.name = "django",
        .bound = &bound<&settings::django>,
        .doc = "Prepare Django: set it up at start and offer `puff django`."},
    key{.name = "greenlets",
        .bound = &bound<&settings::greenlets>,
        .doc = "Start the greenlet thread."},
    key{.name = "asyncio",
        .bound = &bound<&settings::asyncio>,
        .doc = "Start the asyncio thread; `asgi` turns it on."},
    key{.name = "dotenv",
        .bound = &bound<&settings::dotenv>,
        .doc = "Read a `.env` file, from the working directory or the nearest one above it."},
    key{.name = "dotenv_path",
        .bound = &bound<&settings::dotenv_path>,
        .doc = "The `.env` file to read instead; it must exist.",
        .example = "\"config/dev.env\"",
        .check = any_text},
    key{.name = "add_cwd_to_path",
        .bound = &bound<&settings::add_cwd_to_path>,
        .doc = "Put the working directory on Python's path."},
    key{.name = "python_path",
        .bound = &bound<&settings::python_path>,
        .doc = "More directories for Python's path.",
        .check = any_text},
    key{.name = "compression_middleware",
        .bound = &bound<&settings::compression_middleware>,
        .doc = "Compress responses for clients that accept it."},
    key{.name = "pytest",
        .bound = &bound<&settings::pytest>,
        .doc = "Offer `puff pytest`; `pytest_path` turns it on."},
    key{.name = "pytest_path",
        .bound = &bound<&settings::pytest_path>,
        .doc = "Root directory of the tests; the working directory if there is none.",
        .example = "\"tests\"",
        .check = any_text},
    key{.name = "wsgi",
        .bound = &bound<&settings::wsgi>,
        .doc = "WSGI application that answers what no other route does.",
        .example = "\"my_project.wsgi.application\"",
        .check = dotted_path},
    key{.name = "asgi",
        .bound = &bound<&settings::asgi>,
        .doc = "ASGI application that answers what no other route does; turns asyncio on.",
        .example = "\"my_project.asgi.application\"",
        .check = dotted_path},
};

inline constexpr std::array python_keys{
    key{.name = "max_greenlets",
        .bound = &bound<&python_setting::max_greenlets>,
        .doc = "Greenlets that may be alive at once.",
        .low = 1,
        .high = 10000000},
    key{.name = "max_blocking_threads",
        .bound = &bound<&python_setting::max_blocking_threads>,
        .doc = "Threads for blocking Python code.",
        .low = 1,
        .high = 10000},
    key{.name = "blocking_idle_ms",
        .bound = &bound<&python_setting::blocking_idle_ms>,
        .doc = "How long an idle blocking thread is kept.",
        .high = day_ms},
    key{.name = "stall_threshold_ms",
        .bound = &bound<&python_setting::stall_threshold_ms>,
        .doc = "Warn when Python code keeps the greenlet thread longer than this; 0 never warns.",
        .high = day_ms},
};

inline constexpr std::array log_keys{
    key{.name = "level",
        .bound = &bound<&log_setting::level>,
        .doc = "trace, debug, info, warning, error or off, also per module: \"info,http=debug\".",
        .environment = "PUFF_LOG",
        .check = log_levels},
    key{.name = "format",
        .bound = &bound<&log_setting::format>,
        .doc = "Lines of text, or one JSON object a line."},
};

inline constexpr std::array command_keys{
    key{.name = "function",
        .bound = &bound<&command_setting::function>,
        .doc = "The Python function to run; a coroutine function runs on the asyncio thread.",
        .example = "\"my_project.hello_world\"",
        .check = dotted_path,
        .required = true},
    key{.name = "command_name",
        .bound = &bound<&command_setting::command_name>,
        .doc = "Its name on the command line.",
        .example = "\"hello_world\"",
        .check = command_word,
        .required = true},
};

}  // namespace puff::config::internal
