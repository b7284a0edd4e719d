// json_format.cpp — declares the format json and its options.
#include <fmt/format.h>
#include <simdjson.h>

#include <memory>
#include <utility>

#include "connectors/formats/formats.h"
#include "connectors/formats/json_decoder.h"

namespace weir {
namespace {

// Beyond it, reading nested values would need more stack than a worker has.
constexpr std::int64_t deepest = 1000;
constexpr std::int64_t largest = std::int64_t{1} << 30;

OptionTable<JsonOptions> option_table() {
  OptionTable<JsonOptions> table;
  table
      .integer("max_bytes", &JsonOptions::max_bytes, 1, largest,
               "records with more bytes are rejected (too_large)")
      .integer("max_depth", &JsonOptions::max_depth, 1, deepest,
               "records with more nested objects and arrays are rejected (too_deep)")
      .choice("duplicate_keys", &JsonOptions::duplicate_keys, {"reject", "first", "last"},
              "what happens to a record with a field twice: rejected (duplicate_key), or its first or last "
              "value taken")
      .choice("tombstones", &JsonOptions::tombstones, {"reject", "ignore"},
              "what happens to records without a value: rejected (tombstone), or left out and counted as "
              "filtered");
  return table;
}

class JsonFormat final : public Format {
 public:
  explicit JsonFormat(JsonOptions options) : options_(std::move(options)) {}
  std::unique_ptr<Decoder> decoder(std::vector<DecodedColumn> columns,
                                   OnBadValue on_bad_value) const override {
    return make_json_decoder(options_, std::move(columns), on_bad_value);
  }
  std::string describe() const override { return "json"; }

 private:
  JsonOptions options_;
};

}  // namespace

FormatSpec json_format() {
  FormatSpec spec;
  spec.name = "json";
  spec.summary = "one JSON object per record, validated whole; columns are its fields";
  spec.library = fmt::format("simdjson {}.{}.{}", simdjson::SIMDJSON_VERSION_MAJOR, simdjson::SIMDJSON_VERSION_MINOR,
                             simdjson::SIMDJSON_VERSION_REVISION);
  spec.options = option_table().docs();
  spec.parse = [](const Config& config, Diagnostics& diagnostics) -> std::shared_ptr<const Format> {
    const std::size_t errors_before = diagnostics.errors().size();
    JsonOptions options = option_table().parse(config, diagnostics);
    if (diagnostics.errors().size() != errors_before) return nullptr;
    return std::make_shared<JsonFormat>(std::move(options));
  };
  return spec;
}

}  // namespace weir
