// weir_udf.hpp — for authors of plugins in C++17 or later: a scalar function is one lambda, a table function another, an aggregate a small class.
//
//   #include <weir_udf.hpp>
//
//   WEIR_PLUGIN("acme", "1.0.0", plugin) {
//     plugin.scalar("double_it", [](std::int64_t number) { return 2 * number; }).summary("Twice a number.").example("double_it(21)", "42");
//   }
//
// Types follow from the lambda: bool, std::int32_t, std::int64_t, double, Decimal<p, s>, std::string_view (or std::string as a result), BytesView and
// Bytes, JsonView and Json, Date, Timestamp. A std::optional parameter sees NULL; without one, NULL gives NULL and the lambda is not called. A
// std::optional result may be NULL. An exception becomes the error of its row; RowError chooses the reject reason. A lambda is called by
// several threads, each with a copy of its own: what it captures by value needs no lock.
//
// Header only; made of weir_udf.h, nothing of C++ crosses the border.
#pragma once

#include <weir_udf_values.hpp>

#include <new>

namespace weir::udf {

/// What is known of a call in a pipeline before any row comes.
class CallSite {
 public:
  explicit CallSite(const weir_call_site& site) : site_(site) {}
  std::size_t argument_count() const { return site_.argument_count; }
  /// "string", "decimal(10,2)".
  std::string type(std::size_t argument) const { return site_.types[argument]; }
  /// The literal given for an argument; nothing where it is no literal, or NULL.
  template <typename T>
  std::optional<T> constant(std::size_t argument) const {
    const ArrowArray* array = argument < argument_count() ? site_.constants[argument] : nullptr;
    if (array == nullptr || weir_is_null(array, 0)) return std::nullopt;
    return detail::TypeOf<T>::read(*array, 0);
  }

 private:
  const weir_call_site& site_;
};

/// An argument of a batch function: one value per row. Values of rows where a NULL counts (no std::optional) are harmless.
template <typename T>
class Values {
 public:
  explicit Values(const ArrowArray& array) : array_(&array) {}
  std::size_t size() const { return static_cast<std::size_t>(array_->length); }
  bool is_null(std::size_t row) const { return weir_is_null(array_, static_cast<std::int64_t>(row)); }
  T operator[](std::size_t row) const { return detail::read_argument<T>(*array_, static_cast<std::int64_t>(row)); }

 private:
  const ArrowArray* array_;
};

/// What a batch function gives: exactly one of add, add_null and add_error for every row, in their order.
template <typename T>
class Results {
 public:
  Results(std::size_t rows, const weir_call* call) : rows_(rows), maker_(detail::make_column<T>(rows)), call_(call) {}
  std::size_t wanted() const { return rows_; }
  void add(const T& value) { detail::add_value(maker_, value); }
  void add_null() { maker_.add_null(detail::TypeOf<T>::width); }
  void add_error(const char* code, const char* message) {
    call_->row_error(call_, static_cast<std::int64_t>(maker_.rows()), code, message);
    add_null();
  }
  void finish(weir_column* out) { detail::finish_column<T>(maker_, out); }

 private:
  std::size_t rows_;
  detail::ColumnMaker maker_;
  const weir_call* call_;
};

/// The rows that a table function makes of one row.
template <typename... Columns>
class Rows {
 public:
  Rows() : makers_{detail::make_column<detail::ValueOf<Columns>>(0)...} {}
  void add(const Columns&... values) {
    std::size_t i = 0;
    (detail::add_value(makers_[i++], values), ...);
    ++count_;
  }
  std::int32_t count() const { return count_; }
  void finish(weir_column* out) {
    std::size_t i = 0;
    ((detail::finish_column<detail::ValueOf<Columns>>(makers_[i], &out[i]), ++i), ...);
  }

