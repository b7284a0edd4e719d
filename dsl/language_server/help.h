// help.h — what keys, options, functions and columns are, in Markdown: out of the tables that declare them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dsl/language_keys.h"
#include "dsl/language_server/place.h"
#include "engine/component/registry.h"

namespace weir {

struct FunctionHelp {
  const Function* declaration;
  std::vector<FunctionExample> examples;  // of aggregates and table functions too
  const char* kind;                       // "function", "aggregate", "table function"
};

/// Of any kind, by its name or alias in any case; operators are none.
std::optional<FunctionHelp> find_function(const Registry& registry, const std::string& name);
/// By their first names; sorted within each kind.
std::vector<FunctionHelp> all_functions(const Registry& registry);

/// The options that the registry adds to a block: of its connector and format, where the block says them; else of all there may be.
std::vector<OptionDoc> options_at(const Place& place, const Registry& registry);
std::optional<OptionDoc> find_option(const Place& place, const Registry& registry);
/// What `type` may say in a block, with a sentence each.
std::vector<std::pair<std::string, std::string>> connectors_at(Block block, const Registry& registry);

std::string help_of(const LanguageKey& key);
std::string help_of(const OptionDoc& option);
std::string help_of(const FunctionHelp& function);
/// "amount decimal(10,2) not null".
std::string text_of(const Field& field);
/// One line a column.
std::string columns_in_lines(const Schema& schema);
/// The words of "a | b | c"; nothing where the type is none of that.
std::vector<std::string> choices_of(const std::string& type);

}  // namespace weir
