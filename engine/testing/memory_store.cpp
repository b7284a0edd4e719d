// memory_store.cpp — commits under one mutex.
#include "engine/testing/memory_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/component/epoch_books.h"

namespace weir {
namespace {

Error lost() { return Error{ErrorKind::service, "the connection was lost"}; }
Error died() { return Error{ErrorKind::fatal, "the process died, as the test has it"}; }

std::string_view bytes_of(const RowReference& reference) {
  const EncodedRow& row = reference.rows->rows[reference.index];
  return std::string_view(reference.rows->bytes).substr(row.offset, row.size);
}

class MemoryWriter final : public EpochWriter {
 public:
  MemoryWriter(std::shared_ptr<MemoryDatabase> database, std::string owner) : database_(std::move(database)), owner_(std::move(owner)) {}

  Result<EpochReport> commit(const EpochWrite& write) override {
    const std::scoped_lock lock(database_->mutex);
    if (database_->dead.contains(owner_)) return died();
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
    const std::optional<Death> death = write.advances.empty() ? std::nullopt : std::exchange(database_->next_death, std::nullopt);
    if (death) die();
    if (death == Death::before_commit) return died();
    WEIR_TRY(apply(write));
    if (death) return died();
    if (fate != Fate::commits_but_fails) return report_;
    in_doubt_ = write.epoch;
    return lost();
  }

 private:
  // Its leases run out, whatever it still says.
  void die() {
    database_->dead.insert(owner_);
    database_->members.erase(owner_);
    for (auto& [key, split] : database_->splits) split.is_expired = split.is_expired || split.owner == owner_;
  }

  bool is_committed(const EpochWrite& write) const {
    return std::all_of(write.advances.begin(), write.advances.end(), [&](const SplitAdvance& advance) {
      return database_->splits[{advance.source, advance.split}].position == advance.to;
    });
  }

  Status apply(const EpochWrite& write) {
    EpochBooks books(write);
    for (std::size_t t = 0; t < write.tables.size(); ++t) WEIR_TRY(write.tables[t].is_removal ? remove(write, t, books) : insert(write, t, books));
    ++database_->commits;
    report_ = books.report();
    database_->ledger.insert(database_->ledger.end(), books.ledger().begin(), books.ledger().end());
    for (const RejectedRow* row : books.rejected()) database_->rejects.push_back(*row);
    for (const SplitAdvance& advance : write.advances) database_->splits[{advance.source, advance.split}].position = advance.to;
    return {};
  }

  Status remove(const EpochWrite& write, std::size_t t, EpochBooks& books) {
    std::int64_t gone = 0;
    auto& rows = database_->tables[write.tables[t].table->table].rows;
    for (const RowReference& reference : write.tables[t].rows)
      gone += static_cast<std::int64_t>(rows.erase(std::string(reference.rows->key_of(reference.rows->rows[reference.index]))));
    books.close_table(t, gone, false);
    return {};
  }

  Status insert(const EpochWrite& write, std::size_t t, EpochBooks& books) {
    const TableWrite& table = write.tables[t];
    MemoryTable& into = database_->tables[table.table->table];
    into.schema = table.table->schema;
    std::int64_t written = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      const RowReference& reference = table.rows[i];
      const EncodedRow& row = reference.rows->rows[reference.index];
      const MemoryTable::Row given{std::string(bytes_of(reference)), std::string(reference.rows->newer_of(row))};
      const std::string key = table.table->key.empty() ? fmt::format("{:020}", into.appended++) : std::string(reference.rows->key_of(row));
      const auto [found, is_new] = into.rows.try_emplace(key, given);
      if (is_new) {
        ++written;
      } else if (table.table->on_conflict == OnConflict::error) {
        WEIR_TRY(books.refuse(t, static_cast<std::uint32_t>(i), "23505", fmt::format("the key is in table {} already", table.table->table)));
      } else if (replaces(*table.table, given, found->second)) {
        found->second = given;
        ++written;
      }
    }
    const bool can_tell = table.table->on_conflict == OnConflict::ignore || table.table->on_conflict == OnConflict::error;
    books.close_table(t, written, can_tell && written == static_cast<std::int64_t>(table.rows.size()));
    return {};
  }