 private:
  detail::ColumnMaker makers_[sizeof...(Columns)];
  std::int32_t count_ = 0;
};

namespace detail {

template <typename T>
struct BatchForm;
template <typename Body, typename T, typename... Arguments>
struct BatchForm<void (Body::*)(Results<T>&, Arguments...) const> {
  using Result = T;
  template <typename Argument> struct Element;
  template <typename E> struct Element<Values<E>> { using type = E; };
  using Parameters = ParameterList<std::tuple<typename Element<std::decay_t<Arguments>>::type...>>;
  static void call(const Body& body, Results<T>& results, const ArrowArray* const* arguments) {
    call(body, results, arguments, std::index_sequence_for<Arguments...>{});
  }
  template <std::size_t... I>
  static void call(const Body& body, Results<T>& results, [[maybe_unused]] const ArrowArray* const* arguments, std::index_sequence<I...>) {
    body(results, std::decay_t<Arguments>(*arguments[I])...);
  }
};

template <typename T>
struct TableForm;
template <typename Body, typename... Columns, typename... Arguments>
struct TableForm<void (Body::*)(Rows<Columns...>&, Arguments...) const> {
  using Made = Rows<Columns...>;
  using Parameters = ParameterList<std::tuple<std::decay_t<Arguments>...>>;
  static std::vector<const char*> types() { return {TypeOf<ValueOf<Columns>>::name...}; }
};

// The description of one function, with all that it points at.
struct Declared {
  weir_function function{};
  std::string name, family, signature, summary;
  std::vector<std::string> aliases, parameter_names, column_names;
  std::vector<std::pair<std::string, std::string>> examples;
  std::vector<const char*> parameters, column_types, alias_pointers;
  std::vector<weir_example> example_pointers;
  std::vector<weir_field> columns;
  std::shared_ptr<const void> body;

  void settle(const std::string& plugin) {
    function.struct_size = sizeof(weir_function);
    function.name = name.c_str();
    if (family.empty()) family = plugin;
    function.family = family.c_str();
    function.summary = summary.c_str();
    for (const std::string& alias : aliases) alias_pointers.push_back(alias.c_str());
    alias_pointers.push_back(nullptr);
    function.aliases = alias_pointers.data();
    for (const auto& [expression, result] : examples) example_pointers.push_back({expression.c_str(), result.c_str()});
    function.examples = example_pointers.data();
    function.example_count = static_cast<std::uint32_t>(example_pointers.size());
    function.parameters = parameters.data();
    function.parameter_count = static_cast<std::uint32_t>(parameters.size());
    for (std::size_t i = 0; i < column_types.size(); ++i) columns.push_back({column_names.at(i).c_str(), column_types[i]});
    function.columns = columns.data();
    function.column_count = static_cast<std::uint32_t>(columns.size());
    write_signature();
  }

