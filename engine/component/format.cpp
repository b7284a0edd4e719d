// format.cpp — the columns that come with a record and not from its bytes.
#include "engine/component/format.h"

#include "engine/base/check.h"
#include "engine/data/utf8.h"
#include "engine/data/value.h"

namespace weir {
namespace {

class MetadataWriter {
 public:
  MetadataWriter(const DecodedColumn& column, const RawChunk& chunk,
                 const std::vector<std::uint32_t>& record_of_row, Arena& arena)
      : type_(column.field.type), chunk_(chunk), record_of_row_(record_of_row), arena_(arena) {}

  Column keys() {
    const bool must_be_text = type_.kind == TypeKind::string;
    ColumnWriter writer(must_be_text ? string_type : bytes_type, rows(), arena_);
    for (std::uint32_t row = 0; row < rows(); ++row) {
      const Record& record = record_of(row);
      if (record.key == nullptr) continue;
      if (must_be_text && !is_valid_utf8(record.key_text())) {
        writer.set_error(row, "invalid_utf8", "the key is not valid UTF-8");
      } else {
        writer.set(row, is_at_home() ? arena_.view_in(record.key_block, record.key, record.key_size)
                                     : arena_.copy(record.key_text()));
      }
    }
    return writer.finish();
  }

  Column headers() {
    ColumnWriter writer(json_type, rows(), arena_);
    for (std::uint32_t row = 0; row < rows(); ++row) {
      const View& headers = record_of(row).headers;
      if (headers.length == 0) continue;
      writer.set(row, is_at_home() ? headers : arena_.copy(chunk_.arena.text(headers)));
    }
    return writer.finish();
  }

  Column offsets() {
    ColumnWriter writer(int64_type, rows(), arena_, true);
    for (std::uint32_t row = 0; row < rows(); ++row) writer.set(row, record_of(row).offset);
    return writer.finish();
  }

  Column timestamps() {
    ColumnWriter writer(timestamp_type, rows(), arena_);
    for (std::uint32_t row = 0; row < rows(); ++row) {
      if (record_of(row).timestamp != no_timestamp) writer.set(row, record_of(row).timestamp);
    }
    return writer.finish();
  }

  Column topic() { return constant_column({string_type, chunk_.topic}, rows(), arena_); }
  Column partition() { return constant_column({int32_type, chunk_.partition}, rows(), arena_); }

 private:
  std::uint32_t rows() const { return static_cast<std::uint32_t>(record_of_row_.size()); }
  const Record& record_of(std::uint32_t row) const { return chunk_.records[record_of_row_[row]]; }
  // Whether the bytes of the records already lie in the arena of the column.
  bool is_at_home() const { return &chunk_.arena == &arena_; }

  Type type_;
  const RawChunk& chunk_;
  const std::vector<std::uint32_t>& record_of_row_;
  Arena& arena_;
};

}  // namespace

Column metadata_column(const DecodedColumn& column, const RawChunk& chunk,
                       const std::vector<std::uint32_t>& record_of_row, Arena& arena) {
  MetadataWriter writer(column, chunk, record_of_row, arena);
  if (column.from == "key") return writer.keys();
  if (column.from == "topic") return writer.topic();
  if (column.from == "partition") return writer.partition();
  if (column.from == "offset") return writer.offsets();
  if (column.from == "timestamp") return writer.timestamps();
  WEIR_CHECK(column.from == "headers", "the compiler lets only known metadata columns pass");
  return writer.headers();
}

}  // namespace weir
