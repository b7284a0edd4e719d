// over_rows.cpp — sorts the rows of partitions and runs through them, place by place.
#include "engine/runtime/over_rows.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "engine/runtime/over_frames.h"
#include "engine/state/group_key.h"

namespace weir {
namespace {

constexpr std::align_val_t state_alignment{16};

/// As far as 16 bytes of the order tell.
RowPosition position_of(const std::string& order, std::uint64_t number) {
  const auto part = [&](std::size_t from) {
    std::uint64_t value = 0;
    for (std::size_t i = from; i < from + 8; ++i) value = value << 8 | (i < order.size() ? static_cast<unsigned char>(order[i]) : 0);
    return value;
  };
  // The first byte only tells NULL.
  return {static_cast<std::int64_t>(part(1) ^ (std::uint64_t{1} << 63)), part(9), number};
}

}  // namespace

OverRows::OverRows(const OverNode& over, std::vector<Type> partition_types) : over_(over) {
  std::vector<std::shared_ptr<const Aggregate>> aggregates;
  std::vector<Type> results;
  for (const OverNode::Call& call : over.calls) {
    state_of_.push_back(aggregates.size());
    if (!is_cumulative(call)) continue;
    aggregates.push_back(call.aggregate->bound.body);
    results.push_back(call.type);
  }
  for (int i = 0; i < 2; ++i) {
    aggregates.push_back(over.count.body);
    results.push_back(over.count.type);
  }
  running_ = aggregates.size();
  for (std::size_t c = 0; c < over.calls.size(); ++c) {
    kept_of_.emplace_back();
    const auto range = kept_range(over.calls[c]);
    if (!range) continue;
    kept_of_.back() = aggregates.size();
    aggregates.push_back(make_kept_rows(*range, seen_types(c)));
    results.push_back(boolean_type);  // nobody asks for it
  }
  shape_ = std::make_unique<GroupShape>(std::move(partition_types), std::move(aggregates), std::move(results));
  gone_ = std::make_unique<GroupTable>(*shape_);
}

std::vector<OverRows::Sorted> OverRows::sort(const OverInput& input, std::span<const std::uint32_t> rows) const {
  std::vector<Sorted> sorted;
  GroupKeyWriter partitions(input.partition);
  for (const std::uint32_t row : rows) {
    sorted.push_back({std::string(partitions.write(row)), order_key(over_, input.order, row), &input.ties[row], row});
  }
  std::sort(sorted.begin(), sorted.end(), [](const Sorted& a, const Sorted& b) {
    if (a.partition != b.partition) return a.partition < b.partition;
    return a.order != b.order ? a.order < b.order : *a.tie < *b.tie;
  });
  return sorted;
}

char* OverRows::copy_of(const char* states, std::vector<char*>& owned) const {
  auto* memory = static_cast<char*>(::operator new(std::max<std::size_t>(shape_->state_bytes(), 16), state_alignment));
  for (std::size_t i = 0; i < running_; ++i) {
    shape_->aggregate(i).start(memory + shape_->offset(i));
    if (states != nullptr) shape_->aggregate(i).merge(memory + shape_->offset(i), states + shape_->offset(i));
  }
  owned.push_back(memory);
  return memory;
}

void OverRows::stop(std::vector<char*>& owned) const {
  for (char* memory : owned) {
    for (std::size_t i = 0; i < running_; ++i) shape_->aggregate(i).stop(memory + shape_->offset(i));
    ::operator delete(memory, state_alignment);
  }
  owned.clear();
}

void OverRows::add_peers(const OverInput& input, std::span<const Sorted> peers, char* states, Arena& arena) const {
  std::vector<std::uint32_t> rows;
  for (const Sorted& peer : peers) rows.push_back(peer.row);
  std::vector<void*> targets(rows.size());
  for (std::size_t c = 0; c < over_.calls.size(); ++c) {
    if (!is_cumulative(over_.calls[c])) continue;
    const std::size_t state = state_of_[c];
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Column* filter = input.filters[c];
      const bool is_in = filter == nullptr || (!filter->is_null(rows[i]) && filter->bool_at(rows[i]));
      targets[i] = is_in ? states + shape_->offset(state) : nullptr;
    }
    std::vector<Column> arguments;
    for (const Column& argument : input.arguments[c]) arguments.push_back(gather(argument, rows, arena));
    // Rows of an aggregate have no place in a source; first and last go by this order.
    std::vector<RowPosition> positions;
    for (std::size_t i = 0; i < rows.size(); ++i) positions.push_back(position_of(peers[i].order, i));
    shape_->aggregate(state).add({arguments, targets, positions});
  }
  const std::size_t counts = running_ - 2;
  std::fill(targets.begin(), targets.end(), states + shape_->offset(counts));
  shape_->aggregate(counts).add({{}, targets, {}});
  targets.assign(1, states + shape_->offset(counts + 1));
  shape_->aggregate(counts + 1).add({{}, targets, {}});
}

template <typename Visit>
void OverRows::walk(const std::vector<Sorted>& sorted, const Visit& visit) const {
  const char* states = nullptr;
  for (std::size_t from = 0, to = 0; from < sorted.size(); from = to) {
    const bool is_first = from == 0 || sorted[from].partition != sorted[from - 1].partition;
    if (is_first) {
      const auto gone = gone_->find(sorted[from].partition);
      states = gone ? gone_->states(*gone) : nullptr;
    }
    while (to < sorted.size() && sorted[to].partition == sorted[from].partition && sorted[to].order == sorted[from].order) ++to;
    states = visit(std::span(sorted).subspan(from, to - from), states);
  }
}

