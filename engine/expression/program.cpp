// program.cpp — compiles expressions into a list of distinct nodes and evaluates each once a batch.
#include "engine/expression/program.h"

#include <cstring>
#include <unordered_map>
#include <utility>

#include "engine/expression/call_evaluation.h"
#include "engine/expression/memoised_calls.h"

namespace weir {
namespace {

using NodeId = std::uint32_t;

struct ColumnNode {
  std::size_t index;
  Type type;
};
struct ConstantNode {
  Column column;
};
struct CallNode {
  PreparedCall call;
  std::vector<NodeId> arguments;
};
/// A call whose results are remembered.
struct RememberedNode {
  std::size_t memo;
  std::size_t call;  // of the memo's
  NodeId text;
};
using Node = std::variant<ColumnNode, ConstantNode, CallNode, RememberedNode>;
using Memos = std::vector<std::unique_ptr<MemoisedCalls>>;

/// Bytes that are equal exactly for equal nodes, given that equal arguments have equal ids.
class NodeKey {
 public:
  NodeKey(char kind, const Type& type) {
    bytes_.push_back(kind);
    bytes_.push_back(static_cast<char>(type.kind));
    bytes_.push_back(static_cast<char>(type.precision));
    bytes_.push_back(static_cast<char>(type.scale));
    add(type.nested);  // equal types have equal addresses
  }
  template <typename T>
  void add(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes_.append(raw, sizeof(T));
  }
  void add(std::monostate) {}
  void add(const std::string& text) { bytes_ += text; }
  void add(const std::vector<Value>& values) {
    for (const Value& value : values) bytes_ += to_sql(value) + ",";
  }
  void add(const Interval& interval) {
    add(interval.months);
    add(interval.days);
    add(interval.nanoseconds);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// The only argument that varies, if it is text and the call is worth remembering.
std::optional<std::size_t> memoisable_argument(const Call& call) {
  if (!call.function->expensive || !call.function->deterministic || !call.overload->strict)
    return std::nullopt;
  std::optional<std::size_t> variable;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (std::holds_alternative<Literal>(call.arguments[i]->node)) continue;
    if (variable || !call.arguments[i]->type.is_text_like()) return std::nullopt;
    variable = i;
  }
  return variable;
}

}  // namespace

struct Program::Implementation {
  std::vector<Node> nodes;  // arguments before the calls that use them
  std::vector<NodeId> roots;
  Memos memos;  // one for each text that costly calls have as their argument
  OnValueError on_error = OnValueError::tell;
  Arena constants{4096};
};

namespace {

class Compiler {
 public:
  Compiler(std::vector<Node>& nodes, Memos& memos, Arena& constants)
      : nodes_(nodes), memos_(memos), constants_(constants) {}

  Result<NodeId> compile(const ExpressionPtr& expression) {
    // One object is one value, even where the function is not deterministic.
    if (const auto known = by_address_.find(expression.get()); known != by_address_.end())
      return known->second;
    auto id = compile_node(*expression);
    if (id.ok()) by_address_.emplace(expression.get(), id.value());
    return id;
  }

 private:
  Result<NodeId> compile_node(const Expression& expression) {
    if (const auto* column = std::get_if<ColumnReference>(&expression.node)) {
      NodeKey key('c', expression.type);
      key.add(column->index);
      return find_or_add(key, [&] { return Node(ColumnNode{column->index, expression.type}); });
    }
    if (const auto* literal = std::get_if<Literal>(&expression.node)) {
      NodeKey key('l', expression.type);
      key.add(literal->value.data.index());
      std::visit([&](const auto& value) { key.add(value); }, literal->value.data);
      return find_or_add(key,
                         [&] { return Node(ConstantNode{constant_column(literal->value, 1, constants_)}); });
    }
    return compile_call(expression, std::get<Call>(expression.node));
  }

  Result<NodeId> compile_call(const Expression& expression, const Call& call) {
    NodeKey key('f', expression.type);
    key.add(call.overload);
    std::vector<NodeId> arguments;
    for (const auto& argument : call.arguments) {
      WEIR_ASSIGN(const NodeId id, compile(argument));
      arguments.push_back(id);
      key.add(id);
    }
    if (!call.function->deterministic) key.add(&expression);
    std::string bytes = key.take();
    if (const auto known = by_key_.find(bytes); known != by_key_.end()) return known->second;
    WEIR_ASSIGN(PreparedCall prepared, PreparedCall::prepare(expression));
    WEIR_TRY(prepared.load(expression));
    // The cache holds bytes, so not what a nested value refers to.
    if (const auto variable = memoisable_argument(call); variable && !expression.type.is_nested())
      return add(std::move(bytes), Node(remembered(std::move(prepared), arguments, *variable)));
    return add(std::move(bytes), Node(CallNode{std::move(prepared), std::move(arguments)}));
  }

