// random_pipeline.cpp — settings of pipelines that compile: their sections.
#include "tests/roundtrip/random_pipeline.h"

#include "tests/roundtrip/random_reports.h"
#include "tests/roundtrip/random_steps.h"

namespace weir::testing {

Setting Setting::list(std::vector<Setting> items) {
  Setting setting("");
  setting.kind = Kind::list;
  setting.items = std::move(items);
  return setting;
}

Setting Setting::map(std::vector<std::pair<std::string, Setting>> entries) {
  Setting setting("");
  setting.kind = Kind::map;
  setting.entries = std::move(entries);
  return setting;
}

namespace {

const std::vector<std::string> plain_names = {"orders", "views", "source", "stream", "select", "key", "steps", "by", "table", "from", "a-b", "_x", "columns", "window", "input", "Sink", "with", "as", "end", "on"};

std::string description(Draw& draw) {
  return draw.word({"what it does", "two\nlines", "ends\n", "  begins with blanks\nand goes on", "it's: # odd", "a\n\n  b\n", "$$ in it\nand $", "cost: 5$\nor 6$"});
}

std::string duration(Draw& draw) { return draw.word({"90 s", "2 hours", "1 day", "5 minutes", "INTERVAL 5 MINUTES", "250 ms", "${SPAN:-3 hours}"}); }

class PipelineMaker {
 public:
  explicit PipelineMaker(Draw& draw) : draw_(draw) {}

  Setting run() {
    Setting root = Setting::map({{"name", draw_.word({"shop", "a-b", "select", "stream", "${NAME:-named}"})}});
    if (draw_.chance(20)) root.add("description", description(draw_));
    if (draw_.chance(10)) root.add("state_memory", draw_.word({"256 MB", "2GB"}));
    if (draw_.chance(10)) root.add("state_directory", draw_.word({"/var/lib/weir", "a b", "it's"}));
    if (draw_.chance(10)) root.add("emit", draw_.word({"changes", "every 5 minutes", "EVERY 1 hour"}));
    if (draw_.chance(10)) root.add("settings", Setting::map({{"geo_database", draw_.word({"", "geo.bin", "${GEO:-}", "it's: a # path"})}}));
    if (draw_.chance(15)) root.add("functions", Setting::map({{"own", function()}}));
    root.add("connections", Setting::map({{"store", connection()}}));
    Setting sources = Setting::map();
    for (std::size_t i = 0, count = draw_.between(1, 2); i < count; ++i) sources.add(fresh_name(), source(i));
    for (std::size_t i = 0; i < sources.entries.size(); ++i) streams_[i].name = sources.entries[i].first;
    root.add("sources", sources);
    if (draw_.chance(50)) root.add("tables", Setting::map({{add_table(), table()}}));
    Setting transforms = Setting::map();
    for (std::size_t i = 0, count = draw_.below(3); i < count; ++i) add_stream(transforms);
    if (!transforms.entries.empty()) root.add("transforms", transforms);
    Setting sinks = Setting::map();
    for (std::size_t i = 0, count = draw_.between(1, 2); i < count; ++i) sinks.add(fresh_name(), sink());
    root.add("sinks", sinks);
    if (draw_.chance(30)) {
      Setting reports = Setting::map();
      for (std::size_t i = 0, count = draw_.between(1, 2); i < count; ++i) reports.add(fresh_name(), random_report(draw_));
      root.add("reports", reports);
    }
    draw_.shuffle(root.entries);
    return root;
  }

 private:
  std::string fresh_name() {
    const std::string name = draw_.chance(60) ? draw_.one_of(plain_names) : "s";
    for (int number = 0;; ++number) {
      std::string numbered = number == 0 ? name : name + std::to_string(number);
      if (names_.insert(numbered).second) return numbered;
    }
  }

  Setting function() {
    Setting result = Setting::map({{"language", "python"}, {"returns", draw_.word({"string", "array<bigint>", "decimal(10, 2)"})}});
    if (draw_.chance(70)) result.add("parameters", Setting::map({{"a", "bigint"}, {draw_.word({"b", "from", "a b"}), draw_.word({"string", "struct<sku string, n int>", "double precision"})}}));
    result.add("code", draw_.word({"def own(a):\n    return '$$'\n", "def own(a, b):\n    # it's: \"odd\"\n\n    return a -- b\n", "own = lambda a: a", "\n\ndef own(a):\n  return '${a}'\n\n", "x = 1  \ny = '$'\nown = 5 #$"}));
    draw_.shuffle(result.entries);
    return result;
  }

