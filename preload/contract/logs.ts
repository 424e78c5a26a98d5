import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { Operation } from './operations.ts'
import { ProblemReport, procedure } from './problem.ts'
import { Timestamp } from './words.ts'

export const Level = z.literal(['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'])
export type Level = z.infer<typeof Level>

/** One parsed line, or one event of several lines, with its raw text always. */
export const LogRecord = z.strictObject({
  /** Opaque, unique in the plane; newer records sort after older ones at the same time. */
  id: z.string(),
  at: Timestamp,
  /** Whether the time is from the line or from the kubelet. */
  atSource: z.literal(['line', 'kubelet']),
  level: Level.nullable(),
  /** Where the level was read. That a line is on stderr is not enough. */
  levelSource: z.literal(['field', 'prefix', 'none']),
  source: z.string(),
  pod: z.string(),
  container: z.string(),
  module: z.string(),
  message: z.string(),
  format: z.literal([
    'ballerina-logfmt',
    'ballerina-json',
    'ballerina-runtime',
    'micro-integrator',
    'api-manager',
    'correlation',
    'access',
    'envoy',
    'nginx',
    'rabbitmq',
    'spring',
    'postgresql',
    'opensearch',
    'fluent-bit',
    'klog',
    'syslog',
    'zap',
    'logfmt',
    'log4j2-json',
    'ecs',
    'otlp',
    'json',
    'text',
    'plain',
    'gap',
  ]),
  /** The other fields of the line, in their order. */
  fields: z.array(z.tuple([z.string(), z.string()])),
  traceId: z.string().optional(),
  spanId: z.string().optional(),
  raw: z.string(),
})
export type LogRecord = z.infer<typeof LogRecord>

export const LogQuery = z.strictObject({
  planeId: z.uuid(),
  /** The query language of the guide: words and "phrases" in any case, /regex/, `NAME:VALUE`, -exclude, and, or, not, ( ). */
  text: z.string().max(1_000).default(''),
  levels: z.array(Level).default([]),
  sources: z.array(z.string()).default([]),
  /** Names of pods and of containers; empty: all of them. */
  pods: z.array(z.string()).default([]),
  containers: z.array(z.string()).default([]),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  order: z.literal(['newest', 'oldest']).default('newest'),
  /** Return only records older than the one with this id: the next page of `newest`. */
  before: z.string().optional(),
  /** Return only records newer than the one with this id: the next page of `oldest`. */
  after: z.string().optional(),
  limit: z.int().min(1).max(1_000).default(200),
})
export type LogQuery = z.input<typeof LogQuery>

/** In the order of the query. `done` reports how much was read and whether more records remain in that direction. */
export const SearchEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('records'), records: z.array(LogRecord) }),
  z.strictObject({
    kind: z.literal('done'),
    blocksRead: z.int(),
    blocksSkipped: z.int(),
    elapsedMs: z.number(),
    more: z.boolean(),
    /** Parts of the store (a day's file, or a block) that cannot be read and were skipped; absent without any. */
    damaged: z.int().optional(),
  }),
])
export type SearchEvent = z.infer<typeof SearchEvent>

/** How many records match, as far as they are counted. */
export const LogCount = z.strictObject({ count: z.int(), isComplete: z.boolean() })
export type LogCount = z.infer<typeof LogCount>

/** Records in the order of the query. */
export const PlacedLines = z.strictObject({
  ...LogCount.shape,
  /** Of the first of the records; the first one of all has the place 0. */
  place: z.int(),
  records: z.array(LogRecord),
})
export type PlacedLines = z.infer<typeof PlacedLines>

export const LogEngineKind = z.literal(['loki', 'opensearch'])
export type LogEngineKind = z.infer<typeof LogEngineKind>

/** A log engine in the plane's cluster, by the service through which it is asked. */
export const LogEngine = z.strictObject({
  kind: LogEngineKind,
  /** `NAMESPACE/SERVICE:PORT`; where it speaks TLS, `NAMESPACE/https:SERVICE:PORT`. */
  service: z.string().max(150),
  /** A Loki of several tenants refuses requests without one. */
  tenant: z.string().min(1).max(150).optional(),
  /** Of OpenSearch: names of indices or patterns, with commas between them; default: all but those of OpenSearch itself. */
  index: z.string().min(1).max(1_000).optional(),
})
export type LogEngine = z.infer<typeof LogEngine>

