// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What crosses from the addon to here, defined once. The types in `capture.ts` are derived from it, and
 * `npm run generate` writes the C++ headers: `native/base/capture_schema.h` (numbers and words) and
 * `native/values/capture_rows.h` (tables and records). `npm run lint` fails when those are not the same.
 */

/** The forms of a frame's function, by number. */
export const FRAME_KINDS = [
  'function',
  'generator',
  'async-function',
  'async-generator',
  'module',
  'callback',
  'wasm',
  'native',
] as const;

export const FRAME_STATES = ['running', 'suspended', 'not-started'] as const;

export const THREAD_STATUSES = [
  'ok',
  'timed-out',
  'exited',
  'not-registered',
] as const;

export const THREAD_ACTIVITIES = [
  'running',
  'idle',
  'blocked-in-native',
] as const;

/** What waits for several promises, by number; `CombinatorKind` names the same in that order. */
export const COMBINATORS = [
  'Promise.all',
  'Promise.allSettled',
  'Promise.any',
  'Promise.race',
  'import',
  'new Promise',
  'settled by one of',
  'Array.fromAsync',
] as const;

export const CombinatorKind = {
  all: 0,
  allSettled: 1,
  any: 2,
  race: 3,
  /** An import that waits for several modules. */
  modules: 4,
  /** One `resolve` function that the program has handed to several promises. */
  resolve: 5,
  /** Several activations that hold the promise's `resolve` or `reject`. */
  settlers: 6,
  /** Waits for one promise after the other. */
  fromAsync: 7,
} as const;

export const NodeType = {
  /** Its payload is an index into the sites. */
  frame: 0,
  /** Its payload is a `CombinatorKind`. */
  combinator: 1,
  /** A pending promise that nothing found is going to settle. */
  leaf: 2,
  /** The chain has come back to a frame above. */
  cycle: 3,
  /** What was awaited has settled: only the microtask is missing. */
  ready: 4,
  /** The stack goes on, deeper than any is shown. */
  cut: 5,
  /** What was awaited is gone, and no microtask waits for its turn. */
  collected: 6,
  /** A pending promise that nothing can ever settle. */
  never: 7,
} as const;

/** What a value is that a dump describes instead of holding it. */
export const PLAIN_KINDS = [
  'undefined',
  'null',
  'boolean',
  'number',
  'bigint',
  'string',
  'symbol',
  'function',
  'array',
  'object',
  'proxy',
] as const;

/** What `classify` answers. */
export const TargetType = {
  other: 0,
  generator: 1,
  asyncGenerator: 2,
  pendingPromise: 3,
  settledPromise: 4,
} as const;

/** How a chain of frames ends. */
export const ChainEnd = {
  /** Finished, idle at a yield or not started: nothing more is waited for. */
  nothing: 0,
  /** Its `leaf` is what the innermost frame waits for. */
  leaf: 1,
  /** Its `leaf` is the promise that was met before. */
  cycle: 2,
  /** What was awaited has settled. */
  ready: 3,
  /** The innermost frame is running. */
  running: 4,
  /** There are more frames than were asked for. */
  truncated: 5,
  /** Its last entry is a combinator. */
  branches: 6,
  /** What was awaited is gone: nothing can settle it. */
  collected: 7,
} as const;

/** What holds something. */
export const HolderKind = {
  /** A function that has it in its scope. */
  closure: 0,
  /** An object or array with it in a field. */
  object: 1,
  /** A function that is bound to it. */
  bound: 2,
  /** A generator, or the promise of an async function, with it in a variable; `extra` is its function. */
  activation: 3,
  /** A pending promise with such a handler, or with itself as one; `extra` is the handler. */
  reaction: 4,
  /** An activation of a function that has it in its scope. */
  ofClosure: 5,
} as const;

/** What stands between a promise and what holds the functions that settle it. */
export const EvidenceKind = {
  /** A pending promise that is waited for, or whose handler settles another one. */
  promise: 0,
  /** An object of a class, or of none. */
  object: 1,
  /** A closure; its site says which function. */
  function: 2,
  /** A suspended function; its site says where it stands. */
  activation: 3,
  /** A global variable; the edge has its name. */
  global: 4,
} as const;

