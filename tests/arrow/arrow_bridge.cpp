// arrow_bridge.cpp — what arrow_test.py calls: exports a batch of every type, reads and echoes batches of
// pyarrow.
#include <atomic>
#include <cstring>
#include <limits>
#include <memory>

#include "engine/data/arrow_c.h"
#include "engine/data/value.h"

using namespace weir;

namespace {

std::atomic<int> live_owners{0};

// What an export keeps alive; counted, so that the test sees whether it is let go.
struct Owner {
  Arena arena{256};  // small, so that long strings need several blocks
  std::shared_ptr<const void> imported;
  Owner() { ++live_owners; }
  ~Owner() { --live_owners; }
};

constexpr std::uint32_t example_rows = 4;
using Values = std::vector<Value>;

Column column_of(Type type, const Values& values, Arena& arena) {
  ColumnWriter writer(type, static_cast<std::uint32_t>(values.size()), arena);
  for (std::uint32_t row = 0; row < values.size(); ++row) {
    Arena own;
    writer.copy_from(row, constant_column(values[row], 1, own), 0);
  }
  return writer.finish();
}

struct Example {
  const char* name;
  Type type;
  Values values;  // one: a constant column
};

template <typename... Data>
Example example(const char* name, Type type, Data... data) {
  return {name, type, {Value{type, data}...}};
}

std::vector<Example> examples() {
  const std::monostate null;
  const std::string long_text(300, 'x');
  const std::string bytes("\x00\xFFraw bytes, not text", 21);
  using I = std::int32_t;
  using L = std::int64_t;
  const Int128 widest = power_of_ten(38) - 1;
  return {
      example("nothing", null_type, null, null, null, null),
      example("bool", boolean_type, true, false, null, true),
      example("int", int32_type, I{1}, std::numeric_limits<I>::min(), null, std::numeric_limits<I>::max()),
      example("bigint", int64_type, L{1}, std::numeric_limits<L>::min(), null, std::numeric_limits<L>::max()),
      example("double", float64_type, 1.5, -0.0, null, 1e300),
      example("decimal", decimal_type(38, 10), Int128{-12'500'000'000}, widest, null, -widest),
      example("string", string_type, std::string("twelve bytes"), long_text, null,
              std::string("thirteen byte")),
      example("bytes", bytes_type, bytes, std::string(), null, std::string("short")),
      example("date", date_type, I{0}, I{-719162}, null, I{2932896}),
      example("timestamp", timestamp_type, L{0}, L{-1}, null, L{1730419200123456}),
      example("interval", interval_type, Interval{14, 3, 5}, Interval{-1, 0, -7}, null, Interval{0, 0, 0}),
      example("json", json_type, std::string("{\"a\":1}"), std::string("[]"), null,
              std::string("\"long enough to leave\"")),
      example("constant", string_type, std::string("a constant text that is long")),
      example("constant_bool", boolean_type, true),
      example("constant_null", int64_type, null),
  };
}

// Prints the values as text, a row a line, columns separated by '|'.
std::string describe(const Batch& batch) {
  std::string text;
  for (std::uint32_t row = 0; row < batch.row_count; ++row) {
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      text += (i == 0 ? "" : "|") + to_text(value_at(batch.columns[i], row));
    }
    text += '\n';
  }
  return text;
}

void copy_out(const std::string& text, char* out, std::size_t size) {
  const std::size_t length = std::min(text.size(), size - 1);
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

}  // namespace

extern "C" {

int live_owner_count() { return live_owners; }

void export_example(ArrowSchema* schema, ArrowArray* array) {
  auto owner = std::make_shared<Owner>();
  auto names = std::make_shared<Schema>();
  Batch batch;
  batch.row_count = example_rows;
  for (const Example& one : examples()) {
    names->fields.push_back({one.name, one.type, true});
    const bool is_constant = one.values.size() == 1;
    batch.columns.push_back(is_constant ? constant_column(one.values[0], example_rows, owner->arena)
                                        : column_of(one.type, one.values, owner->arena));
  }
  batch.schema = names;
  export_batch(batch, owner, schema, array);
}

/// Imports, writes the values' text (or the error) to `text`, and exports again what was imported. 0: all
/// went well.
int echo(ArrowSchema* schema, ArrowArray* array, ArrowSchema* schema_out, ArrowArray* array_out, char* text,
         std::size_t size) {
  auto imported = import_batch(schema, array);
  if (!imported.ok()) {
    copy_out(imported.error().message(), text, size);
    return 1;
  }
  auto owner = std::make_shared<Owner>();
  auto kept = std::make_shared<ImportedBatch>(std::move(imported).value());
  owner->imported = kept;
  copy_out(describe(kept->batch), text, size);
  const Batch batch = kept->batch;
  export_batch(batch, owner, schema_out, array_out);
  return 0;
}

}  // extern "C"
