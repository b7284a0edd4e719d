// program.h — evaluates many expressions over a batch at once, common parts a single time.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/expression/expression.h"

namespace weir {

/// What becomes of a value that cannot be computed: an error of its row, in all that is computed from it; or NULL, wherever it stands, so that
/// coalesce and IS NULL see one.
enum class OnValueError : std::uint8_t { tell, null };

/// Compiled from all expressions of a fused stage together: equal subexpressions of any of them are one node. Deterministic expensive calls are
/// remembered (bounded, dropped where hits are rare). Immutable; evaluate() is called by several threads at once.
class Program {
 public:
  static Result<Program> compile(std::span<const ExpressionPtr> roots, OnValueError on_error = OnValueError::tell);
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  /// One column per root, in order, each with `input.row_count` rows (it may be constant). Results live in `arena`, in the
  /// arenas of the input's columns, or in the program. `input.columns` are indexed by ColumnReference::index; columns that no root uses may be
  /// left empty (type null).
  std::vector<Column> evaluate(const Batch& input, Arena& arena, std::int64_t now_microseconds) const;

  std::size_t node_count() const;  // distinct nodes, for explain and tests

 private:
  struct Implementation;
  explicit Program(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace weir
