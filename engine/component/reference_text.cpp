// reference_text.cpp — connectors and formats as a terminal shows them and as other programs read them.
#include <fmt/format.h>

#include <algorithm>

#include "engine/component/json_writer.h"
#include "engine/component/reference.h"
#include "engine/component/store_lookup.h"

namespace weir {
namespace {

std::string option_note(const OptionDoc& option) {
  std::string note = option.type;
  if (option.required) note += ", required";
  if (!option.default_value.empty()) note += ", default " + option.default_value;
  return note;
}

std::string options_text(const std::vector<OptionDoc>& options) {
  std::size_t width = 0;
  for (const OptionDoc& option : options) width = std::max(width, option.name.size());
  std::string text;
  for (const OptionDoc& option : options) {
    text += fmt::format("    {:<{}}  {} ({})\n", option.name, width, option.summary, option_note(option));
  }
  return text;
}

void write_options(JsonWriter& json, const std::vector<OptionDoc>& options) {
  json.key("options");
  json.begin_array();
  for (const OptionDoc& option : options) {
    json.begin_object();
    json.member("name", option.name);
    json.member("type", option.type);
    json.member("default", option.default_value);
    json.member("required", option.required);
    json.member("secret", option.secret);
    json.member("summary", option.summary);
    json.end_object();
  }
  json.end_array();
}

void write_source(JsonWriter& json, const SourceSpec& spec) {
  json.begin_object();
  json.member("name", spec.name);
  json.member("summary", spec.summary);
  write_options(json, spec.options);
  json.key("metadata");
  json.begin_array();
  for (const MetadataColumn& column : spec.metadata) {
    json.begin_object();
    json.member("name", column.name);
    json.member("type", to_string(column.type));
    json.member("nullable", column.nullable);
    json.member("summary", column.summary);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_named(JsonWriter& json, const std::string& name, const std::string& summary, const std::vector<OptionDoc>& options) {
  json.begin_object();
  json.member("name", name);
  json.member("summary", summary);
  write_options(json, options);
  json.end_object();
}

}  // namespace

std::string connectors_text(const Registry& registry) {
  std::string text;
  for (const SourceSpec& spec : registry.sources) {
    text += fmt::format("source {}: {}\n{}", spec.name, spec.summary, options_text(spec.options));
    for (const MetadataColumn& column : spec.metadata) {
      text += fmt::format("    metadata {} {}: {}\n", column.name, to_string(column.type), column.summary);
    }
    text += "\n";
  }
  for (const StoreSpec& spec : registry.stores) {
    text += fmt::format("connection {}: {}\n{}\n", spec.name, spec.summary, options_text(spec.options));
  }
  for (const OutletSpec& spec : registry.outlets) {
    text += fmt::format("sink {}: {}\n{}\n", spec.name, spec.summary, options_text(spec.options));
  }
  for (const LookupSpec& spec : registry.lookups)
    text += fmt::format("table {}: {}\n{}\n", spec.name, spec.summary, options_text(spec.options));
  text += fmt::format("table of a connection: rows of a database\n{}\n", options_text(store_lookup_options()));
  return text;
}

std::string formats_text(const Registry& registry) {
  std::string text;
  for (const FormatSpec& spec : registry.formats)
    text += fmt::format("format {}: {}\n{}\n", spec.name, spec.summary, options_text(spec.options));
  return text;
}

std::string connectors_json(const Registry& registry) {
  JsonWriter json;
  json.begin_object();
  json.key("sources");
  json.begin_array();
  for (const SourceSpec& spec : registry.sources) write_source(json, spec);
  json.end_array();
  json.key("connections");
  json.begin_array();
  for (const StoreSpec& spec : registry.stores) {
    json.begin_object();
    json.member("name", spec.name);
    json.member("schemes", spec.schemes);
    json.member("summary", spec.summary);
    write_options(json, spec.options);
    json.end_object();
  }
  json.end_array();
  json.key("sinks");
  json.begin_array();
  for (const OutletSpec& spec : registry.outlets) write_named(json, spec.name, spec.summary, spec.options);
  json.end_array();
  json.key("tables");
  json.begin_array();
  for (const LookupSpec& spec : registry.lookups) write_named(json, spec.name, spec.summary, spec.options);
  write_named(json, "connection", "rows of a database", store_lookup_options());
  json.end_array();
  json.end_object();
  return std::move(json).text();
}

std::string formats_json(const Registry& registry) {
  JsonWriter json;
  json.begin_object();
  json.key("formats");
  json.begin_array();
  for (const FormatSpec& spec : registry.formats) {
    json.begin_object();
    json.member("name", spec.name);
    json.member("summary", spec.summary);
    write_options(json, spec.options);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).text();
}

}  // namespace weir
