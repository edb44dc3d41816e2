#pragma once

#include <array>

#include "services/config/internal/keys/common.hpp"

/// Other nodes, and libraries that join this one.
namespace puff::config::internal {

inline constexpr std::array cluster_keys{
    key{.name = "name",
        .bound = &bound<&cluster_setting::name>,
        .doc =
            "Nodes with the same name and Redis find each other; without one this node is alone.",
        .example = "\"shop\"",
        .environment = "PUFF_CLUSTER",
        .option = "--cluster",
        .check = pool_name},
    key{.name = "url",
        .bound = &bound<&cluster_setting::url>,
        .doc = "The Redis through which the nodes speak.",
        .environment = "PUFF_CLUSTER_URL",
        .option = "--cluster-url",
        .check = redis_url,
        .secret = true},
    key{.name = "lease_ms",
        .bound = &bound<&cluster_setting::lease_ms>,
        .doc = "A node that is silent for so long is dead, and its actors move. The same on all "
               "nodes.",
        .low = 1000,
        .high = 600000},
    key{.name = "hosts",
        .bound = &bound<&cluster_setting::hosts>,
        .doc =
            "Whether actors of the classes that this node knows live on it, beside asking them."},
    key{.name = "modules",
        .bound = &bound<&cluster_setting::modules>,
        .doc = "Modules that are imported at start, so that their actor classes are known."},
    key{.name = "unwell_after_ms",
        .bound = &bound<&cluster_setting::unwell_after_ms>,
        .doc = "A node whose Python thread is kept by one greenlet for so long gets no more "
               "actors, and after another lease its actors move.",
        .low = 100,
        .high = 600000},
    key{.name = "state",
        .bound = &bound<&cluster_setting::state>,
        .doc = "Where actors save their state whose class does not say."},
    key{.name = "state_pool",
        .bound = &bound<&cluster_setting::state_pool>,
        .doc = "The [[postgres]] pool for states that are saved in PostgreSQL.",
        .check = pool_name},
};

inline constexpr std::array addon_keys{
    enable_key(&bound<&addon_setting::enable>),
    key{.name = "name",
        .bound = &bound<&addon_setting::name>,
        .doc = "Its name in this file; its path if there is none.",
        .example = "\"shop\"",
        .check = header_text},
    key{.name = "path",
        .bound = &bound<&addon_setting::path>,
        .doc = "The shared library.",
        .example = "\"build/libshop.so\"",
        .check = any_text,
        .required = true},
    key{.name = "settings",
        .bound = &bound<&addon_setting::settings>,
        .doc = "What the add-on may read, each \"KEY=VALUE\".",
        .check = any_text},
    key{.name = "threads",
        .bound = &bound<&addon_setting::threads>,
        .doc = "Threads that run its code; one that blocks is missing to this add-on alone.",
        .low = 1,
        .high = 1000},
    key{.name = "max_waiting",
        .bound = &bound<&addon_setting::max_waiting>,
        .doc = "Messages that may wait for one of its actors, or requests and tasks for all of it.",
        .low = 1,
        .high = 1000000},
    key{.name = "answer_limit_ms",
        .bound = &bound<&addon_setting::answer_limit_ms>,
        .doc = "Time to answer a request; past it the answer is 504.",
        .low = 1,
        .high = day_ms},
};

}  // namespace puff::config::internal
