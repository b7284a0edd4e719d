// regrouping_test.cpp — whatever inner groups' rows do, outer groups hold what a computation of its own gives.
#include "engine/runtime/regrouping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/data/value.h"
#include "engine/state/group_key.h"

namespace weir::testing {
namespace {

const AggregateRegistry& aggregates() {
  static const AggregateRegistry* registry = [] {
    auto* made = new AggregateRegistry;
    register_builtin_aggregates(*made);
    return made;
  }();
  return *registry;
}

std::shared_ptr<const Aggregate> body_of(const char* name, std::vector<Type> types) {
  const CallSite site{types, std::vector<const Value*>(types.size(), nullptr), int64_type};
  return std::move(aggregates().find(name)->prepare(site)).value();
}

/// count(*) FILTER (WHERE value > 0) and sum, max or bit_or of the values, by a number.
GroupShape shape_with(const char* second) { return GroupShape({int64_type}, {body_of("count", {}), body_of(second, {int64_type})}, {int64_type, int64_type}); }

std::int64_t combined(std::string_view aggregate, std::int64_t a, std::int64_t b) { return aggregate == "sum" ? a + b : aggregate == "max" ? std::max(a, b) : a | b; }

struct Row {
  std::int64_t key = 0;
  std::int64_t value = 0;
  bool counts = false;
};

class Scene {
 public:
  explicit Scene(const char* second) : aggregate_(second), shape_(shape_with(second)) { open(); }

  void change(std::uint32_t inner, Row row) {
    rows_[inner] = row;
    changed_.push_back(inner);
  }
  void commit() {
    take(changed_);
    changed_.clear();
    outer_->forget_changes();
    for (const std::uint32_t outer : regrouping_->emptied()) outer_->remove(outer);
  }
  /// These go, and count on.
  void expire(const std::vector<std::uint32_t>& inner) {
    std::vector<std::uint32_t> counting;
    for (const std::uint32_t one : inner) {
      if (!regrouping_->outer_of(one)) continue;
      counting.push_back(one);
      expired_.push_back(rows_.at(one));
    }
    Arena arena;
    if (!counting.empty()) regrouping_->keep(counting, rows_of(counting, arena), arena);
    regrouping_->gone().forget_changes();
    for (const std::uint32_t one : inner) {
      regrouping_->detach(one);
      rows_.erase(one);
    }
  }
  void restart() {
    const std::vector<std::string> outer = saved(*outer_), gone = saved(regrouping_->gone());
    open();
    for (const std::string& bytes : outer) ASSERT_TRUE(outer_->load(bytes).ok());
    for (const std::string& bytes : gone) ASSERT_TRUE(regrouping_->gone().load(bytes).ok());
    std::vector<std::uint32_t> all;
    for (const auto& [inner, row] : rows_) all.push_back(inner);
    Arena arena;
    regrouping_->restore(rows_of(all, arena), arena);
  }
  /// key: count, second.
  using Table = std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>>;
  Table held() const {
    std::vector<std::uint32_t> groups;
    for (std::uint32_t group = 0; group < outer_->end(); ++group) {
      if (outer_->holds(group)) groups.push_back(group);
    }
    Arena arena;
    const std::vector<Column> columns = outer_->results(groups, arena);
    Table table;
    for (std::uint32_t i = 0; i < groups.size(); ++i) table[columns[0].at<std::int64_t>(i)] = {columns[1].at<std::int64_t>(i), columns[2].at<std::int64_t>(i)};
    return table;
  }
  Table expected() const {
    Table table;
    const auto add = [&](const Row& row) {
      if (!row.counts) return;
      const auto [at, is_new] = table.try_emplace(row.key, 0, row.value);
      at->second.first += row.value > 0 ? 1 : 0;
      if (!is_new) at->second.second = combined(aggregate_, at->second.second, row.value);
    };
    for (const auto& [inner, row] : rows_) add(row);
    for (const Row& row : expired_) add(row);
    return table;
  }
  const std::map<std::uint32_t, Row>& rows() const { return rows_; }
  std::size_t computed_anew() const { return computed_anew_; }

