// svg.cpp — draws charts.
#include "engine/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/report/clean_text.h"
#include "engine/report/scale.h"

namespace weir {
namespace {

constexpr double width = 720, margin = 16, letter = 7.2, line_height = 20, bar_height = 18;
constexpr std::size_t longest_label = 28, longest_legend = 40, colors = 8;

std::string place(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

double width_of(const std::string& text) {
  double sum = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) sum += byte < 0xE2 ? letter : letter * 1.7;
  }
  return sum;
}

/// A text that may be cut; then the whole of it is shown to who asks.
std::string text_element(double x, double y, const char* class_name, const std::string& text, std::size_t most) {
  const std::string shown = cut_text(text, most);
  const std::string title = shown == text ? "" : "<title>" + xml_text(text) + "</title>";
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}{}</text>\n", place(x), place(y), class_name, title, xml_text(shown));
}

class ChartDrawing {
 public:
  ChartDrawing(const Report& report, const QueryResult& result, const Chart& chart) : report_(report), result_(result), chart_(chart) {}

  /// What is drawn; height() is known afterwards. `has_heading`: the title stands above it.
  std::string run(bool has_heading) {
    if (has_heading) {
      out_ += text_element(margin, 24, "heading", report_.title, 80);
      y_ = 38;
    }
    if (result_.rows.empty() || (chart_.labels.empty() && chart_.kind != ChartKind::number)) {
      draw_sentence(result_.rows.empty() ? "no rows" : "nothing to draw");
    } else {
      switch (chart_.kind) {
        case ChartKind::bar: draw_bars(); break;
        case ChartKind::line: draw_lines(); break;
        case ChartKind::pie: draw_pie(); break;
        case ChartKind::number:
        case ChartKind::table: draw_number(); break;
      }
    }
    for (const std::string& note : chart_.notes) {
      y_ += line_height;
      out_ += text_element(margin, y_, "note", note, 200);
    }
    if (!chart_.notes.empty()) y_ += margin / 2;
    return std::move(out_);
  }
  double height() const { return y_; }

 private:
  void draw_sentence(const char* sentence) {
    out_ += text_element(width / 2, y_ + 60, "middle note", sentence, 100);
    y_ += 100;
  }

  void draw_number() {
    const std::string text = chart_.series.front().texts.front();
    out_ += text_element(width / 2, y_ + 76, text.size() > 24 ? "middle number long" : "middle number", text, 60);
    out_ += text_element(width / 2, y_ + 108, "middle note", chart_.series.front().name, 60);
    y_ += 130;
  }

