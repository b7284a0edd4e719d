// shown_rows.h — rows that a command shows instead of writing them: as aligned tables at the end, or as lines as they come.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "connectors/console/console_text.h"
#include "engine/plan/plan.h"

namespace weir {

enum class RowFormat : std::uint8_t { table, json, csv };

/// Outlives the plan whose outlets it makes. Any thread.
class ShownRows {
 public:
  /// `is_one`: rows of one sink only are shown, so that lines need not say of which.
  ShownRows(RowFormat format, bool is_one);

  std::shared_ptr<const OutletDefinition> outlet(const std::string& name);
  /// A table of each sink of `plan`, also of one that got no row; nothing where lines are printed. Once, when no more rows come.
  void print_tables(const Plan& plan);
  /// Writes rows of one epoch; see Outlet::write.
  Status take(const SinkTable& table, std::span<const RowReference> rows);
  const ConsoleOptions& options() const { return options_; }

 private:
  void print_lines(const SinkTable& table, std::span<const RowReference> rows);

  ConsoleOptions options_;
  const bool is_one_;
  std::mutex mutex_;
  std::map<std::string, EncodedRows> kept_;  // by sink. Guarded by mutex_.
  bool has_header_ = false;           // Guarded by mutex_.
};

}  // namespace weir
