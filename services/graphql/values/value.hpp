#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace puff::graphql {

class value;
struct named_type;
struct value_node;
struct outside_value;

/// The name of an enum's value, as a literal or after coercion.
struct enum_name {
  std::string name;
  bool operator==(const enum_name&) const = default;
};

/// Why a value could not be had. `extensions` is the text of a JSON object, or empty.
struct field_failure {
  std::string message;
  std::string extensions;
  bool operator==(const field_failure&) const = default;
};

using value_list = std::vector<value>;
/// Entries in the order in which they were written; a name that is not there is absent, which is
/// not null.
using value_object = std::vector<std::pair<std::string, value>>;

/// A value at run time: of a variable, an argument, or of data that lies in memory. Copying copies
/// all of it, but for what is parsed outside, which is shared.
class value {
 public:
  enum class kind : std::uint8_t {
    null,
    boolean,
    integer,
    real,
    text,
    enumeration,
    list,
    object,
    failure,
    outside
  };

  value() = default;
  value(std::nullptr_t) noexcept {}
  value(bool v) : data_(v) {}
  value(int v) : data_(std::int64_t{v}) {}
  value(std::int64_t v) : data_(v) {}
  value(double v) : data_(v) {}
  value(const char* v) : data_(std::string{v}) {}
  value(std::string v) : data_(std::move(v)) {}
  value(enum_name v) : data_(std::move(v)) {}
  value(value_list v) : data_(std::move(v)) {}
  value(value_object v) : data_(std::move(v)) {}
  /// An error in the place of a value; in data only, never in input.
  value(field_failure v) : data_(std::move(v)) {}
  /// Of a scalar whose values are parsed outside; in input only.
  value(std::shared_ptr<outside_value> v) : data_(std::move(v)) {}

  kind what() const noexcept { return static_cast<kind>(data_.index()); }
  bool is_null() const noexcept { return data_.index() == 0; }
  bool is_text() const noexcept { return what() == kind::text; }
  bool is_list() const noexcept { return what() == kind::list; }
  bool is_object() const noexcept { return what() == kind::object; }

  // Each for its own kind only.
  bool boolean() const { return std::get<bool>(data_); }
  std::int64_t integer() const { return std::get<std::int64_t>(data_); }
  double real() const { return std::get<double>(data_); }
  const std::string& text() const { return std::get<std::string>(data_); }
  const std::string& enumeration() const { return std::get<enum_name>(data_).name; }
  const value_list& list() const { return std::get<value_list>(data_); }
  value_list& list() { return std::get<value_list>(data_); }
  const value_object& object() const { return std::get<value_object>(data_); }
  value_object& object() { return std::get<value_object>(data_); }
  const field_failure& failure() const { return std::get<field_failure>(data_); }
  const std::shared_ptr<outside_value>& outside() const {
    return std::get<std::shared_ptr<outside_value>>(data_);
  }

  /// What came, of a value that is parsed outside; otherwise itself.
  const value& plain() const noexcept;

  /// The entry of an object; none if it is absent or this is no object.
  const value* find(std::string_view name) const noexcept;

  bool operator==(const value&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, enum_name, value_list,
               value_object, field_failure, std::shared_ptr<outside_value>>
      data_;
};

/// An input value of a scalar whose function runs elsewhere, in Python for instance: it is parsed
/// before its request is executed. Written by the parser alone, then only read.
struct outside_value {
  /// Why it was refused.
  struct fault {
    field_failure what;
    bool is_for_clients = false;  ///< the message says it all
  };

  value raw;                             ///< as it came
  const named_type* type = nullptr;      ///< the scalar
  const value_node* literal = nullptr;   ///< that it was written as; null: it came as JSON
  std::string path{};                    ///< of JSON: where in a variable, ".a[0]"
  std::shared_ptr<const void> parsed{};  ///< what only the parser's side can read; null: not parsed
  std::optional<fault> wrong{};
};

inline const value& value::plain() const noexcept {
  return what() == kind::outside ? std::get<std::shared_ptr<outside_value>>(data_)->raw : *this;
}

/// Appends `v` as JSON; an enum's value is its name.
void append_json(std::string& out, const value& v);
std::string to_json(const value& v);

}  // namespace puff::graphql