  void write_signature() {
    signature = name + "(";
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      signature += i == 0 ? "" : ", ";
      if (i < parameter_names.size()) signature += parameter_names[i] + " ";
      signature += parameters[i];
    }
    signature += ") -> ";
    if (function.kind != WEIR_TABLE) signature += function.result;
    for (std::size_t i = 0; i < columns.size(); ++i)
      signature += std::string(i == 0 ? "rows (" : ", ") + columns[i].name + " " + columns[i].type;
    if (function.kind == WEIR_TABLE) signature += ")";
    function.signature = signature.c_str();
  }
};

// One body per state, so that threads share nothing.
template <typename Factory, typename Body>
void keep_bodies(Declared& declared, Factory factory) {
  declared.body = std::make_shared<const Factory>(std::move(factory));
  declared.function.user = declared.body.get();
  declared.function.prepare = [](const weir_function* function, const weir_call_site* site, void** state, const weir_call* call) {
    return guarded(call, [&] { *state = new Body((*static_cast<const Factory*>(function->user))(CallSite(*site))); });
  };
  declared.function.drop = [](void* state) { delete static_cast<Body*>(state); };
}

template <typename Body>
int evaluate_rows(void* state, const ArrowArray* const* arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call* call) {
  using Returned = typename SignatureOf<Body>::Returned;
  using List = ParameterList<typename SignatureOf<Body>::Parameters>;
  return guarded(call, [&] {
    ColumnMaker maker = make_column<ValueOf<Returned>>(static_cast<std::size_t>(rows));
    Body& body = *static_cast<Body*>(state);
    for (std::int64_t row = 0; row < rows; ++row) {
      const bool is_done = !List::has_null(arguments, row) &&
                           guarded_row(call, row, [&] { add_value<Returned>(maker, List::call(body, arguments, row)); });
      if (!is_done) maker.add_null(TypeOf<ValueOf<Returned>>::width);
    }
    finish_column<ValueOf<Returned>>(maker, result);
  });
}

template <typename Body>
int evaluate_batch(void* state, const ArrowArray* const* arguments, std::uint32_t, std::int64_t rows, weir_column* result, const weir_call* call) {
  using Form = BatchForm<decltype(&Body::operator())>;
  return guarded(call, [&] {
    Results<typename Form::Result> results(static_cast<std::size_t>(rows), call);
    Form::call(*static_cast<Body*>(state), results, arguments);
    results.finish(result);
  });
}

template <typename Body>
int expand_rows(void* state, const ArrowArray* const* arguments, std::uint32_t, std::int64_t rows, weir_column* offsets, weir_column* made,
                const weir_call* call) {
  using Form = TableForm<decltype(&Body::operator())>;
  return guarded(call, [&] {
    typename Form::Made out;
    ColumnMaker ends = make_column<std::int32_t>(static_cast<std::size_t>(rows) + 1);
    ends.add_fixed(std::int32_t{0});
    const auto bound = [&](auto&&... values) { (*static_cast<Body*>(state))(out, values...); };
    for (std::int64_t row = 0; row < rows; ++row) {
      if (!Form::Parameters::has_null(arguments, row)) guarded_row(call, row, [&] { Form::Parameters::call(bound, arguments, row); });
      ends.add_fixed(out.count());
    }
    finish_column<std::int32_t>(ends, offsets);
    out.finish(made);
  });
}

// The bodies of an aggregate over a class with add, merge, finish, and save and load unless its bytes are all there is to it.
template <typename Group>
struct AggregateBodies {
  using List = ParameterList<typename Signature<decltype(&Group::add)>::Parameters>;
  using Returned = typename Signature<decltype(&Group::finish)>::Returned;

  static std::string saved(const Group& group) {
    if constexpr (std::is_trivially_copyable_v<Group>) {
      return std::string(reinterpret_cast<const char*>(&group), sizeof(Group));
    } else {
      return group.save();
    }
  }
  static Group loaded(std::string_view bytes) {
    if constexpr (std::is_trivially_copyable_v<Group>) {
      if (bytes.size() != sizeof(Group)) throw std::runtime_error("the saved group is of another size");
      Group group;
      std::memcpy(&group, bytes.data(), sizeof(Group));
      return group;
    } else {
      return Group::load(bytes);
    }
  }

  static int start(void*, void* group, const weir_call* call) {
    return guarded(call, [&] { new (group) Group(); });
  }
  static void stop(void*, void* group) { static_cast<Group*>(group)->~Group(); }
  static int add(void*, void* const* groups, const ArrowArray* const* arguments, std::uint32_t, std::int64_t rows, const weir_call* call) {
    return guarded(call, [&] {
      for (std::int64_t row = 0; row < rows; ++row) {
        if (groups[row] == nullptr || List::has_null(arguments, row)) continue;
        const auto into = [&](auto&&... values) { static_cast<Group*>(groups[row])->add(values...); };
        guarded_row(call, row, [&] { List::call(into, arguments, row); });
      }
    });
  }
  static int merge(void*, void* into, const void* from, const weir_call* call) {
    return guarded(call, [&] { static_cast<Group*>(into)->merge(*static_cast<const Group*>(from)); });
  }
  static int result(void*, const void* const* groups, std::int64_t count, weir_column* out, const weir_call* call) {
    return guarded(call, [&] {
      ColumnMaker maker = make_column<ValueOf<Returned>>(static_cast<std::size_t>(count));
      for (std::int64_t i = 0; i < count; ++i) {
        if (!guarded_row(call, i, [&] { add_value<Returned>(maker, static_cast<const Group*>(groups[i])->finish()); }))
          maker.add_null(TypeOf<ValueOf<Returned>>::width);
      }
      finish_column<ValueOf<Returned>>(maker, out);
    });
  }
  static int save(void*, const void* const* groups, std::int64_t count, weir_column* out, const weir_call* call) {
    return guarded(call, [&] {
      ColumnMaker maker = make_column<Bytes>(static_cast<std::size_t>(count));
      for (std::int64_t i = 0; i < count; ++i) maker.add_text(saved(*static_cast<const Group*>(groups[i])));
      finish_column<Bytes>(maker, out);
    });
  }
  static int load(void*, void* group, const char* bytes, std::size_t length, const weir_call* call) {
    return guarded(call, [&] { *static_cast<Group*>(group) = loaded({bytes, length}); });
  }
  static_assert(alignof(Group) <= 16, "a group lies in memory aligned to 16 bytes");
  static inline const weir_aggregate bodies{sizeof(weir_aggregate), sizeof(Group), start, stop, add, merge, result, save, load};
};

}  // namespace detail

