// memory_store.cpp — commits under one mutex.
#include "tests/doubles/memory_store.h"

#include <algorithm>
#include <optional>

#include "engine/data/value.h"

namespace weir::testing {
namespace {

class TextEncoder final : public RowEncoder {
 public:
  explicit TextEncoder(SinkTable table) : table_(std::move(table)) {}

  void encode_keys(std::span<const Column> columns, std::span<const std::uint32_t> rows,
                   std::span<const std::uint32_t> records, EncodedRows& out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EncodedRow row{};
      row.record = records[i];
      row.key_offset = static_cast<std::uint32_t>(out.keys.size());
      for (const std::size_t column : table_.key) append_key(columns[column], rows[i], out.keys);
      row.key_size = static_cast<std::uint32_t>(out.keys.size() - row.key_offset);
      if (table_.on_conflict == OnConflict::update_newer)
        append_key(columns[table_.newer_by], rows[i], out.keys);
      row.newer_size = static_cast<std::uint32_t>(out.keys.size() - row.key_offset - row.key_size);
      row.key = hash_bytes(std::string_view(out.keys).substr(row.key_offset, row.key_size));
      out.rows.push_back(row);
    }
  }
  void encode_values(std::span<const Column> columns, std::span<const std::uint32_t> rows,
                     EncodedRows& out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out.rows[i].offset = static_cast<std::uint32_t>(out.bytes.size());
      for (const Column& column : columns) out.bytes += to_text(value_at(column, rows[i])) + "|";
      out.rows[i].size = static_cast<std::uint32_t>(out.bytes.size() - out.rows[i].offset);
    }
  }

 private:
  SinkTable table_;
};

Error lost() { return Error{ErrorKind::service, "the connection was lost"}; }

class MemoryWriter final : public EpochWriter {
 public:
  MemoryWriter(std::shared_ptr<MemoryDatabase> database, std::string owner)
      : database_(std::move(database)), owner_(std::move(owner)) {}

  Result<EpochReport> commit(const EpochWrite& write) override {
    const std::scoped_lock lock(database_->mutex);
    if (in_doubt_ == write.epoch && is_committed(write)) return report_;
    in_doubt_ = -1;
    const Fate fate = database_->next_fate();
    if (fate == Fate::fails_before || fate == Fate::fails_twice) {
      in_doubt_ = write.epoch;
      return lost();
    }
    for (const SplitAdvance& advance : write.advances) {
      const auto& split = database_->splits[{advance.source, advance.split}];
      if (split.position != advance.from || split.owner != owner_)
        return Error{ErrorKind::fenced, "split " + advance.split + " belongs to " + split.owner};
    }
    apply(write);
    if (fate != Fate::commits_but_fails) return report_;
    in_doubt_ = write.epoch;
    return lost();
  }

 private:
  bool is_committed(const EpochWrite& write) const {
    return std::all_of(write.advances.begin(), write.advances.end(), [&](const SplitAdvance& advance) {
      return database_->splits[{advance.source, advance.split}].position == advance.to;
    });
  }

  void apply(const EpochWrite& write) {
    ++database_->commits;
    report_ = EpochReport{};
    std::vector<LedgerLine> ledger = write.ledger;
    for (const TableWrite& table : write.tables) {
      TableReport report;
      auto& rows = database_->tables[table.table->table];
      for (const RowReference& reference : table.rows) {
        const EncodedRow& row = reference.rows->rows[reference.index];
        const std::string key(reference.rows->key_of(row));
        if (table.is_removal) {
          report.written += static_cast<std::int64_t>(rows.erase(key));
          continue;
        }
        const std::string text = reference.rows->bytes.substr(row.offset, row.size);
        const bool is_new = rows.emplace(key, text).second;
        if (!is_new && table.table->on_conflict == OnConflict::update) rows[key] = text;
        ++(is_new || table.table->on_conflict == OnConflict::update ? report.written : report.duplicates);
      }
      report.was_new = !table.is_removal && report.duplicates == 0;
      if (table.ledger_line != no_ledger_line) {
        ledger[table.ledger_line].written += report.written;
        ledger[table.ledger_line].duplicates += report.duplicates;
      }
      report_.tables.push_back(report);
    }
    database_->ledger.insert(database_->ledger.end(), ledger.begin(), ledger.end());
    database_->rejects.insert(database_->rejects.end(), write.rejected.begin(), write.rejected.end());
    for (const SplitAdvance& advance : write.advances)
      database_->splits[{advance.source, advance.split}].position = advance.to;
  }

  std::shared_ptr<MemoryDatabase> database_;
  std::string owner_;
  std::int64_t in_doubt_ = -1;
  EpochReport report_;
};

class MemoryLeases final : public SplitLeases {
 public:
  MemoryLeases(std::shared_ptr<MemoryDatabase> database, std::string owner)
      : database_(std::move(database)), owner_(std::move(owner)) {}

