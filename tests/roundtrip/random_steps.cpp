// random_steps.cpp — steps of every kind over the columns of a stream, and what columns come out of them.
#include "tests/roundtrip/random_steps.h"

#include <algorithm>

namespace weir::testing {
namespace {

// What the language has a meaning for elsewhere, and what has to be written in quotes.
const std::vector<std::string> column_names = {"a", "b", "total", "select", "from", "key", "by", "columns", "steps", "where", "group", "order", "table", "stream", "end", "left", "window", "as", "case", "null",
                                               "true", "and", "no", "a b", "it's", "Größe", "имя", "1st", "x-y", "a`b", "q\"q", "a:b", "#a", "a, b", "- a", "~", "Amount", "interval", "date", "values", "first", "row",
                                               "position", "metadata", "check", "watermark", "primary", "not", "like", "on", "{a}", "[b]", "over", "filter", "having", "a\\b", "%", "$a", "&a", "*", "!", "type", "of"};

Kind random_kind(Draw& draw) { return draw.one_of(std::vector<Kind>{Kind::truth, Kind::whole, Kind::number, Kind::text, Kind::day, Kind::time}); }

bool is_time_column(const KnownColumn& column) { return column.name == "ts" && column.relation.empty(); }

}  // namespace

std::string fresh_column(const std::vector<KnownColumn>& columns, Draw& draw) {
  for (int number = 0;; ++number) {
    std::string name = draw.chance(60) ? draw.one_of(column_names) : "c" + std::to_string(draw.below(1000));
    const bool is_known = name == "ts" || name == "id" || std::any_of(columns.begin(), columns.end(), [&](const KnownColumn& column) { return column.name == name; });
    if (!is_known) return name;
  }
}

std::string RandomSteps::drawn_duration() { return draw_.word({"2 hours", "90 s", "INTERVAL 5 MINUTES", "interval '1' day", "1 day", "10 min", "1 hour", "${SPAN:-3 hours}"}); }

Setting RandomSteps::list(std::size_t count, bool ends_in_groups) {
  Setting steps = Setting::list();
  if (stream_.has_groups()) {
    for (std::size_t i = 0; i < count; ++i) {
      switch (draw_.below(4)) {
        case 0: steps.items.push_back(Setting::map({{"where", condition()}})); break;
        case 1: steps.items.push_back(over()); break;
        default: steps.items.push_back(extend());
      }
    }
    return steps;
  }
  for (std::size_t i = 0; i < count; ++i) add_row_step(steps);
  if (ends_in_groups) {
    steps.items.push_back(aggregate());
    if (draw_.chance(30)) steps.items.push_back(Setting::map({{"where", condition()}}));
    if (draw_.chance(40)) steps.items.push_back(over());
  }
  return steps;
}

void RandomSteps::add_row_step(Setting& steps) {
  const auto add = [&](Setting step) { steps.items.push_back(std::move(step)); };
  switch (draw_.below(11)) {
    case 0: return add(Setting::map({{"where", condition()}}));
    case 1: return add(select());
    case 2: return add(extend());
    case 3: return droppable().size() > 1 ? add(drop()) : void();
    case 4: return droppable().empty() ? void() : add(rename());
    case 5: return add_explode(steps) ? void() : add(extend());
    case 6: return stream_.rows == KnownStream::Rows::joined || stream_.is_without_duplicates ? void() : add(dedup());
    case 7: return table_.columns.empty() ? void() : add(join_table());
    case 8: return add_stream_join(steps) ? void() : add(extend());
    case 9:
      if (!steps.items.empty() || !stream_.is_plain()) return;
      return add(Setting::map({{"union", draw_.chance(50) ? Setting(stream_.name) : Setting::list({stream_.name})}}));
    default: return add(Setting::map({{"where", condition()}}));
  }
}

Setting RandomSteps::select() {
  std::vector<KnownColumn> made = {{"id", Kind::text, true}, {"ts", Kind::time, true}};
  if (draw_.chance(25)) {
    std::vector<Setting> names;
    std::vector<KnownColumn> kept;
    bool has_comma = false;
    for (const KnownColumn& column : stream_.columns) {
      if (!column.relation.empty() || (!is_time_column(column) && column.name != "id" && draw_.chance(40))) continue;
      kept.push_back(column);
      has_comma = has_comma || column.name.find_first_of(", `\"") != std::string::npos;
      names.push_back(column.name);
    }
    draw_.shuffle(names);
    stream_.columns = kept;
    return Setting::map({{"select", Setting::list(std::move(names))}});
  }
  Setting columns = Setting::map();
  for (const KnownColumn& column : stream_.columns) {
    if (column.name == "id" || is_time_column(column)) columns.add(column.name, sql_name(column.name, draw_));
  }
  for (std::size_t i = 0, count = draw_.between(1, 3); i < count; ++i) {
    const Kind kind = random_kind(draw_);
    const std::string name = fresh_column(made, draw_);
    columns.add(name, expressions().of(kind));
    made.push_back({name, kind});
  }
  draw_.shuffle(columns.entries);
  stream_.columns = std::move(made);
  return Setting::map({{"select", std::move(columns)}});
}

Setting RandomSteps::extend() {
  Setting columns = Setting::map();
  for (std::size_t i = 0, count = draw_.between(1, 2); i < count; ++i) {
    const Kind kind = random_kind(draw_);
    const std::string name = fresh_column(stream_.columns, draw_);
    columns.add(name, expressions().of(kind));
    stream_.columns.push_back({name, kind});
  }
  return Setting::map({{"extend", std::move(columns)}});
}

std::vector<std::size_t> RandomSteps::droppable() const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < stream_.columns.size(); ++i) {
    if (!is_time_column(stream_.columns[i]) && stream_.columns[i].name != "id" && stream_.columns[i].relation.empty()) places.push_back(i);
  }
  return places;
}