  // A row that changes nothing is a duplicate; among equally new ones the later row wins.
  static bool replaces(const SinkTable& table, const MemoryTable::Row& given, const MemoryTable::Row& found) {
    if (table.on_conflict == OnConflict::ignore || given.bytes == found.bytes) return false;
    return table.on_conflict == OnConflict::update || given.newer >= found.newer;
  }

  std::shared_ptr<MemoryDatabase> database_;
  std::string owner_;
  std::int64_t in_doubt_ = -1;
  EpochReport report_;
};

class MemoryLeases final : public SplitLeases {
 public:
  MemoryLeases(std::shared_ptr<MemoryDatabase> database, std::string owner) : database_(std::move(database)), owner_(std::move(owner)) {}

  Result<Board> heartbeat(const std::string& source, std::chrono::milliseconds) override {
    const std::scoped_lock lock(database_->mutex);
    if (database_->dead.contains(owner_)) return died();
    database_->members[owner_] = true;
    Board board;
    for (const auto& [owner, lives] : database_->members) {
      if (lives) board.members.push_back(owner);
    }
    for (const auto& [key, split] : database_->splits) {
      if (key.first == source) board.splits.push_back({key.second, split.position, split.owner, split.is_expired});
    }
    board.first_start = board.splits.empty();
    return board;
  }
  Status add(const std::string& source, std::span<const FirstPosition> splits) override {
    const std::scoped_lock lock(database_->mutex);
    if (database_->dead.contains(owner_)) return died();
    for (const FirstPosition& split : splits) database_->splits.try_emplace({source, split.split}, MemoryDatabase::Split{split.position, ""});
    return {};
  }
  Result<std::optional<Position>> claim(const std::string& source, const std::string& split, const std::string& expected_owner,
                                        std::chrono::milliseconds) override {
    const std::scoped_lock lock(database_->mutex);
    auto& state = database_->splits[{source, split}];
    if (database_->dead.contains(owner_) || state.owner != expected_owner) return std::optional<Position>();
    state.owner = owner_;
    state.is_expired = false;
    return std::optional<Position>(state.position);
  }
  Status release(const std::string& source, const std::string& split) override {
    const std::scoped_lock lock(database_->mutex);
    auto& state = database_->splits[{source, split}];
    if (state.owner == owner_ && !database_->dead.contains(owner_)) state.owner.clear();
    return {};
  }
  Status leave() override {
    const std::scoped_lock lock(database_->mutex);
    if (database_->dead.contains(owner_)) return {};
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

  // Rows are pipeline, name, key, value, epoch.
  Status read_state(const std::function<Status(const StoredState&)>& take) override {
    const std::scoped_lock lock(database_->mutex);
    for (const RowOfValues& row : database_->tables["weir_state"].values())
      WEIR_TRY(take({std::get<std::string>(row[1].data), std::get<std::string>(row[2].data), std::get<std::string>(row[3].data), std::get<std::int64_t>(row[4].data)}));
    return {};
  }

 private:
  static Error not_here() { return Error{ErrorKind::user, "not in memory"}; }
  std::shared_ptr<MemoryDatabase> database_;
};

class MemoryStore final : public Store {
 public:
  MemoryStore(std::shared_ptr<MemoryDatabase> database, std::string owner) : database_(std::move(database)), owner_(std::move(owner)) {}
  Status prepare(std::span<const SinkTable> tables, bool) override {
    const std::scoped_lock lock(database_->mutex);
    for (const SinkTable& table : tables) database_->tables[table.table].schema = table.schema;
    return {};
  }
  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override { return make_memory_encoder(table); }
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

std::vector<RowOfValues> MemoryTable::values() const {
  std::vector<std::string_view> all;
  for (const auto& [key, row] : rows) all.push_back(row.bytes);
  return read_memory_rows(schema, all);
}

std::vector<std::string> MemoryTable::texts() const {
  std::vector<std::string> all;
  for (const auto& [key, row] : rows) all.push_back(memory_row_text(schema, row.bytes));
  return all;
}

std::shared_ptr<const StoreDefinition> memory_store(std::shared_ptr<MemoryDatabase> database) {
  return std::make_shared<MemoryDefinition>(std::move(database));
}

}  // namespace weir