  Result<Board> heartbeat(const std::string& source, std::chrono::milliseconds) override {
    const std::scoped_lock lock(database_->mutex);
    database_->members[owner_] = true;
    Board board;
    for (const auto& [owner, lives] : database_->members) {
      if (lives) board.members.push_back(owner);
    }
    for (const auto& [key, split] : database_->splits) {
      if (key.first == source)
        board.splits.push_back({key.second, split.position, split.owner, split.is_expired});
    }
    board.first_start = board.splits.empty();
    return board;
  }
  Status add(const std::string& source, std::span<const FirstPosition> splits) override {
    const std::scoped_lock lock(database_->mutex);
    for (const FirstPosition& split : splits)
      database_->splits.try_emplace({source, split.split}, MemoryDatabase::Split{split.position, ""});
    return {};
  }
  Result<std::optional<Position>> claim(const std::string& source, const std::string& split,
                                        const std::string& expected_owner,
                                        std::chrono::milliseconds) override {
    const std::scoped_lock lock(database_->mutex);
    auto& state = database_->splits[{source, split}];
    if (state.owner != expected_owner) return std::optional<Position>();
    state.owner = owner_;
    state.is_expired = false;
    return std::optional<Position>(state.position);
  }
  Status release(const std::string& source, const std::string& split) override {
    const std::scoped_lock lock(database_->mutex);
    auto& state = database_->splits[{source, split}];
    if (state.owner == owner_) state.owner.clear();
    return {};
  }
  Status leave() override {
    const std::scoped_lock lock(database_->mutex);
    database_->members.erase(owner_);
    for (auto& [key, split] : database_->splits) {
      if (split.owner == owner_) split.owner.clear();
    }
    return {};
  }

 private:
  std::shared_ptr<MemoryDatabase> database_;
  std::string owner_;
};

/// The state alone.
class MemoryAdministration final : public StoreAdministration {
 public:
  explicit MemoryAdministration(std::shared_ptr<MemoryDatabase> database) : database_(std::move(database)) {}
  Result<std::vector<StoredReject>> rejects(const RejectFilter&) override { return not_here(); }
  Result<std::vector<RejectCount>> reject_counts() override { return not_here(); }
  Status delete_rejects(std::span<const std::int64_t>) override { return not_here(); }
  Result<std::vector<LedgerTotals>> ledger() override { return not_here(); }
  Result<std::vector<SplitState>> splits(const std::string&) override { return not_here(); }
  Status reset() override { return not_here(); }
  Status set_position(const std::string&, const std::string&, const Position&) override { return not_here(); }
  Result<std::vector<std::vector<std::optional<std::string>>>> query(const std::string&) override { return not_here(); }

  // Rows are "pipeline|name|key|value|epoch|"; the value may be any bytes.
  Status read_state(const std::function<Status(const StoredState&)>& take) override {
    const std::scoped_lock lock(database_->mutex);
    for (const auto& [key, row] : database_->tables["weir_state"]) {
      const std::string_view text = row;
      const std::size_t name = text.find('|') + 1, end_of_name = text.find('|', name), value = text.find('|', end_of_name + 1) + 1;
      const std::size_t end_of_value = text.rfind('|', text.size() - 2);
      WEIR_TRY(take({text.substr(name, end_of_name - name), "", text.substr(value, end_of_value - value), 0}));
    }
    return {};
  }

 private:
  static Error not_here() { return Error{ErrorKind::user, "not in memory"}; }
  std::shared_ptr<MemoryDatabase> database_;
};

class MemoryStore final : public Store {
 public:
  MemoryStore(std::shared_ptr<MemoryDatabase> database, std::string owner)
      : database_(std::move(database)), owner_(std::move(owner)) {}
  Status prepare(std::span<const SinkTable>, bool) override { return {}; }
  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override {
    return std::make_unique<TextEncoder>(table);
  }
  Result<std::unique_ptr<EpochWriter>> writer(std::size_t) override {
    return std::unique_ptr<EpochWriter>(std::make_unique<MemoryWriter>(database_, owner_));
  }
  Result<std::unique_ptr<SplitLeases>> leases() override {
    return std::unique_ptr<SplitLeases>(std::make_unique<MemoryLeases>(database_, owner_));
  }
  Result<std::unique_ptr<StoreAdministration>> administration() override {
    return std::unique_ptr<StoreAdministration>(std::make_unique<MemoryAdministration>(database_));
  }
  std::string state_table() const override { return "weir_state"; }
  std::size_t useful_writers() const override { return database_->writers; }

 private:
  std::shared_ptr<MemoryDatabase> database_;
  std::string owner_;
};

class MemoryDefinition final : public StoreDefinition {
 public:
  explicit MemoryDefinition(std::shared_ptr<MemoryDatabase> database) : database_(std::move(database)) {}
  Result<std::unique_ptr<Store>> open(const StoreIdentity& identity) const override {
    return std::unique_ptr<Store>(std::make_unique<MemoryStore>(database_, identity.owner));
  }
  Status check_connect(std::span<const SinkTable>, std::chrono::milliseconds) const override { return {}; }
  std::string describe() const override { return "memory"; }
  void check_table(const SinkTable&, const Location&, Diagnostics&) const override {}

 private:
  std::shared_ptr<MemoryDatabase> database_;
};

}  // namespace

std::shared_ptr<const StoreDefinition> memory_store(std::shared_ptr<MemoryDatabase> database) {
  return std::make_shared<MemoryDefinition>(std::move(database));
}

}  // namespace weir::testing
