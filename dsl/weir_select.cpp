// weir_select.cpp — a plain SELECT ... FROM ... in a .weir file, as steps.
#include "dsl/weir_select.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "WeirParser.h"
#include "dsl/expression_text.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;
using antlr4::ParserRuleContext;

// What HAVING computes of aggregates; the select that follows leaves it out.
constexpr const char* having_column = "having";

class SelectionReader {
 public:
  SelectionReader(Parser::SelectionContext* selection, const QueryNames& names, WeirSteps& steps, WeirText& text)
      : selection_(selection), names_(names), steps_(steps), text_(text) {}

  void run() {
    report_what_streams_have_not();
    add_joins();
    if (selection_->K_WHERE() != nullptr)
      steps_.add("where", text_.place(selection_->K_WHERE()->getSymbol()), steps_.expression(selection_->expression()));
    is_aggregated() ? add_aggregate() : add_select();
    if (selection_->K_LIMIT() != nullptr) {
      const Location rows = text_.place(selection_->INTEGER()->getSymbol());
      steps_.add("limit", text_.place(selection_->K_LIMIT()->getSymbol()), WeirText::scalar(selection_->INTEGER()->getText(), rows));
    }
  }

 private:
  std::vector<Parser::SelectItemContext*> items() const { return selection_->selectItem(); }

  bool is_aggregated() const {
    const auto holds = [&](Parser::SelectItemContext* item) { return item->STAR() == nullptr && holds_aggregate(item->expression(), names_); };
    const auto all = items();
    return selection_->groupBy() != nullptr || selection_->having() != nullptr || std::any_of(all.begin(), all.end(), holds);
  }

  void report_what_streams_have_not() {
    const auto report = [&](const char* mistake, antlr4::tree::TerminalNode* word, std::string message, std::string hint) {
      if (word != nullptr) text_.refuse(mistake, text_.place(word->getSymbol()), std::move(message), std::move(hint));
    };
    report("W0121", selection_->K_DISTINCT(), "SELECT DISTINCT is not available", "write GROUP BY columns, or a step |> DEDUP ON columns");
    report("W0121", selection_->K_ORDER(), "a stream has no end at which it could be sorted", "leave ORDER BY out: tables are sorted by those who read them");
  }

  // Each join adds the columns of its relation that anything names, as RELATION.COLUMN, which is how the rest finds them.
  void add_joins() {
    const auto all = selection_->selectedJoin();
    if (all.empty()) return;
    RelationColumns used;
    for (auto* item : items()) used.look_into(item);
    used.look_into(selection_->expression());
    used.look_into(selection_->groupBy());
    used.look_into(selection_->having());
    for (auto* one : all) used.look_into(one->join()->expression(), one->join());
    auto* first = items().front();
    const bool has_star = first->STAR() != nullptr;
    for (auto* one : all) {
      auto* join = one->join();
      const std::string name = WeirText::name(join->reference());
      const bool is_table = names_.streams.count(name) == 0;
      const std::string called = join->alias() == nullptr ? name : WeirText::name(join->alias()->name() != nullptr ? join->alias()->name()->start : join->alias()->start);
      const std::string meant = is_table ? name : called;
      steps_.relations().add(called, meant);
      Config::Map columns = steps_.relations().columns_of(meant, used, join, text_);
      if (has_star && !columns.empty()) {
        text_.refuse("W0120", text_.place(first), fmt::format("'*' does not stand beside columns of {}", called),
                     fmt::format("name the columns, or join in a step: FROM ... |> JOIN {} ON ... SELECT ...", name));
      }
      steps_.add_join(join, {}, one->within(), has_star ? std::nullopt : std::optional(std::move(columns)));
    }
  }

  void add_select() {
    if (const std::optional<TableWindow> window = steps_.take_window()) {
      text_.refuse("W0411", window->config().where, "windows are of aggregates, and nothing is grouped here", "add GROUP BY window_start, window_end");
      return;
    }
    std::vector<ParserRuleContext*> columns;
    for (auto* item : items()) columns.push_back(item);
    const Location where = text_.place(selection_->K_SELECT()->getSymbol());
    if (items().front()->STAR() == nullptr) return steps_.add("select", where, steps_.columns(columns, where));
    columns.erase(columns.begin());
    if (!columns.empty()) steps_.add("extend", where, steps_.columns(columns, where));
  }

  /// The item of SELECT that GROUP BY means: by its number, its name or its text.
  Parser::SelectItemContext* meant_by(Parser::SelectItemContext* key) const {
    const auto all = items();
    const std::string written = text_.written(key);
    std::size_t number = 0;
    const auto parsed = std::from_chars(written.data(), written.data() + written.size(), number);
    if (parsed.ec == std::errc{} && parsed.ptr == written.data() + written.size()) return number >= 1 && number <= all.size() ? all[number - 1] : nullptr;
    const std::string form = form_of(key->expression());
    const auto is_same = [&](auto* item) { return item->STAR() == nullptr && form_of(item->expression()) == form; };
    if (const auto found = std::find_if(all.begin(), all.end(), is_same); found != all.end()) return *found;
    const auto path = column_path(key->expression());
    const auto is_called = [&](auto* item) { return item->name() != nullptr && path && path->size() == 1 && WeirText::name(item->name()) == path->front(); };
    const auto found = std::find_if(all.begin(), all.end(), is_called);
    return found == all.end() ? nullptr : *found;
  }

