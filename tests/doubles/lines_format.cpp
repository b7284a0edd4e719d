// lines_format.cpp — splits lines at the first blank.
#include "tests/doubles/lines_format.h"

namespace weir::testing {
namespace {

class LinesDecoder final : public Decoder {
 public:
  explicit LinesDecoder(std::vector<DecodedColumn> columns) : columns_(std::move(columns)) {}

  Decoded decode(RawChunk& chunk) const override {
    Decoded decoded;
    for (std::uint32_t i = 0; i < chunk.records.size(); ++i) {
      if (chunk.records[i].value_text().find(' ') == std::string_view::npos) {
        decoded.rejected.push_back({i, "no_blank", "expected KEY VALUE"});
      } else {
        decoded.record_of_row.push_back(i);
      }
    }
    const auto rows = static_cast<std::uint32_t>(decoded.record_of_row.size());
    auto schema = std::make_shared<Schema>();
    for (const DecodedColumn& column : columns_) {
      schema->fields.push_back(column.field);
      ColumnWriter writer(string_type, rows, chunk.arena, true);
      for (std::uint32_t row = 0; row < rows; ++row) {
        const std::string_view text = chunk.records[decoded.record_of_row[row]].value_text();
        const std::size_t blank = text.find(' ');
        writer.set_text(row, column.from == "key" ? text.substr(0, blank) : text.substr(blank + 1));
      }
      decoded.batch.columns.push_back(writer.finish());
    }
    decoded.batch.schema = std::move(schema);
    decoded.batch.row_count = rows;
    return decoded;
  }

 private:
  std::vector<DecodedColumn> columns_;
};

class LinesFormat final : public Format {
 public:
  std::unique_ptr<Decoder> decoder(std::vector<DecodedColumn> columns, OnBadValue) const override {
    return std::make_unique<LinesDecoder>(std::move(columns));
  }
  std::string describe() const override { return "lines"; }
};

}  // namespace

std::shared_ptr<const Format> lines_format() { return std::make_shared<LinesFormat>(); }

}  // namespace weir::testing