Setting RandomSteps::drop() {
  const std::size_t place = draw_.one_of(droppable());
  const std::string name = stream_.columns[place].name;
  stream_.columns.erase(stream_.columns.begin() + static_cast<std::ptrdiff_t>(place));
  const bool is_one_name = name.find(',') == std::string::npos && name.find_first_of(" `\"") == std::string::npos;
  return Setting::map({{"drop", is_one_name && draw_.chance(50) ? Setting(name) : Setting::list({name})}});
}

Setting RandomSteps::rename() {
  KnownColumn& column = stream_.columns[draw_.one_of(droppable())];
  const std::string old = column.name;
  column.name = fresh_column(stream_.columns, draw_);
  return Setting::map({{"rename", Setting::map({{old, column.name}})}});
}

bool RandomSteps::add_explode(Setting& steps) {
  const auto found = std::find_if(stream_.columns.begin(), stream_.columns.end(), [](const KnownColumn& column) { return (column.kind == Kind::tags || column.kind == Kind::lines) && column.relation.empty(); });
  if (found == stream_.columns.end() || stream_.rows == KnownStream::Rows::joined) return false;
  const bool is_text = found->kind == Kind::tags;
  Setting settings = Setting::map({{"of", sql_name(found->name, draw_)}});
  const std::string as = fresh_column(stream_.columns, draw_);
  if (as.find_first_of(", `\"") != std::string::npos || !is_text) {
    settings.add("as", Setting::list({as}));
  } else {
    settings.add("as", as);
  }
  if (is_text) stream_.columns.push_back({as, Kind::text});
  if (draw_.chance(40)) {
    const std::string position = is_text ? fresh_column(stream_.columns, draw_) : as + "2";
    settings.add("position", position);
    stream_.columns.push_back({position, Kind::whole});
  }
  if (draw_.chance(40)) settings.add("keep_empty", draw_.word({"true", "false"}));
  draw_.shuffle(settings.entries);
  steps.items.push_back(Setting::map({{"explode", std::move(settings)}}));
  stream_.rows = KnownStream::Rows::expanded;
  return true;
}