/** How one thing holds another. */
export const EvidenceLink = {
  /** Nothing more is known. */
  some: 0,
  property: 1,
  element: 2,
  /** Of a map or set. */
  entry: 3,
  /** Of a scope. */
  variable: 4,
  /** A handler of a promise. */
  handler: 5,
  receiver: 6,
} as const;

/** By what a suspended function may wake who waits for an owner. */
export const WakerVia = {
  /** A function made for it, that has the owner in its scope. */
  releaser: 0,
  /** An object out of the owner's lists. */
  member: 1,
  /** It settles the promise whose handler the way leads through. */
  callback: 2,
  /** It goes on to use the owner, and its code speaks of giving something back. */
  user: 3,
} as const;

/** What is said of a thing in the evidence. */
export const EvidenceMark = {
  /** Node or an addon has made it, and may hold it from outside of the heap. */
  native: 1,
  /** More hold it than were taken down. */
  hub: 2,
  /** What holds it was not looked for. */
  cut: 4,
  /** It was looked for, and there is nothing: it may be a leftover that is not collected yet. */
  loose: 8,
  /** An object of a class. */
  named: 16,
} as const;

/** The types of fields that are read. */
export const FieldType = { number: 0, text: 1, flag: 2, length: 3 } as const;

/**
 * The own data fields that are read of what holds something, wherever they have a plain value; and those of
 * an object in its `options`, `opts`, `config` or `_config`. Rules of others may add some. Nothing here can be a
 * secret, but for the query of a URL, which is never shown.
 */
export const EVIDENCE_FIELDS = [
  // timers
  '_idleTimeout',
  '_idleStart',
  '_repeat',
  '_destroyed',
  // files
  'path',
  'fd',
  'flags',
  'bytesRead',
  'bytesWritten',
  // sockets, servers, requests
  'host',
  'defaultAuthority',
  'hostname',
  '_host',
  'port',
  'family',
  'address',
  'connecting',
  'destroyed',
  'timeout',
  'method',
  'kPath', // of a request of node:http, from Node 24.21 on
  'protocol',
  'origin',
  'url',
  'statusCode',
  'reusedSocket',
  'aborted',
  'complete',
  'finished',
  'ended',
  'closed',
  'shouldKeepAlive',
  // undici
  'connections',
  'queued',
  'running index',
  'pending index',
  // HTTP/2, gRPC
  'authority',
  'methodName',
  // WebSockets
  '_readyState',
  '_url',
  '_isServer',
  'connected',
  'nsp',
  'uri',
  // processes and threads
  'pid',
  'spawnfile',
  'exitCode',
  'signalCode',
  'threadId',
  // databases and queues
  'text',
  'sql',
  'command',
  'database',
  'collection',
  'authorized',
  'processID',
  'connectionId',
  'topic',
  'queue',
  'name',
  'id',
  'label',
  'type',
  'state',
  'status',
  'readyState',
  'kind',
  'event',
  'max',
  'min',
  'size',
  'limit',
  'count',
  'weight',
  'priority',
  'concurrency',
  'connectionLimit',
  'maxConnections',
  'maxSize',
  'pending',
  'running',
  'active',
  'available',
  'nrTokens',
  'attempts',
  'retries',
  'attemptNumber',
  '_value',
  '_maxConcurrency',
  'broker',
  'connectionStatus',
  'ch',
  'clientId',
] as const;

/**
 * Fields of objects that a thing has, by their way from the thing: what rules of ours need besides those above.
 * Addresses, numbers and names that libraries have made, and lengths of lists; `0` is the first of a list.
 */