  Setting connection() {
    Setting result = Setting::map();
    if (draw_.chance(50)) result.add("type", "sqlite");
    result.add("dsn", draw_.word({"sqlite:shop.db", "sqlite:a b.db", "${STORE:-sqlite:shop.db}", "sqlite:it's # one: two.db", "sqlite:$${x}.db", "sqlite:\"q\"\\.db"}));
    if (result.entries.size() == 1 && draw_.chance(30)) return Setting::map({{"dsn", "postgresql://u:p@h:5432/d?connect_timeout=3"}, {"schema", draw_.word({"weir", "Größe", "a b"})}});
    return result;
  }

  Setting source(std::size_t number) {
    Setting result = Setting::map();
    const bool is_nexmark = draw_.chance(15);
    result.add("type", is_nexmark ? "nexmark" : "kafka");
    is_nexmark ? nexmark_options(result) : kafka_options(result);
    result.add("format", "json");
    KnownStream stream;
    result.add("columns", columns(stream, !is_nexmark));
    if (draw_.chance(30)) result.add("computed", computed(stream));
    if (draw_.chance(75)) time_rules(result, stream);
    if (draw_.chance(40)) result.add("on_error", on_error());
    stream.number = number;
    streams_.push_back(std::move(stream));
    draw_.shuffle(result.entries);
    return result;
  }

  void kafka_options(Setting& result) {
    result.add("brokers", draw_.word({"localhost:9092", "a:1,b:2", "${BROKERS:-localhost:9092}", "[::1]:9092"}));
    if (draw_.chance(80)) {
      result.add("topic", draw_.word({"orders", "${TOPIC:-orders}", "topic.with-dots", "no"}));
    } else {
      result.add("topics", draw_.chance(50) ? Setting("one, two") : Setting::list({"one", "two"}));
    }
    if (draw_.chance(30)) result.add("start", draw_.word({"latest", "earliest", "2024-11-01T00:00:00Z"}));
    if (draw_.chance(20)) result.add("group", draw_.word({"g", "it's", "a: b", "# c", " lead", "1e3", "null", "'", "\"", "a\\b", "$$", "-", "a\tb", "a\nb", "a\n  b\n", "x$\ny$"}));
    if (draw_.chance(20)) result.add("mirror_offsets", draw_.word({"true", "false"}));
    if (draw_.chance(10)) {
      result.add("security", draw_.word({"plaintext", "ssl"}));
    } else if (draw_.chance(10)) {
      result.add("security", "SASL_SSL");
      result.add("username", draw_.word({"u", "yes"}));
      result.add("password", draw_.word({"p: # '\"\\", "0x1F", "{a}", "[b", "ends with $"}));
    }
    if (draw_.chance(20))
      result.add("properties", Setting::map({{"fetch.min.bytes", draw_.word({"1", "0100"})}, {"client.id", draw_.word({"a, b", "it's", "select", ""})}}));
  }

  void nexmark_options(Setting& result) {
    if (draw_.chance(50)) result.add("table", draw_.word({"all", "bid"}));
    if (draw_.chance(50)) result.add("events", draw_.word({"0", "1000"}));
    if (draw_.chance(30)) result.add("base_time", "2024-11-01T00:00:00Z");
    if (draw_.chance(30)) result.add("out_of_order", draw_.word({"5%", "0.1"}));
    if (draw_.chance(30)) result.add("out_of_order_by", "3 s");
  }

