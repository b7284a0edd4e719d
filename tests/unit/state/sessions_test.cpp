// sessions_test.cpp — sessions are those of all rows at once, whatever chunks and epochs the rows come in.
#include "engine/state/sessions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace weir::testing {
namespace {

struct Row {
  std::string user;
  std::int64_t time;
  std::int64_t amount;
};
/// Borders by user, and the sum of the amounts.
using Found = std::map<std::tuple<std::string, std::int64_t, std::int64_t>, std::int64_t>;

GroupShape sums_by_user() {
  AggregateRegistry registry;
  register_builtin_aggregates(registry);
  const CallSite site{{int64_type}, {nullptr}, int64_type};
  return GroupShape({string_type, timestamp_type, timestamp_type}, {std::move(registry.find("sum")->prepare(site)).value()}, {int64_type});
}

Found at_once(std::vector<Row> rows, std::int64_t gap) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return std::tie(a.user, a.time) < std::tie(b.user, b.time); });
  Found found;
  for (std::size_t from = 0, to = 0; from < rows.size(); from = to) {
    std::int64_t sum = rows[from].amount;
    for (++to; to < rows.size() && rows[to].user == rows[from].user && rows[to].time - rows[to - 1].time <= gap; ++to) sum += rows[to].amount;
    found[{rows[from].user, rows[from].time, rows[to - 1].time + gap}] = sum;
  }
  return found;
}

/// Groups as a job keeps them: an epoch's are known when it is committed, and those that vanished in it are taken out then.
class Kept {
 public:
  explicit Kept(std::int64_t gap) : gap_(gap) {}

  void add_chunk(std::span<const Row> rows) {
    Arena arena;
    const auto count = static_cast<std::uint32_t>(rows.size());
    ColumnWriter users(string_type, count, arena), starts(timestamp_type, count, arena), ends(timestamp_type, count, arena), amounts(int64_type, count, arena);
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t i = 0; i < count; ++i) {
      users.set_text(i, rows[i].user);
      starts.set(i, rows[i].time);
      ends.set(i, rows[i].time + gap_);
      amounts.set(i, rows[i].amount);
      numbers.push_back(i);
    }
    std::vector<Column> keys{users.finish(), starts.finish(), ends.finish()};
    join_sessions(std::span<const Column>(keys).first(1), numbers, keys[1], keys[2], count, arena);
    const std::vector<Column> arguments{amounts.finish()};
    const std::vector<std::span<const Column>> of_calls{arguments};
    const std::vector<const Column*> filters{nullptr};
    GroupTable chunk(shape_);
    chunk.add({keys, of_calls, filters, numbers, {}}, arena);
    sessions_.merge(chunk, [&](std::uint32_t group) { return known_.contains(group); }, vanished_);
  }

  void commit() {
    for (const std::uint32_t group : table_.changed()) known_.insert(group);
    table_.forget_changes();
    for (const std::uint32_t group : vanished_) {
      known_.erase(group);
      table_.remove(group);
    }
    vanished_.clear();
  }

  Found found() const {
    Arena arena;
    std::vector<std::uint32_t> groups;
    for (std::uint32_t group = 0; group < table_.end(); ++group) {
      if (table_.holds(group) && std::find(vanished_.begin(), vanished_.end(), group) == vanished_.end()) groups.push_back(group);
    }
    const std::vector<Column> columns = table_.results(groups, arena);
    Found found;
    for (std::uint32_t i = 0; i < groups.size(); ++i)
      found[{std::string(columns[0].text_at(i)), columns[1].at<std::int64_t>(i), columns[2].at<std::int64_t>(i)}] = columns[3].at<std::int64_t>(i);
    return found;
  }
  void close_before(std::int64_t time) {
    for (std::uint32_t group = 0; group < table_.end(); ++group) {
      if (!table_.holds(group) || borders_of(table_.key(group)).end >= time) continue;
      known_.erase(group);
      table_.remove(group);
    }
    sessions_.forget_before(time);
  }
  std::size_t memory_bytes() const { return sessions_.memory_bytes(); }

 private:
  std::int64_t gap_;
  GroupShape shape_ = sums_by_user();
  GroupTable table_{shape_};
  Sessions sessions_{table_};
  std::set<std::uint32_t> known_;
  std::vector<std::uint32_t> vanished_;
};

std::vector<Row> random_rows(std::mt19937& random, std::size_t count, std::int64_t times) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i)
    rows.push_back({std::string(1, static_cast<char>('a' + random() % 3)), static_cast<std::int64_t>(random() % static_cast<unsigned>(times)), static_cast<std::int64_t>(random() % 100)});
  return rows;
}

TEST(Sessions, AreThoseOfAllRowsAtOnce) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::int64_t gap = 1 + random() % 9;
    const std::vector<Row> rows = random_rows(random, 60, 200);
    Kept kept(gap);
    for (std::size_t from = 0; from < rows.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 7, rows.size() - from);
      kept.add_chunk(std::span(rows).subspan(from, size));
      from += size;
      if (random() % 3 == 0) kept.commit();
      ASSERT_EQ(kept.found(), at_once({rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(from)}, gap));
    }
  }
}

TEST(Sessions, RowsTheGapApartAreOfOneAndThoseFurtherApartAreNot) {
  Kept kept(10);
  const std::vector<Row> rows{{"a", 0, 1}, {"a", 10, 2}, {"a", 21, 4}};
  for (const Row& row : rows) kept.add_chunk({&row, 1});
  EXPECT_EQ(kept.found(), (Found{{{"a", 0, 20}, 3}, {{"a", 21, 31}, 4}}));
}

TEST(Sessions, ThatClosedAreForgotten) {
  Kept kept(10);
  std::size_t most = 0;
  for (std::int64_t time = 0; time < 100'000; time += 20) {
    const Row row{"a", time, 1};
    kept.add_chunk({&row, 1});
    kept.commit();
    kept.close_before(time);
    EXPECT_EQ(kept.found(), (Found{{{"a", time, time + 10}, 1}}));
    most = std::max(most, kept.memory_bytes());
  }
  EXPECT_LT(most, 50'000u) << "5,000 sessions are 80 KB";
}

}  // namespace
}  // namespace weir::testing