Setting RandomSteps::dedup() {
  stream_.is_without_duplicates = true;
  Setting settings = Setting::map();
  if (draw_.chance(50)) {
    settings.add("key", Setting::list({"id"}));
  } else {
    settings.add("key", Setting::map({{"k", expressions().of(Kind::text, 2)}, {"id", "id"}}));
  }
  if (stream_.has_time && draw_.chance(50)) settings.add("within", drawn_duration());
  draw_.shuffle(settings.entries);
  return Setting::map({{"dedup", std::move(settings)}});
}

Setting RandomSteps::join_table() {
  Setting settings = Setting::map({{"table", table_.name}, {"keys", Setting::map({{"id", expressions().of(Kind::text, 2)}})}});
  if (draw_.chance(50)) settings.add("type", draw_.word({"left", "inner"}));
  std::vector<KnownColumn> both = stream_.columns;
  both.insert(both.end(), table_.columns.begin(), table_.columns.end());
  const std::string name = fresh_column(stream_.columns, draw_);
  Setting select = Setting::map({{name, RandomExpression(draw_, both).of(Kind::text, 2)}});
  settings.add("select", std::move(select));
  stream_.columns.push_back({name, Kind::text});
  draw_.shuffle(settings.entries);
  return Setting::map({{"join", std::move(settings)}});
}

bool RandomSteps::add_stream_join(Setting& steps) {
  if (!stream_.is_plain() && stream_.rows != KnownStream::Rows::expanded) return false;
  std::vector<KnownStream> others;
  for (const KnownStream& one : streams_) {
    if (one.is_plain()) others.push_back(one);
  }
  if (others.empty()) return false;
  const KnownStream& other = draw_.one_of(others);
  const std::string as = draw_.word({"o", "joined", "select", "other-one", "a b"});
  Setting settings = Setting::map({{"stream", other.name}, {"as", as}, {"keys", Setting::map({{"id", expressions().of(Kind::text, 2)}})}});
  if (stream_.has_time && other.has_time && draw_.chance(70)) {
    if (draw_.chance(50)) {
      settings.add("within", drawn_duration());
    } else {
      settings.add("between", Setting::list({draw_.word({"-10 minutes", "0 s", "- 1 h", "-90 s"}), draw_.word({"4 hours", "INTERVAL 1 HOUR", "10 min"})}));
    }
  }
  if (draw_.chance(50)) settings.add("type", draw_.word({"left", "inner"}));
  std::vector<KnownColumn> both = stream_.columns;
  for (KnownColumn column : other.columns) {
    column.relation = as;
    both.push_back(column);
  }
  if (draw_.chance(30)) settings.add("where", RandomExpression(draw_, both).of(Kind::truth, 2));
  const std::string name = fresh_column(stream_.columns, draw_);
  settings.add("select", Setting::map({{name, RandomExpression(draw_, both).of(Kind::text, 2)}}));
  stream_.columns.push_back({name, Kind::text});
  draw_.shuffle(settings.entries);
  steps.items.push_back(Setting::map({{"join", std::move(settings)}}));
  stream_.rows = KnownStream::Rows::joined;
  return true;
}

