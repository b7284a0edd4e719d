// program.cpp — compiles expressions into a list of distinct nodes and evaluates each once a batch.
#include "engine/expression/program.h"

#include <cstring>
#include <unordered_map>
#include <utility>

#include "engine/expression/call_evaluation.h"
#include "engine/expression/memoised_kernel.h"

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
using Node = std::variant<ColumnNode, ConstantNode, CallNode>;

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
  Arena constants{4096};
};

namespace {

class Compiler {
 public:
  Compiler(std::vector<Node>& nodes, Arena& constants) : nodes_(nodes), constants_(constants) {}

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
    // The cache holds bytes, so not what a nested value refers to.
    if (const auto variable = memoisable_argument(call); variable && !expression.type.is_nested()) {
      prepared.wrap_kernel([&](std::unique_ptr<Kernel> inner) {
        return memoise(std::move(inner), *variable, expression.type);
      });
    }
    return add(std::move(bytes), Node(CallNode{std::move(prepared), std::move(arguments)}));
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
  Arena& constants_;
  std::unordered_map<const Expression*, NodeId> by_address_;
  std::unordered_map<std::string, NodeId> by_key_;
};

/// Computes one node from the values of those before it.
class NodeEvaluator {
 public:
  NodeEvaluator(const Batch& input, Arena& arena, std::int64_t now_microseconds)
      : input_(input), arena_(arena), now_microseconds_(now_microseconds) {}

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
    return node.call.evaluate(arguments_, input_.row_count, arena_, now_microseconds_);
  }

  std::vector<Column> evaluate_all(const std::vector<Node>& nodes) {
    values_.reserve(nodes.size());
    for (const Node& node : nodes) values_.push_back(std::visit(*this, node));
    return std::move(values_);
  }

 private:
  const Batch& input_;
  Arena& arena_;
  std::int64_t now_microseconds_;
  std::vector<Column> values_;
  std::vector<Column> arguments_;
};

}  // namespace

Program::Program(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Result<Program> Program::compile(std::span<const ExpressionPtr> roots) {
  auto implementation = std::make_unique<Implementation>();
  Compiler compiler(implementation->nodes, implementation->constants);
  for (const ExpressionPtr& root : roots) {
    WEIR_ASSIGN(const NodeId id, compiler.compile(root));
    implementation->roots.push_back(id);
  }
  return Program(std::move(implementation));
}

std::vector<Column> Program::evaluate(const Batch& input, Arena& arena, std::int64_t now_microseconds) const {
  const std::vector<Column> values =
      NodeEvaluator(input, arena, now_microseconds).evaluate_all(implementation_->nodes);
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