export const EVIDENCE_PATHS = [
  // redis
  '#options.socket.host',
  '#options.socket.port',
  '#socket.#isReady',
  // ioredis
  'redis.status',
  // HTTP/2
  'sent-headers.:method',
  'sent-headers.:path',
  'sent-headers.:authority',
  // kafkajs
  'entry.apiName',
  // mongodb
  'options.maxPoolSize',
  'options.hostAddress.host',
  'options.hostAddress.port',
  'waitQueue.count',
  's.seedlist.0.host',
  's.seedlist.0.port',
  's.description.type',
  'established',
  // p-limit, p-queue, p-retry
  '#size',
  '#pending',
  '#concurrency',
  '#isPaused',
  '#queue.#queue',
  '_timer._idleTimeout',
  '_timer._idleStart',
  '_timer._destroyed',
  // async-sema
  'waiting._length',
  // dataloader
  '_batch.keys',
  '_batch.hasDispatched',
  // piscina
  'workers.readyItems',
  'taskQueue.tasks',
  // Effect
  'permits',
  'taken',
  // rxjs
  'isStopped',
  // redux-saga
  '@@redux-saga/TASK',
  'meta.name',
] as const;

/** What `threadState` answers. */
export const ThreadState = { unknown: 0, registered: 1, exited: 2 } as const;

/** What becomes of a question to another thread. */
export const AnswerState = {
  /** Nobody has answered in time. */
  waiting: 0,
  answered: 1,
  /** There is no such thread, or it has exited meanwhile. */
  nobody: 2,
  /** Its thread is at it. */
  taken: 3,
  givenUp: 4,
} as const;

/** What a caller wants to have of frames. */
export const Detail = {
  locals: 1,
  resources: 2,
  stuck: 4,
  explain: 8,
} as const;

/** What is said of a site; several may be. The first two are what hooks have said. */
export const SiteMark = {
  hide: 1,
  hideLine: 2,
  /** The functions there were given more names of their own than are told apart. */
  severalNames: 4,
  /** The text at the place awaits a call of `Promise.race`. */
  awaitsRace: 8,
} as const;

/**
 * The total of a combinator without branches: what it waits for is its `next`. Whether it is a
 * `Promise.race` of one promise, or only a resolve function that was handed on, nothing in the heap tells;
 * the text of the frame that awaits it does.
 */
export const PERHAPS_RACE = -1;

/** The numbers that both sides know: lists count from 0, and a list's members cross as words too. */
export const ENUMS = {
  FrameKind: FRAME_KINDS,
  FrameState: FRAME_STATES,
  ThreadStatus: THREAD_STATUSES,
  ThreadActivity: THREAD_ACTIVITIES,
  PlainKind: PLAIN_KINDS,
  CombinatorKind,
  NodeType,
  TargetType,
  ChainEnd,
  HolderKind,
  EvidenceKind,
  WakerVia,
  EvidenceLink,
  FieldType,
  ThreadState,
  AnswerState,
} as const;

/** Bits that may be combined. */
export const FLAGS = { Detail, SiteMark, EvidenceMark } as const;

export const WORDS = {
  evidenceFields: EVIDENCE_FIELDS,
  evidencePaths: EVIDENCE_PATHS,
} as const;

/** What stacks and dumps lack without a capability. */
export const LACKS = {
  native: 'suspended tasks cannot be found',
  asyncGenerators: 'what asynchronous generators wait for is not shown',
  delegates: 'what the last frame delegates to is not shown',
  combinators: 'what Promise.all and its like wait for is not shown',
  resolvers: 'what a thenable or an executor waits for is not shown',
  callbacks: 'finally() callbacks are not shown',
  modules: 'what an import waits for is not shown',
  microtasks:
    'what is ready to go on may as well wait for something that was collected',
  positions: 'suspended frames show where their function begins',
  scopes: 'locals are not shown',
  functionNames:
    'functions have the names of their source, whatever they were given',
  asyncContext: 'contexts of tasks are not shown',
  holders: 'why tasks wait is not told',
  stuck: 'what nothing can settle is not told',
  wasmStacks: 'the frames of suspended WebAssembly are not shown',
} as const;

export const TEXTS = { lacks: LACKS } as const;

export const CONSTANTS = { perhapsRace: PERHAPS_RACE } as const;

/**
 * Tables cross as one object with `length`, how many rows there are, and an array for each column. The
 * columns of a packed table, which may have millions of rows, are `Int32Array`s. See `FieldTypes` in
 * `capture.ts` for the types; the name of an enum stands for its number.
 */
