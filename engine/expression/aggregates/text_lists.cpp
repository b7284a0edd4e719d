// text_lists.cpp — string_agg: texts joined in the order of the rows' positions.
#include <set>
#include <tuple>

#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/expression/aggregates/aggregate_families.h"

namespace weir {
namespace {

/// Longest text that string_agg may make: a typo must not eat the machine.
constexpr std::size_t longest_text = std::size_t{16} * 1024 * 1024;

struct TextList : PlainBody {
  static constexpr std::uint8_t version = 2;
  static constexpr bool uses_positions = true;
  struct Item {
    RowPosition position;
    std::string text;
    friend auto operator<=>(const Item&, const Item&) = default;
  };
  struct State {
    std::multiset<Item> items;
    std::size_t bytes = 0;
  };
  std::string separator;
  explicit TextList(std::string between) : separator(std::move(between)) {}

  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition* position) const {
    WEIR_CHECK(position != nullptr, "string_agg is given the positions of rows");
    insert(state, {*position, std::string(arguments[0].text_at(row))});
  }
  static void insert(State& state, Item item) {
    state.bytes += node_bytes<Item> + text_bytes(item.text);
    state.items.insert(std::move(item));
  }
  void merge(State& into, const State& from) const {
    for (const Item& item : from.items) insert(into, item);
  }
  std::size_t outside_bytes(const State& state) const { return state.bytes; }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.items.empty()) return writer.set_null(row);
    std::string text;
    for (const Item& item : state.items) {
      if (&item != &*state.items.begin()) text += separator;
      text += item.text;
      if (text.size() > longest_text) return writer.set_error(row, "too_long", "string_agg: more than 16 MB");
    }
    writer.set_text(row, text);
  }
  void save(const State& state, StateWriter& writer) const {
    writer.put(static_cast<std::uint64_t>(state.items.size()));
    for (const auto& [position, text] : state.items) {
      save_position(position, writer);
      writer.put_text(text);
    }
  }
  void load(State& state, StateReader& reader) const {
    const auto size = reader.get<std::uint64_t>();
    if (!reader.holds(size, 36)) return;
    for (std::uint64_t i = 0; i < size; ++i) {
      Item item{load_position(reader), {}};
      item.text = reader.get_text();
      insert(state, std::move(item));
    }
  }
};

AggregateResult prepare_text_list(const CallSite& site) {
  if (site.types.size() < 2) return aggregate_of(TextList(""));
  const auto* separator = site.constants[1] == nullptr ? nullptr : std::get_if<std::string>(&site.constants[1]->data);
  if (separator == nullptr) return Error{ErrorKind::user, "string_agg: the separator must be a constant text"};
  return aggregate_of(TextList(*separator));
}

}  // namespace

void register_text_lists(AggregateRegistry& registry) {
  Overload overload = aggregate_overload({"string", "string"}, string_type);
  overload.optional = 1;
  add_aggregate(registry, {"string_agg", {"listagg"}, "string_agg(text string[, separator string]) -> string",
                           "The texts joined, by event time, then by position in the source; NULLs are left out. Keeps every text."},
                {{"string_agg(x, '-')", "x string: b, NULL, a, b", "b-a-b"}, {"string_agg(DISTINCT x, '-')", "x string: b, a, b", "a-b"}}, {overload}, prepare_text_list);
}

}  // namespace weir