  // Names of the series, where there are several.
  void draw_legend() {
    if (chart_.series.size() < 2) return;
    double x = margin;
    for (std::size_t s = 0; s < chart_.series.size(); ++s) {
      const double wide = 24 + width_of(cut_text(chart_.series[s].name, longest_legend));
      if (x + wide > width - margin && x > margin) {
        x = margin;
        y_ += line_height;
      }
      out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"12\" height=\"12\" class=\"s{}\"/>\n", place(x), place(y_ + 6), s % colors);
      out_ += text_element(x + 18, y_ + 16, "label", chart_.series[s].name, longest_legend);
      x += wide + 16;
    }
    y_ += line_height + 8;
  }

  Scale value_scale(bool has_zero, std::size_t most) const {
    double low = 0, high = 0;
    bool is_first = !has_zero;
    for (const ChartSeries& series : chart_.series) {
      for (const auto& value : series.values) {
        if (!value) continue;
        low = is_first ? *value : std::min(low, *value);
        high = is_first ? *value : std::max(high, *value);
        is_first = false;
      }
    }
    return number_scale(low, high, most);
  }

  // From the left, so that labels have room.
  void draw_bars() {
    draw_legend();
    double left = 0, right = 0;
    for (const std::string& label : chart_.labels) left = std::max(left, width_of(cut_text(label, longest_label)));
    for (const ChartSeries& series : chart_.series) {
      for (const std::string& text : series.texts) right = std::max(right, width_of(cut_text(text, longest_label)));
    }
    left += margin + 8;
    right = width - margin - right - 8;
    const Scale scale = value_scale(true, 6);
    const double group = bar_height * static_cast<double>(chart_.series.size()) + 6, top = y_ + 4, bottom = top + group * static_cast<double>(chart_.labels.size());
    const auto x_of = [&](double value) { return left + (right - left) * scale.share(value); };
    for (const Tick& tick : scale.ticks) {
      out_ += fmt::format("<line x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\" class=\"{3}\"/>\n", place(x_of(tick.at)), place(top), place(bottom), tick.at == 0 ? "axis" : "grid");
      out_ += text_element(x_of(tick.at), bottom + 16, "middle tick", tick.text, 20);
    }
    for (std::size_t point = 0; point < chart_.labels.size(); ++point) {
      const double y = top + group * static_cast<double>(point);
      out_ += text_element(left - 8, y + group / 2 + 4, "end label", chart_.labels[point], longest_label);
      for (std::size_t s = 0; s < chart_.series.size(); ++s) draw_bar(point, s, y + 3 + bar_height * static_cast<double>(s), x_of);
    }
    y_ = bottom + 24;
    draw_caption(chart_.series.size() == 1 ? chart_.series.front().name : "");
  }

  template <typename Place>
  void draw_bar(std::size_t point, std::size_t s, double y, const Place& x_of) {
    const ChartSeries& series = chart_.series[s];
    const double zero = x_of(0), x = series.values[point] ? x_of(*series.values[point]) : zero;
    out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"s{}\"><title>{}</title></rect>\n", place(std::min(x, zero)), place(y + 1), place(std::abs(x - zero)),
                        place(bar_height - 2), s % colors, xml_text(tip(point, series)));
    out_ += text_element(std::max(x, zero) + 5, y + bar_height - 5, series.values[point] ? "value" : "value note", series.texts[point], longest_label);
  }

  std::string tip(std::size_t point, const ChartSeries& series) const {
    return chart_.labels[point] + (chart_.series.size() > 1 ? ", " + series.name : "") + ": " + series.texts[point];
  }

  void draw_caption(const std::string& text) {
    if (text.empty()) return;
    y_ += 14;
    out_ += text_element(width / 2, y_, "middle note", text, 60);
    y_ += 8;
  }

  Scale x_scale() const {
    const std::size_t count = chart_.labels.size();
    if (chart_.axis == Chart::Axis::numbers) return number_scale(chart_.places.front(), chart_.places.back(), 8);
    if (chart_.axis == Chart::Axis::times) return time_scale(chart_.places.front(), chart_.places.back(), 8);
    std::size_t longest = 1;
    for (const std::string& label : chart_.labels) longest = std::max(longest, std::min(label.size(), longest_label / 2));
    const auto room = std::max<std::size_t>(static_cast<std::size_t>((width - 100) / (static_cast<double>(longest) * letter + 12)), 1);
    const std::size_t step = (count + room - 1) / room;
    Scale scale{count == 1 ? -1.0 : 0.0, count == 1 ? 1.0 : static_cast<double>(count - 1), {}};
    for (std::size_t point = 0; point < count; point += step) scale.ticks.push_back({static_cast<double>(point), chart_.labels[point]});
    return scale;
  }

  void draw_lines() {
    draw_legend();
    const Scale y_scale = value_scale(false, 6), along = x_scale();
    double left = 0;
    for (const Tick& tick : y_scale.ticks) left = std::max(left, width_of(tick.text));
    left += margin + 8;
    const double right = width - margin - 24, top = y_ + 12, bottom = top + 260;
    const auto x_of = [&](double value) { return left + (right - left) * along.share(value); };
    const auto y_of = [&](double value) { return bottom - (bottom - top) * y_scale.share(value); };
    for (const Tick& tick : y_scale.ticks) {
      out_ += fmt::format("<line x1=\"{0}\" y1=\"{2}\" x2=\"{1}\" y2=\"{2}\" class=\"{3}\"/>\n", place(left), place(right), place(y_of(tick.at)), tick.at == 0 ? "axis" : "grid");
      out_ += text_element(left - 8, y_of(tick.at) + 4, "end tick", tick.text, 20);
    }
    out_ += fmt::format("<line x1=\"{0}\" y1=\"{2}\" x2=\"{1}\" y2=\"{2}\" class=\"axis\"/>\n", place(left), place(right), place(bottom));
    for (const Tick& tick : along.ticks) {
      out_ += fmt::format("<line x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\" class=\"axis\"/>\n", place(x_of(tick.at)), place(bottom), place(bottom + 5));
      out_ += text_element(x_of(tick.at), bottom + 18, "middle tick", tick.text, longest_label / 2);
    }
    for (std::size_t s = 0; s < chart_.series.size(); ++s) draw_line(s, x_of, y_of);
    y_ = bottom + 26;
    draw_caption(x_caption());
  }

  // Ticks of hours do not say of which day.
  std::string x_caption() const {
    if (chart_.axis != Chart::Axis::times) return chart_.x_name;
    const std::string first = chart_.labels.front().substr(0, 10), last = chart_.labels.back().substr(0, 10);
    return fmt::format("{}, {}", chart_.x_name, first == last ? first : first + " to " + last);
  }

  template <typename X, typename Y>
  void draw_line(std::size_t s, const X& x_of, const Y& y_of) {
    const ChartSeries& series = chart_.series[s];
    std::string path, dots;
    bool is_open = false;
    const bool has_dots = chart_.labels.size() <= 100;
    for (std::size_t point = 0; point < chart_.labels.size(); ++point) {
      if (!series.values[point]) {
        is_open = false;
        continue;
      }
      const double x = x_of(chart_.places.empty() ? static_cast<double>(point) : chart_.places[point]), y = y_of(*series.values[point]);
      path += fmt::format("{}{} {}", is_open ? "L" : "M", place(x), place(y));
      const bool is_alone = !is_open && (point + 1 == chart_.labels.size() || !series.values[point + 1]);
      is_open = true;
      if (has_dots || is_alone) dots += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"3\" class=\"s{}\"><title>{}</title></circle>\n", place(x), place(y), s % colors, xml_text(tip(point, series)));
    }
    if (!path.empty()) out_ += fmt::format("<path d=\"{}\" class=\"l{}\"/>\n", path, s % colors);
    out_ += dots;
  }

  void draw_pie() {
    const ChartSeries& series = chart_.series.front();
    double sum = 0;
    for (const auto& value : series.values) sum += value.value_or(0);
    const double radius = 130, x = margin + radius, height = std::max(radius * 2, line_height * static_cast<double>(chart_.labels.size()));
    const double y = y_ + 8 + radius;
    double angle = 0;
    for (std::size_t point = 0; point < chart_.labels.size(); ++point) {
      const double share = series.values[point].value_or(0) / sum;
      const std::string text = fmt::format("{} ({:.1f} %)", tip(point, series), share * 100);
      out_ += slice(x, y, radius, angle, angle + share, point % colors, text);
      angle += share;
      const double row = y_ + 8 + line_height * static_cast<double>(point);
      out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"12\" height=\"12\" class=\"s{}\"/>\n", place(x + radius + 40), place(row + 2), point % colors);
      out_ += text_element(x + radius + 58, row + 12, "label", chart_.labels[point], longest_label);
      out_ += text_element(width - margin, row + 12, "end value", fmt::format("{} ({:.1f} %)", cut_text(series.texts[point], 20), share * 100), longest_label);
    }
    y_ += 8 + height + 12;
    draw_caption(series.name);
  }

  // A slice that is all is a circle: an arc that ends where it begins is none.
  static std::string slice(double x, double y, double radius, double from, double to, std::size_t color, const std::string& title) {
    const std::string rest = fmt::format(" class=\"slice s{}\"><title>{}</title>", color, xml_text(title));
    if (to - from > 0.9999) return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}</circle>\n", place(x), place(y), place(radius), rest);
    const auto at = [&](double turn) {
      const double angle = (turn - 0.25) * 2 * std::numbers::pi;
      return fmt::format("{:.2f} {:.2f}", x + radius * std::cos(angle), y + radius * std::sin(angle));
    };
    return fmt::format("<path d=\"M{0} {1}L{2}A{3} {3} 0 {4} 1 {5}Z\"{6}</path>\n", place(x), place(y), at(from), place(radius), to - from > 0.5 ? 1 : 0, at(to), rest);
  }

  const Report& report_;
  const QueryResult& result_;
  const Chart& chart_;
  std::string out_;
  double y_ = 0;
};

