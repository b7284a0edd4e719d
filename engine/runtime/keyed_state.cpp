// keyed_state.cpp — merges the groups of chunks, and makes of what changed the rows of sinks and of weir_state.
#include "engine/runtime/keyed_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/data/hash.h"
#include "engine/runtime/outbox.h"

namespace weir {
namespace {

// The name under which an aggregate's groups are stored says all that they depend on: with another definition they are others.
std::string name_of(const Plan& plan, NodeId node) {
  const auto& aggregate = std::get<AggregateNode>(plan.nodes[node].operation);
  std::string text;
  for (const ExpressionPtr& key : aggregate.keys) text += fmt::format("{} {};", print(*key), to_string(key->type));
  for (const AggregateNode::Call& call : aggregate.calls) {
    text += fmt::format("{} {};", print(call), to_string(call.bound.type));
    for (const ExpressionPtr& argument : call.bound.arguments) text += to_string(argument->type) + ";";
  }
  return fmt::format("{}/{:016x}", plan.nodes[node].name, hash_bytes(text).low);
}

std::vector<std::uint32_t> numbers_to(std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  return numbers;
}

// A result that cannot be computed refuses the group's row: the row that stands in the table is of earlier rows then.
std::vector<std::uint32_t> computed_rows(std::span<const Column> columns, const SinkTable& table, std::size_t rows, EncodedRows& out) {
  std::vector<std::uint32_t> good;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const RowError* error = nullptr;
    for (std::size_t c = 0; c < columns.size() && error == nullptr; ++c) {
      error = columns[c].errors == nullptr ? nullptr : columns[c].errors->find(row & columns[c].row_mask);
      if (error != nullptr) out.refused.push_back({row, error->code, "column " + table.schema.fields[c].name + ": " + error->message});
    }
    if (error == nullptr) good.push_back(row);
  }
  return good;
}

void encode(const RowEncoder& encoder, std::span<const Column> columns, std::vector<std::uint32_t> rows, EncodedRows& out) {
  encoder.encode_keys(columns, rows, rows, out);
  std::vector<std::uint32_t> kept;
  for (const EncodedRow& row : out.rows) kept.push_back(row.record);
  encoder.encode_values(columns, kept, out);
}

}  // namespace

SinkTable state_table_of(const Store& store) {
  SinkTable table;
  table.sink = state_source;  // no name that a sink can have
  table.table = store.state_table();
  table.schema.fields = {{"pipeline", string_type, false}, {"name", string_type, false}, {"key", bytes_type, false},
                         {"value", bytes_type, false},     {"epoch", int64_type, false}};
  table.key = {0, 1, 2};
  table.on_conflict = OnConflict::update;
  return table;
}

GroupShape shape_of(const AggregateNode& node) {
  std::vector<Type> keys, results;
  std::vector<std::shared_ptr<const Aggregate>> aggregates;
  for (const ExpressionPtr& key : node.keys) keys.push_back(key->type);
  for (const AggregateNode::Call& call : node.calls) {
    aggregates.push_back(call.bound.body);
    results.push_back(call.bound.type);
  }
  return GroupShape(std::move(keys), std::move(aggregates), std::move(results));
}

KeyedState::KeyedState(const Plan& plan, const Store& store, const Clock& clock)
    : plan_(plan), clock_(clock), state_table_(state_table_of(store)), state_encoder_(store.encoder(state_table_)) {}

Result<std::unique_ptr<KeyedState>> KeyedState::make(const Plan& plan, const Store& store, const Clock& clock) {
  const std::vector<GroupStage> stages = fuse_groups(plan);
  if (stages.empty()) return std::unique_ptr<KeyedState>();
  std::unique_ptr<KeyedState> state(new KeyedState(plan, store, clock));
  for (const GroupStage& stage : stages) WEIR_TRY(state->add(stage, store));
  return state;
}

Status KeyedState::add(const GroupStage& stage, const Store& store) {
  Operation operation;
  operation.node = stage.aggregate;
  operation.name = name_of(plan_, stage.aggregate);
  operation.shape = std::make_unique<GroupShape>(shape_of(std::get<AggregateNode>(plan_.nodes[stage.aggregate].operation)));
  operation.groups = std::make_unique<GroupTable>(*operation.shape);
  std::vector<ExpressionPtr> roots;
  for (const Branch& branch : stage.branches) {
    const SinkTable& table = plan_.sinks[branch.sink].table;
    operation.outputs.push_back({branch.sink, roots.size(), branch.outputs.size(), encoder_for(plan_.sinks[branch.sink], store), &table});
    roots.insert(roots.end(), branch.outputs.begin(), branch.outputs.end());
  }
  WEIR_ASSIGN(Program program, Program::compile(roots));
  operation.program = std::make_unique<Program>(std::move(program));
  operations_.push_back(std::move(operation));
  return {};
}