/** Services of the plane's cluster that are likely log engines. */
export const FoundLogEngines = z.strictObject({
  /** The most likely one first. */
  engines: z.array(
    z.strictObject({
      engine: LogEngine,
      /** What shows it, such as a label of its service. */
      evidence: z.string(),
    }),
  ),
  /** Namespaces whose services were listed; null: all of them. */
  namespaces: z.array(z.string()).nullable(),
  /** Namespaces in which the permission "list services" is missing. */
  refused: z.array(z.string()),
})
export type FoundLogEngines = z.infer<typeof FoundLogEngines>

/** In the order of the query, which is that of the engine's time for the first line of a record. */
export const EngineSearchEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('records'), records: z.array(LogRecord) }),
  /** Lines that came from the engine, up to which time it was searched, and how to continue from there (as `next` of done). */
  z.strictObject({ kind: z.literal('progress'), linesRead: z.int(), reached: Timestamp, next: z.string() }),
  z.strictObject({
    kind: z.literal('done'),
    linesRead: z.int(),
    elapsedMs: z.number(),
    /** Whether a part of the time was not searched: a search pauses after its limit, 20 s, or 200,000 lines. */
    more: z.boolean(),
    /** With more: `before` or `after` of the query that continues. */
    next: z.string().optional(),
    /** Up to which time it was searched; null where it was searched whole. */
    reached: Timestamp.nullable(),
    /** Whether the engine chose lines by a text of the query; otherwise it gave all lines of the time. */
    isFiltered: z.boolean(),
  }),
])
export type EngineSearchEvent = z.infer<typeof EngineSearchEvent>

const FetchCounts = {
  /** Days of containers: those that are stored, and all of them. */
  parts: z.int(),
  totalParts: z.int(),
  /** Records that this call has stored. */
  records: z.int(),
  /** Records that the store had already, in the parts that this call has read. */
  known: z.int(),
}

/** Lines of a time that are taken from a log engine into the store. */
export const EngineFetchEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('progress'), ...FetchCounts }),
  z.strictObject({
    kind: z.literal('done'),
    ...FetchCounts,
    /** Containers that belong to no log source, as `NAMESPACE/POD/CONTAINER`: not taken. */
    others: z.array(z.string()),
    /** Ids of sources of which the engine has no line in this time. */
    withoutLines: z.array(z.string()),
    /** Days of containers that the engine did not give. The same call again asks for them. */
    failed: z.array(z.strictObject({ container: z.string(), from: Timestamp, to: Timestamp, problem: ProblemReport })),
    /** The oldest line of these sources in this time that is stored now; null without any. */
    oldest: Timestamp.nullable(),
  }),
])
export type EngineFetchEvent = z.infer<typeof EngineFetchEvent>

const EngineFetch = z.strictObject({
  engine: LogEngine,
  /** Ids; none: all of the profile. */
  sources: z.array(z.string()).default([]),
  from: Timestamp,
  to: Timestamp,
})

/** A fetch that is not complete. The same call again continues it. */
export const UnfinishedFetch = z.strictObject({
  ...EngineFetch.shape,
  startedAt: Timestamp,
  /** Whether this process is at it. */
  isRunning: z.boolean(),
  /** Why it ended; absent where it runs, was cancelled, or its process ended. */
  problem: ProblemReport.optional(),
})
export type UnfinishedFetch = z.infer<typeof UnfinishedFetch>

/** What a running collection does for one source; it is at most a second old. */
export const SourceCollection = z.strictObject({
  /**
   * The first of these that holds. `refused`: a permission is missing. `retrying`: pods cannot be listed, or a log cannot be
   * read. `queued`: a container waits for a free stream. `following`: lines arrive. `waiting`: no container runs.
   */
  state: z.literal(['refused', 'retrying', 'queued', 'following', 'waiting']),
  /** Containers that have a log and have not ended for good, then those of them in each state. */
  containers: z.int(),
  following: z.int(),
  /** Their logs are read from time to time, because as many as possible are followed. */
  queued: z.int(),
  refused: z.int(),
  retrying: z.int(),
  /** A verb with its resource, such as "get pods/log"; those that were found missing. */
  missingPermissions: z.array(z.string()),
  /** Why it is refused or retried, and since when. */
  problem: ProblemReport.optional(),
  since: Timestamp.optional(),
  /** Gap records since the collection started. */
  gaps: z.int(),
})
export type SourceCollection = z.infer<typeof SourceCollection>