std::string description_of(const Report& report, const QueryResult& result, const Chart& chart) {
  std::string text = report.description.empty() ? "" : report.description + " ";
  if (result.rows.empty()) return text + "No rows.";
  if (chart.kind == ChartKind::number) return text + chart.series.front().name + ": " + chart.series.front().texts.front();
  std::string names;
  for (const ChartSeries& series : chart.series) names += (names.empty() ? "" : ", ") + series.name;
  return text + fmt::format("A {} chart of {} by {}, {} row{}.", to_string(chart.kind), names, chart.x_name, result.rows.size(), result.rows.size() == 1 ? "" : "s");
}

std::string element(const Report& report, const QueryResult& result, const Chart& chart, const std::string& id, const std::string& style) {
  ChartDrawing drawing(report, result, chart);
  const std::string drawn = drawing.run(!style.empty());  // alone it has rules of its own, and nothing that stands above it
  const std::string height = place(std::ceil(drawing.height()));
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" aria-labelledby=\"{2}-title {2}-desc\">\n"
             "<title id=\"{2}-title\">{3}</title>\n<desc id=\"{2}-desc\">{4}</desc>\n",
             place(width), height, id, xml_text(report.title), xml_text(description_of(report, result, chart))) +
         style + drawn + "</svg>\n";
}

}  // namespace

