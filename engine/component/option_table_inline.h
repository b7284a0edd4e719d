// option_table_inline.h — the template bodies of option_table.h.
#pragma once

#include "engine/component/option_table.h"

namespace weir {

template <typename O>
OptionTable<O>& OptionTable<O>::text(std::string name, std::string O::*member, std::string summary, bool required, bool secret) {
  OptionDoc doc{std::move(name), "string", O{}.*member, std::move(summary), required, secret};
  return add(doc, [doc, member](O& options, const Config& value, Diagnostics& diagnostics) {
    if (auto parsed = option_parsing::text(value, doc, diagnostics)) options.*member = *parsed;
  });
}

template <typename O>
OptionTable<O>& OptionTable<O>::integer(std::string name, std::int64_t O::*member, std::int64_t low, std::int64_t high,
                                        std::string summary) {
  OptionDoc doc{std::move(name), "integer", std::to_string(O{}.*member), std::move(summary)};
  return add(doc, [doc, member, low, high](O& options, const Config& value, Diagnostics& diagnostics) {
    if (auto parsed = option_parsing::integer(value, doc, low, high, diagnostics)) options.*member = *parsed;
  });
}

template <typename O>
OptionTable<O>& OptionTable<O>::boolean(std::string name, bool O::*member, std::string summary) {
  OptionDoc doc{std::move(name), "boolean", O{}.*member ? "true" : "false", std::move(summary)};
  return add(doc, [doc, member](O& options, const Config& value, Diagnostics& diagnostics) {
    if (auto parsed = option_parsing::boolean(value, doc, diagnostics)) options.*member = *parsed;
  });
}

template <typename O>
OptionTable<O>& OptionTable<O>::duration(std::string name, Duration O::*member, std::string summary) {
  OptionDoc doc{std::move(name), "duration", format_duration(O{}.*member), std::move(summary)};
  return add(doc, [doc, member](O& options, const Config& value, Diagnostics& diagnostics) {
    if (auto parsed = option_parsing::duration(value, doc, diagnostics)) options.*member = *parsed;
  });
}

template <typename O>
OptionTable<O>& OptionTable<O>::choice(std::string name, std::string O::*member, std::vector<std::string> choices,
                                       std::string summary) {
  std::string type;
  for (const std::string& one : choices) type += (type.empty() ? "" : " | ") + one;
  OptionDoc doc{std::move(name), type, O{}.*member, std::move(summary)};
  return add(doc, [doc, member, choices](O& options, const Config& value, Diagnostics& diagnostics) {
    if (auto parsed = option_parsing::choice(value, doc, choices, diagnostics)) options.*member = *parsed;
  });
}

template <typename O>
OptionTable<O>& OptionTable<O>::text_list(std::string name, std::vector<std::string> O::*member, std::string summary,
                                          bool required) {
  OptionDoc doc{std::move(name), "list", "", std::move(summary), required};
  return add(doc, [doc, member](O& options, const Config& value, Diagnostics& diagnostics) {
    if (auto parsed = option_parsing::text_list(value, doc, diagnostics)) options.*member = *parsed;
  });
}

template <typename O>
OptionTable<O>& OptionTable<O>::text_map(std::string name, std::map<std::string, std::string> O::*member, std::string summary) {
  OptionDoc doc{std::move(name), "map", "", std::move(summary)};
  return add(doc, [doc, member](O& options, const Config& value, Diagnostics& diagnostics) {
    if (auto parsed = option_parsing::text_map(value, doc, diagnostics)) options.*member = *parsed;
  });
}

template <typename O>
OptionTable<O>& OptionTable<O>::custom(OptionDoc doc, Setter setter) { return add(std::move(doc), std::move(setter)); }

template <typename O>
std::vector<OptionDoc> OptionTable<O>::docs() const {
  std::vector<OptionDoc> result;
  for (const Entry& entry : entries_) result.push_back(entry.doc);
  return result;
}

template <typename O>
O OptionTable<O>::parse(const Config& config, Diagnostics& diagnostics, O options) const {
  option_parsing::check_keys(config, docs(), diagnostics);
  for (const Entry& entry : entries_) {
    if (const Config* value = config.find(entry.doc.name)) entry.set(options, *value, diagnostics);
  }
  return options;
}

}  // namespace weir