KeyedState::Operation& KeyedState::operation(NodeId aggregate) {
  const auto found = std::find_if(operations_.begin(), operations_.end(), [&](const Operation& one) { return one.node == aggregate; });
  WEIR_CHECK(found != operations_.end(), "every aggregate that a stage gathers for has its groups");
  return *found;
}

const GroupShape& KeyedState::shape(NodeId aggregate) const { return *operation(aggregate).shape; }

Status KeyedState::load(StoreAdministration& administration, Position position) {
  position_ = std::move(position);
  return administration.read_state([&](std::string_view name, std::string_view value) -> Status {
    const auto found = std::find_if(operations_.begin(), operations_.end(), [&](const Operation& one) { return one.name == name; });
    if (found != operations_.end()) return found->groups->load(value);
    if (is_of_outbox(name)) return {};
    return Error{ErrorKind::user, fmt::format("the stored state is of an aggregate that this pipeline does not have: {}", name)}.with_hint(
        "an aggregate that was changed begins anew: weir reset FILE --yes forgets state and positions, so that all is read again");
  });
}

void KeyedState::merge(NodeId aggregate, const GroupTable& groups) { operation(aggregate).groups->merge(groups); }

const KeyedState::Changes& KeyedState::take_changes(std::int64_t epoch) {
  changes_ = Changes{};
  Arena arena;
  std::vector<const Operation*> changed;
  for (Operation& one : operations_) {
    one.changed = one.groups->changed();
    one.groups->forget_changes();
    if (one.changed.empty()) continue;
    changes_.groups += one.changed.size();
    encode_outputs(one, arena);
    changed.push_back(&one);
  }
  encode_state(changed, epoch, arena);
  changes_.advance = {state_source, state_split, position_, std::to_string(std::stoll(position_) + 1)};
  position_ = changes_.advance.to;
  return changes_;
}

void KeyedState::encode_outputs(Operation& operation, Arena& arena) {
  Batch batch;
  batch.columns = operation.groups->results(operation.changed, arena);
  batch.row_count = static_cast<std::uint32_t>(operation.changed.size());
  const std::vector<Column> results = operation.program->evaluate(batch, arena, clock_.wall_microseconds());
  for (const Output& output : operation.outputs) {
    const std::span<const Column> columns(results.data() + output.first_column, output.column_count);
    SinkRows& made = changes_.sinks.emplace_back(SinkRows{output.sink, {}});
    encode(*output.encoder, columns, computed_rows(columns, *output.table, batch.row_count, made.rows), made.rows);
  }
}

void KeyedState::encode_state(const std::vector<const Operation*>& operations, std::int64_t epoch, Arena& arena) {
  const auto count = static_cast<std::uint32_t>(changes_.groups);
  ColumnWriter pipeline(string_type, count, arena), name(string_type, count, arena), key(bytes_type, count, arena),
      value(bytes_type, count, arena), number(int64_type, count, arena);
  std::uint32_t row = 0;
  std::string saved;
  for (const Operation* operation : operations) {
    for (const std::uint32_t group : operation->changed) {
      saved.clear();
      operation->groups->save(group, saved);
      const Hash128 hash = hash_bytes(operation->groups->key(group));
      pipeline.set_text(row, plan_.name);
      name.set_text(row, operation->name);
      key.set_text(row, std::string_view(reinterpret_cast<const char*>(&hash), sizeof hash));
      value.set_text(row, saved);
      number.set(row, epoch);
      ++row;
    }
  }
  const std::vector<Column> columns{pipeline.finish(), name.finish(), key.finish(), value.finish(), number.finish()};
  encode(*state_encoder_, columns, numbers_to(count), changes_.state);
  WEIR_CHECK(changes_.state.refused.empty(), "state rows have no NULLs and short keys");
}

bool KeyedState::feeds(std::size_t sink, NodeId aggregate) const {
  const std::vector<Output>& outputs = operation(aggregate).outputs;
  return std::any_of(outputs.begin(), outputs.end(), [&](const Output& output) { return output.sink == sink; });
}

bool KeyedState::feeds(std::size_t sink) const {
  return std::any_of(operations_.begin(), operations_.end(), [&](const Operation& operation) { return feeds(sink, operation.node); });
}

std::string KeyedState::describe(std::size_t sink, std::uint32_t row) const {
  for (const Operation& operation : operations_) {
    if (!feeds(sink, operation.node)) continue;
    Arena arena;
    const std::vector<std::uint32_t> group{operation.changed[row]};
    const std::vector<Column> columns = operation.groups->results(group, arena);
    const std::vector<Field>& fields = plan_.nodes[operation.node].schema.fields;
    std::vector<std::string> values;
    for (std::size_t k = 0; k < operation.shape->keys().size(); ++k)
      values.push_back(fmt::format("{}={}", fields[k].name, to_text(value_at(columns[k], 0))));
    return values.empty() ? "all rows" : fmt::format("{}", fmt::join(values, ", "));
  }
  return "";
}

std::size_t KeyedState::group_count() const {
  std::size_t count = 0;
  for (const Operation& operation : operations_) count += operation.groups->size();
  return count;
}

}  // namespace weir
