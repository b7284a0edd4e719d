// epoch_books.h — the books of one attempt to write an epoch: what each table took, and which rows the
// database refused.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/component/store.h"

namespace weir {

/// Made anew for every attempt, so that an attempt that is rolled back leaves nothing behind. One thread.
class EpochBooks {
 public:
  /// `write` must outlive the books.
  explicit EpochBooks(const EpochWrite& write);

  /// A row of table `t` that the database refused. A fatal error when so many are refused that something else
  /// than single rows is wrong.
  Status refuse(std::size_t t, std::uint32_t row, const std::string& code, const std::string& message);
  /// Table `t` is done: `written` rows were inserted, changed or removed; what is neither written nor refused
  /// were duplicates, except of a removal.
  void close_table(std::size_t t, std::int64_t written, bool was_new);

  const std::vector<LedgerLine>& ledger() const { return ledger_; }
  /// The rejects to store: those the epoch came with, then those the database refused. Pointers are good as
  /// long as the books.
  std::vector<const RejectedRow*> rejected() const;
  const EpochReport& report() const { return report_; }

 private:
  const EpochWrite& write_;
  std::vector<LedgerLine> ledger_;
  std::vector<RejectedRow> refused_;
  EpochReport report_;
};

}  // namespace weir
