#ifndef PUFF_SCHEMAS_ADDON_H
#define PUFF_SCHEMAS_ADDON_H

/* The line between Puff and an add-on, in C: a shared library that Puff loads into its process.
 *
 * The library exports one function, `puff_addon_entry`, which returns a constant description of the
 * add-on. Puff checks it, then calls `start` with a table of its own functions: there, and nowhere
 * else, the add-on registers what it has. Every table and struct begins with its size, so that
 * either side may know more members than the other: look at `size` before you use a member that a
 * later version has added.
 *
 * Texts belong to whoever passes them and are good for the length of the call. Handles are numbers
 * that carry an epoch: one that was used up names nothing, and using it does nothing. No exception
 * may cross the line.
 *
 * Threads: Puff calls an add-on on threads that are the add-on's own, never on those that serve
 * others: it may block. What belongs to one actor (messages, answers to its questions, its timers)
 * comes one at a time. Puff's functions may be called from any thread, and none of them waits. */

// It is C.
// NOLINTBEGIN(modernize-*)
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PUFF_ADDON_MAGIC UINT32_C(0x46465550)
/* Raised when an add-on that was built for the one before cannot be used any more. */
#define PUFF_ADDON_ABI UINT32_C(1)

#if defined(__GNUC__)
#define PUFF_ADDON_EXPORT __attribute__((visibility("default")))
#else
#define PUFF_ADDON_EXPORT
#endif

typedef struct puff_text {
  const char* data; /* not ended by NUL */
  size_t size;
} puff_text;

typedef uint64_t puff_handle; /* 0 names nothing */
#define PUFF_ANYWHERE (~UINT64_C(0))

enum puff_status {
  PUFF_OK = 0,
  PUFF_BAD_ARGUMENT = 1,
  PUFF_NOT_FOUND = 2,
  PUFF_TIMED_OUT = 3,
  PUFF_CANCELLED = 4,
  PUFF_OVERLOADED = 5,
  PUFF_UNAVAILABLE = 6,
  PUFF_TOO_LARGE = 7,
  PUFF_FAILED = 8, /* the code of whoever was asked failed */
  PUFF_UNSUPPORTED = 9,
  PUFF_INTERNAL = 10
};

enum puff_log_level { PUFF_DEBUG = 0, PUFF_INFO = 1, PUFF_WARNING = 2, PUFF_ERROR = 3 };

/* What actors say to each other. An actor in Python takes the verb as its method's name, and a body
 * of application/json as an array of arguments. */
typedef struct puff_message {
  puff_text verb;
  puff_text content_type;
  puff_text body;
} puff_message;

typedef struct puff_field {
  puff_text name;
  puff_text value;
} puff_field;

typedef struct puff_request {
  uint32_t size;
  uint32_t reserved;
  puff_text method;
  puff_text target; /* as sent, with its query */
  puff_text body;   /* whole */
  puff_text client; /* address; empty on a unix socket */
  const puff_field* fields;
  size_t field_count;
  const puff_field* params; /* of the route's pattern, decoded */
  size_t param_count;
} puff_request;

/* A message for an actor, or a task to run. To be answered once by `answer` or `fail`, now or
 * later; `call` is 0 if nobody waits. */
typedef void (*puff_receive)(void* state, puff_handle call, const puff_message* message);
/* A request for a route. To be answered once by `respond`, now or later. */
typedef void (*puff_serve)(void* state, puff_handle exchange, const puff_request* request);
/* A command of the command line; returns the exit status. There is no node. */
typedef int (*puff_run)(void* state, const puff_text* words, size_t count);
/* The end of an `ask`: a reply with PUFF_OK, else a text in its body. Comes once. */
typedef void (*puff_replied)(void* state, uint32_t status, const puff_message* reply);
typedef void (*puff_fired)(void* state);

typedef struct puff_host {
  uint32_t size;
  uint32_t abi;
  void* self; /* the first argument of all functions */
  puff_text version;

  void (*log)(void* self, uint32_t level, puff_text text);
  /* A value of `settings` in puff.toml, good until the process ends; PUFF_NOT_FOUND. */
  uint32_t (*setting)(void* self, puff_text key, puff_text* value);

  /* Registrations: only during `start`. What they refuse is told as the reason why the add-on
   * cannot be used. An actor's handle names it in `ask` and `after`. */
  puff_handle (*add_actor)(void* self, puff_text name, puff_receive receive, void* state);
  uint32_t (*add_route)(void* self, puff_text method, puff_text pattern, puff_serve serve,
                        void* state);
  uint32_t (*add_command)(void* self, puff_text name, puff_text about, puff_run run, void* state);
  /* Runs what is added to any queue under this name; the message's body is the parameter and the
   * answer the result, both JSON. */
  uint32_t (*add_task)(void* self, puff_text name, puff_receive run, void* state);
  /* A module for `import`; `init` is its PyInit function. */
  uint32_t (*add_python_module)(void* self, puff_text name, void* (*init)(void));

  /* Messages to whoever has a name, on this node or another one of the cluster. The end comes as
   * the mail of `actor`; 0: on any of the add-on's threads; PUFF_ANYWHERE: on any thread at all,
   * and then `replied` must neither wait nor call back. */
  void (*tell)(void* self, puff_text name, const puff_message* message);
  void (*ask)(void* self, puff_handle actor, puff_text name, const puff_message* message,
              uint64_t within_ms, puff_replied replied, void* state);
  void (*answer)(void* self, puff_handle call, const puff_message* reply);
  void (*fail)(void* self, puff_handle call, uint32_t status, puff_text why);
  void (*respond)(void* self, puff_handle exchange, uint32_t http_status, const puff_field* fields,
                  size_t field_count, puff_text body);

  /* Calls `fired` once, `ms` from now. `cancel`: PUFF_OK if it will not fire any more. */
  puff_handle (*after)(void* self, puff_handle actor, uint64_t ms, puff_fired fired, void* state);
  uint32_t (*cancel)(void* self, puff_handle timer);

  /* This thread of the add-on begins (1) or has ceased (0) to wait for others: meanwhile another
   * one takes its place. */
  void (*wait)(void* self, uint32_t begins);
} puff_host;

typedef struct puff_addon {
  uint32_t magic; /* PUFF_ADDON_MAGIC */
  uint32_t abi;   /* PUFF_ADDON_ABI */
  uint32_t size;  /* sizeof(puff_addon) */
  uint32_t reserved;
  const char* name;    /* what people call it */
  const char* version; /* its own */

  /* Registers everything; `host` is good until the process ends. Anything but PUFF_OK refuses, for
   * the reason written to `why`, which has room for `room` bytes. */
  uint32_t (*start)(const puff_host* host, char* why, size_t room);
  /* The node runs now: messages can be sent. May be null. */
  void (*ready)(void);
  /* The node ends; nothing is called any more. May be null. */
  void (*stop)(void);
} puff_addon;

/* The one symbol of an add-on. */
typedef const puff_addon* (*puff_addon_entry_function)(void);

#ifdef __cplusplus
}
#endif

#endif
// NOLINTEND(modernize-*)
