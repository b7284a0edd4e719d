// outbox.cpp — packs the rows of outlets by split into rows of weir_state, and reads them back.
#include "engine/runtime/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "engine/base/log.h"
#include "engine/data/hash.h"
#include "engine/runtime/keyed_state.h"

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
  const auto take = [&](std::string_view name, std::string_view value) -> Status {
    if (!is_of_outbox(name) || value.empty()) return {};
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
    : plan_(plan), state_table_(state_table_of(store)), encoder_(store.encoder(state_table_)) {
  for (const SinkNode& sink : plan.sinks) identities_.push_back(sink.outlet == nullptr ? "" : identity_of(sink));
}

const EncodedRows& Outbox::keep(std::int64_t epoch, const std::vector<OutletWrite>& writes, const std::vector<StagedChunkPtr>& chunks) {
  // Chunks come split by split.
  std::vector<const std::shared_ptr<SplitRun>*> splits;
  std::vector<std::size_t> split_of_chunk;
  for (const StagedChunkPtr& chunk : chunks) {
    if (splits.empty() || *splits.back() != chunk->split) splits.push_back(&chunk->split);
    split_of_chunk.push_back(splits.size() - 1);
  }
  rows_.clear();
  for (std::size_t s = 0; s < plan_.sinks.size(); ++s) {
    const SinkNode& sink = plan_.sinks[s];
    if (sink.outlet == nullptr) continue;
    const auto write = std::find_if(writes.begin(), writes.end(), [&](const OutletWrite& one) { return one.sink == s; });
    std::vector<std::string> values(splits.size() + 1);  // the last one is of groups
    const std::size_t count = write == writes.end() ? 0 : std::min(write->rows.size(), sink.outlet->most_rows());
    for (std::size_t i = 0; i < count; ++i) {
      const RowReference& row = write->rows[i];
      std::string& value = values[row.tag < split_of_chunk.size() ? split_of_chunk[row.tag] : splits.size()];
      if (value.empty()) value = version + identities_[s];
      append_row(row, value);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool is_of_groups = i == splits.size();
      std::string name = is_of_groups ? name_of(sink.table.sink, state_source, state_split)
                                      : name_of(sink.table.sink, (*splits[i])->source_name, (*splits[i])->split);
      if (values[i].empty() && kept_.erase(name) == 0) continue;
      if (!values[i].empty()) kept_[name] = {is_of_groups ? std::weak_ptr<SplitRun>() : *splits[i], is_of_groups};
      rows_.emplace_back(std::move(name), std::move(values[i]));
    }
  }
  return encode(epoch);
}

void Outbox::found(const KeptRows& rows, std::shared_ptr<SplitRun> split) {
  const bool is_of_all = split == nullptr;
  kept_[rows.name] = {std::move(split), is_of_all};
}

const EncodedRows& Outbox::forget(std::int64_t epoch) {
  rows_.clear();
  for (const auto& [name, kept] : kept_) {
    const std::shared_ptr<SplitRun> split = kept.split.lock();
    if (kept.is_of_groups || (split != nullptr && !split->is_lost)) rows_.emplace_back(name, "");
  }
  kept_.clear();
  return encode(epoch);
}

const EncodedRows& Outbox::encode(std::int64_t epoch) {
  const auto count = static_cast<std::uint32_t>(rows_.size());
  Arena arena;
  ColumnWriter pipeline(string_type, count, arena), name(string_type, count, arena), key(bytes_type, count, arena),
      value(bytes_type, count, arena), number(int64_type, count, arena);
  for (std::uint32_t row = 0; row < count; ++row) {
    pipeline.set_text(row, plan_.name);
    name.set_text(row, rows_[row].first);
    key.set_text(row, "");
    value.set_text(row, rows_[row].second);
    number.set(row, epoch);
  }
  rows_ = {};  // values may be as large as an epoch
  const std::vector<Column> columns{pipeline.finish(), name.finish(), key.finish(), value.finish(), number.finish()};
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  encoded_.clear();
  encoder_->encode_keys(columns, numbers, numbers, encoded_);
  encoder_->encode_values(columns, numbers, encoded_);
  WEIR_CHECK(encoded_.refused.empty(), "rows of the outbox have no NULLs and short names");
  return encoded_;
}

}  // namespace weir
