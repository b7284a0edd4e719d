// aggregate_function.cpp — a plugin's function that makes one value of many rows, as GROUP BY keeps it.
#include "udf/host/aggregate_function.h"

#include <fmt/format.h>

#include <new>

#include "udf/host/argument_arrays.h"
#include "udf/host/guarded_call.h"
#include "udf/host/result_column.h"
#include "udf/host/site_states.h"

namespace weir {
namespace {

struct Failure {
  std::string code, message;
  friend auto operator<=>(const Failure&, const Failure&) = default;
};

// What stands before the plugin's bytes in a state.
struct alignas(16) Head {
  std::unique_ptr<Failure> failure;
  bool is_started = false;
  void note(Failure found) {
    if (failure == nullptr || found < *failure) failure = std::make_unique<Failure>(std::move(found));
  }
};

constexpr char saved_well = '+', saved_failed = '-';

Head& head_of(void* state) { return *static_cast<Head*>(state); }
const Head& head_of(const void* state) { return *static_cast<const Head*>(state); }
void* group_of(void* state) { return static_cast<char*>(state) + sizeof(Head); }
const void* group_of(const void* state) { return static_cast<const char*>(state) + sizeof(Head); }

// Lent for one call into the plugin.
class Lent {
 public:
  explicit Lent(SiteStates& states) : states_(states), state_(states.borrow()) {}
  ~Lent() {
    if (state_.ok()) states_.give_back(*state_);
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  const Result<void*>& state() const { return state_; }

 private:
  SiteStates& states_;
  Result<void*> state_;
};

class PluginAggregate final : public Aggregate {
 public:
  PluginAggregate(const weir_function& declared, Type type, std::string where, std::unique_ptr<SiteStates> states)
      : declared_(declared), bodies_(*declared.aggregate), type_(type), where_(std::move(where)), states_(std::move(states)) {}

  std::size_t state_bytes() const override { return sizeof(Head) + bodies_.group_bytes; }

  void start(void* state) const override {
    Head& head = *new (state) Head;
    const Status status = call(1, [&](void* site, const weir_call* weir) { return bodies_.start(site, group_of(state), weir); });
    head.is_started = status.ok();
    if (!status.ok()) head.note(failure_of(status));
  }

  void stop(void* state) const override {
    if (head_of(state).is_started) {
      const Lent lent(*states_);
      if (lent.state().ok()) bodies_.stop(*lent.state(), group_of(state));
    }
    head_of(state).~Head();
  }

  void add(const AggregateInput& input) const override {
    const auto rows = static_cast<std::uint32_t>(input.states.size());
    Arena arena(4096);
    auto** groups = arena.allocate_array<void*>(rows);
    for (std::uint32_t row = 0; row < rows; ++row) {
      void* const state = input.states[row];
      groups[row] = state == nullptr || head_of(state).failure != nullptr || is_left_out(input.arguments, row) ? nullptr : group_of(state);
    }
    const ArrowArray* const* shown = show_arguments(input.arguments, rows, arena);
    std::vector<RowError> errors;
    const Status status = call(
        rows,
        [&](void* site, const weir_call* weir) {
          return bodies_.add(site, groups, shown, static_cast<std::uint32_t>(input.arguments.size()), rows, weir);
        },
        &errors);
    for (const RowError& error : errors) {
      if (groups[error.row] != nullptr) head_of(input.states[error.row]).note({error.code, where_ + ": " + error.message});
    }
    for (std::uint32_t row = 0; row < rows && !status.ok(); ++row) {
      if (groups[row] != nullptr) head_of(input.states[row]).note(failure_of(status));
    }
  }

  void merge(void* into, const void* from) const override {
    if (head_of(from).failure != nullptr) head_of(into).note(*head_of(from).failure);
    if (head_of(into).failure != nullptr) return;
    const Status status =
        call(1, [&](void* site, const weir_call* weir) { return bodies_.merge(site, group_of(into), group_of(from), weir); });
    if (!status.ok()) head_of(into).note(failure_of(status));
  }

  void result(std::span<const void* const> states, ColumnWriter& writer) const override {
    Arena arena(4096);
    const std::vector<const void*> groups = sound_groups(states);
    std::vector<RowError> errors;
    const auto values = computed(bodies_.result, groups, type_, arena, errors);
    std::uint32_t next = 0;
    for (std::uint32_t row = 0; row < states.size(); ++row) {
      if (const auto& failure = head_of(states[row]).failure; failure != nullptr) {
        writer.set_error(row, failure->code, failure->message);
      } else if (!values.ok()) {
        writer.set_error(row, code_of(values.error()), where_ + ": " + values.error().message());
      } else {
        write(writer, row, *values, next++);
      }
    }
  }

