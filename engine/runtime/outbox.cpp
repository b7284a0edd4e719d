// outbox.cpp — packs the rows of outlets by split into rows of weir_state, and reads them back.
#include "engine/runtime/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "engine/base/log.h"
#include "engine/data/hash.h"
#include "engine/runtime/keyed_state.h"
#include "engine/runtime/state_rows.h"

namespace weir {
namespace {

constexpr std::string_view prefix = "(outlet)/";  // no name that an aggregate's state has

std::string name_of(const std::string& sink, const std::string& source, const std::string& split) {
  return fmt::format("{}{}/{}/{}", prefix, sink, source, split);
}

// What decides whether rows encoded once can be written later.
std::string identity_of(const SinkNode& sink) {
  std::string text = sink.outlet->fingerprint();
  for (const Field& field : sink.table.schema.fields) text += fmt::format("\n{} {}", field.name, to_string(field.type));
  return fmt::format("{:016x}", hash_bytes(text).low);
}

// A value is a version, the identity of its sink, then each row with its size before it.
constexpr char version = '1';
constexpr std::size_t head_size = 1 + 16;

void append_row(const RowReference& reference, std::string& value) {
  const EncodedRow& row = reference.rows->rows[reference.index];
  char size[sizeof row.size];
  std::memcpy(size, &row.size, sizeof size);
  value.append(size, sizeof size);
  value.append(reference.rows->bytes, row.offset, row.size);
}

bool read_rows(std::string_view value, EncodedRows& out) {
  out.bytes = value;
  for (std::size_t at = 0; at < value.size();) {
    EncodedRow row{};
    if (value.size() - at < sizeof row.size) return false;
    std::memcpy(&row.size, value.data() + at, sizeof row.size);
    at += sizeof row.size;
    if (value.size() - at < row.size) return false;
    row.record = static_cast<std::uint32_t>(out.rows.size());
    row.offset = static_cast<std::uint32_t>(at);
    out.rows.push_back(row);
    at += row.size;
  }
  return true;
}

}  // namespace

bool is_of_outbox(std::string_view state_name) { return state_name.starts_with(prefix); }

bool has_outlets(const Plan& plan) {
  return std::any_of(plan.sinks.begin(), plan.sinks.end(), [](const SinkNode& sink) { return sink.outlet != nullptr; });
}

Result<std::vector<KeptRows>> read_outbox(const Plan& plan, StoreAdministration& administration, const SplitRun* split) {
  std::vector<KeptRows> found;
  const auto take = [&](const StoredState& row) -> Status {
    const auto [name, value] = std::pair(row.name, row.value);
    if (!is_of_outbox(name)) return {};
    for (std::size_t s = 0; s < plan.sinks.size(); ++s) {
      const SinkNode& sink = plan.sinks[s];
      if (sink.outlet == nullptr) continue;
      const bool is_wanted = split != nullptr ? name == name_of(sink.table.sink, split->source_name, split->split)
                                              : name.starts_with(fmt::format("{}{}/", prefix, sink.table.sink));
      if (!is_wanted) continue;
      KeptRows kept{std::string(name), s, {}};
      const bool is_known = value.size() >= head_size && value[0] == version && value.substr(1, 16) == identity_of(sink);
      if (!is_known || !read_rows(value.substr(head_size), kept.rows)) {
        log::warning("sink {}: rows of the last commit are left out, for the sink was another one then", sink.table.sink);
        kept.rows.clear();
      }
      found.push_back(std::move(kept));
    }
    return {};
  };
  WEIR_TRY(administration.read_state(take));
  return found;
}

Outbox::Outbox(const Plan& plan, const Store& store)
    : plan_(plan),
      state_table_(state_table_of(store, true)),
      state_key_table_(state_table_of(store, false)),
      encoder_(store.encoder(state_table_)),
      key_encoder_(store.encoder(state_key_table_)) {
  for (const SinkNode& sink : plan.sinks) identities_.push_back(sink.outlet == nullptr ? "" : identity_of(sink));
}

// One of each split, then that of groups; empty where there are no rows.
std::vector<std::string> Outbox::values_of(std::size_t sink, const std::vector<OutletWrite>& writes, std::span<const std::size_t> split_of_chunk,
                                           std::size_t splits) const {
  std::vector<std::string> values(splits + 1);
  const auto write = std::find_if(writes.begin(), writes.end(), [&](const OutletWrite& one) { return one.sink == sink; });
  if (write == writes.end()) return values;
  const std::size_t count = std::min(write->rows.size(), plan_.sinks[sink].outlet->most_rows());
  for (std::size_t i = 0; i < count; ++i) {
    const RowReference& row = write->rows[i];
    std::string& value = values[row.tag < split_of_chunk.size() ? split_of_chunk[row.tag] : splits];
    if (value.empty()) value = version + identities_[sink];
    append_row(row, value);
  }
  return values;
}

const Outbox::Changes& Outbox::keep(std::int64_t epoch, const std::vector<OutletWrite>& writes, const std::vector<StagedChunkPtr>& chunks) {
  std::vector<std::shared_ptr<SplitRun>> splits;
  std::vector<std::size_t> split_of_chunk;
  for (const StagedChunkPtr& chunk : chunks) {  // they come split by split
    if (splits.empty() || splits.back() != chunk->split) splits.push_back(chunk->split);
    split_of_chunk.push_back(splits.size() - 1);
  }
  std::vector<Row> kept, gone;
  for (std::size_t s = 0; s < plan_.sinks.size(); ++s) {
    if (plan_.sinks[s].outlet == nullptr) continue;
    const std::string& sink = plan_.sinks[s].table.sink;
    std::vector<std::string> values = values_of(s, writes, split_of_chunk, splits.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool is_of_groups = i == splits.size();
      std::string name = is_of_groups ? name_of(sink, state_source, state_split) : name_of(sink, splits[i]->source_name, splits[i]->split);
      if (!values[i].empty()) {
        kept_[name] = {is_of_groups ? std::weak_ptr<SplitRun>() : splits[i], is_of_groups};
        kept.push_back({std::move(name), std::move(values[i])});
      } else if (kept_.erase(name) > 0) {
        gone.push_back({std::move(name), ""});
      }
    }
  }
  return encode(std::move(kept), gone, epoch);
}

void Outbox::found(const KeptRows& rows, std::shared_ptr<SplitRun> split) {
  const bool is_of_all = split == nullptr;
  kept_[rows.name] = {std::move(split), is_of_all};
}

const Outbox::Changes& Outbox::forget(std::int64_t epoch) {
  std::vector<Row> gone;
  for (const auto& [name, kept] : kept_) {
    const std::shared_ptr<SplitRun> split = kept.split.lock();
    if (kept.is_of_groups || (split != nullptr && !split->is_lost)) gone.push_back({name, ""});
  }
  kept_.clear();
  return encode({}, gone, epoch);
}

const Outbox::Changes& Outbox::encode(std::vector<Row> kept, const std::vector<Row>& gone, std::int64_t epoch) {
  std::vector<StateRow> rows, keys;
  // A key is never empty. Values may be as large as an epoch.
  for (Row& row : kept) rows.push_back({row.name, std::string(1, '\0'), std::move(row.value)});
  for (const Row& row : gone) keys.push_back({row.name, std::string(1, '\0'), ""});
  changes_.kept.clear();
  changes_.gone.clear();
  encode_state(plan_.name, rows, epoch, *encoder_, true, changes_.kept);
  encode_state(plan_.name, keys, epoch, *key_encoder_, false, changes_.gone);
  return changes_;
}

}  // namespace weir