/// What is said of a function; each returns itself, to go on.
class Function {
 public:
  explicit Function(detail::Declared& declared) : declared_(&declared) {}
  /// One sentence, ending in a full stop. Required.
  Function& summary(std::string text) { return declared_->summary = std::move(text), *this; }
  /// Run by `weir plugin check` and printed in the reference: example("initials('ada lovelace')", "al").
  Function& example(std::string expression, std::string result) {
    return declared_->examples.emplace_back(std::move(expression), std::move(result)), *this;
  }
  Function& alias(std::string name) { return declared_->aliases.push_back(std::move(name)), *this; }
  Function& family(std::string heading) { return declared_->family = std::move(heading), *this; }
  /// Names of the parameters, for the signature.
  Function& parameters(std::vector<std::string> names) { return declared_->parameter_names = std::move(names), *this; }
  /// Results are remembered per distinct argument.
  Function& expensive() { return declared_->function.flags |= WEIR_EXPENSIVE, *this; }
  /// Equal arguments may give different results: the clock, chance, a service.
  Function& not_deterministic() { return declared_->function.flags &= ~static_cast<std::uint64_t>(WEIR_DETERMINISTIC), *this; }

 private:
  detail::Declared* declared_;
};

class Plugin {
 public:
  Plugin(std::string name, std::string version) : name_(std::move(name)), version_(std::move(version)) {}

  /// One value per row: plugin.scalar("name", [](arguments...) { return value; }).
  template <typename Body>
  Function scalar(std::string name, Body body) {
    return prepared(std::move(name), [body = std::move(body)](const CallSite&) { return body; });
  }

  /// As scalar, with a lambda made for each call: plugin.prepared("name", [](const CallSite& site) { return [...](arguments...) {...}; }).
  /// What it throws is an error of the pipeline file.
  template <typename Factory>
  Function prepared(std::string name, Factory factory) {
    using Body = std::invoke_result_t<const Factory&, const CallSite&>;
    using Returned = typename detail::SignatureOf<Body>::Returned;
    using List = detail::ParameterList<typename detail::SignatureOf<Body>::Parameters>;
    detail::Declared& declared = declare(std::move(name), WEIR_SCALAR, List::names(), List::is_strict);
    if (List::is_strict && !detail::IsOptional<Returned>::value) declared.function.flags |= WEIR_NEVER_NULL;
    declared.function.result = detail::TypeOf<detail::ValueOf<Returned>>::name;
    declared.function.evaluate = detail::evaluate_rows<Body>;
    detail::keep_bodies<Factory, Body>(declared, std::move(factory));
    return Function(declared);
  }

  /// All rows of a batch at once: plugin.batch("name", [](Results<double>& results, Values<double> a, Values<double> b) {...}).
  template <typename Body>
  Function batch(std::string name, Body body) {
    using Form = detail::BatchForm<decltype(&Body::operator())>;
    detail::Declared& declared = declare(std::move(name), WEIR_SCALAR, Form::Parameters::names(), Form::Parameters::is_strict);
    declared.function.result = detail::TypeOf<typename Form::Result>::name;
    declared.function.evaluate = detail::evaluate_batch<Body>;
    keep(declared, std::move(body));
    return Function(declared);
  }