  RememberedNode remembered(PreparedCall call, const std::vector<NodeId>& arguments, std::size_t variable) {
    const NodeId text = arguments[variable];
    const auto [known, is_new] = memo_of_text_.emplace(text, memos_.size());
    if (is_new) memos_.push_back(std::make_unique<MemoisedCalls>());
    std::vector<Column> literals(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (i != variable) literals[i] = std::get<ConstantNode>(nodes_[arguments[i]]).column;
    }
    const std::size_t number = memos_[known->second]->add(std::move(call), std::move(literals), variable);
    return {known->second, number, text};
  }

  template <typename Make>
  NodeId find_or_add(NodeKey& key, Make&& make) {
    std::string bytes = key.take();
    if (const auto known = by_key_.find(bytes); known != by_key_.end()) return known->second;
    return add(std::move(bytes), make());
  }

  NodeId add(std::string key, Node node) {
    const auto id = static_cast<NodeId>(nodes_.size());
    nodes_.push_back(std::move(node));
    by_key_.emplace(std::move(key), id);
    return id;
  }

  std::vector<Node>& nodes_;
  Memos& memos_;
  Arena& constants_;
  std::unordered_map<NodeId, std::size_t> memo_of_text_;
  std::unordered_map<const Expression*, NodeId> by_address_;
  std::unordered_map<std::string, NodeId> by_key_;
};

/// Computes one node from the values of those before it.
class NodeEvaluator {
 public:
  NodeEvaluator(const Memos& memos, OnValueError on_error, const Batch& input, Arena& arena, std::int64_t now_microseconds)
      : memos_(memos),
        on_error_(on_error),
        input_(input),
        arena_(arena),
        now_microseconds_(now_microseconds),
        remembered_(memos.size()) {}

  Column operator()(const ColumnNode& node) {
    WEIR_CHECK(node.index < input_.columns.size(), "the batch has every column that the program reads");
    const Column& column = input_.columns[node.index];
    WEIR_CHECK(column.type == node.type, "a column of the batch has the type the program was compiled for");
    return column;
  }

  Column operator()(const ConstantNode& node) {
    Column column = node.column;
    column.size = input_.row_count;
    return column;
  }

  Column operator()(const CallNode& node) {
    arguments_.clear();
    for (const NodeId id : node.arguments) arguments_.push_back(values_[id]);
    return settled(node.call.evaluate(arguments_, input_.row_count, arena_, now_microseconds_));
  }

  Column operator()(const RememberedNode& node) {
    // The first call that is asked for asks for all.
    std::vector<Column>& results = remembered_[node.memo];
    if (results.empty())
      results = memos_[node.memo]->evaluate(values_[node.text], input_.row_count, arena_, now_microseconds_);
    return settled(results[node.call]);
  }

  std::vector<Column> evaluate_all(const std::vector<Node>& nodes) {
    values_.reserve(nodes.size());
    for (const Node& node : nodes) values_.push_back(std::visit(*this, node));
    return std::move(values_);
  }

 private:
  // A row with an error is NULL already.
  Column settled(Column column) const {
    if (on_error_ == OnValueError::null) column.errors = nullptr;
    return column;
  }

  const Memos& memos_;
  const OnValueError on_error_;
  const Batch& input_;
  Arena& arena_;
  std::int64_t now_microseconds_;
  std::vector<std::vector<Column>> remembered_;  // by memo; empty: not asked yet
  std::vector<Column> values_;
  std::vector<Column> arguments_;
};

}  // namespace

Program::Program(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Result<Program> Program::compile(std::span<const ExpressionPtr> roots, OnValueError on_error) {
  auto implementation = std::make_unique<Implementation>();
  implementation->on_error = on_error;
  Compiler compiler(implementation->nodes, implementation->memos, implementation->constants);
  for (const ExpressionPtr& root : roots) {
    WEIR_ASSIGN(const NodeId id, compiler.compile(root));
    implementation->roots.push_back(id);
  }
  return Program(std::move(implementation));
}

std::vector<Column> Program::evaluate(const Batch& input, Arena& arena, std::int64_t now_microseconds) const {
  NodeEvaluator evaluator(implementation_->memos, implementation_->on_error, input, arena, now_microseconds);
  const std::vector<Column> values = evaluator.evaluate_all(implementation_->nodes);
  std::vector<Column> results;
  results.reserve(implementation_->roots.size());
  for (const NodeId root : implementation_->roots) {
    const Column& column = values[root];
    // Users of the results look errors up by row.
    const bool is_one_error = column.is_constant() && column.errors != nullptr;
    results.push_back(is_one_error ? expand_constant(column, input.row_count, arena) : column);
  }
  return results;
}

std::size_t Program::node_count() const { return implementation_->nodes.size(); }

}  // namespace weir