export const TABLES = {
  /** Places in the program, each described once however many frames stand there. */
  site: {
    packed: false,
    columns: {
      functionName: 'text',
      scriptName: 'text',
      /** 1-based; 0 when unknown. */
      line: 'int',
      column: 'int',
      lineText: 'text',
      kind: 'FrameKind',
      state: 'FrameState',
      /** V8's number of a script that names a source map, else 0; of its own thread only. */
      script: 'int',
      /** As `functionId` gives it; '' when unknown. */
      functionId: 'text',
      /** `SiteMark`s. */
      marks: 'int',
      /** Where the script's text holds the place, and where its function begins; -1 when unknown. */
      scriptId: 'int',
      offset: 'int',
      functionOffset: 'int',
      /** The line and column of `offset`, which V8 gave; 0: those above. */
      offsetLine: 'int',
      offsetColumn: 'int',
      /**
       * With a source map: the text in the function's line before its parameters, and the line and
       * column behind that; '' and 0 when unknown.
       */
      functionHead: 'text',
      functionLine: 'int',
      functionColumn: 'int',
    },
  },
  /** Frames and what they wait for. Equal stacks share their nodes. */
  node: {
    packed: true,
    columns: {
      type: 'NodeType',
      payload: 'int',
      /** -1: the end. */
      next: 'int',
      branchesBegin: 'int',
      branchesCount: 'int',
      /** How many inputs a combinator was given, 0 when unknown; `PERHAPS_RACE`. */
      total: 'int',
    },
  },
  branch: {
    packed: true,
    columns: {
      /** Which input of the combinator it is; -1 when unknown. */
      input: 'int',
      node: 'int',
    },
  },
  /** Tasks whose stacks are equal, the largest groups first. */
  group: {
    packed: true,
    columns: {
      count: 'int',
      node: 'int',
      /** 1: nothing can ever resume them; as far as that was asked for. */
      stuck: 'int',
      /** The same of one of its tasks, of which more is known; -1: of none. */
      sample: 'int',
    },
  },
  /** Nodes that are of one task alone, as more is known of it, and those that tasks like it share. */
  sampleNode: { packed: true, columns: { node: 'int', like: 'int' } },
  /** A sample of each group's tasks, in the order of the groups. */
  task: {
    packed: false,
    columns: {
      group: 'int',
      /** The same in each dump of the process. */
      id: 'number',
      /** How long it has been here, as earlier dumps have seen. */
      seenMs: 'number',
      contextBegin: 'int',
      contextCount: 'int',
      /** Of the HTTP request that it is for; '': none was found. */
      method: 'text',
      url: 'text',
      /** Of that request; -1: not known. */
      ageMs: 'number',
    },
  },
  /** What a task's context says. */
  contextEntry: {
    packed: false,
    columns: {
      key: 'text',
      value: 'text',
      /** Chosen for all dumps, not only for those of somebody who asks for it. */
      isLasting: 'flag',
    },
  },
  /** HTTP requests that are not over. */
  openRequest: {
    packed: false,
    columns: {
      method: 'text',
      /** The path, without the query. */
      url: 'text',
      isServer: 'flag',
      hasTask: 'flag',
    },
  },
  /** What keeps the loop alive, by type. */
  activeResource: { packed: false, columns: { type: 'text', count: 'int' } },
  /** Places where a stack ends at a promise, once for each of some tasks there. */
  evidenceLeaf: {
    packed: true,
    columns: {
      group: 'int',
      /** The frame or combinator above. */
      node: 'int',
      /** Which of its branches it is; -1: it has none. */
      branch: 'int',
      /** The promise in the evidence. */
      thing: 'int',
      /** The function that waits for it, if that is in the evidence, too; else -1. */
      waiter: 'int',
    },
  },
  /** What was found between those promises and what has a name. */
  evidenceThing: {
    packed: false,
    columns: {
      kind: 'EvidenceKind',
      className: 'text',
      /** Of a function or activation; else -1. */
      site: 'int',
      fieldsBegin: 'int',
      fieldsCount: 'int',
      /** `EvidenceMark`s. */
      marks: 'int',
      /** The id of the task that a suspended function is part of; 0: unknown. */
      task: 'number',
    },
  },
  evidenceEdge: {
    packed: false,
    columns: {
      held: 'int',
      holder: 'int',
      link: 'EvidenceLink',
      /** Of a property or variable; '' when unknown. */
      name: 'text',
      /** Of an element; -1: unknown, or no element. */
      index: 'int',
      /** What is held is a function that rejects. */
      rejects: 'flag',
      /** The holder's text mentions the variable; true for all other edges. */
      isUsed: 'flag',
    },
  },
  /** Suspended functions that may wake who waits for an owner. */
  evidenceWaker: {
    packed: false,
    columns: {
      /** Things. */
      owner: 'int',
      holder: 'int',
      via: 'WakerVia',
      /** The variable in which it has that; '' when unknown. */
      name: 'text',
      /** So many functions at that place are the same. */
      count: 'int',
      /** So many objects like the one that it has are in the owner's lists, or functions like it are there; 0: unknown. */
      members: 'int',
      /** Nothing but suspended functions is known to have what it has. */
      isAlone: 'flag',
      /** The function that it has mentions the owner; true for all else. */
      isUsed: 'flag',
    },
  },
  /** What those functions themselves wait for in the end. */
  evidenceNeed: {
    packed: true,
    columns: {
      /** Things: the function, and the promise; -1: another one. */
      holder: 'int',
      leaf: 'int',
      /** 1: the promise is that of another one at the same place. */
      isLike: 'int',
      /** 1: something else may come before it. */
      isRace: 'int',
    },
  },
  evidenceField: {
    packed: false,
    columns: {
      name: 'text',
      type: 'FieldType',
      number: 'number',
      text: 'text',
    },
  },
  /** Frames and combinators of single targets, with the live objects that stand for them. */
  entry: {
    packed: false,
    columns: {
      /** -1: a combinator. */
      site: 'int',
      /** -1: a frame. */
      combinator: 'int',
      function: 'value',
      receiver: 'value',
      /** The generator, or the promise of an async function. */
      origin: 'value',
      /** Innermost first; undefined where they were not asked for or cannot be read. */
      scopes: 'objects?',
      /** What its open `using` blocks hold. */
      held: 'record?:held',
      /** What `scopes` is asked for, with `Detail.resources`; the program must never see it. */
      activation: 'value',
    },
  },
  combinator: {
    packed: false,
    columns: {
      kind: 'CombinatorKind',
      /** How many inputs it was given, 0 when unknown; `PERHAPS_RACE`. */
      total: 'int',
      inputsBegin: 'int',
      inputsCount: 'int',
    },
  },
  /** What combinators wait for. */
  input: {
    packed: false,
    columns: {
      /** Which input of the combinator it is; -1 when unknown. */
      input: 'int',
      chain: 'int',
    },
  },
  /** Entries that follow each other, and how they end. */
  chain: {
    packed: false,
    columns: {
      entriesBegin: 'int',
      entriesCount: 'int',
      end: 'ChainEnd',
      leaf: 'value',
      /** Where it ends running: how many activations of its last function are on the stack. */
      activations: 'int',
      /** And which of them it is, counted from the innermost; -1 when it cannot be told. */
      activationIndex: 'int',
      /** Of a leaf that is a promise, with samples: the functions that settle it. */
      resolvers: 'objects?',
      passedBegin: 'int',
      passedCount: 'int',
    },
  },
  /** Promises on the way of a chain, once for each of the functions that settle them. */
  passed: {
    packed: false,
    columns: {
      /** How many entries of the chain stand before it. */
      entries: 'int',
      promise: 'object',
      function: 'object',
    },
  },
  /** A target or awaiter, and a promise that it settles as it holds the functions of that. */
  settled: { packed: false, columns: { by: 'value', promise: 'object' } },
  /** What holds something. */
  holder: {
    packed: false,
    columns: {
      /** What it holds: the index of a value that was asked for or, behind those, of another holder. */
      of: 'int',
      kind: 'HolderKind',
      value: 'value',
      extra: 'value',
    },
  },
  /** Who waits, with frames inside of that one, outermost first. */
  awaiter: {
    packed: false,
    columns: {
      entriesBegin: 'int',
      entriesCount: 'int',
      /** Of a combinator: which input is waited for; -1 when unknown. */
      input: 'int',
      /** It is a combinator only if the program says so otherwise. */
      isDoubtful: 'flag',
      /** The site of who awaits that one's promise; -1: nobody does directly. */
      awaitingSite: 'int',
    },
  },
  /** Frames that run, innermost first. What is undefined is not known, or not there. */
  runningFrame: {
    packed: false,
    columns: {
      /** Undefined: nothing else is known either. */
      function: 'value',
      receiver: 'value',
      /** What its open `using` blocks hold. */
      held: 'record?:held',
      /** Its variables can be read. */
      isPlain: 'flag',
      /** `__tracebackhide__` stands in its function's text. */
      mentionsHiding: 'flag',
    },
  },
  /** What is held, in the order in which it was entered. */
  heldEntry: {
    packed: false,
    columns: {
      value: 'value',
      /** What disposes of it. */
      method: 'value',
      /** The number of its block, counted from the outermost. */
      block: 'int',
      /** It is disposed of asynchronously. */
      isAsync: 'flag',
      /** Its disposal is under way. */
      isExiting: 'flag',
      /** The value is given to the method: `adopt`. */
      isArgument: 'flag',
    },
  },
  /** Frames of sampled tasks that hold something. Their rows in the other tables follow each other. */
  heldFrame: {
    packed: true,
    columns: {
      node: 'int',
      valuesBegin: 'int',
      valuesCount: 'int',
      /** What its open `using` blocks hold. */
      entriesBegin: 'int',
      entriesCount: 'int',
      propertiesBegin: 'int',
      propertiesCount: 'int',
      variablesBegin: 'int',
      variablesCount: 'int',
      /** Values: the function of the frame that follows, that of the next one, and its receiver; -1: none. */
      following: 'int',
      nextFunction: 'int',
      nextReceiver: 'int',
      /** 0: not all of its blocks could be read. */
      isWhole: 'int',
    },
  },
  /** Values in words. Those of one frame are equal if they have the same index. */
  plainValue: {
    packed: false,
    columns: {
      kind: 'PlainKind',
      /**
       * Of a boolean or number, a string's beginning: itself; of a function its name, of an array its length,
       * of an object its class.
       */
      text: 'text',
      /** The node where the stack of a generator in it begins; -1: none, -2: that is being looked into. */
      innerStack: 'int',
      /** What a disposable stack holds; -1: it is none. */
      entriesBegin: 'int',
      entriesCount: 'int',
    },
  },
  /** Own properties of values: those that compilers give what `using` becomes. */
  plainProperty: {
    packed: false,
    columns: { of: 'int', key: 'text', value: 'int' },
  },
  plainVariable: {
    packed: false,
    columns: {
      /** The function that closes over it; -1: the frame's own. */
      function: 'int',
      /** Counted from the innermost. */
      scope: 'int',
      name: 'text',
      /** -1: its declaration has not run. */
      value: 'int',
    },
  },
  /** As `heldEntry`, of plain values. */
  plainEntry: {
    packed: true,
    columns: {
      value: 'int',
      method: 'int',
      block: 'int',
      isAsync: 'int',
      isExiting: 'int',
      isArgument: 'int',
    },
  },
  /** The text of a function from its parameters to a little behind the place. */
  siteText: { packed: false, columns: { site: 'int', text: 'text' } },
  /** Async functions on the stack. */
  executing: {
    packed: false,
    columns: {
      promise: 'object',
      function: 'object',
      /** How many activations of the function are on the stack. */
      activations: 'int',
      /** Which of them it is, counted from the innermost; -1 when it cannot be told. */
      activationIndex: 'int',
    },
  },
  /** Suspended async functions. */
  suspended: {
    packed: false,
    columns: { promise: 'object', function: 'object' },
  },
} as const;

