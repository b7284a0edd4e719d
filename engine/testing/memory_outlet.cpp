// memory_outlet.cpp — keeps rows as the store in memory does.
#include "engine/testing/memory_outlet.h"

#include <map>

namespace weir {
namespace {

class MemoryOutlet final : public Outlet {
 public:
  explicit MemoryOutlet(std::shared_ptr<MemoryScreen> screen) : screen_(std::move(screen)) {}
  Status write(const SinkTable& table, std::span<const RowReference> rows) override {
    std::vector<std::string> texts;
    std::vector<std::pair<std::string, std::string>> given;
    for (const RowReference& reference : rows) {
      const EncodedRow& row = reference.rows->rows[reference.index];
      given.emplace_back(reference.rows->key_of(row), reference.rows->bytes.substr(row.offset, row.size));
      texts.push_back(memory_row_text(table.schema, given.back().second));
    }
    const std::scoped_lock lock(screen_->mutex);
    WEIR_TRY(screen_->on_write(texts));
    screen_->writes.push_back(std::move(texts));
    screen_->given.insert(screen_->given.end(), given.begin(), given.end());
    screen_->schema = table.schema;
    return {};
  }

 private:
  std::shared_ptr<MemoryScreen> screen_;
};

class MemoryOutletDefinition final : public OutletDefinition {
 public:
  explicit MemoryOutletDefinition(std::shared_ptr<MemoryScreen> screen) : screen_(std::move(screen)) {}
  Result<std::unique_ptr<Outlet>> open() const override { return std::unique_ptr<Outlet>(std::make_unique<MemoryOutlet>(screen_)); }
  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override { return make_memory_encoder(table); }
  std::string describe() const override { return "memory"; }
  std::string fingerprint() const override { return "memory"; }
  void check_table(const SinkTable&, const Location&, Diagnostics&) const override {}

 private:
  std::shared_ptr<MemoryScreen> screen_;
};

}  // namespace

std::vector<std::string> MemoryScreen::rows() {
  const std::scoped_lock lock(mutex);
  std::vector<std::string> all;
  for (const auto& write : writes) all.insert(all.end(), write.begin(), write.end());
  return all;
}

std::vector<RowOfValues> MemoryScreen::latest() {
  const std::scoped_lock lock(mutex);
  std::map<std::string, std::string_view> by_key;
  std::vector<std::string_view> rows;
  for (const auto& [key, bytes] : given) key.empty() ? rows.push_back(bytes) : static_cast<void>(by_key[key] = bytes);
  for (const auto& [key, bytes] : by_key) rows.push_back(bytes);
  return read_memory_rows(schema, rows);
}

std::shared_ptr<const OutletDefinition> memory_outlet(std::shared_ptr<MemoryScreen> screen) {
  return std::make_shared<MemoryOutletDefinition>(std::move(screen));
}

}  // namespace weir