std::string svg_style() {
  constexpr std::array<const char*, colors> light = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6a51a3", "#777777"};
  constexpr std::array<const char*, colors> dark = {"#4aa8e0", "#f08040", "#2cc79c", "#e29bc4", "#f0b83c", "#8fd0f5", "#a592d6", "#aaaaaa"};
  std::string text =
      ".chart{max-width:100%;height:auto;font:12px system-ui,sans-serif;fill:#1a1a1a}\n.chart .note,.chart .tick{fill:#5a5a5a}\n.chart .middle{text-anchor:middle}\n.chart .end{text-anchor:end}\n"
      ".chart .heading{font-size:16px;font-weight:600}\n.chart .number{font-size:44px;font-weight:600}\n.chart .long{font-size:22px}\n.chart .grid{stroke:#dddddd}\n.chart .axis{stroke:#888888}\n.chart .slice{stroke:#ffffff}\n";
  std::string night = ".chart{fill:#eeeeee}.chart .note,.chart .tick{fill:#b0b0b0}.chart .grid{stroke:#3a3a3a}.chart .slice{stroke:#161616}";
  for (std::size_t i = 0; i < colors; ++i) {
    text += fmt::format(".chart .s{0}{{fill:{1}}}.chart .l{0}{{fill:none;stroke:{1};stroke-width:2}}\n", i, light[i]);
    night += fmt::format(".chart .s{0}{{fill:{1}}}.chart .l{0}{{stroke:{1}}}", i, dark[i]);
  }
  return text + "@media screen and (prefers-color-scheme:dark){" + night + "}\n";
}

std::string svg_element(const Report& report, const QueryResult& result, const Chart& chart, const std::string& id) { return element(report, result, chart, id, ""); }

Result<std::string> svg_of(const Report& report, const QueryResult& result) {
  WEIR_ASSIGN(const Chart chart, make_chart(report, result));
  const std::string paper = "svg{background:#ffffff}@media screen and (prefers-color-scheme:dark){svg{background:#161616}}\n";
  return element(report, result, chart, "chart", "<style>\n" + paper + svg_style() + "</style>\n");
}

}  // namespace weir