 private:
  void open() {
    regrouping_.reset();
    outer_ = std::make_unique<GroupTable>(shape_);
    regrouping_ = std::make_unique<Regrouping>(*outer_);
  }
  static std::vector<std::string> saved(const GroupTable& table) {
    std::vector<std::string> all;
    for (std::uint32_t group = 0; group < table.end(); ++group) {
      if (table.holds(group)) table.save(group, all.emplace_back());
    }
    return all;
  }
  RegroupedRows rows_of(const std::vector<std::uint32_t>& inner, Arena& arena) {
    const auto count = static_cast<std::uint32_t>(inner.size());
    ColumnWriter keys(int64_type, count, arena), values(int64_type, count, arena), filter(boolean_type, count, arena);
    RegroupedRows made;
    for (std::uint32_t i = 0; i < count; ++i) {
      const Row& row = rows_.at(inner[i]);
      keys.set(i, row.key);
      values.set(i, row.value);
      filter.set_bool(i, row.value > 0);
      made.counts.push_back(row.counts ? 1 : 0);
    }
    made.groups = inner;
    columns_ = {keys.finish(), values.finish(), filter.finish()};
    made.keys = std::span(columns_).first(1);
    made.arguments = {std::span<const Column>(), std::span<const Column>(columns_).subspan(1, 1)};
    made.filters = {&columns_[2], nullptr};
    return made;
  }
  void take(std::vector<std::uint32_t> inner) {
    std::sort(inner.begin(), inner.end());
    inner.erase(std::unique(inner.begin(), inner.end()), inner.end());
    Arena arena;
    regrouping_->take(rows_of(inner, arena), arena);
    if (regrouping_->anew().empty()) return;
    ++computed_anew_;
    std::vector<std::uint32_t> members;
    for (const std::uint32_t outer : regrouping_->anew()) members.insert(members.end(), regrouping_->members(outer).begin(), regrouping_->members(outer).end());
    regrouping_->compute_anew(rows_of(members, arena), arena);
  }

  std::string_view aggregate_;
  GroupShape shape_;
  std::unique_ptr<GroupTable> outer_;
  std::unique_ptr<Regrouping> regrouping_;
  std::map<std::uint32_t, Row> rows_;
  std::vector<Row> expired_;
  std::vector<std::uint32_t> changed_;
  std::vector<Column> columns_;
  std::size_t computed_anew_ = 0;
};

class RegroupingOf : public ::testing::TestWithParam<const char*> {};

TEST_P(RegroupingOf, RowsThatMoveComeAndGoHoldsWhatIsThere) {
  std::mt19937 random(7);
  const auto draw = [&](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
  Scene scene(GetParam());
  std::uint32_t next = 0;
  for (int round = 0; round < 400; ++round) {
    for (int change = draw(6); change >= 0; --change) {
      const std::uint32_t inner = scene.rows().empty() || draw(3) == 0 ? next++ : std::next(scene.rows().begin(), draw(static_cast<int>(scene.rows().size())))->first;
      scene.change(inner, {draw(7), draw(30) - 10, draw(4) != 0});
    }
    scene.commit();
    ASSERT_EQ(scene.held(), scene.expected()) << "round " << round;
    if (draw(8) == 0) {
      std::vector<std::uint32_t> going;
      for (const auto& [inner, row] : scene.rows()) {
        if (draw(3) == 0) going.push_back(inner);
      }
      scene.expire(going);
    }
    if (draw(6) == 0) {
      ASSERT_NO_FATAL_FAILURE(scene.restart());
    }
    ASSERT_EQ(scene.held(), scene.expected()) << "after round " << round;
  }
  // Of all inner rows only where their aggregates take none out.
  EXPECT_EQ(scene.computed_anew() != 0, std::string_view(GetParam()) == "bit_or");
}

INSTANTIATE_TEST_SUITE_P(Aggregates, RegroupingOf, ::testing::Values("sum", "max", "bit_or"), [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace weir::testing