  Setting columns(KnownStream& stream, bool is_kafka) {
    Setting result = Setting::map();
    const auto add = [&](const std::string& name, const char* type, Kind kind, bool is_required) {
      std::vector<std::string> clauses;
      if (is_required || draw_.chance(20)) clauses.push_back(draw_.word({"not null", "NOT NULL", "Not  Null"}));
      if (draw_.chance(15)) clauses.push_back("from " + draw_.word({"product.name", "'it''s'", "\"a b\"", "`c`", "Größe", "x", "'from'", "'not null'"}));
      if (draw_.chance(15)) clauses.push_back(draw_.word({"check (", "CHECK (", "check("}) + RandomExpression(draw_, std::vector<KnownColumn>{{name, kind}}).of(Kind::truth, 2) + ")");
      draw_.shuffle(clauses);
      std::string spec = type;
      for (const std::string& clause : clauses) spec += (draw_.chance(5) ? "   " : " ") + clause;
      result.add(name, spec);
      stream.columns.push_back({name, kind, !is_required});
    };
    add("id", "string", Kind::text, true);
    add("ts", draw_.chance(50) ? "timestamp" : "TIMESTAMP", Kind::time, true);
    const std::vector<std::pair<const char*, Kind>> types = {
        {"boolean", Kind::truth}, {"bigint", Kind::whole}, {"int", Kind::whole}, {"double", Kind::number}, {"double precision", Kind::number}, {"decimal(10, 2)", Kind::number}, {"string", Kind::text},
        {"varchar", Kind::text}, {"date", Kind::day}, {"bytes", Kind::bytes}, {"json", Kind::json}, {"array<string>", Kind::tags}, {"string[]", Kind::tags}, {"array<struct<sku string, quantity int>>", Kind::lines},
        {"ARRAY<STRUCT<sku STRING, quantity INT>>", Kind::lines}};
    for (std::size_t i = 0, count = draw_.between(1, 6); i < count; ++i) {
      const auto& [type, kind] = types[draw_.below(types.size())];
      add(fresh_column(stream.columns, draw_), type, kind, false);
    }
    if (is_kafka && draw_.chance(30)) {
      const std::string name = fresh_column(stream.columns, draw_);
      result.add(name, draw_.word({"bigint not null metadata from offset", "bigint METADATA FROM 'offset' NOT NULL"}));
      stream.columns.push_back({name, Kind::whole, false});
    }
    draw_.shuffle(result.entries);
    return result;
  }

  Setting computed(KnownStream& stream) {
    const std::string name = fresh_column(stream.columns, draw_);
    const Kind kind = draw_.one_of(std::vector<Kind>{Kind::text, Kind::whole, Kind::time});
    Setting result = Setting::map({{name, RandomExpression(draw_, stream.columns).of(kind, 2)}});
    stream.columns.push_back({name, kind});
    return result;
  }

  void time_rules(Setting& result, KnownStream& stream) {
    stream.has_time = true;
    switch (draw_.below(4)) {
      case 0: result.add("watermark", Setting::map({{"column", "ts"}, {"delay", duration(draw_)}})); break;
      case 1: result.add("watermark", Setting::map({{"column", "ts"}})); break;
      case 2: result.add("watermark", draw_.word({"ts", "`ts`", "(ts)"})); break;
      default: result.add("watermark", draw_.word({"ts - INTERVAL 1 HOUR", "ts-INTERVAL '90' seconds", "ts  -  interval 5 minutes", "\"ts\" - INTERVAL 1 DAY", "(ts) - INTERVAL 1 DAY", "ts\n- INTERVAL 2 HOURS"}));
    }
    if (draw_.chance(30)) result.add("late", draw_.chance(30) ? Setting::map({{"correct", duration(draw_)}}) : Setting(draw_.word({"keep", "drop", "correct", "KEEP"})));
    if (draw_.chance(20)) result.add("idle_after", duration(draw_));
    if (draw_.chance(20)) result.add("max_future", draw_.chance(30) ? Setting("never") : Setting(duration(draw_)));
    if (draw_.chance(20)) result.add("close_when_quiet", draw_.chance(30) ? Setting("never") : Setting(duration(draw_)));
  }

  Setting on_error() {
    if (draw_.chance(50)) return draw_.word({"reject", "fail", "null"});
    Setting result = Setting::map();
    if (draw_.chance(60)) result.add("to", "rejects");
    if (draw_.chance(60) || result.entries.empty()) result.add("stop_above", draw_.word({"10%", "0.5", "1"}));
    return result;
  }

