// over_frames.cpp — what OVER computes of rows at a distance, of frames of some rows, and of a row's share of its partition.
#include "engine/runtime/over_frames.h"

#include <algorithm>
#include <new>

#include "engine/data/hash.h"
#include "engine/runtime/over_rows.h"
#include "engine/state/group_key.h"

namespace weir {
namespace {

using Kind = OverNode::Kind;
constexpr std::size_t rows_at_once = 1 << 14;  // of frames, that are added together
constexpr std::uint32_t no_row = ~0u;

/// A column of the rows of one and then those of the other.
Column joined(const Column* first, std::uint32_t count, const Column& second, std::uint32_t rows, Arena& arena) {
  ColumnBuilder builder(second.type, arena);
  for (std::uint32_t row = 0; row < count; ++row) builder.append_from(*first, row);
  for (std::uint32_t row = 0; row < rows; ++row) builder.append_from(second, row);
  return builder.finish();
}

Column text_column(std::size_t rows, Arena& arena, const auto& text_of) {
  ColumnBuilder builder(bytes_type, arena);
  for (std::size_t row = 0; row < rows; ++row) builder.append_text(text_of(row));
  return builder.finish();
}

/// States of one aggregate for each of some rows.
class FrameStates {
 public:
  FrameStates(const Aggregate& aggregate, std::size_t rows) : aggregate_(aggregate), bytes_((aggregate.state_bytes() + 15) / 16 * 16), rows_(rows) {
    memory_ = static_cast<char*>(::operator new(std::max<std::size_t>(bytes_ * rows, 16), alignment));
    for (std::size_t i = 0; i < rows; ++i) aggregate_.start(at(i));
  }
  ~FrameStates() {
    for (std::size_t i = 0; i < rows_; ++i) aggregate_.stop(at(i));
    ::operator delete(memory_, alignment);
  }
  FrameStates(const FrameStates&) = delete;
  FrameStates& operator=(const FrameStates&) = delete;
  char* at(std::size_t i) const { return memory_ + i * bytes_; }

 private:
  static constexpr std::align_val_t alignment{16};
  const Aggregate& aggregate_;
  std::size_t bytes_;
  std::size_t rows_;
  char* memory_ = nullptr;
};

}  // namespace

bool is_share(const OverNode::Call& call) { return call.kind == Kind::percent_rank || call.kind == Kind::cume_dist || call.kind == Kind::ntile; }

bool looks_around(const OverNode::Call& call) {
  return is_share(call) || call.kind == Kind::lag || call.kind == Kind::lead || call.kind == Kind::nth_value;
}

bool needs_later_rows(const OverNode::Call& call) { return is_share(call) || call.kind == Kind::lead; }

std::optional<KeptRange> kept_range(const OverNode::Call& call) {
  const auto count = [](std::int64_t number) { return static_cast<std::size_t>(number); };
  if (call.frame.rows_before) return KeptRange{KeptRange::Kind::last, count(*call.frame.rows_before)};
  if (call.frame.from != nullptr) return KeptRange{KeptRange::Kind::from, 0};
  if (call.kind == Kind::lag) return KeptRange{KeptRange::Kind::last, count(call.number)};
  if (call.kind == Kind::nth_value) return KeptRange{KeptRange::Kind::first, count(call.number)};
  return std::nullopt;
}

std::string order_key(const OverNode& over, std::span<const Column> order, std::uint32_t row) {
  std::string key;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool is_null = order[i].is_null(row);
    key += is_null ? (over.order[i].nulls_first ? '\0' : '\2') : '\1';
    if (is_null) continue;
    const std::size_t from = key.size();
    append_key(order[i], row, key);
    if (!over.order[i].descending) continue;
    for (std::size_t at = from; at < key.size(); ++at) key[at] = static_cast<char>(~key[at]);
  }
  return key;
}

// What a call reads of the rows it looks at: its aggregate's arguments and filter, or its value.
std::vector<Type> OverRows::seen_types(std::size_t c) const {
  const OverNode::Call& call = over_.calls[c];
  std::vector<Type> types;
  if (!call.aggregate) return {call.values.front()->type};
  for (const ExpressionPtr& argument : call.aggregate->bound.arguments) types.push_back(argument->type);
  if (call.aggregate->filter != nullptr) types.push_back(boolean_type);
  return types;
}

std::vector<Column> OverRows::seen_columns(std::size_t c, const OverInput& input, std::uint32_t, Arena&) const {
  if (!over_.calls[c].aggregate) return {input.arguments[c].front()};
  std::vector<Column> columns(input.arguments[c].begin(), input.arguments[c].end());
  if (input.filters[c] != nullptr) columns.push_back(*input.filters[c]);
  return columns;
}