  /// Any number of rows per row: plugin.table("words", {"word", "place"}, [](Rows<std::string_view, std::int32_t>& out, std::string_view text) {...}).
  template <typename Body>
  Function table(std::string name, std::vector<std::string> columns, Body body) {
    using Form = detail::TableForm<decltype(&Body::operator())>;
    detail::Declared& declared = declare(std::move(name), WEIR_TABLE, Form::Parameters::names(), Form::Parameters::is_strict);
    declared.column_names = std::move(columns);
    declared.column_types = Form::types();
    declared.function.expand = detail::expand_rows<Body>;
    keep(declared, std::move(body));
    return Function(declared);
  }

  /// A class of one group: void add(arguments...), void merge(const Group&), Result finish() const, and, unless it is trivially copyable,
  /// std::string save() const and static Group load(std::string_view).
  template <typename Group>
  Function aggregate(std::string name) {
    using Bodies = detail::AggregateBodies<Group>;
    detail::Declared& declared = declare(std::move(name), WEIR_AGGREGATE, Bodies::List::names(), Bodies::List::is_strict);
    declared.function.result = detail::TypeOf<detail::ValueOf<typename Bodies::Returned>>::name;
    declared.function.aggregate = &Bodies::bodies;
    return Function(declared);
  }

  /// For WEIR_PLUGIN: called once, after everything has been declared.
  const weir_plugin* description() {
    for (const auto& declared : declared_) {
      declared->settle(name_);
      pointers_.push_back(&declared->function);
    }
    plugin_ = {sizeof(weir_plugin), WEIR_UDF_MAGIC, WEIR_UDF_MAJOR, WEIR_UDF_MINOR, name_.c_str(), version_.c_str(), pointers_.data(),
               static_cast<std::uint32_t>(pointers_.size()), 0};
    return &plugin_;
  }

 private:
  detail::Declared& declare(std::string name, std::uint32_t kind, std::vector<const char*> parameters, bool is_strict) {
    declared_.push_back(std::make_unique<detail::Declared>());
    detail::Declared& declared = *declared_.back();
    declared.name = std::move(name);
    declared.function.kind = kind;
    declared.function.flags = WEIR_DETERMINISTIC | (is_strict ? WEIR_STRICT : 0);
    declared.parameters = std::move(parameters);
    return declared;
  }
  template <typename Body>
  void keep(detail::Declared& declared, Body body) {
    auto factory = [body = std::move(body)](const CallSite&) { return body; };
    detail::keep_bodies<decltype(factory), Body>(declared, std::move(factory));
  }

  std::string name_, version_;
  std::vector<std::unique_ptr<detail::Declared>> declared_;
  std::vector<const weir_function*> pointers_;
  weir_plugin plugin_{};
};

namespace detail {

inline const weir_plugin* enter(Plugin& plugin, void (*define)(Plugin&), const weir_host* host) noexcept {
  try {
    define(plugin);
    return plugin.description();
  } catch (const std::exception& error) {
    host->fail(host, error.what());
  } catch (...) {
    host->fail(host, "threw something that is no std::exception");
  }
  return nullptr;
}

}  // namespace detail
}  // namespace weir::udf

/// Defines the plugin of a shared object, once: WEIR_PLUGIN("acme", "1.0.0", plugin) { plugin.scalar(...); }
#define WEIR_PLUGIN(plugin_name, plugin_version, plugin)                                     \
  static void weir_define_plugin(weir::udf::Plugin& plugin);                                 \
  extern "C" WEIR_EXPORT const weir_plugin* weir_plugin_entry(const weir_host* host) {       \
    static weir::udf::Plugin described(plugin_name, plugin_version);                         \
    return weir::udf::detail::enter(described, weir_define_plugin, host);                    \
  }                                                                                          \
  static void weir_define_plugin(weir::udf::Plugin& plugin)
