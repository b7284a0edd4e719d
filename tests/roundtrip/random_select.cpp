// random_select.cpp — plain SELECTs with joins, conditions, groups, windows and pipes behind them.
#include "tests/roundtrip/random_select.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "tests/roundtrip/random_expression.h"

namespace weir::testing {
namespace {

const std::vector<std::string> names = {"total", "select", "from", "a b", "it's", "group", "key", "x-y", "Größe", "n", "order", "1st", "limit", "join", "within"};

class SelectMaker {
 public:
  explicit SelectMaker(Draw& draw) : draw_(draw) {}

  std::string run() {
    std::string text = "CREATE PIPELINE p;\nCREATE CONNECTION store WITH (dsn = 'sqlite:shop.db');\n";
    text += source("orders") + source("views");
    text += "CREATE TABLE shops (id STRING NOT NULL, city STRING, rank BIGINT, PRIMARY KEY (id)) WITH (type = 'csv', file = 'shops.csv');\n";
    text += query_statement("CREATE STREAM made", "", false);
    const bool is_screen = draw_.chance(20);
    text += query_statement("CREATE SINK out", is_screen ? " WITH (type = 'console')" : "", is_screen);
    return text + "CREATE SINK all_made WITH (type = 'console') AS FROM made;\n";
  }

 private:
  static std::string source(const std::string& name) {
    return fmt::format("CREATE SOURCE {} (id STRING NOT NULL, ts TIMESTAMP NOT NULL, amount DECIMAL(10,2), note STRING, `a b` BIGINT, tags ARRAY<STRING>, WATERMARK FOR ts AS ts - INTERVAL 1 HOUR)\n"
                       "WITH (type = 'kafka', brokers = 'b:1', topic = '{}', format = 'json');\n", name, name);
  }

  std::vector<KnownColumn> columns_of_source(const std::string& relation) const {
    std::vector<KnownColumn> columns;
    for (const auto& [name, kind] : std::vector<std::pair<const char*, Kind>>{{"id", Kind::text}, {"ts", Kind::time}, {"amount", Kind::number}, {"note", Kind::text}, {"a b", Kind::whole}, {"tags", Kind::tags}})
      columns.push_back({name, kind, std::string_view(name) != "id" && std::string_view(name) != "ts", relation});
    return columns;
  }

  std::string fresh_name() {
    std::string name = draw_.one_of(names);
    while (!used_.insert(name).second) name = "c" + std::to_string(draw_.below(1000));
    return name;
  }
  std::string expression(Kind kind, int depth = 2) { return RandomExpression(draw_, known_).of(kind, depth); }
  Kind kind() { return draw_.one_of(std::vector<Kind>{Kind::truth, Kind::whole, Kind::number, Kind::text, Kind::day, Kind::time}); }

  std::string query_statement(const std::string& what, const std::string& with, bool is_screen) {
    used_.clear();
    known_.clear();
    is_grouped_ = draw_.chance(45);
    has_window_ = is_grouped_ && draw_.chance(50);
    has_stream_join_ = false;
    called_ = draw_.chance(50) ? "orders" : draw_.word({"o", "the orders", "select", "views"});
    std::string from = "orders" + (called_ == "orders" ? "" : (draw_.chance(60) ? " AS " : " ") + quoted(called_));
    const bool is_function = has_window_ && draw_.chance(50);
    if (is_function) from = draw_.chance(50) ? fmt::format("TABLE({}){}", window_call(), alias()) : window_call() + alias();
    is_group_by_window_ = has_window_ && !is_function;
    add_columns(columns_of_source(""));
    // Called by its name or without it: either is the stream that the query reads.
    if (!is_function) add_columns(columns_of_source(called_));
    const std::string joins = is_function ? "" : join();
    std::string items = is_grouped_ ? grouped_items() : plain_items();
    std::string text = "SELECT " + items + "\nFROM " + from + joins;
    if (draw_.chance(40)) text += "\nWHERE " + expression(Kind::truth);
    if (is_grouped_) text += group_by();
    if (is_screen && !is_grouped_ && draw_.chance(50)) text += "\nLIMIT " + std::to_string(draw_.below(100));
    const bool is_keyed = what.find("SINK") != std::string::npos && with.empty();
    const std::string options = !is_keyed || !is_grouped_ ? with : fmt::format(" WITH (key = [{}], on_conflict = 'update')", key_list());
    return what + options + " AS\n" + text + ";\n";
  }

  std::string alias() { return called_ == "orders" ? "" : " " + quoted(called_); }
  static std::string quoted(const std::string& name) { return name.find_first_of(" '-") == std::string::npos && name != "select" ? name : "`" + name + "`"; }
  void add_columns(const std::vector<KnownColumn>& columns) { known_.insert(known_.end(), columns.begin(), columns.end()); }

  std::string window_call() {
    return draw_.word({"TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' MINUTES)", "HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL 1 MINUTE, INTERVAL 5 MINUTES)",
                       "CUMULATE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY)", "SESSION(TABLE orders, DESCRIPTOR(ts), INTERVAL 10 MINUTES)"});
  }

