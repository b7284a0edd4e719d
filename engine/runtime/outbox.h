// outbox.h — what outlets have perhaps not been given yet: each split's latest rows for them, kept in weir_state by the commit that made them.
//
// A process that dies between a commit and what it was to give away after it leaves them there: whoever claims the split gives them away first.
// When a split's next epoch is committed they have been given away, so its rows take their place. A job that ends well leaves none.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/component/store.h"
#include "engine/runtime/outlets.h"
#include "engine/runtime/staged_chunk.h"

namespace weir {

/// Whether a row of weir_state with this name is the outbox's.
bool is_of_outbox(std::string_view state_name);
bool has_outlets(const Plan& plan);

/// Rows that stood in the outbox. `name` is that of their row of weir_state.
struct KeptRows {
  std::string name;
  std::size_t sink;
  EncodedRows rows;
};
/// What stands there of one split, or of all splits and groups where `split` is null. Rows for a sink that has changed since cannot be read:
/// they are left out, with a warning.
Result<std::vector<KeptRows>> read_outbox(const Plan& plan, StoreAdministration& administration, const SplitRun* split);

/// The lane's thread only.
class Outbox {
 public:
  /// References must outlive it.
  Outbox(const Plan& plan, const Store& store);

  struct Changes {
    EncodedRows kept;  // for state_table()
    EncodedRows gone;  // for state_key_table(): rows that are to go
  };
  /// Keeps what `writes` hold in place of what the splits of `chunks`, and groups, had there. RowReference::tag of a row in `writes` is the
  /// number of its chunk, or none of theirs for rows of groups. Good until the next call of keep() or forget().
  const Changes& keep(std::int64_t epoch, const std::vector<OutletWrite>& writes, const std::vector<StagedChunkPtr>& chunks);
  /// Says that this stands in the outbox: it was read there.
  void found(const KeptRows& rows, std::shared_ptr<SplitRun> split);
  /// Lets go of what is kept of splits that this process has still.
  const Changes& forget(std::int64_t epoch);
  const SinkTable& state_table() const { return state_table_; }
  const SinkTable& state_key_table() const { return state_key_table_; }

 private:
  struct Row {
    std::string name;
    std::string value;
  };
  std::vector<std::string> values_of(std::size_t sink, const std::vector<OutletWrite>& writes, std::span<const std::size_t> split_of_chunk,
                                     std::size_t splits) const;
  const Changes& encode(std::vector<Row> kept, const std::vector<Row>& gone, std::int64_t epoch);

  const Plan& plan_;
  const SinkTable state_table_;
  const SinkTable state_key_table_;
  std::unique_ptr<RowEncoder> encoder_;
  std::unique_ptr<RowEncoder> key_encoder_;
  std::vector<std::string> identities_;  // by sink
  struct Kept {
    std::weak_ptr<SplitRun> split;
    bool is_of_groups;
  };
  std::map<std::string, Kept> kept_;  // by name in weir_state: what is there
  Changes changes_;
};

}  // namespace weir
