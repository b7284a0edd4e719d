// builder_messages.cpp — sentences that several parts of the plan builder say.
#include "engine/plan/builder_messages.h"

#include <fmt/format.h>

#include "engine/base/nearest_name.h"
#include "engine/plan/stage.h"

namespace weir {

std::string join(const std::vector<std::string>& words, const char* separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

Error unknown(const char* mistake, const std::string& what, const std::string& name, const std::vector<std::string>& known,
              const Location& where) {
  Error error = Error{ErrorKind::user, fmt::format("unknown {}: {}", what, name), where}.as(mistake);
  const std::string nearest = nearest_name(name, known);
  if (!nearest.empty()) return std::move(error).with_hint(fmt::format("did you mean {}?", nearest));
  if (known.empty()) return std::move(error).with_hint(fmt::format("there is no {} at all", what));
  return std::move(error).with_hint("known: " + join(known));
}

Error argument_error(Error error, const Location& where) {
  Error known = error.mistake().empty() ? std::move(error).as("W0308") : std::move(error);
  return std::move(known).at(where);
}

const std::vector<std::string>& source_keys() {
  static const std::vector<std::string> keys = {"type", "format", "columns", "computed", "watermark", "late", "idle_after", "max_future", "close_when_quiet",
                                                "on_error", "description"};
  return keys;
}

std::vector<std::string> field_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields) names.push_back(field.name);
  return names;
}

void check_write_orders(const Plan& plan, Diagnostics& diagnostics) {
  for (std::size_t connection = 0; connection < plan.connections.size(); ++connection) {
    auto order = write_order(plan, connection);
    if (!order.ok()) diagnostics.error(order.error());
  }
}

}  // namespace weir