  void read_key(Parser::SelectItemContext* key) {
    if (steps_.refuse_star(key)) return;
    if (is_window(key->expression())) return settings_.push_back(setting("window", text_.place(key), steps_.expression(key->expression())));
    auto* item = key->name() == nullptr ? meant_by(key) : nullptr;
    grouped_.push_back(item != nullptr ? item : key);
    if (steps_.is_made_by_window(grouped_.back())) return;
    const std::string name = item != nullptr ? steps_.item_name(item) : key->name() != nullptr || column_path(key->expression()) ? steps_.item_name(key) : without_comments(text_.written(key));
    if (item != nullptr) keys_.push_back(item);
    by_.push_back(setting(name, text_.place(key), steps_.expression((item != nullptr ? item : key)->expression())));
  }

  bool is_window_column(const std::string& name) const { return name == "window_start" || name == "window_end"; }

  void add_aggregate() {
    const Location where = text_.place(selection_->K_SELECT()->getSymbol());
    if (selection_->groupBy() != nullptr) {
      for (auto* key : selection_->groupBy()->selectItem()) read_key(key);
    }
    if (std::optional<Config> window = steps_.take_window_of(grouped_)) settings_.push_back(setting("window", window->where, *window));
    Config::Map given, output;
    for (auto* item : items()) {
      if (steps_.refuse_star(item)) continue;
      auto column = steps_.item_setting(item);
      const std::string name = column.first;
      const auto path = steps_.relations().path(item->expression());
      const bool is_key = std::find(keys_.begin(), keys_.end(), item) != keys_.end();
      const bool is_of_window = path && path->size() == 1 && is_window_column(path->front());
      if (is_of_window || (path && is_grouped_by(path->back()) && !is_key)) {
        output.push_back(std::move(column));
        continue;
      }
      output.push_back(setting(name, text_.place(item), WeirText::scalar(quoted_name(name), text_.place(item))));
      if (!is_key) given.push_back(std::move(column));
    }
    const bool is_natural = is_in_order(given, output);
    auto* having = selection_->having();
    const bool is_hidden = having != nullptr && holds_aggregate(having->expression(), names_);
    if (is_hidden) given.push_back(setting(having_column, text_.place(having), steps_.expression(having->expression())));
    if (!by_.empty()) settings_.push_back(setting("by", where, map_of(std::move(by_), where)));
    if (!given.empty()) settings_.push_back(setting("select", where, map_of(std::move(given), where)));
    steps_.add("aggregate", where, map_of(std::move(settings_), where));
    if (having != nullptr)
      steps_.add("where", text_.place(having), is_hidden ? WeirText::scalar(having_column, text_.place(having)) : steps_.expression(having->expression()));
    if (!is_natural || is_hidden) steps_.add("select", where, map_of(std::move(output), where));
  }

  bool is_grouped_by(const std::string& name) const {
    return std::any_of(by_.begin(), by_.end(), [&](const auto& key) { return key.first == name; });
  }

  /// Whether the columns of SELECT are those that the aggregate gives, in its order.
  bool is_in_order(const Config::Map& given, const Config::Map& output) const {
    std::vector<std::string> natural;
    for (const auto& [name, value] : by_) natural.push_back(name);
    const bool has_window = std::any_of(settings_.begin(), settings_.end(), [](const auto& one) { return one.first == "window"; });
    if (has_window) natural.insert(natural.end(), {"window_start", "window_end"});
    for (const auto& [name, value] : given) natural.push_back(name);
    const auto is_same = [](const std::string& name, const auto& column) { return column.first == name && column.second.scalar() == quoted_name(name); };
    return natural.size() == output.size() && std::equal(natural.begin(), natural.end(), output.begin(), is_same);
  }

  Parser::SelectionContext* selection_;
  const QueryNames& names_;
  WeirSteps& steps_;
  WeirText& text_;
  Config::Map settings_;  // of the aggregate
  Config::Map by_;
  std::vector<ParserRuleContext*> grouped_;       // items that GROUP BY means, windows aside
  std::vector<Parser::SelectItemContext*> keys_;  // items of SELECT that are grouped by
};

}  // namespace

void add_selection(ParserRuleContext* selection, const QueryNames& names, WeirSteps& steps, WeirText& text) {
  SelectionReader(dynamic_cast<Parser::SelectionContext*>(selection), names, steps, text).run();
}

}  // namespace weir
