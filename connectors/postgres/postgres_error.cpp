// postgres_error.cpp — classifies what Postgres and libpq report.
#include "connectors/postgres/postgres_error.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace weir {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  return text;
}

bool is_state(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(),
                                         [](unsigned char c) { return std::isdigit(c) || std::isupper(c); });
}

std::string field(const PGresult* result, int code) {
  const char* text = result == nullptr ? nullptr : PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

// The state of "FATAL:  28P01: password authentication failed"; the word before it is translated by the
// server.
std::string state_in(std::string_view message) {
  for (auto at = message.find(":  "); at != std::string_view::npos; at = message.find(":  ", at + 1)) {
    const std::string_view state = message.substr(at + 3, std::min<std::size_t>(5, message.size() - at - 3));
    if (is_state(state) && message.substr(at + 8).starts_with(": ")) return std::string(state);
  }
  return {};
}

}  // namespace

ErrorKind kind_of_sqlstate(std::string_view state) {
  if (state.empty()) return ErrorKind::service;
  const std::string_view group = state.substr(0, 2);
  constexpr std::array<std::string_view, 4> service_groups{"08", "53", "57", "58"};
  if (std::find(service_groups.begin(), service_groups.end(), group) != service_groups.end())
    return ErrorKind::service;
  constexpr std::array<std::string_view, 5> service_states{"40001", "40P01", "55P03", "25P03", "25006"};
  if (std::find(service_states.begin(), service_states.end(), state) != service_states.end())
    return ErrorKind::service;
  if (group == "22" || group == "23" || state == "54000") return ErrorKind::data;
  if (group == "42" || group == "28" || group == "3D" || group == "3F" || group == "0A")
    return ErrorKind::user;
  return ErrorKind::fatal;
}

bool is_worth_repeating(const Error& error) {
  return error.code() == "40001" || error.code() == "40P01" || error.code() == "55P03";
}

Error error_of_result(const PGresult* result, std::string_view fallback) {
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message.empty()) message = trimmed(fallback);
  if (message.empty()) message = "the connection to the server was lost";
  const std::string detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  if (!detail.empty()) message += " (" + detail + ")";
  return Error{kind_of_sqlstate(state), std::move(message)}.with_code(state);
}

Error error_of_connecting(std::string_view message) {
  const std::string state = state_in(message);
  std::string text(trimmed(message));
  if (!state.empty()) {
    const auto begin = text.find(state + ": ");
    text = text.substr(begin + state.size() + 2);
    if (const auto end = text.find('\n'); end != std::string::npos) text.resize(end);
  }
  for (std::size_t at; (at = text.find_first_of("\n\t")) != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_not_of(" \n\t", at), text.size());
    text.replace(at, end - at, 1, ' ');
  }
  return Error{kind_of_sqlstate(state), std::move(text)}.with_code(state);
}

}  // namespace weir
