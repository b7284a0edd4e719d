// unset_options.cpp — options that a test has no use for, because they say where a service is.
#include "dsl/unset_options.h"

#include <algorithm>

#include "dsl/language_keys.h"
#include "dsl/variables.h"

namespace weir {
namespace {

// A host, a port, a name and a password may all be called so.
constexpr const char* something = "1";
constexpr const char* some_dsn = "postgresql:///test";

bool is_set(const Config& value, const Variables& variables) {
  Config copy = value;
  Diagnostics diagnostics;
  substitute_variables(copy, variables, diagnostics);
  return diagnostics.ok();
}

// Every variable, so that a text keeps its form.
std::string with_something(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.compare(at, 2, "${") == 0 ? closing_brace(text, at) : std::string::npos;
    result += end == std::string::npos ? std::string(1, text[at]) : something;
    at = end == std::string::npos ? at + 1 : end + 1;
  }
  return result;
}

const std::vector<OptionDoc>* docs_of(const Config& item, const std::string& section, const Registry& registry) {
  const Config* type = item.find("type");
  if (type == nullptr || !type->is_scalar()) return nullptr;
  if (const SourceSpec* source = section == "sources" ? registry.find_source(type->scalar()) : nullptr) return &source->options;
  if (const LookupSpec* table = section == "tables" ? registry.find_lookup(type->scalar()) : nullptr) return &table->options;
  if (const OutletSpec* outlet = section == "sinks" ? registry.find_outlet(type->scalar()) : nullptr) return &outlet->options;
  return nullptr;
}

bool may_be_left_out(const std::string& name, const std::vector<OptionDoc>* docs) {
  if (docs == nullptr) return false;
  const auto doc = std::find_if(docs->begin(), docs->end(), [&](const OptionDoc& one) { return one.name == name; });
  return doc != docs->end() && !doc->required && doc->type != "string" && doc->type != "list" && doc->type != "map";
}

void fill(Config& value, const Variables& variables) {
  if (auto* list = std::get_if<Config::List>(&value.value)) {
    for (Config& one : *list) fill(one, variables);
  } else if (auto* map = std::get_if<Config::Map>(&value.value)) {
    for (auto& [key, one] : *map) fill(one, variables);
  } else if (value.is_scalar() && !is_set(value, variables)) {
    value.value = with_something(value.scalar());
  }
}

void fill_item(Config& item, const std::string& section, Block block, const Variables& variables, const Registry& registry) {
  auto* options = std::get_if<Config::Map>(&item.value);
  if (options == nullptr) return;
  const std::vector<OptionDoc>* docs = docs_of(item, section, registry);
  std::erase_if(*options, [&](const auto& option) { return find_key(block, option.first) == nullptr && may_be_left_out(option.first, docs) && !is_set(option.second, variables); });
  for (auto& [name, value] : *options) {
    if (find_key(block, name) != nullptr || is_set(value, variables)) continue;
    const bool is_all = name == "dsn" && value.is_scalar() && value.scalar().starts_with("${") && closing_brace(value.scalar(), 0) + 1 == value.scalar().size();
    if (is_all) value.value = std::string(some_dsn);
    fill(value, variables);
  }
}

}  // namespace

void fill_unset_options(Config& root, const Variables& variables, const Registry& registry) {
  auto* sections = std::get_if<Config::Map>(&root.value);
  if (sections == nullptr) return;
  for (auto& [name, section] : *sections) {
    const std::optional<Block> block = name == "connections" ? std::optional(Block::connection)
                                       : name == "sources"   ? std::optional(Block::source)
                                       : name == "tables"    ? std::optional(Block::table)
                                       : name == "sinks"     ? std::optional(Block::sink)
                                                             : std::nullopt;
    auto* items = std::get_if<Config::Map>(&section.value);
    if (name == "reports") fill(section, variables);  // which tests do not ask
    if (!block || items == nullptr) continue;
    for (auto& [key, item] : *items) fill_item(item, name, *block, variables, registry);
  }
}

}  // namespace weir
