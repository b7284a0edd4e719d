// kept_rows.cpp — a short sorted list that forgets what no later row looks back at.
#include "engine/runtime/kept_rows.h"

#include <algorithm>
#include <tuple>

#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/state/group_key.h"

namespace weir {
namespace {

struct KeptState {
  std::vector<KeptRow> rows;
  std::size_t bytes = 0;  // of their texts
};

std::size_t bytes_of(const KeptRow& row) { return row.order.size() + row.tie.size() + row.from.size() + row.values.size(); }

struct KeptRowsBody : PlainBody {
  static constexpr bool takes_nulls = true;
  using State = KeptState;
  KeptRange range;
  std::vector<Type> types;

  static bool is_before(const KeptRow& a, const KeptRow& b) { return std::tie(a.order, a.tie) < std::tie(b.order, b.tie); }
  void prune(State& state) const {
    std::vector<KeptRow>& rows = state.rows;
    if (rows.empty()) return;
    auto first = rows.begin(), last = rows.end();
    const auto extra = static_cast<std::ptrdiff_t>(rows.size()) - static_cast<std::ptrdiff_t>(range.count);
    if (range.kind == KeptRange::Kind::from) {
      while (first->order < rows.back().from) ++first;
    } else if (extra > 0) {
      range.kind == KeptRange::Kind::last ? first += extra : last -= extra;
    }
    for (auto row = rows.begin(); row != rows.end(); ++row) state.bytes -= row < first || row >= last ? bytes_of(*row) : 0;
    rows.erase(last, rows.end());
    rows.erase(rows.begin(), first);
  }
  std::size_t outside_bytes(const State& state) const { return state.bytes + state.rows.capacity() * sizeof(KeptRow); }
  void insert(State& state, KeptRow row) const {
    const auto place = std::upper_bound(state.rows.begin(), state.rows.end(), row, is_before);
    state.bytes += bytes_of(row);
    state.rows.insert(place, std::move(row));
  }
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    KeptRow made{std::string(arguments[0].text_at(row)), std::string(arguments[1].text_at(row)), std::string(arguments[2].text_at(row)), ""};
    made.values = GroupKeyWriter(arguments.subspan(3)).write(row);
    insert(state, std::move(made));
    prune(state);
  }
  void merge(State& into, const State& from) const {
    for (const KeptRow& row : from.rows) insert(into, row);
    prune(into);
  }
  void result(const State&, ColumnWriter& writer, std::uint32_t row) const { writer.set_null(row); }
  void save(const State& state, StateWriter& writer) const {
    writer.put(static_cast<std::uint64_t>(state.rows.size()));
    for (const KeptRow& row : state.rows) {
      for (const std::string* text : {&row.order, &row.tie, &row.from, &row.values}) writer.put_text(*text);
    }
  }
  void load(State& state, StateReader& reader) const {
    const auto size = reader.get<std::uint64_t>();
    if (!reader.holds(size, 4 * sizeof(std::uint64_t))) return;
    for (std::uint64_t i = 0; i < size; ++i) {
      KeptRow row;
      for (std::string* text : {&row.order, &row.tie, &row.from, &row.values}) *text = reader.get_text();
      if (!is_group_key(row.values, types)) reader.holds(1, std::string::npos);  // it is damaged
      state.bytes += bytes_of(row);
      state.rows.push_back(std::move(row));
    }
  }
};

}  // namespace

std::unique_ptr<Aggregate> make_kept_rows(KeptRange range, std::vector<Type> types) {
  KeptRowsBody body;
  body.range = range;
  body.types = std::move(types);
  return std::make_unique<StateAggregate<KeptRowsBody>>(std::move(body));
}

const std::vector<KeptRow>& kept_rows(const void* state) { return static_cast<const KeptState*>(state)->rows; }

}  // namespace weir