OverRows::Sight OverRows::sight_of(std::size_t c, const OverInput& input, std::span<const Sorted> sorted, std::uint32_t row_count, Arena& arena) const {
  Sight sight;
  std::vector<std::string_view> kept;
  for (std::size_t from = 0, to = 0; from < sorted.size(); from = to) {
    while (to < sorted.size() && sorted[to].partition == sorted[from].partition) ++to;
    Sight::Part part{sight.rows.size(), sight.rows.size(), 0, sorted.subspan(from, to - from)};
    const auto gone = kept_of_[c] ? gone_->find(sorted[from].partition) : std::nullopt;
    if (gone) {
      for (const KeptRow& row : kept_rows(gone_->states(*gone) + shape_->offset(*kept_of_[c]))) {
        sight.rows.push_back(static_cast<std::uint32_t>(kept.size()));
        sight.orders.push_back(&row.order);
        kept.push_back(row.values);
      }
    }
    part.first_there = sight.rows.size();
    for (const Sorted& one : part.there) {
      sight.rows.push_back(one.row);
      sight.orders.push_back(&one.order);
    }
    part.end = sight.rows.size();
    sight.parts.push_back(part);
  }
  const auto kept_count = static_cast<std::uint32_t>(kept.size());
  for (const Sight::Part& part : sight.parts) {
    for (std::size_t at = part.first_there; at < part.end; ++at) sight.rows[at] += kept_count;
  }
  const std::vector<Column> before = group_key_columns(kept, seen_types(c), arena);
  const std::vector<Column> there = seen_columns(c, input, row_count, arena);
  for (std::size_t i = 0; i < there.size(); ++i) sight.values.push_back(joined(&before[i], kept_count, there[i], row_count, arena));
  return sight;
}

std::pair<std::size_t, std::size_t> OverRows::frame_of(std::size_t c, const OverInput& input, const Sight& sight, const Sight::Part& part, std::size_t at) const {
  const OverNode::Frame& frame = over_.calls[c].frame;
  if (frame.rows_before) {
    const std::size_t before = at - part.first;
    return {static_cast<std::uint64_t>(*frame.rows_before) < before ? at - static_cast<std::size_t>(*frame.rows_before) : part.first, at + 1};
  }
  std::size_t end = part.end;
  const auto first = sight.orders.begin();
  const auto is_less = [](const std::string* a, const std::string* b) { return *a < *b; };
  if (!over_.order.empty()) end = static_cast<std::size_t>(std::upper_bound(first + static_cast<std::ptrdiff_t>(at), first + static_cast<std::ptrdiff_t>(part.end), sight.orders[at], is_less) - first);
  if (frame.from == nullptr) return {part.first, end};
  const std::string from = order_key(over_, std::span(input.froms[c], 1), part.there[at - part.first_there].row);
  const auto begin = std::lower_bound(first + static_cast<std::ptrdiff_t>(part.first), first + static_cast<std::ptrdiff_t>(end), &from, is_less);
  return {static_cast<std::size_t>(begin - first), end};
}

// lag, lead and nth_value: the value of one row, wherever it stands.
Column OverRows::look(std::size_t c, const OverInput& input, std::span<const Sorted> sorted, std::uint32_t row_count, Arena& arena) const {
  const OverNode::Call& call = over_.calls[c];
  const Sight sight = sight_of(c, input, sorted, row_count, arena);
  const auto away = static_cast<std::uint64_t>(call.number);
  std::vector<std::uint32_t> seen(row_count, no_row);
  std::vector<char> is_there(row_count, 0);
  for (const Sight::Part& part : sight.parts) {
    for (std::size_t at = part.first_there; at < part.end; ++at) {
      const std::uint32_t row = part.there[at - part.first_there].row;
      is_there[row] = 1;
      if (call.kind == Kind::lag && away <= at - part.first) seen[row] = sight.rows[at - away];
      if (call.kind == Kind::lead && away < part.end - at) seen[row] = sight.rows[at + away];
      if (call.kind != Kind::nth_value) continue;
      const auto [from, to] = frame_of(c, input, sight, part, at);
      if (from < to && away <= to - from) seen[row] = sight.rows[from + away - 1];
    }
  }
  const Column* otherwise = input.arguments[c].size() > 1 ? &input.arguments[c][1] : nullptr;
  ColumnBuilder builder(call.type, arena);
  for (std::uint32_t row = 0; row < row_count; ++row) {
    if (seen[row] != no_row) builder.append_from(sight.values.front(), seen[row]);
    else if (is_there[row] != 0 && otherwise != nullptr) builder.append_from(*otherwise, row);
    else builder.append_null();
  }
  return builder.finish();
}

