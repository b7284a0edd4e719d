// memory_outlet.cpp — keeps rows as texts.
#include "tests/doubles/memory_outlet.h"

#include "engine/component/row_keys.h"
#include "engine/data/value.h"

namespace weir::testing {
namespace {

class TextEncoder final : public RowEncoder {
 public:
  explicit TextEncoder(SinkTable table) : table_(std::move(table)) {}
  void encode_keys(std::span<const Column> columns, std::span<const std::uint32_t> rows, std::span<const std::uint32_t> records,
                   EncodedRows& out) const override {
    encode_row_keys(table_, columns, rows, records, out);
  }
  void encode_values(std::span<const Column> columns, std::span<const std::uint32_t> rows, EncodedRows& out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out.rows[i].offset = static_cast<std::uint32_t>(out.bytes.size());
      for (const Column& column : columns) out.bytes += to_text(value_at(column, rows[i])) + "|";
      out.rows[i].size = static_cast<std::uint32_t>(out.bytes.size()) - out.rows[i].offset;
    }
  }

 private:
  const SinkTable table_;
};

class MemoryOutlet final : public Outlet {
 public:
  explicit MemoryOutlet(std::shared_ptr<MemoryScreen> screen) : screen_(std::move(screen)) {}
  Status write(const SinkTable&, std::span<const RowReference> rows) override {
    std::vector<std::string> texts;
    for (const RowReference& reference : rows) {
      const EncodedRow& row = reference.rows->rows[reference.index];
      texts.push_back(reference.rows->bytes.substr(row.offset, row.size));
    }
    const std::scoped_lock lock(screen_->mutex);
    WEIR_TRY(screen_->on_write(texts));
    screen_->writes.push_back(std::move(texts));
    return {};
  }

 private:
  std::shared_ptr<MemoryScreen> screen_;
};

class MemoryOutletDefinition final : public OutletDefinition {
 public:
  explicit MemoryOutletDefinition(std::shared_ptr<MemoryScreen> screen) : screen_(std::move(screen)) {}
  Result<std::unique_ptr<Outlet>> open() const override { return std::unique_ptr<Outlet>(std::make_unique<MemoryOutlet>(screen_)); }
  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override { return std::make_unique<TextEncoder>(table); }
  std::string describe() const override { return "memory"; }
  std::string fingerprint() const override { return "memory"; }
  void check_table(const SinkTable&, const Location&, Diagnostics&) const override {}

 private:
  std::shared_ptr<MemoryScreen> screen_;
};

}  // namespace

std::shared_ptr<const OutletDefinition> memory_outlet(std::shared_ptr<MemoryScreen> screen) {
  return std::make_shared<MemoryOutletDefinition>(std::move(screen));
}

}  // namespace weir::testing
