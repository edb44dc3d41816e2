#include "services/graphql/transport/internal/playground_page.hpp"

namespace puff::graphql::internal {
namespace {

constexpr std::string_view head = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>GraphiQL</title>
<link rel="icon" href="data:,">
<style>html, body, #graphiql { height: 100%; margin: 0 } p { font: 16px sans-serif; margin: 2em }</style>
)";

constexpr std::string_view script = R"js(const { url, subscriptions } = document.body.dataset;

// GraphiQL tells what it has parsed, which is not always what it sends.
function operations(text) {
  const bare = text.replace(/"""[^]*?"""|"(?:\\.|[^"\\])*"|#.*/g, '');
  const found = [];
  let depth = 0;
  for (const [word, operation, name] of bare.matchAll(
    /[{}()]|\b(query|mutation|subscription)\b\s*(\w*)/g,
  )) {
    if (!operation) depth += '{('.includes(word) ? 1 : -1;
    else if (depth === 0) found.push({ operation, name });
  }
  return found;
}

const isSubscription = ({ query, operationName }) =>
  operations(query).some(
    (it) => it.operation === 'subscription' && (!operationName || it.name === operationName),
  );

// A subscription as a stream of events, where there is no path for WebSockets.
async function* events(params, { headers } = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify(params),
  });
  if (!answer.headers.get('Content-Type')?.startsWith('text/event-stream'))
    return yield await answer.json();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let text = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (text + value).split('\n\n');
      text = blocks.pop();
      for (const block of blocks)
        if (block.startsWith('event: next\ndata: ')) yield JSON.parse(block.slice(18));
    }
  } finally {
    reader.cancel();
  }
}

const sockets = new URL(subscriptions ?? '', location);
sockets.protocol = sockets.protocol.replace('http', 'ws');
const ask = GraphiQL.createFetcher({ url });
const listen = subscriptions
  ? (params, options) => overSockets(params, { ...options, documentAST: subscriptionNamed(params) })
  : events;
const overSockets = GraphiQL.createFetcher({ url, subscriptionUrl: sockets.href });
const subscriptionNamed = ({ operationName: value }) => ({
  kind: 'Document',
  definitions: [
    {
      kind: 'OperationDefinition',
      operation: 'subscription',
      name: value && { kind: 'Name', value },
    },
  ],
});
const fetcher = (params, options) => (isSubscription(params) ? listen : ask)(params, options);
const page = React.createElement(GraphiQL, { fetcher, defaultEditorToolsVisibility: true });
ReactDOM.createRoot(document.getElementById('graphiql')).render(page);
)js";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
  return out;
}

std::string script_tag(std::string_view assets, std::string_view file) {
  return "<script defer src=\"" + escaped(assets) + std::string{file} + "\"></script>\n";
}

}  // namespace

std::string playground_page(std::string_view assets, std::string_view endpoint,
                            std::string_view subscriptions) {
  std::string out{head};
  out += "<link rel=\"stylesheet\" href=\"" + escaped(assets) + "graphiql.min.css\">\n";
  for (const auto* file : {"react.production.min.js", "react-dom.production.min.js",
                           "graphiql.min.js", "playground.js"})
    out += script_tag(assets, file);
  out += "<body data-url=\"" + escaped(endpoint) + "\"";
  if (!subscriptions.empty()) out += " data-subscriptions=\"" + escaped(subscriptions) + "\"";
  return out += ">\n<div id=\"graphiql\"><p>GraphiQL is on its way.</p></div>\n</body>\n</html>\n";
}

std::string playground_missing(std::string_view files) {
  return std::string{head} +
         "<body><p>GraphiQL is not installed with this Puff, so there is no page here.</p>\n"
         "<p>Its files are looked for in <code>" +
         escaped(files) +
         "</code>. Puff's own <code>deploy/graphiql.sh</code> fetches them by npm; install Puff "
         "again afterwards. The schema itself is served.</p></body>\n</html>\n";
}

std::string_view playground_script() noexcept { return script; }

}  // namespace puff::graphql::internal