  std::string join() {
    switch (draw_.below(5)) {
      case 0: {
        const std::string called = draw_.word({"shops", "s", "the shops"});
        std::string text = draw_.word({"\nJOIN shops", "\nLEFT JOIN shops", "\nINNER JOIN shops", "\nleft outer join shops"}) + (called == "shops" ? "" : " AS " + quoted(called));
        text += draw_.chance(30) ? " USING (id)" : draw_.chance(50) ? fmt::format(" ON {}.id = {}", quoted(called), expression(Kind::text, 1)) : fmt::format(" ON ({}) = {}.id", expression(Kind::text, 1), quoted(called));
        add_columns({{"city", Kind::text, true, called}, {"rank", Kind::whole, true, called}});
        return text;
      }
      case 1:
      case 2: {
        has_stream_join_ = true;
        std::string text = draw_.word({"\nJOIN views v", "\nLEFT JOIN views AS v", "\ninner join views as v"}) + " ON v.id = " + expression(Kind::text, 1);
        add_columns(columns_of_source("v"));
        const std::string other = called_ == "orders" ? "orders" : quoted(called_);
        switch (draw_.below(4)) {
          case 0: return text + fmt::format(" AND v.ts BETWEEN {0}.ts - INTERVAL '10' MINUTE AND {0}.ts + INTERVAL '1' HOUR", other);
          case 1: return text + fmt::format(" AND v.ts >= {0}.ts AND v.ts < {0}.ts + INTERVAL 1 DAY AND (v.amount > 1 OR {0}.amount > 1)", other);
          case 2: return text + draw_.word({" WITHIN INTERVAL 1 HOUR", " WITHIN -INTERVAL '5' MINUTES AND INTERVAL 2 HOURS", " WITHIN '90 s'"});
          default: return text;
        }
      }
      default: return "";
    }
  }

  std::string plain_items() {
    std::string items = draw_.chance(15) && known_.size() == columns_of_source("").size() * 2 ? "*, " : "";
    if (items.empty()) {
      items = column("ts") + ", ";
      used_.insert("ts");
    } else {
      for (const KnownColumn& known : columns_of_source("")) used_.insert(known.name);
    }
    for (std::size_t i = 0, count = draw_.between(1, 3); i < count; ++i) {
      const std::string name = fresh_name();
      items += (i == 0 ? "" : draw_.word({", ", ",\n       "})) + expression(kind()) + " AS " + sql_name(name, draw_);
    }
    return items;
  }

  std::string column(const std::string& name) { return draw_.chance(50) || is_grouped_ ? name : quoted(called_) + "." + name; }

  /// A table function's windows are columns of what it is called.
  std::string window_column(const std::string& name) {
    const bool is_function = has_window_ && !is_group_by_window_;
    return is_function && draw_.chance(50) ? quoted(called_) + "." + name : name;
  }

  std::string grouped_items() {
    keys_.clear();
    by_.clear();
    std::vector<std::string> items;
    if (has_window_ && draw_.chance(60)) items.push_back(window_column("window_start"));
    if (has_window_) items.push_back(window_column("window_end"));
    if (has_window_) keys_.push_back("window_end");
    used_.insert({"window_start", "window_end", "ts", "id"});
    for (std::size_t i = 0, count = draw_.between(has_window_ ? 0 : 1, 2); i < count; ++i) {
      const std::string name = fresh_name();
      const std::string text = "coalesce(" + expression(Kind::text) + ", '')";
      items.push_back(text + " AS " + sql_name(name, draw_));
      keys_.push_back(name);
      // By its text, its name or its number.
      switch (draw_.below(3)) {
        case 0: by_.push_back(text); break;
        case 1: by_.push_back(sql_name(name, draw_)); break;
        default: by_.push_back(std::to_string(items.size()));
      }
    }
    for (std::size_t i = 0, count = draw_.between(1, 3); i < count; ++i) {
      const std::string name = fresh_name();
      const Kind made = draw_.one_of(std::vector<Kind>{Kind::whole, Kind::number, Kind::text});
      items.push_back(RandomExpression(draw_, known_).aggregate(made) + (draw_.chance(20) && made == Kind::whole ? " + 1" : "") + " AS " + sql_name(name, draw_));
    }
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
    return text;
  }

  std::string group_by() {
    std::vector<std::string> all = by_;
    if (has_window_ && !is_group_by_window_) all.insert(all.end(), {window_column("window_start"), window_column("window_end")});
    if (is_group_by_window_)
      all.push_back(draw_.word({"TUMBLE(ts, INTERVAL '5' MINUTES)", "hop(ts, INTERVAL 1 MINUTE, INTERVAL 5 MINUTES)", "SESSION(ts, INTERVAL 10 MINUTES)", "cumulate(ts, INTERVAL 1 HOUR, INTERVAL 1 DAY)"}));
    draw_.shuffle(all);
    std::string text;
    for (const std::string& one : all) text += (text.empty() ? "\nGROUP BY " : ", ") + one;
    if (draw_.chance(30)) text += "\nHAVING " + RandomExpression(draw_, known_).aggregate(Kind::whole) + draw_.word({" > 1", " <> 2 OR count(*) < 5"});
    return text;
  }

  std::string key_list() const {
    std::string text;
    for (const std::string& key : keys_) {
      std::string quoted_key;
      for (const char c : key) quoted_key += c == '\'' ? "''" : std::string(1, c);
      text += (text.empty() ? "'" : ", '") + quoted_key + "'";
    }
    return text;
  }

  Draw& draw_;
  std::string called_;
  std::vector<KnownColumn> known_;
  std::set<std::string> used_;
  std::vector<std::string> keys_, by_;
  bool is_grouped_ = false, has_window_ = false, is_group_by_window_ = false, has_stream_join_ = false;
};

}  // namespace

std::string random_select(Draw& draw) { return SelectMaker(draw).run(); }

}  // namespace weir::testing
