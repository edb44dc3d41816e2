#include "cli/addons.hpp"

#include "cli/program_parts.hpp"

namespace puff::cli {
namespace {

addon_plan plan_of(const config::addon_setting& setting) {
  addon_plan plan;
  plan.path = setting.path;
  plan.options.threads = setting.threads;
  plan.options.max_waiting = setting.max_waiting;
  plan.options.answer_limit = setting.answer_limit_ms;
  for (const auto& pair : setting.settings) {
    const auto equals = pair.find('=');
    plan.options.settings[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return plan;
}

}  // namespace

error load_addons(const program_parts& program, const config::settings& settings,
                  addon_host& into) {
  for (const auto* entry : program.addons) {
    addon_plan plan;
    plan.entry = entry;
    plan.options.version = program.version;
    if (auto wrong = into.add(std::move(plan))) return wrong;
  }
  for (const auto& setting : settings.addons) {
    if (!setting.enable) continue;
    auto plan = plan_of(setting);
    plan.options.version = program.version;
    if (auto wrong = into.add(std::move(plan))) return wrong;
  }
  return {};
}

}  // namespace puff::cli
