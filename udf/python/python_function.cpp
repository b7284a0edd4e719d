// python_function.cpp — a function whose body is Python, computed by worker processes.
#include "udf/python/python_function.h"

#include <fmt/format.h>

#include <mutex>

#include "engine/data/hash.h"
#include "udf/python/row_frames.h"
#include "udf/python/worker_process.h"

namespace weir {
namespace {

constexpr int most_deaths = 3;

std::string hello_of(const ScriptFunction& script) {
  std::string kinds;
  for (const Field& parameter : script.parameters) kinds += (kinds.empty() ? "" : ",") + kind_name(parameter.type);
  std::string hello;
  for (const std::string& text : {script.code, script.file, script.entry, kinds, kind_name(script.result)}) append_text(hello, text);
  return hello;
}

// Lends a worker to each evaluating thread; a batch whose worker dies is computed again by a new one.
class PythonKernel final : public Kernel {
 public:
  PythonKernel(const ScriptFunction& script, std::unique_ptr<WorkerProcess> first)
      : result_(script.result), timeout_(script.timeout), hello_(hello_of(script)), where_("function " + script.name) {
    idle_.push_back(std::move(first));
  }

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Result<Column> column = compute(arguments, context);
    if (column.ok()) return *column;
    ColumnWriter writer(result_, context.rows, context.arena);
    const std::string code = column.error().code().empty() ? "udf_error" : column.error().code();
    for (std::uint32_t row = 0; row < context.rows; ++row) writer.set_error(row, code, where_ + ": " + column.error().message());
    return writer.finish();
  }

 private:
  Result<Column> compute(std::span<const Column> arguments, EvaluationContext& context) const {
    const std::string request = request_frame(arguments, context.rows);
    for (int deaths = 0;;) {
      WEIR_ASSIGN(std::unique_ptr<WorkerProcess> worker, borrow());
      auto answer = worker->ask(request, timeout_);
      if (answer.ok()) {
        give_back(std::move(worker));
        return read_answer(*answer, result_, context.rows, where_, context.arena);
      }
      Error error = std::move(answer).error();
      if (error.code() == "udf_timeout") return error;
      if (++deaths < most_deaths) continue;
      return Error{ErrorKind::data, fmt::format("{}, {} times with the same rows", error.message(), deaths)}.with_code(error.code());
    }
  }

  Result<std::unique_ptr<WorkerProcess>> borrow() const {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<WorkerProcess> worker = std::move(idle_.back());
        idle_.pop_back();
        return worker;
      }
    }
    return WorkerProcess::start(hello_, timeout_);
  }
  void give_back(std::unique_ptr<WorkerProcess> worker) const {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(worker));
  }

  Type result_;
  std::chrono::milliseconds timeout_;
  std::string hello_;
  std::string where_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<WorkerProcess>> idle_;  // Guarded by mutex_.
};

/// Another text may give other results, another name of its file does not.
std::string origin_of(const ScriptFunction& script) {
  return fmt::format("{} {:016x} {}", script.language, hash_bytes(script.code).low, script.entry);
}

}  // namespace

Status define_python_function(const ScriptFunction& script, FunctionRegistry& functions) {
  if (functions.find(script.name) != nullptr)
    return Error{ErrorKind::user, fmt::format("the name {} is taken by a built-in function or a plugin", script.name)};
  Function function;
  function.name = script.name;
  function.family = "this pipeline";
  function.signature = script.name + "(";
  for (const Field& parameter : script.parameters)
    function.signature += fmt::format("{}{} {}", function.signature.back() == '(' ? "" : ", ", parameter.name, to_string(parameter.type));
  function.signature += ") -> " + to_string(script.result);
  function.summary = fmt::format("{} of {}.", script.entry, script.file);
  function.deterministic = false;  // nobody can say so of a Python function; and it must not run at compile time
  Overload overload;
  for (const Field& parameter : script.parameters) overload.parameters.push_back(to_string(parameter.type));
  overload.result = [type = script.result](const CallSite&) -> Result<Type> { return type; };
  overload.prepare = [script](const CallSite&) -> Result<std::unique_ptr<Kernel>> {
    auto worker = WorkerProcess::start(hello_of(script), script.timeout);
    if (!worker.ok()) return std::move(worker).error().in("function " + script.name);
    return std::unique_ptr<Kernel>(std::make_unique<PythonKernel>(script, std::move(worker).value()));
  };
  overload.origin = origin_of(script);
  function.overloads.push_back(std::move(overload));
  return functions.add(std::move(function));
}

}  // namespace weir
