// An add-on with a part for every fact that test_addons.py checks.
#include <Python.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <puff/addon.hpp>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using puff::addon::failure;
using puff::addon::host;
using puff::addon::message;
using puff::addon::question;
using puff::addon::request;
using puff::addon::response;
using namespace std::chrono_literals;

class counter : public puff::addon::actor {
  message receive(const message& what) override {
    if (what.verb == "throw") throw std::runtime_error{"out of tea"};
    if (what.verb == "throw_int") throw 42;
    return puff::addon::json(std::to_string(++count_));
  }
  int count_ = 0;
};

// Answers when it is told to, and asks the counter meanwhile.
class patient : public puff::addon::actor {
 public:
  explicit patient(host& puff) : puff_(puff) {}

  void receive(const message& what, question& from) override {
    if (what.verb == "wait") {
      waiting_.push_back(std::move(from));
      return;
    }
    if (what.verb == "release") {
      for (auto& each : waiting_) each.answer(puff::addon::json("\"released\""));
      waiting_.clear();
      return from.answer(puff::addon::json("null"));
    }
    puff_.after(
        10ms,
        [this, later = std::make_shared<question>(std::move(from))] {
          later->answer(puff::addon::json(std::to_string(++fired_)));
        },
        this);
  }

 private:
  host& puff_;
  std::vector<question> waiting_;
  int fired_ = 0;
};

response say(std::string text, std::uint16_t status = 200) {
  return {status, "text/plain", std::move(text)};
}

/// Blocks until the file exists.
void wait_for(const std::string& file) {
  while (!std::ifstream{file}) std::this_thread::sleep_for(2ms);
}

response ask(host& puff, const request& r) {
  try {
    auto reply = puff.ask(r.params.at("actor"), {r.params.at("verb"), "text/plain", r.body}, 5s);
    return say(reply.content_type + " " + reply.body);
  } catch (const failure& why) {
    return say(std::to_string(why.status()) + " " + why.what(), 502);
  }
}

PyObject* triple(PyObject*, PyObject* number) {
  return PyNumber_Multiply(number, PyLong_FromLong(3));
}
PyMethodDef functions[] = {{"triple", triple, METH_O, "Three times a number."},
                           {nullptr, nullptr, 0, nullptr}};
PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "trial_cpp", nullptr, -1, functions, nullptr, nullptr, nullptr, nullptr};
PyObject* make_module() { return PyModule_Create(&definition); }

void start(host& puff) {
  if (puff.setting("refuse") == "yes") throw std::runtime_error{"its setting says no"};
  puff.add_actor("counter", std::make_unique<counter>());
  puff.add_actor("patient", std::make_unique<patient>(puff));
  puff.add_route("GET", "/hello/{name}", [](const request& r) {
    return response{201, "text/plain", "hello " + r.params.at("name"), {{"X-Trial", "yes"}}};
  });
  puff.add_route("POST", "/ask/{actor}/{verb}", [&puff](const request& r) { return ask(puff, r); });
  puff.add_route("POST", "/tell/{actor}/{verb}", [&puff](const request& r) {
    puff.tell(r.params.at("actor"), {r.params.at("verb"), {}, {}});
    return say("told");
  });
  puff.add_route("POST", "/echo", [](const request& r) {
    return say(r.method + " " + r.target + " " + std::string{r.field("x-note")} + " " + r.body);
  });
  puff.add_route("GET", "/throws",
                 [](const request&) -> response { throw std::runtime_error{"no page"}; });
  puff.add_route("GET", "/blocks", [](const request& r) {
    wait_for(r.target.substr(r.target.find('?') + 1));
    return say("late");
  });
  puff.add_route("GET", "/setting/{key}", [&puff](const request& r) {
    return say(puff.setting(r.params.at("key"), "none"));
  });
  puff.add_command("trial_words", "Say the words", [](const std::vector<std::string>& words) {
    for (const auto& word : words) std::printf("[%s]\n", word.c_str());
    return static_cast<int>(words.size());
  });
  puff.add_command("trial_throws", "Throw",
                   [](const std::vector<std::string>&) -> int { throw std::runtime_error{"no"}; });
  puff.add_task("trial.double", [](const std::string& parameter) {
    return std::to_string(2 * std::stoi(parameter));
  });
  puff.add_task("trial.throws",
                [](const std::string&) -> std::string { throw std::runtime_error{"no tea"}; });
  puff.add_task("trial.blocks", [](const std::string& parameter) {
    std::this_thread::sleep_for(std::chrono::milliseconds{std::stoi(parameter)});
    return parameter;
  });
  puff.add_python_module("trial_cpp", make_module);
  puff.info("trial is loaded by Puff " + puff.version());
}

}  // namespace

PUFF_ADDON("trial", "1.2.3", start)