export const LogStatus = z.strictObject({
  schemaVersion: z.literal(1),
  records: z.int(),
  rawBytes: z.int(),
  storedBytes: z.int(),
  oldest: Timestamp.nullable(),
  newest: Timestamp.nullable(),
  /** What protects the key: the system's keychain, or a passphrase. */
  protection: z.literal(['keychain', 'passphrase']),
  collecting: z.boolean(),
  sources: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      records: z.int(),
      newest: Timestamp.nullable(),
      /** Absent while nothing is collected. */
      collection: SourceCollection.optional(),
    }),
  ),
})
export type LogStatus = z.infer<typeof LogStatus>

/** `otlp-json`: one request a line, as OpenTelemetry's file exporter writes it. */
export const ExportFormat = z.literal(['text', 'ndjson', 'csv', 'otlp-json'])
export type ExportFormat = z.infer<typeof ExportFormat>

/** Parts of a file in their order; `records` counts those so far. `redacted` counts records of which something was hidden. */
export const ExportEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string(), records: z.int() }),
  z.strictObject({
    kind: z.literal('done'),
    records: z.int(),
    redacted: z.int(),
    /** Parts of the store that cannot be read; absent without any. */
    damaged: z.int().optional(),
  }),
])
export type ExportEvent = z.infer<typeof ExportEvent>

/** Lines of one container, oldest first; none if the record is not stored any more. */
export const SurroundingLines = z.strictObject({
  records: z.array(LogRecord),
  /** Ids of those that match the query. */
  matching: z.array(z.string()),
  moreBefore: z.boolean(),
  moreAfter: z.boolean(),
})
export type SurroundingLines = z.infer<typeof SurroundingLines>

const RetentionPolicy = z.strictObject({
  /** Days (UTC) that ended longer ago are deleted; null: none for their age. */
  days: z.int().min(1).max(3_650).nullable(),
  /** The oldest days are deleted while more than this is on disk; null: none for their size. */
  bytes: z.int().min(1_000_000).nullable(),
})

const DeletedDays = z.strictObject({ days: z.int(), records: z.int(), bytes: z.int() })

export const LogRetention = z.strictObject({
  ...RetentionPolicy.shape,
  /** What was deleted last; null: nothing yet. */
  removed: z.strictObject({ at: Timestamp, ...DeletedDays.shape }).nullable(),
})
export type LogRetention = z.infer<typeof LogRetention>

/** Somebody read, exported or deleted logs of a plane on this computer. */
export const LogAccess = z.strictObject({
  at: Timestamp,
  /** The account of the operating system; empty where it has no name. */
  user: z.string(),
  host: z.literal(['desktop', 'browser', 'terminal']),
  action: z.literal(['search', 'patterns', 'around', 'export', 'import', 'fetch', 'purge', 'retention']),
  /** Whether this installation wrote it, at this place. */
  verified: z.boolean(),
  /** What was asked for; null where the vault was locked, or its key is gone. */
  asked: z
    .strictObject({
      text: z.string(),
      levels: z.array(Level),
      sources: z.array(z.string()),
      pods: z.array(z.string()),
      containers: z.array(z.string()),
      from: Timestamp,
      to: Timestamp,
      /** The log engine that was asked in place of the store, as `NAMESPACE/SERVICE:PORT`. */
      engine: z.string(),
      /** Of `around`. */
      record: z.string(),
      /** Of `export`. */
      format: ExportFormat,
      redact: z.boolean(),
      /** Of `retention`. */
      days: z.int().nullable(),
      bytes: z.int().nullable(),
    })
    .partial()
    .nullable(),
})
export type LogAccess = z.infer<typeof LogAccess>