  void save(const void* state, std::string& bytes) const override {
    const Head& head = head_of(state);
    if (head.failure != nullptr) return save_failure(*head.failure, bytes);
    Arena arena(1024);
    std::vector<RowError> errors;
    const auto saved = computed(bodies_.save, {group_of(state)}, bytes_type, arena, errors);
    if (!saved.ok()) return save_failure({code_of(saved.error()), where_ + ", saved group: " + saved.error().message()}, bytes);
    if (saved->is_null(0)) return save_failure({udf_result_code, where_ + ", saved group: it is NULL"}, bytes);
    bytes += saved_well;
    bytes += saved->text_at(0);
  }

  Status load(std::string_view bytes, void* state) const override {
    if (bytes.empty()) return Error{ErrorKind::data, where_ + ": the saved group is empty"};
    if (bytes.front() == saved_failed) {
      const std::size_t end = bytes.find('\0');
      if (end == std::string_view::npos) return Error{ErrorKind::data, where_ + ": the saved group is cut short"};
      head_of(state).note({std::string(bytes.substr(1, end - 1)), std::string(bytes.substr(end + 1))});
      return {};
    }
    bytes.remove_prefix(1);
    Status status = call(
        1, [&](void* site, const weir_call* weir) { return bodies_.load(site, group_of(state), bytes.data(), bytes.size(), weir); });
    if (!status.ok()) return std::move(status).error().in(where_);
    return {};
  }

 private:
  template <typename Body>
  Status call(std::uint32_t rows, Body&& body, std::vector<RowError>* errors = nullptr) const {
    const Lent lent(*states_);
    if (!lent.state().ok()) return lent.state().error();
    GuardedCall guarded(rows);
    Status status = guarded.run([&](const weir_call* weir) { return body(*lent.state(), weir); });
    if (errors != nullptr) *errors = guarded.take_row_errors();
    return status;
  }

  using Compute = int (*)(void*, const void* const*, std::int64_t, weir_column*, const weir_call*);
  Result<Column> computed(Compute compute, const std::vector<const void*>& groups, const Type& type, Arena& arena,
                          std::vector<RowError>& errors) const {
    ResultSlot slot;
    const auto count = static_cast<std::uint32_t>(groups.size());
    WEIR_TRY(call(
        count, [&](void* site, const weir_call* weir) { return compute(site, groups.data(), count, &slot.column, weir); }, &errors));
    WEIR_ASSIGN(Column column, take_result(slot.column, type, count, arena));
    add_errors(column, std::move(errors), arena);
    return column;
  }

  static std::vector<const void*> sound_groups(std::span<const void* const> states) {
    std::vector<const void*> groups;
    for (const void* state : states) {
      if (head_of(state).failure == nullptr) groups.push_back(group_of(state));
    }
    return groups;
  }

  void write(ColumnWriter& writer, std::uint32_t row, const Column& values, std::uint32_t from) const {
    const RowError* error = values.errors == nullptr ? nullptr : values.errors->find(from);
    if (error != nullptr) return writer.set_error(row, error->code, where_ + ": " + error->message);
    writer.copy_from(row, values, from);
  }

  bool is_left_out(std::span<const Column> arguments, std::uint32_t row) const {
    if ((declared_.flags & WEIR_STRICT) == 0) return false;
    return std::any_of(arguments.begin(), arguments.end(), [&](const Column& argument) { return argument.is_null(row); });
  }

  static std::string code_of(const Error& error) { return error.code().empty() ? udf_result_code : error.code(); }
  Failure failure_of(const Status& status) const { return {code_of(status.error()), where_ + ": " + status.error().message()}; }
  static void save_failure(const Failure& failure, std::string& bytes) {
    bytes += saved_failed + failure.code;
    bytes += '\0';
    bytes += failure.message;
  }

  const weir_function& declared_;
  const weir_aggregate& bodies_;
  Type type_;
  std::string where_;
  std::unique_ptr<SiteStates> states_;
};

}  // namespace

AggregateResult prepare_aggregate(const weir_function& declared, const CallSite& site, const std::string& where) {
  auto states = SiteStates::prepare(declared, site);
  if (!states.ok()) return Error{ErrorKind::user, states.error().message()}.in(where);
  return std::unique_ptr<Aggregate>(
      std::make_unique<PluginAggregate>(declared, *parse_type(declared.result), where, std::move(states).value()));
}

}  // namespace weir