// An aggregate over a frame that does not begin with the partition is computed for each row by itself.
Column OverRows::framed(std::size_t c, const OverInput& input, std::span<const Sorted> sorted, std::uint32_t row_count, Arena& arena) const {
  const OverNode::Call& call = over_.calls[c];
  const Aggregate& aggregate = *call.aggregate->bound.body;
  const Sight sight = sight_of(c, input, sorted, row_count, arena);
  const std::size_t arguments = call.aggregate->bound.arguments.size();
  const Column* filter = call.aggregate->filter == nullptr ? nullptr : &sight.values[arguments];
  const FrameStates states(aggregate, sorted.size());
  std::vector<std::uint32_t> rows;
  std::vector<void*> targets;
  std::vector<RowPosition> positions;
  const auto flush = [&] {
    Arena scratch;
    std::vector<Column> columns;
    for (std::size_t i = 0; i < arguments; ++i) columns.push_back(gather(sight.values[i], rows, scratch));
    aggregate.add({columns, targets, positions});
    rows.clear();
    targets.clear();
    positions.clear();
  };
  std::vector<const void*> made;
  std::vector<std::uint32_t> places(row_count, no_row);
  for (const Sight::Part& part : sight.parts) {
    for (std::size_t at = part.first_there; at < part.end; ++at) {
      places[part.there[at - part.first_there].row] = static_cast<std::uint32_t>(made.size());
      char* state = states.at(made.size());
      made.push_back(state);
      const auto [from, to] = frame_of(c, input, sight, part, at);
      for (std::size_t i = from; i < to; ++i) {
        const std::uint32_t row = sight.rows[i];
        if (filter != nullptr && (filter->is_null(row) || !filter->bool_at(row))) continue;
        rows.push_back(row);
        targets.push_back(state);
        positions.push_back({0, 0, i});
      }
      if (rows.size() >= rows_at_once) flush();
    }
  }
  flush();
  ColumnWriter dense(call.type, static_cast<std::uint32_t>(made.size()), arena);
  aggregate.result(made, dense);
  return gather(dense.finish(), places, arena);
}

Column OverRows::share(std::size_t c, std::span<const Sorted> sorted, std::uint32_t row_count, Arena& arena) const {
  const OverNode::Call& call = over_.calls[c];
  ColumnWriter writer(call.type, row_count, arena);
  for (std::size_t from = 0, to = 0; from < sorted.size(); from = to) {
    while (to < sorted.size() && sorted[to].partition == sorted[from].partition) ++to;
    const std::size_t count = to - from;
    std::size_t first_peer = from, end_of_peers = from;
    for (std::size_t at = from; at < to; ++at) {
      if (at == end_of_peers) {
        first_peer = at;
        while (end_of_peers < to && sorted[end_of_peers].order == sorted[at].order) ++end_of_peers;
      }
      if (call.kind == Kind::percent_rank) {
        writer.set(sorted[at].row, count == 1 ? 0.0 : static_cast<double>(first_peer - from) / static_cast<double>(count - 1));
      } else if (call.kind == Kind::cume_dist) {
        writer.set(sorted[at].row, static_cast<double>(end_of_peers - from) / static_cast<double>(count));
      } else {
        // The first parts have a row more where they cannot all be equal.
        const auto parts = static_cast<std::size_t>(call.number);
        const std::size_t size = count / parts, larger = (count % parts) * (size + 1), index = at - from;
        const std::size_t number = index < larger ? index / (size + 1) : count % parts + (index - larger) / std::max<std::size_t>(size, 1);
        writer.set(sorted[at].row, static_cast<std::int64_t>(number + 1));
      }
    }
  }
  return writer.finish();
}

// The arguments of what keeps rows for a call, of the rows that are about to go.
void OverRows::fold_kept(std::size_t c, const OverInput& input, std::span<const Sorted> sorted, Arena& arena, std::vector<Column>& columns) const {
  std::size_t row_count = 0;
  for (const Sorted& one : sorted) row_count = std::max<std::size_t>(row_count, one.row + 1);
  std::vector<const Sorted*> of_row(row_count, nullptr);
  for (const Sorted& one : sorted) of_row[one.row] = &one;
  const auto text = [&](const auto& of) {
    return text_column(row_count, arena, [&](std::size_t row) { return of_row[row] == nullptr ? std::string() : of(*of_row[row]); });
  };
  columns.push_back(text([](const Sorted& one) { return one.order; }));
  columns.push_back(text([](const Sorted& one) { return *one.tie; }));
  columns.push_back(text([&](const Sorted& one) { return input.froms[c] == nullptr ? std::string() : order_key(over_, std::span(input.froms[c], 1), one.row); }));
  for (const Column& column : seen_columns(c, input, 0, arena)) columns.push_back(column);
}

}  // namespace weir
