// aggregate_body.h — makes an Aggregate of a body: a small class that knows one state and one row at a time.
//
// A body has `State` (made by default), `version`, and
//   void add(State&, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const;
//   void merge(State&, const State&) const;
//   void result(const State&, ColumnWriter&, std::uint32_t row) const;
//   void save(const State&, StateWriter&) const;      void load(State&, StateReader&) const;
// and, where a state owns memory, std::size_t outside_bytes(const State&) const;
// and, where it is exact, void retract(State& from, const State& part) const, or bool where it sometimes cannot be.
// `add` is called for rows without NULL arguments, unless the body says `takes_nulls`. It is inlined: there is no virtual call a row.
#pragma once

#include <concepts>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>

#include "engine/expression/aggregate.h"

namespace weir {

/// Appends numbers and texts to the bytes of a saved state.
class StateWriter {
 public:
  explicit StateWriter(std::string& bytes) : bytes_(bytes) {}
  template <typename T>
    requires std::is_arithmetic_v<T> || std::is_same_v<T, Int128> || std::is_same_v<T, UInt128>
  void put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void put_text(std::string_view text) {
    put(static_cast<std::uint64_t>(text.size()));
    bytes_ += text;
  }

 private:
  std::string& bytes_;
};

/// Reads what StateWriter wrote; after a read past the end it gives zeros and is not ok().
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : bytes_(bytes) {}
  template <typename T>
  T get() {
    T value{};
    if (bytes_.size() < sizeof value) {
      is_ok_ = false;
      bytes_ = {};
      return value;
    }
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view get_text() {
    const auto size = get<std::uint64_t>();
    if (size > bytes_.size()) {
      is_ok_ = false;
      return {};
    }
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  /// How many things of at least `bytes` each the rest can hold: a count read from damaged bytes is checked against it.
  bool holds(std::uint64_t count, std::size_t bytes) {
    if (count > bytes_.size() / bytes) is_ok_ = false;
    return is_ok_;
  }
  bool is_done() const { return is_ok_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool is_ok_ = true;
};

/// A position takes 28 bytes.
inline void save_position(const RowPosition& position, StateWriter& writer) {
  writer.put(position.time);
  writer.put(position.split);
  writer.put(position.offset);
  writer.put(position.part);
}
inline RowPosition load_position(StateReader& reader) {
  RowPosition position;
  position.time = reader.get<std::int64_t>();
  position.split = reader.get<std::uint64_t>();
  position.offset = reader.get<std::uint64_t>();
  position.part = reader.get<std::uint32_t>();
  return position;
}

/// Of a node of a container, as malloc gives it: three pointers and a mark, then the value.
template <typename Value>
constexpr std::size_t node_bytes = (4 * sizeof(void*) + sizeof(Value) + 8 + 15) / 16 * 16;

/// What a text takes beyond itself.
inline std::size_t text_bytes(const std::string& text) { return text.capacity() > 15 ? text.capacity() + 9 : 0; }

template <typename Body>
class StateAggregate final : public Aggregate {
 public:
  using State = typename Body::State;
  static_assert(alignof(State) <= 16);

  explicit StateAggregate(Body body) : body_(std::move(body)) {}

  std::size_t state_bytes() const override { return sizeof(State); }
  void start(void* state) const override { new (state) State(); }
  void stop(void* state) const override { of(state).~State(); }

  void add(const AggregateInput& input) const override {
    bool may_be_null = false;
    for (const Column& argument : input.arguments) may_be_null |= argument.validity != nullptr;
    if constexpr (Body::takes_nulls) may_be_null = false;
    for (std::uint32_t row = 0; row < input.states.size(); ++row) {
      if (input.states[row] == nullptr || (may_be_null && has_null(input.arguments, row))) continue;
      const RowPosition* position = input.positions.empty() ? nullptr : &input.positions[row];
      body_.add(of(input.states[row]), input.arguments, row, position);
    }
  }

  void merge(void* into, const void* from) const override { body_.merge(of(into), of(from)); }

  void result(std::span<const void* const> states, ColumnWriter& writer) const override {
    for (std::uint32_t row = 0; row < states.size(); ++row) body_.result(of(states[row]), writer, row);
  }

  void save(const void* state, std::string& bytes) const override {
    bytes += static_cast<char>(Body::version);
    StateWriter writer(bytes);
    body_.save(of(state), writer);
  }

  Status load(std::string_view bytes, void* state) const override {
    if (bytes.empty() || static_cast<std::uint8_t>(bytes[0]) != Body::version)
      return Error{ErrorKind::fatal, "a saved aggregate is of a version that this program does not know"};
    StateReader reader(bytes.substr(1));
    State loaded;
    body_.load(loaded, reader);
    if (!reader.is_done()) return Error{ErrorKind::fatal, "a saved aggregate is damaged"};
    of(state) = std::move(loaded);
    return {};
  }

  bool uses_positions() const override { return Body::uses_positions; }

  bool keeps_outside() const override { return owns_memory; }
  std::size_t outside_bytes([[maybe_unused]] const void* state) const override {
    if constexpr (owns_memory) return body_.outside_bytes(of(state));
    else return 0;
  }

  Retracts retracts() const override {
    if constexpr (!has_retract) return Retracts::never;
    else return always_retracts ? Retracts::always : Retracts::sometimes;
  }
  bool retract(void* from, const void* part) const override {
    if constexpr (!has_retract) {
      return Aggregate::retract(from, part);
    } else if constexpr (always_retracts) {
      body_.retract(of(from), of(part));
      return true;
    } else {
      return body_.retract(of(from), of(part));
    }
  }

 private:
  static constexpr bool owns_memory = requires(const Body& body, const State& state) { body.outside_bytes(state); };
  static_assert(owns_memory || std::is_trivially_destructible_v<State>, "a state that owns memory says how much");
  static constexpr bool has_retract = requires(const Body& body, State& from, const State& part) { body.retract(from, part); };
  static constexpr bool always_retracts = requires(const Body& body, State& from, const State& part) {
    { body.retract(from, part) } -> std::same_as<void>;
  };
  static State& of(void* state) { return *static_cast<State*>(state); }
  static const State& of(const void* state) { return *static_cast<const State*>(state); }
  static bool has_null(std::span<const Column> arguments, std::uint32_t row) {
    for (const Column& argument : arguments) {
      if (argument.is_null(row)) return true;
    }
    return false;
  }

  Body body_;
};

/// What most bodies say of themselves.
struct PlainBody {
  static constexpr std::uint8_t version = 1;
  static constexpr bool takes_nulls = false;
  static constexpr bool uses_positions = false;
};

template <typename Body>
AggregateResult aggregate_of(Body body) {
  return std::unique_ptr<Aggregate>(std::make_unique<StateAggregate<Body>>(std::move(body)));
}

/// One signature of an aggregate whose result type is known or follows from the call.
/// Of rows without NULLs the result is none.
inline Overload aggregate_overload(std::vector<std::string> parameters, Type type) {
  Overload overload;
  overload.never_null = true;
  overload.parameters = std::move(parameters);
  overload.result = [type](const CallSite&) -> Result<Type> { return type; };
  return overload;
}
/// The result has the type of the first argument.
inline Overload aggregate_of_first(std::vector<std::string> parameters) {
  Overload overload = aggregate_overload(std::move(parameters), null_type);
  overload.result = [](const CallSite& site) -> Result<Type> { return site.types[0]; };
  return overload;
}

/// The result is never NULL, whatever the rows, and if there are none.
inline Overload counting_overload(std::vector<std::string> parameters) {
  Overload overload = aggregate_overload(std::move(parameters), int64_type);
  overload.strict = false;
  return overload;
}

/// What is said of an aggregate when it is registered.
struct AggregateWords {
  const char* name;
  std::vector<std::string> aliases;
  const char* signature;
  const char* summary;
};

inline void add_aggregate(AggregateRegistry& registry, AggregateWords words, std::vector<AggregateExample> examples,
                          std::vector<Overload> overloads, std::function<AggregateResult(const CallSite&)> prepare) {
  AggregateFunction function;
  function.declaration.name = words.name;
  function.declaration.aliases = std::move(words.aliases);
  function.declaration.family = "aggregate";
  function.declaration.signature = words.signature;
  function.declaration.summary = words.summary;
  function.declaration.overloads = std::move(overloads);
  function.examples = std::move(examples);
  function.prepare = std::move(prepare);
  const Status status = registry.add(std::move(function));
  WEIR_CHECK(status.ok(), "every built-in aggregate has a name of its own");
}

}  // namespace weir
