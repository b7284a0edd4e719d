// loading_test.cpp — what a function has to read is read when rows are to be computed, and not to find out whether a call of it is right.
#include <gtest/gtest.h>

#include "engine/expression/call_evaluation.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/program.h"

namespace weir {
namespace {

struct File {
  bool is_good = true;
  int loads = 0;
};

/// Gives what its file holds.
class FileKernel final : public Kernel {
 public:
  explicit FileKernel(File* file) : file_(file) {}
  Status load() override {
    ++file_->loads;
    return file_->is_good ? Status() : Status(Error{ErrorKind::user, "the file is no file"}.with_hint("write another one"));
  }
  Column evaluate(std::span<const Column>, EvaluationContext& context) const override {
    ColumnWriter writer(int32_type, context.rows, context.arena, true);
    for (std::uint32_t row = 0; row < context.rows; ++row) writer.set(row, std::int32_t{file_->loads});
    return writer.finish();
  }

 private:
  File* file_;
};

class Loading : public testing::Test {
 protected:
  void SetUp() override {
    function_.name = "loaded";
    function_.overloads.push_back(
        prepared({"int"}, int32_type, [this](const CallSite&) -> KernelResult { return kernel_of<FileKernel>(&file_); }));
  }
  ExpressionPtr call(ExpressionPtr argument) const {
    const Location where{std::make_shared<const SourceText>(SourceText{"a.yaml", "loaded(n)"}), 1, 1, 9};
    return std::make_shared<Expression>(Expression{int32_type, true, where, Call{&function_, &function_.overloads.front(), {std::move(argument)}}});
  }
  Result<Program> compiled() const { return Program::compile(std::vector<ExpressionPtr>{call(make_column(0, {"n", int32_type, false}))}); }
  File file_;
  Function function_;
};

TEST_F(Loading, IsDoneOnceWhenAProgramIsMade) {
  const auto prepared_call = PreparedCall::prepare(*call(make_column(0, {"n", int32_type, false})));
  ASSERT_TRUE(prepared_call.ok());
  EXPECT_EQ(file_.loads, 0);
  EXPECT_TRUE(compiled().ok());
  EXPECT_EQ(file_.loads, 1);
}

TEST_F(Loading, FailsWithThePlaceOfTheCallBeforeAnyRow) {
  file_.is_good = false;
  const auto program = compiled();
  ASSERT_FALSE(program.ok());
  EXPECT_EQ(program.error().message(), "the file is no file");
  EXPECT_EQ(program.error().hint(), "write another one");
  EXPECT_EQ(program.error().where().column, 1u);
}

TEST_F(Loading, IsDoneForConstants) {
  const auto value = constant_value(*call(make_literal(Value{int32_type, 7})));
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(std::get<std::int32_t>(value->data), 1);
  file_.is_good = false;
  EXPECT_FALSE(constant_value(*call(make_literal(Value{int32_type, 7}))).has_value());
}

}  // namespace
}  // namespace weir