export const LogAccesses = z.strictObject({
  /** The newest first. */
  entries: z.array(LogAccess),
  total: z.int(),
  /** Lines of the record that this installation did not write, or not at their place. */
  unverified: z.int(),
})

/** The time range of a search: any time, the last so many ms, or from one time to another. */
const LogRange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('last'), ms: z.int().min(1) }),
  z.strictObject({ kind: z.literal('between'), from: Timestamp, to: Timestamp }),
])

export const SavedSearch = z.strictObject({
  id: z.uuid(),
  /** Unique in the plane. */
  name: z.string().min(1).max(80),
  text: z.string().max(1_000),
  levels: z.array(Level),
  sources: z.array(z.string()),
  range: LogRange,
  order: z.literal(['newest', 'oldest']),
  savedAt: Timestamp,
})
export type SavedSearch = z.infer<typeof SavedSearch>

/** Lines that differ only in values, such as numbers and ids. */
export const LogPattern = z.strictObject({
  /** The first line of the message, with `<*>` for what differs. */
  text: z.string(),
  level: Level.nullable(),
  /** At most five. */
  sources: z.array(z.string()),
  /** Lines in the time range of the query. */
  count: z.int(),
  /** Lines in the time that it is compared with; absent without. */
  before: z.int().optional(),
  /** Lines in equal steps of the time from `from` to `to`. */
  counts: z.array(z.int()),
  /** Against the time that it is compared with; without, the last quarter of the time against the rest. */
  change: z.literal(['new', 'risen', 'steady', 'fallen', 'gone']),
  oldest: Timestamp,
  newest: Timestamp,
  /** A message of it. */
  example: z.string(),
  /**
   * A text by which its lines can be searched for or excluded; absent while lines are read, and where there is none. It is
   * exact if it is in all of its lines that were read, and in no other; `lines` counts those that have it.
   */
  phrase: z.strictObject({ text: z.string(), isExact: z.boolean(), lines: z.int() }).optional(),
})
export type LogPattern = z.infer<typeof LogPattern>

/** New and risen patterns first, then by count. `progress`: as far as lines were read, the first hundred. */
export const LogPatterns = z.strictObject({
  kind: z.literal(['progress', 'done']),
  /** Lines read: the newest that match, at most 100,000. */
  lines: z.int(),
  /** Whether older lines match that are not read. */
  more: z.boolean(),
  /** The time of the lines that were read; null without any. */
  from: Timestamp.nullable(),
  to: Timestamp.nullable(),
  patterns: z.array(LogPattern),
  /** Lines in no pattern, as there are 2,000 others. */
  rest: z.int(),
  /** The same of the time that it is compared with; absent without. */
  compared: z.strictObject({ lines: z.int(), more: z.boolean() }).optional(),
  /** Parts of the store that cannot be read; absent without any. */
  damaged: z.int().optional(),
})
export type LogPatterns = z.infer<typeof LogPatterns>

const PlaneId = z.strictObject({ planeId: z.uuid() })

