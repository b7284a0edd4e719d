// infer_json.cpp — columns of JSON records, held to what the decoder makes of the same records.
#include <fmt/format.h>

#include <cstring>

#include "connectors/formats/json_reader.h"
#include "engine/infer/sample.h"

namespace weir {
namespace {

constexpr std::size_t padding = 64;  // readable bytes behind what a JsonReader reads

/// Whether a source that has this column alone reads every record.
bool is_read(const ColumnDraft& column, const std::vector<std::string>& records, const Format& format) {
  RawChunk chunk;
  for (const std::string& text : records) {
    char* bytes = static_cast<char*>(chunk.arena.allocate(text.size() + padding, 1));
    std::memcpy(bytes, text.data(), text.size());
    std::memset(bytes + text.size(), 0, padding);
    Record record;
    record.value = bytes;
    record.value_size = static_cast<std::uint32_t>(text.size());
    record.value_block = chunk.arena.current_block();
    chunk.records.push_back(record);
  }
  const auto decoder = format.decoder({{column.field, column.from, false}}, OnBadValue::reject);
  return decoder->decode(chunk).rejected.empty();
}

std::shared_ptr<const Format> json_format(const Registry& registry) {
  Config none;
  none.value = Config::Map{};
  Diagnostics unused;
  return registry.find_format("json")->parse(none, unused);
}

}  // namespace

InferredColumns infer_json(const Sample& sample, const DraftRules& rules, const Registry& registry) {
  InferredColumns result;
  ValueShape shape;
  JsonReader reader{JsonLimits{}};
  std::vector<std::string> good;
  for (const std::string& record : sample.records) {
    std::string text = record;
    text.resize(record.size() + padding);
    std::vector<std::pair<std::string, std::string>> members;
    const std::string_view whole(text.data(), record.size());
    if (!reader.read_object(whole, [&](const JsonKey& key, const JsonValue& value) { members.emplace_back(key.text(), value.text()); })) {
      if (result.bad++ == 0) result.first_bad = reader.fault().message;
      continue;
    }
    good.push_back(record);
    for (const auto& [name, value] : members) shape.add_member(name, value);
  }
  result.records = static_cast<std::int64_t>(good.size());
  result.columns = draft_columns(shape, result.records, rules);
  const std::shared_ptr<const Format> format = json_format(registry);
  for (ColumnDraft& column : result.columns) {
    if (rules.tolerated > 0 || is_read(column, good, *format)) continue;
    column.doubt += fmt::format("{}{} does not hold every value", column.doubt.empty() ? "" : "; ", to_string(column.field.type));
    column.field.type = json_type;
  }
  return result;
}

}  // namespace weir