/** Single objects with these properties. */
export const RECORDS = {
  /** One thread's answer to a dump. */
  thread: {
    threadId: 'number',
    name: 'text',
    status: 'word:ThreadStatus',
    /** Null where nothing is known of it: a thread that has gone, or that could not be asked. */
    activity: 'word?:ThreadActivity',
    /** Sites of the running stack, outermost first; null when nothing runs. */
    running: 'ints?',
    sites: 'table:site',
    /** Of the sites' scripts. */
    sourceMaps: 'list:sourceMap',
    nodes: 'table:node',
    branches: 'table:branch',
    groups: 'table:group',
    sampleNodes: 'table:sampleNode',
    openRequests: 'table:openRequest',
    activeResources: 'table:activeResource',
    tasks: 'table:task',
    contextEntries: 'table:contextEntry',
    taskCount: 'number',
    evidence: 'record?:evidence',
    /** What frames of a task of each group hold; undefined: nothing. */
    held: 'record?:capturedHeld',
    /** Since the last dump; undefined: it was the first, or has not met all tasks. */
    changes: 'record?:taskChanges',
    stats: 'record:threadStats',
    errors: 'list:error',
  },
  /** Who holds what settles the promises at the ends of stacks. */
  evidence: {
    leaves: 'table:evidenceLeaf',
    things: 'table:evidenceThing',
    edges: 'table:evidenceEdge',
    fields: 'table:evidenceField',
    wakers: 'table:evidenceWaker',
    needs: 'table:evidenceNeed',
    /** Node's time in milliseconds, in which timers count; 0 when unknown. */
    now: 'number',
    /** The time was over before all was found. */
    isCut: 'flag',
  },
  /** The evidence of single promises; a leaf's group is the index of its promise. */
  explanation: { sites: 'table:site', evidence: 'record?:evidence' },
  capturedHeld: {
    frames: 'table:heldFrame',
    values: 'table:plainValue',
    properties: 'table:plainProperty',
    variables: 'table:plainVariable',
    entries: 'table:plainEntry',
    texts: 'table:siteText',
    /** Whether lists of V8's own can be read. */
    readsBlocks: 'flag',
  },
  /** A thread's capture of itself. */
  ownCapture: {
    thread: 'record:thread',
    /** With locals, the scopes of one activation a node, innermost first; else undefined. */
    scopes: 'objectLists?',
  },
  taskChanges: {
    sinceMs: 'number',
    fresh: 'number',
    gone: 'number',
    moved: 'number',
  },
  threadStats: {
    heapObjects: 'number',
    activations: 'number',
    promises: 'number',
    pauseMs: 'number',
    /** From the question to the beginning of the pause. */
    waitMs: 'number',
  },
  frames: {
    sites: 'table:site',
    entries: 'table:entry',
    combinators: 'table?:combinator',
  },
  /** What `extract` answers. */
  extraction: {
    frames: 'record:frames',
    /** A branch's chain stands behind the one that it is of. */
    chains: 'table:chain',
    inputs: 'table?:input',
    passed: 'table?:passed',
    /** The chain of each target; -1 when it has none. */
    roots: 'numbers',
    /** '' when all went well. */
    error: 'text',
    /** Why not all frames of suspended WebAssembly could be read; '' when they could. */
    unreadWasm: 'text',
    /**
     * With samples, and where no other walk was needed: all functions that settle the promises at the ends
     * of chains, and what holds these.
     */
    resolvers: 'objects',
    holders: 'table?:holder',
    settled: 'table?:settled',
  },
  /** What `awaiters` answers. `total`: how many there are. */
  awaiterList: {
    frames: 'record:frames',
    awaiters: 'table:awaiter',
    total: 'number',
    settled: 'table?:settled',
  },
  /** The running stack of the caller. */
  runningStack: { sites: 'table:site', frames: 'table:runningFrame' },
  /** What open blocks or a disposable stack hold. `misfit` says why not all of it could be read. */
  held: { entries: 'table:heldEntry', misfit: 'text?' },
  /** Where a function stands, and the variables that it closes over, innermost scope first. */
  closure: { sites: 'table:site', scopes: 'objects' },
  threadState: { state: 'ThreadState', name: 'text' },
  /** The text is '' unless somebody has answered. */
  answer: { state: 'AnswerState', text: 'text' },
  walk: { heapObjects: 'number', milliseconds: 'number' },
  error: { code: 'text', message: 'text' },
  /** V8's number of a script, and what it says of its source map; null: that was too long to be copied. */
  sourceMap: { script: 'int', url: 'text?' },
} as const;