  std::string add_table() { return table_.name = fresh_name(); }
  Setting table() {
    Setting result = Setting::map();
    if (draw_.chance(50)) {
      result.add("type", "csv");
      result.add("file", draw_.word({"shops.csv", "a b.csv", "it's.csv"}));
      if (draw_.chance(30)) result.add("header", "true");
      if (draw_.chance(40)) result.add("delimiter", draw_.word({";", "\t", "|", "'", "#", ":"}));
      if (draw_.chance(40)) result.add("null_text", draw_.word({"NULL", "~", "", " ", "\\N", "''"}));
    } else {
      result.add("connection", "store");
      result.add("query", draw_.word({"SELECT * FROM shops", "SELECT id, city -- both\nFROM shops\nWHERE city <> ''\n", "  SELECT *\n  FROM shops", "SELECT '$$'\nFROM shops", "SELECT a\n\n\nFROM b", "SELECT 1\n\n"}));
    }
    const std::string city = draw_.word({"city", "select", "a b", "it's", "order"});
    result.add("columns", Setting::map({{"id", "string not null"}, {city, "string"}, {"rank", draw_.word({"bigint", "BIGINT NOT NULL"})}}));
    table_.columns = {{city, Kind::text, true, table_.name}, {"rank", Kind::whole, true, table_.name}};
    result.add("key", draw_.chance(50) ? Setting("id") : Setting::list({"id"}));
    if (draw_.chance(30)) result.add("refresh", draw_.word({"10 minutes", "1 h"}));
    draw_.shuffle(result.entries);
    return result;
  }

  RandomSteps steps_over(const KnownStream& stream) { return RandomSteps(draw_, stream, streams_, table_); }

  void add_stream(Setting& transforms) {
    const KnownStream from = draw_.one_of(streams_);
    RandomSteps steps = steps_over(from);
    const std::string name = fresh_name();
    Setting result = Setting::map();
    add_input(result, from);
    Setting list = steps.list(draw_.below(4), draw_.chance(25));
    if (!list.items.empty()) result.add("steps", std::move(list));
    if (draw_.chance(10)) result.add("description", description(draw_));
    draw_.shuffle(result.entries);
    transforms.add(name, std::move(result));
    streams_.push_back(steps.result());
    streams_.back().name = name;
  }

  void add_input(Setting& result, const KnownStream& from) {
    switch (draw_.below(from.is_plain() ? 5 : 1)) {
      case 4: result.add("inputs", Setting::list({from.name, from.name})); break;
      case 3: result.add("input", Setting::list({from.name})); break;
      default: result.add("input", from.name);
    }
  }

  Setting sink() {
    const KnownStream from = draw_.one_of(streams_);
    RandomSteps steps = steps_over(from);
    Setting result = Setting::map();
    add_input(result, from);
    Setting list = steps.list(draw_.below(3), draw_.chance(20));
    if (!list.items.empty()) result.add("steps", std::move(list));
    if (draw_.chance(20)) result.add("where", steps.condition());
    const bool is_console = draw_.chance(15);
    if (is_console) {
      result.add("type", "console");
      if (draw_.chance(40)) result.add("rows", draw_.word({"5", "020"}));
      if (result.entries.back().first != "rows" && draw_.chance(40)) result.add("format", draw_.word({"table", "json"}));
    } else {
      table_sink(result, steps);
    }
    if (steps.result().has_groups() && draw_.chance(30)) result.add("emit", draw_.word({"changes", "every 5 minutes", "Every INTERVAL 1 hour"}));
    if (draw_.chance(10)) result.add("description", description(draw_));
    draw_.shuffle(result.entries);
    return result;
  }

  void table_sink(Setting& result, RandomSteps& steps) {
    if (draw_.chance(50)) result.add("connection", "store");
    if (draw_.chance(40)) result.add("table", draw_.word({"t", "public.t", "A b", "it's", "no", "select"}) + std::to_string(names_.size()));
    Setting select = steps.sink_columns();
    const std::vector<std::string> key = steps.result().key;
    result.add("select", std::move(select));
    if (steps.result().has_groups()) {
      result.add("on_conflict", "update");
    } else if (key.empty()) {
      return;
    } else if (draw_.chance(60)) {
      result.add("on_conflict", draw_.word({"ignore", "update", "error"}));
    }
    bool has_comma = false;
    for (const std::string& name : key) has_comma = has_comma || name.find_first_of(", ") != std::string::npos;
    if (!has_comma && draw_.chance(40)) {
      std::string names;
      for (const std::string& name : key) names += (names.empty() ? "" : draw_.word({", ", ","})) + name;
      result.add("key", names);
    } else {
      result.add("key", Setting::list({key.begin(), key.end()}));
    }
    if (!has_comma && draw_.chance(10)) result.add("references", Setting::list({Setting::map({{"columns", Setting::list({key.front()})}, {"table", "other"}, {"references", key.front()}})}));
  }

  Draw& draw_;
  std::set<std::string> names_;
  std::vector<KnownStream> streams_;
  KnownStream table_;
};

}  // namespace

Setting random_pipeline(Draw& draw) { return PipelineMaker(draw).run(); }

}  // namespace weir::testing