export const logs = {
  status: procedure.input(PlaneId).output(LogStatus),
  /** Starts to collect from the plane's log sources, until cancelled. */
  collect: procedure.input(PlaneId).output(Operation),
  search: procedure.input(LogQuery).output(eventIterator(SearchEvent)),
  /** Counts the records that match; at most four times a second, until it is complete. */
  count: procedure.input(LogQuery.omit({ before: true, after: true, limit: true })).output(eventIterator(LogCount)),
  /**
   * The records from a place of the list on. Places are known as far as records are counted: without text, pods and containers
   * all are at once; otherwise see `count`.
   */
  place: procedure
    .input(
      LogQuery.omit({ before: true, after: true }).extend({
        target: z.union([
          /** A place beyond the last one is the last one. */
          z.strictObject({ place: z.int().min(0) }),
          /** The id of a record. */
          z.strictObject({ record: z.string() }),
          /** The first record in the order of the query that is not before this time. */
          z.strictObject({ time: Timestamp }),
        ]),
      }),
    )
    .output(PlacedLines),
  /**
   * The same records as `search` after the time was taken from the engine, without storing them. Without a beginning, of the last
   * 30 days.
   */
  searchEngine: procedure.input(LogQuery.extend({ engine: LogEngine })).output(eventIterator(EngineSearchEvent)),
  /** Looks for log engines among the services of the plane's cluster. */
  engines: procedure.input(PlaneId).output(FoundLogEngines),
  /**
   * Stores what an engine has of the plane's log sources in a time. What the store has is not stored again, so the same call
   * continues one that was interrupted. What was stored until a cancel stays.
   */
  fetch: procedure.input(EngineFetch.extend({ planeId: z.uuid() })).output(eventIterator(EngineFetchEvent)),
  /** The last fetch, unless it is complete. */
  unfinishedFetch: procedure.input(PlaneId).output(z.strictObject({ fetch: UnfinishedFetch.nullable() })),
  forgetFetch: procedure.input(PlaneId).output(z.strictObject({})),
  /** All records that match, as the text of a file; without a limit. Hides secrets and personal data unless `redact` is false. */
  export: procedure
    .input(
      LogQuery.omit({ before: true, after: true, limit: true }).extend({
        format: ExportFormat,
        redact: z.boolean().default(true),
      }),
    )
    .output(eventIterator(ExportEvent)),
  /** Records as they arrive, at most four batches a second. */
  follow: procedure.input(LogQuery).output(eventIterator(z.strictObject({ records: z.array(LogRecord) }))),
  /** The lines of a record's container before and after it, with no filter; those that match `query` are marked. */
  around: procedure
    .input(
      z.strictObject({
        planeId: z.uuid(),
        /** The id of the record. */
        record: z.string(),
        before: z.int().min(0).max(1_000).default(100),
        after: z.int().min(0).max(1_000).default(100),
        query: LogQuery.pick({ text: true, levels: true, sources: true, from: true, to: true }).prefault({}),
        /** The engine that gave the record; absent: the store. */
        engine: LogEngine.optional(),
      }),
    )
    .output(SurroundingLines),
  /** Counts per level of the lines that match, in equal steps of time. */
  histogram: procedure
    .input(
      z.strictObject({
        planeId: z.uuid(),
        text: z.string().max(1_000).default(''),
        levels: z.array(Level).default([]),
        sources: z.array(z.string()).default([]),
        from: Timestamp,
        to: Timestamp,
        steps: z.int().min(1).max(500),
        /** The order and the times of a list with the same query: its lines are then counted once for both. */
        list: LogQuery.pick({ order: true, from: true, to: true }).optional(),
      }),
    )
    .output(z.array(z.strictObject({ from: Timestamp, counts: z.record(z.string(), z.int()) }))),
  /** Groups the newest lines that match by their pattern, and compares them with the same query in another time. */
  patterns: procedure
    .input(
      LogQuery.omit({ order: true, before: true, after: true, limit: true }).extend({
        compare: z.strictObject({ from: Timestamp, to: Timestamp }).optional(),
      }),
    )
    .output(eventIterator(LogPatterns)),
  /** Saved searches of the plane, by name. They are stored encrypted. */
  searches: procedure.input(PlaneId).output(z.array(SavedSearch)),
  /** Replaces the one with the same name. */
  saveSearch: procedure
    .input(SavedSearch.omit({ id: true, savedAt: true }).extend({ planeId: z.uuid() }))
    .output(SavedSearch),
  removeSearch: procedure.input(z.strictObject({ planeId: z.uuid(), id: z.uuid() })).output(z.strictObject({})),
  /** Who has read, exported or deleted logs of the plane on this computer. */
  accesses: procedure
    .input(z.strictObject({ planeId: z.uuid(), limit: z.int().min(1).max(10_000).default(200) }))
    .output(LogAccesses),
  retention: procedure.input(PlaneId).output(LogRetention),
  /** What a policy would delete now. */
  expired: procedure.input(z.strictObject({ planeId: z.uuid(), ...RetentionPolicy.shape })).output(DeletedDays),
  /**
   * Sets the policy and deletes what it does not keep: keys, then files. Where another process writes the store, that one deletes
   * it within the hour.
   */
  setRetention: procedure.input(z.strictObject({ planeId: z.uuid(), ...RetentionPolicy.shape })).output(LogRetention),
  /** Destroys the keys, then the files, of everything collected for this plane. */
  purge: procedure.input(PlaneId).output(z.strictObject({})),
}
