// user_agent_functions.cpp — ua_browser, ua_browser_version, ua_os, ua_os_version, ua_device.
#include <fmt/format.h>

#include "engine/expression/functions/kernels.h"
#include "udf/enrich/enrichment_families.h"
#include "udf/enrich/user_agent_parser.h"

namespace weir {
namespace {

struct UserAgentFunction {
  const char* name;
  UserAgentKind kind;
  bool wants_version;
  const char* summary;
  const char* example;
};

class UserAgentKernel final : public Kernel {
 public:
  UserAgentKernel(std::shared_ptr<UserAgents> owner, const UserAgentFunction& function) : owner_(std::move(owner)), function_(function) {}

  Status load() override {
    auto parser = owner_->of(function_.kind);
    if (!parser.ok()) return std::move(parser).error().in(function_.name);
    parser_ = *parser;
    return {};
  }

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& texts = arguments[0];
    ColumnWriter writer(string_type, context.rows, context.arena);
    UserAgentParser::Scratch scratch;
    UserAgentPart part;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (texts.is_null(row)) continue;
      parser_->with(texts.text_at(row), scratch, part, [&](const UserAgentPart& found) {
        if (!function_.wants_version) return writer.set_text(row, found.name);
        if (!found.version.empty()) writer.set_text(row, found.version);
      });
    }
    return writer.finish();
  }

 private:
  std::shared_ptr<UserAgents> owner_;  // of parser_
  const UserAgentFunction& function_;
  RecentUserAgents* parser_ = nullptr;  // set by load()
};

constexpr UserAgentFunction user_agent_functions[] = {
    {"ua_browser", UserAgentKind::browser, false,
     "The browser (or app, or bot) of a user agent, by uap-core's regexes; Other where none of them matches.",
     "Chrome Mobile"},
    {"ua_browser_version", UserAgentKind::browser, true,
     "The browser's version, major[.minor[.patch]]; NULL where the user agent does not tell.", "121.0.5512"},
    {"ua_os", UserAgentKind::os, false,
     "The operating system of a user agent, by uap-core's regexes; Other where none of them matches.",
     "Android"},
    {"ua_os_version", UserAgentKind::os, true,
     "The operating system's version, major[.minor[.patch]]; NULL where the user agent does not tell.", "13"},
    {"ua_device", UserAgentKind::device, false,
     "The device of a user agent, by uap-core's regexes; Other where none of them matches.", "Pixel 7"},
};

constexpr const char* example_of_all =
    "Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.5512.66 "
    "Mobile Safari/537.36";

KernelResult prepare_user_agent(const std::shared_ptr<UserAgents>& agents,
                                const UserAgentFunction& function) {
  if (Status status = agents->find(); !status.ok()) return std::move(status).error().in(function.name);
  return kernel_of<UserAgentKernel>(agents, function);
}

}  // namespace

void register_user_agents(FunctionRegistry& registry) {
  const auto agents = std::make_shared<UserAgents>(WEIR_UAP_REGEXES);
  for (const UserAgentFunction& function : user_agent_functions) {
    add(registry, {.name = function.name,
                   .family = "user agent",
                   .signature = fmt::format("{}(user_agent string) -> string", function.name),
                   .summary = function.summary,
                   .examples = {{fmt::format("{}('{}')", function.name, example_of_all), function.example},
                                {fmt::format("{}('nothing known')", function.name),
                                 function.wants_version ? "NULL" : "Other"}},
                   .overloads = {nullable(prepared({"string"}, string_type,
                                                   [agents, &function](const CallSite&) {
                                                     return prepare_user_agent(agents, function);
                                                   }))},
                   .expensive = true});
  }
}

}  // namespace weir