Setting RandomSteps::aggregate() {
  Setting settings = Setting::map();
  std::vector<KnownColumn> made;
  const bool is_windowed = stream_.has_time && draw_.chance(60);
  Setting by = Setting::map();
  for (std::size_t i = 0, count = draw_.between(is_windowed ? 0 : 1, 2); i < count; ++i) {
    const std::string name = i == 0 && draw_.chance(50) ? "id" : fresh_column(made, draw_);
    by.add(name, name == "id" ? "id" : "coalesce(" + expressions().of(Kind::text, 2) + ", '')");
    made.push_back({name, Kind::text, false});
  }
  const bool is_id_alone = by.entries.size() == 1 && by.entries.front().first == "id";
  if (!by.entries.empty()) settings.add("by", is_id_alone && draw_.chance(50) ? Setting::list({"id"}) : by);
  stream_.key.clear();
  for (const KnownColumn& column : made) stream_.key.push_back(column.name);
  if (is_windowed) {
    settings.add("window", draw_.word({"tumble(ts, INTERVAL 5 MINUTES)", "TUMBLE( ts , INTERVAL '5' MINUTES )", "hop(ts, INTERVAL 1 MINUTE, INTERVAL 5 MINUTES)", "cumulate(ts, INTERVAL 1 HOUR,\n INTERVAL 1 DAY)",
                                       "session(ts, INTERVAL '30 minutes')", "Tumble(ts + INTERVAL 0 SECONDS, INTERVAL 1 HOUR)"}));
    made.push_back({"window_end", Kind::time, false});
    stream_.key.push_back("window_end");
  }
  Setting select = Setting::map();
  for (std::size_t i = 0, count = draw_.between(1, 3); i < count; ++i) {
    const std::string name = fresh_column(made, draw_);
    const Kind kind = draw_.one_of(std::vector<Kind>{Kind::whole, Kind::number, Kind::text, Kind::time});
    select.add(name, draw_.chance(70) ? expressions().aggregate(kind) : kind == Kind::whole ? expressions().aggregate(kind) + " * 2 + 1" : "coalesce(" + expressions().aggregate(kind) + ", " + expressions().aggregate(kind) + ")");
    made.push_back({name, kind});
  }
  settings.add("select", std::move(select));
  draw_.shuffle(settings.entries);
  stream_.columns = std::move(made);
  stream_.rows = KnownStream::Rows::groups;
  stream_.is_windowed = is_windowed;
  return Setting::map({{"aggregate", std::move(settings)}});
}

Setting RandomSteps::over() {
  std::string partition, order;
  for (const std::string& key : stream_.key) {
    if (key != "window_end" && draw_.chance(50)) partition += (partition.empty() ? "" : ", ") + sql_name(key, draw_);
  }
  const bool has_window = stream_.is_windowed;
  order = has_window ? "window_end" : sql_name(stream_.key.front(), draw_);
  if (!has_window && draw_.chance(40)) order += draw_.word({" DESC", " ASC", " desc NULLS LAST", " NULLS FIRST"});
  if (stream_.key.size() > 1 && draw_.chance(50)) {
    order = has_window ? "window_end" : "";
    for (const std::string& key : stream_.key) order += key == "window_end" && has_window ? "" : (order.empty() ? "" : ", ") + sql_name(key, draw_);
  }
  const bool has_all = stream_.key.size() == 1 || order.find(',') != std::string::npos;
  std::string frame = !has_all ? "" : draw_.word({"", "", " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", " RANGE UNBOUNDED PRECEDING", " rows unbounded preceding"});
  if (has_window && order == "window_end" && draw_.chance(20)) frame = " RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW";
  const bool is_rank = draw_.chance(30);
  std::string text = is_rank ? draw_.word({"row_number()", "rank()", "dense_rank()"}) : expressions().aggregate(Kind::whole);
  while (!is_rank && (text.find("DISTINCT") != std::string::npos || text.find("istinct") != std::string::npos)) text = expressions().aggregate(Kind::whole);
  text += draw_.word({" OVER (", " over("}) + (partition.empty() ? "" : "PARTITION BY " + partition + " ") + "ORDER BY " + order + (is_rank ? "" : frame) + ")";
  const std::string name = fresh_column(stream_.columns, draw_);
  stream_.columns.push_back({name, Kind::whole});
  return Setting::map({{"extend", Setting::map({{name, text}})}});
}

Setting RandomSteps::sink_columns() {
  Setting columns = Setting::map();
  std::vector<KnownColumn> made;
  for (const std::string& key : stream_.key) {
    columns.add(key, sql_name(key, draw_));
    made.push_back({key, Kind::text});
  }
  if (!stream_.has_groups() && draw_.chance(70)) {
    const std::string name = fresh_column(made, draw_);
    columns.add(name, "coalesce(" + expressions().of(Kind::text, 2) + ", '')");
    made.push_back({name, Kind::text, false});
    stream_.key = {name};
  }
  for (std::size_t i = 0, count = draw_.between(1, 3); i < count; ++i) {
    const std::string name = fresh_column(made, draw_);
    columns.add(name, expressions().of(random_kind(draw_)));
    made.push_back({name, Kind::whole});
  }
  draw_.shuffle(columns.entries);
  return columns;
}

}  // namespace weir::testing