std::vector<Column> OverRows::compute(const OverInput& input, std::uint32_t row_count, Arena& arena) const {
  std::vector<char*> owned;
  std::vector<const char*> after(row_count, nullptr), before(row_count, nullptr);
  std::vector<std::uint32_t> number(row_count, 0);  // among its peers
  const std::vector<Sorted> sorted = sort(input, input.rows);
  walk(sorted, [&](std::span<const Sorted> peers, const char* states) -> const char* {
    char* made = copy_of(states, owned);
    add_peers(input, peers, made, arena);
    for (std::uint32_t i = 0; i < peers.size(); ++i) {
      after[peers[i].row] = made;
      before[peers[i].row] = states;
      number[peers[i].row] = i;
    }
    return made;
  });
  const auto count_of = [&](const char* states, std::size_t which) {
    if (states == nullptr) return std::int64_t{0};
    Arena scratch;
    ColumnWriter writer(over_.count.type, 1, scratch);
    const void* state = states + shape_->offset(which);
    shape_->aggregate(which).result(std::span(&state, 1), writer);
    return writer.finish().at<std::int64_t>(0);
  };
  std::vector<Column> results;
  for (std::size_t c = 0; c < over_.calls.size(); ++c) {
    const OverNode::Call& call = over_.calls[c];
    if (call.aggregate && !is_cumulative(call)) {
      results.push_back(framed(c, input, sorted, row_count, arena));
      continue;
    }
    if (looks_around(call)) {
      results.push_back(is_share(call) ? share(c, sorted, row_count, arena) : look(c, input, sorted, row_count, arena));
      continue;
    }
    ColumnWriter writer(call.type, row_count, arena);
    if (call.aggregate) {
      std::vector<const void*> states;
      for (const std::uint32_t row : input.rows) states.push_back(after[row] + shape_->offset(state_of_[c]));
      ColumnWriter dense(call.type, static_cast<std::uint32_t>(states.size()), arena);
      shape_->aggregate(state_of_[c]).result(states, dense);
      const Column given = dense.finish();
      std::vector<std::uint32_t> places(row_count, ~0u);
      for (std::uint32_t i = 0; i < input.rows.size(); ++i) places[input.rows[i]] = i;
      results.push_back(gather(given, places, arena));
      continue;
    }
    for (const std::uint32_t row : input.rows) {
      const std::int64_t rows_before = count_of(before[row], running_ - 2);
      const std::int64_t value = call.kind == OverNode::Kind::row_number ? rows_before + number[row] + 1
                                 : call.kind == OverNode::Kind::rank     ? rows_before + 1
                                                                         : count_of(before[row], running_ - 1) + 1;
      writer.set(row, value);
    }
    results.push_back(writer.finish());
  }
  stop(owned);
  return results;
}

std::vector<std::uint32_t> OverRows::affected(const OverInput& input, std::span<const std::uint32_t> all, const std::vector<char>& changed,
                                              bool order_is_fixed) const {
  std::vector<std::uint32_t> rows;
  const std::vector<Sorted> sorted = sort(input, all);
  const bool sees_later_rows = std::any_of(over_.calls.begin(), over_.calls.end(), [](const OverNode::Call& call) { return needs_later_rows(call); });
  for (std::size_t from = 0, to = 0; from < sorted.size(); from = to) {
    while (to < sorted.size() && sorted[to].partition == sorted[from].partition) ++to;
    std::size_t first = from;
    while (first < to && changed[sorted[first].row] == 0) ++first;
    if (first == to) continue;
    if (!order_is_fixed || sees_later_rows) first = from;
    // Peers of the first one count it in.
    while (first > from && sorted[first - 1].order == sorted[first].order) --first;
    for (; first < to; ++first) rows.push_back(sorted[first].row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

void OverRows::fold(const OverInput& input, Arena& arena) {
  // The table adds a row to each aggregate; places in the order are counted at the first of their rows.
  const std::vector<Sorted> sorted = sort(input, input.rows);
  std::vector<std::uint32_t> rows;
  std::vector<RowPosition> positions;
  std::uint32_t row_count = 0;
  for (const Sorted& one : sorted) row_count = std::max(row_count, one.row + 1);
  ColumnWriter is_first(boolean_type, std::max(row_count, 1u), arena);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    rows.push_back(sorted[i].row);
    positions.push_back(position_of(sorted[i].order, i));
    is_first.set_bool(sorted[i].row, i == 0 || sorted[i].partition != sorted[i - 1].partition || sorted[i].order != sorted[i - 1].order);
  }
  const Column places = is_first.finish();
  std::vector<std::span<const Column>> arguments;
  std::vector<const Column*> filters;
  for (std::size_t c = 0; c < over_.calls.size(); ++c) {
    if (!is_cumulative(over_.calls[c])) continue;
    arguments.push_back(input.arguments[c]);
    filters.push_back(input.filters[c]);
  }
  for (const Column* filter : std::initializer_list<const Column*>{nullptr, &places}) {
    arguments.emplace_back();
    filters.push_back(filter);
  }
  std::vector<std::vector<Column>> kept(over_.calls.size());
  for (std::size_t c = 0; c < over_.calls.size(); ++c) {
    if (!kept_of_[c]) continue;
    fold_kept(c, input, sorted, arena, kept[c]);
    arguments.emplace_back(kept[c]);
    filters.push_back(nullptr);
  }
  gone_->add({input.partition, arguments, filters, rows, positions}, arena);
}

}  // namespace weir
