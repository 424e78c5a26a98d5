import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { ProblemReport, procedure } from './problem.ts'
import { EndpointList } from './profiles.ts'
import { JsonObject, Slug, Timestamp, Verdict } from './words.ts'

/**
 * Where a check was run from: this computer by its host name, a pod by its namespace, a node by its name, a component by its id,
 * an existing pod by NAMESPACE/POD or NAMESPACE/POD/CONTAINER.
 */
export const Vantage = z.strictObject({
  kind: z.literal(['computer', 'pod', 'node', 'component', 'existing-pod']),
  name: z.string(),
})
export type Vantage = z.infer<typeof Vantage>

/** A container of a running pod that Hangar did not create. Absent container: the first one that runs. */
export const ExistingPod = z.strictObject({
  namespace: Slug,
  pod: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'lower-case letters, digits, hyphens and dots'),
  container: Slug.optional(),
})
export type ExistingPod = z.infer<typeof ExistingPod>

/** The vantage that the user requests. Each request is a column of the matrix; `nodes` is one for each node. */
export const VantageRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('computer') }),
  /** A pod of no component. Absent namespace: the one of the plane's first release. */
  z.strictObject({ kind: z.literal('pod'), namespace: Slug.optional() }),
  /** A pod in the network of a node. Absent name: a node that is ready. */
  z.strictObject({ kind: z.literal('node'), name: z.string().max(253).optional() }),
  /** Every node that is ready. */
  z.strictObject({ kind: z.literal('nodes') }),
  /** A pod with the service account and the policy labels of a component. */
  z.strictObject({ kind: z.literal('component'), component: Slug }),
  /** Executes the check in a pod that Hangar did not create. No secret is sent to it. */
  z.strictObject({ kind: z.literal('existing-pod'), ...ExistingPod.shape }),
])
export type VantageRequest = z.infer<typeof VantageRequest>

/** A vantage that a plane has, for the choice in the window. */
export const VantageOffer = z.strictObject({
  request: VantageRequest,
  vantage: Vantage,
  title: z.string(),
  /** What it would create, and what a check from it proves. */
  description: z.string(),
  /** Why it cannot be used; empty when it can, as far as is known before it is tried. */
  unavailableReason: z.string(),
})
export type VantageOffer = z.infer<typeof VantageOffer>

/** The outcome of one vantage of a run. */
export const VantageOutcome = z.strictObject({
  vantage: Vantage,
  /** `limited`: only a part was checked, for example by the shell of an existing pod. `failed`: nothing was checked from it. */
  state: z.literal(['ran', 'limited', 'failed']),
  /** Code of the table of causes; empty when it ran. */
  cause: z.string(),
  /** What happened, what it means for the results, or which component refused. */
  message: z.string(),
  hint: z.string(),
  /** YAML that a user with more permissions can apply to create what was refused; empty when it ran. */
  manifest: z.string().max(300_000),
  /** Where the probe's pod was refused: running pods that the user can request instead. Nothing was executed in them. */
  existingPods: z.array(ExistingPod).max(8).optional(),
})
export type VantageOutcome = z.infer<typeof VantageOutcome>

export const Stage = z.literal(['config', 'dns', 'tcp', 'proxy', 'tls', 'identity', 'auth'])
export type Stage = z.infer<typeof Stage>

/** The result of one stage. */
export const StageResult = z.strictObject({
  stage: Stage,
  verdict: Verdict,
  /** When the stage began, by the clock of its vantage; empty when it was not tried. */
  at: z.union([Timestamp, z.literal('')]),
  /** Milliseconds that the stage took. */
  ms: z.number().nonnegative(),
  /** A description of what was observed; secrets removed; at most 2,048 characters. */
  evidence: z.string().max(2_048),
})
export type StageResult = z.infer<typeof StageResult>

/** A host that the server's answer directs clients to and that is not in the row. Only as trustworthy as that server. */
export const DiscoveredHost = z.strictObject({
  /** A host name in lower case, or an IP address without brackets. */
  host: z.string().regex(/^[a-z0-9_.:-]{1,253}$/),
  port: z.int().min(1).max(65_535),
  tls: z.boolean(),
  reason: z.literal(['token-server', 'acme-directory', 'sign-in', 'redirect']),
  /** The endpoint does not work without it. */
  required: z.boolean(),
})
export type DiscoveredHost = z.infer<typeof DiscoveredHost>

/** Typed facts about the connection, for firewall logs and for rules across results. Texts are empty where unknown. */
export const ConnectionFacts = z.strictObject({
  /** Addresses that the name resolved to. */
  addresses: z.array(z.string()).max(64),
  /** The DNS server that was queried, with its port if that is not 53. Several servers are separated by commas. */
  resolver: z.string(),
  /** Local address of the connection. */
  source: z.string(),
  /** The address that answered, or was tried last. */
  destination: z.string(),
  /** The proxy's URL, without user and password. */
  proxy: z.string(),
  /** Issuer of the certificate, or of the last one of its chain. */
  issuer: z.string(),
  /** SHA-256 of the certificate's public key, hexadecimal: differs between vantages when one of them is intercepted. */
  keySha256: z.string(),
  /** How far the server's clock is ahead of the vantage's, in milliseconds; null: unknown. Older saved runs lack it. */
  clockOffsetMs: z.number().nullable().default(null),
  /** Hosts that the answer directs clients to. Older saved runs lack them. */
  discoveredHosts: z.array(DiscoveredHost).max(8).default([]),
})
export type ConnectionFacts = z.infer<typeof ConnectionFacts>

/** One endpoint from one vantage. `cause` is a stable code, empty on a plain pass. */
export const Result = z.strictObject({
  endpoint: z.string(),
  vantage: Vantage,
  verdict: Verdict,
  cause: z.string(),
  hint: z.string(),
  /** The further host of the row that verdict and cause are about; absent: the row's own destination. */
  companion: z.strictObject({ host: z.string(), port: z.int(), protocol: z.string() }).optional(),
  stages: z.array(StageResult),
  facts: ConnectionFacts,
})
export type Result = z.infer<typeof Result>

/** A conclusion from several results. */
export const Finding = z.strictObject({
  cause: z.string(),
  endpoints: z.array(z.string()),
  vantages: z.array(Vantage),
  hint: z.string(),
  evidence: z.string(),
})
export type Finding = z.infer<typeof Finding>

/** Version 2 renamed three fields (to `facts` and `message`); a saved run of version 1 is converted when it is read. */
export const ConnectivityReport = z.strictObject({
  schemaVersion: z.literal(2),
  runId: z.uuid(),
  startedAt: Timestamp,
  endedAt: Timestamp,
  vantages: z.array(VantageOutcome),
  results: z.array(Result),
  findings: z.array(Finding),
})
export type ConnectivityReport = z.infer<typeof ConnectivityReport>

/** An endpoint row of the matrix: the profile's row with the plane's settings filled in. */
export const EndpointRow = z.strictObject({
  id: z.string(),
  component: z.string(),
  componentTitle: z.string(),
  title: z.string(),
  host: z.string(),
  port: z.int(),
  protocol: z.string(),
  /** Path and query of the HTTP request; empty: the default of the protocol. Secrets removed. */
  path: z.string(),
  tls: z.boolean(),
  /** The name for SNI and certificate if it differs from the host; else empty. */
  serverName: z.string(),
  direction: z.string(),
  scope: z.string(),
  required: z.boolean(),
  inspection: z.string(),
  note: z.string(),
})
export type EndpointRow = z.infer<typeof EndpointRow>

export const CheckEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('started'),
    startedAt: Timestamp,
    rows: z.array(z.strictObject({ endpoint: z.string(), vantage: Vantage })),
  }),
  /** What a vantage is waiting on before its first row. */
  z.strictObject({ kind: z.literal('waiting'), vantage: Vantage, message: z.string() }),
  /** A vantage has finished, or could not start. */
  z.strictObject({ kind: z.literal('vantage'), outcome: VantageOutcome }),
  z.strictObject({ kind: z.literal('stage'), endpoint: z.string(), vantage: Vantage, stage: StageResult }),
  z.strictObject({ kind: z.literal('result'), result: Result }),
  z.strictObject({ kind: z.literal('finished'), report: ConnectivityReport }),
])
export type CheckEvent = z.infer<typeof CheckEvent>

/** A saved run. */
export const RunEntry = z.strictObject({
  runId: z.uuid(),
  startedAt: Timestamp,
  endedAt: Timestamp,
  vantages: z.array(Vantage),
  /** Results by verdict. */
  counts: z.record(Verdict, z.int().nonnegative()),
  /** `person`: started by the user. `watch`: started by the schedule. */
  by: z.literal(['person', 'watch']),
  /** False: another installation or a former version wrote it, or it was changed. Nothing is decided with it. */
  verified: z.boolean(),
})
export type RunEntry = z.infer<typeof RunEntry>

/** The verdicts of each endpoint in the last saved runs. */
export const VerdictHistory = z.strictObject({
  /** The oldest first, at most 20. Those that do not verify are left out. */
  runs: z.array(z.strictObject({ runId: z.uuid(), startedAt: Timestamp })),
  rows: z.array(
    z.strictObject({
      endpoint: z.string(),
      /** One for each run: the worst of all vantages; null: the run did not have the endpoint. */
      verdicts: z.array(Verdict.nullable()),
    }),
  ),
})
export type VerdictHistory = z.infer<typeof VerdictHistory>

const Judged = z.strictObject({ verdict: Verdict, cause: z.string() })

/** How the result of one endpoint from one vantage changed between two runs. */
export const Change = z.strictObject({
  endpoint: z.string(),
  vantage: Vantage,
  kind: z.literal(['broke', 'recovered', 'worse', 'better', 'other-cause', 'added', 'removed']),
  before: Judged.nullable(),
  after: Judged.nullable(),
  /** For example "passed, now fails: tls.intercepted". */
  message: z.string(),
})
export type Change = z.infer<typeof Change>

export const Comparison = z.strictObject({
  before: z.strictObject({ runId: z.uuid(), startedAt: Timestamp }),
  after: z.strictObject({ runId: z.uuid(), startedAt: Timestamp }),
  /** The worst first. */
  changes: z.array(Change),
  unchanged: z.int().nonnegative(),
})
export type Comparison = z.infer<typeof Comparison>

/** A schedule of checks, per plane. */
export const Watch = z.strictObject({
  everyMinutes: z.int().min(1).max(1_440),
  from: z.array(VantageRequest).min(1).max(32),
  /** Seconds for which long-lived connections are held open and observed; 0: not at all. */
  holdSeconds: z.int().min(0).max(900),
})
export type Watch = z.infer<typeof Watch>

export const WatchState = z.strictObject({
  planeId: z.uuid(),
  /** Null: not watched. */
  watch: Watch.nullable(),
  running: z.boolean(),
  lastAt: Timestamp.nullable(),
  nextAt: Timestamp.nullable(),
  /** Between the last two runs of the schedule. */
  changes: z.array(Change),
  /** Why the last run failed; empty if it succeeded. */
  problem: z.string(),
})
export type WatchState = z.infer<typeof WatchState>

/** A document to be copied or saved. Secrets are removed from it. */
export const TextFile = z.strictObject({
  name: z.string(),
  mediaType: z.string(),
  text: z.string(),
})
export type TextFile = z.infer<typeof TextFile>

export const ReportFormat = z.literal(['json', 'markdown', 'html', 'junit'])
export type ReportFormat = z.infer<typeof ReportFormat>

export const AllowListFormat = z.literal([
  'markdown',
  'csv',
  'squid',
  'azure-firewall',
  'aws-network-firewall',
  'networkpolicy',
  'ciliumnetworkpolicy',
])
export type AllowListFormat = z.infer<typeof AllowListFormat>

/** The runtimes that interpret proxy settings differently. */
export const ProxyRuntime = z.literal(['go', 'java', 'node', 'curl'])
export type ProxyRuntime = z.infer<typeof ProxyRuntime>

/** What the effective proxy settings mean for each row. Computed without sending anything. */
export const ProxyView = z.strictObject({
  /** Where they come from: `--proxy`, the environment, a PAC file; empty when there are none. */
  source: z.string(),
  /** Without user and password. */
  httpsProxy: z.string(),
  httpProxy: z.string(),
  noProxy: z.string(),
  rows: z.array(
    z.strictObject({
      endpoint: z.string(),
      /** Whether the component honours proxy settings at all. */
      usesProxySettings: z.boolean(),
      runtimes: z.record(ProxyRuntime, z.strictObject({ through: z.string(), why: z.string() })),
      /** The runtimes disagree. */
      differs: z.boolean(),
    }),
  ),
  /** Entries that NO_PROXY lacks, and entries that some runtimes do not understand. */
  advice: z.array(z.strictObject({ entry: z.string(), message: z.string() })),
})
export type ProxyView = z.infer<typeof ProxyView>

const ofPlane = z.strictObject({ planeId: z.uuid() })
const none = z.strictObject({})

/** A plane. */
const PlaneSubject = ofPlane
/** A profile with settings, without a plane. */
const ProfileSubject = z.strictObject({
  profile: z.string(),
  settings: JsonObject,
  /** The cluster to check from; absent: checks run from this computer only. */
  contextId: z.string().optional(),
})
/** A bare list of endpoints. */
const ListSubject = z.strictObject({
  list: EndpointList,
  /** The title of the list in documents. */
  title: z.string().max(1_024),
  /** The folder that paths of PEM files are relative to. Only the terminal is permitted to set it. */
  folder: z.string().optional(),
  contextId: z.string().optional(),
})

/** An input about a plane, a profile or a list. The window only uses planes. */
const about = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.union([PlaneSubject.extend(shape), ProfileSubject.extend(shape), ListSubject.extend(shape)])

export const Subject = z.union([PlaneSubject, ProfileSubject, ListSubject])
export type Subject = z.infer<typeof Subject>

/** What to check of a subject, and how. Only the terminal uses the last four. */
const checkOptions = {
  /** Absent: every endpoint. */
  endpoints: z.array(z.string()).optional(),
  /** Absent: from this computer. */
  from: z.array(VantageRequest).min(1).max(32).optional(),
  holdSeconds: z.int().min(0).max(900).optional(),
  /** URL in place of HTTPS_PROXY and HTTP_PROXY. */
  proxy: z.string().optional(),
  /** Replaces the probe image of the profile. */
  probeImage: z.string().optional(),
  /** Namespace in which probe pods are created. */
  namespace: z.string().optional(),
  /** Events are printed: redact their texts as in a document. */
  forPrinting: z.boolean().optional(),
}

/** One run of a repeated check. The first run has no comparison. */
export const RepeatedRun = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), report: ConnectivityReport, comparison: Comparison.nullable() }),
  /** A later run failed. The next one follows on schedule. */
  z.strictObject({ kind: z.literal('failed'), problem: ProblemReport }),
])
export type RepeatedRun = z.infer<typeof RepeatedRun>

const labelKey = /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/
const labelValue = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/

export const connectivity = {
  rows: procedure.input(Subject).output(z.array(EndpointRow)),
  /** The vantages of this plane. */
  vantages: procedure.input(ofPlane).output(z.array(VantageOffer)),
  /** What proxy settings mean for each row. */
  proxy: procedure.input(about({ proxy: z.string().optional() })).output(ProxyView),
  /** Streams events as they occur; abort to stop. Runs of a plane are saved. */
  check: procedure.input(about(checkOptions)).output(eventIterator(CheckEvent)),
  /** Checks at an interval until aborted. A change is checked a second time before it is reported. */
  checkRepeatedly: procedure
    .input(about({ ...checkOptions, everyMs: z.int().min(1_000).max(86_400_000) }))
    .output(eventIterator(RepeatedRun)),
  /**
   * The latest results: the last full run, with the rows that were checked again since, and with the columns of other vantages
   * of the preceding day. `StageResult.at` is the time at which a row was checked. Null before the first run. Results that
   * do not verify are returned only if no run of `runs` verifies.
   */
  last: procedure.input(ofPlane).output(ConnectivityReport.nullable()),
  /** The saved full runs, the newest first. `run` also returns the report of `last`, by its id. */
  runs: procedure.input(ofPlane).output(z.array(RunEntry)),
  run: procedure.input(z.strictObject({ planeId: z.uuid(), runId: z.uuid() })).output(ConnectivityReport),
  /** The verdicts of all endpoints in the last full runs that verify. */
  verdictHistory: procedure.input(ofPlane).output(VerdictHistory),
  /** Compares two saved runs of a plane, or two reports. */
  compare: procedure
    .input(
      z.union([
        z.strictObject({ planeId: z.uuid(), before: z.uuid(), after: z.uuid() }),
        z.strictObject({ before: ConnectivityReport, after: ConnectivityReport }),
      ]),
    )
    .output(Comparison),
  /** A saved run of a plane as a document, or a report of any subject. */
  export: procedure
    .input(
      z.union([
        z.strictObject({ planeId: z.uuid(), runId: z.uuid(), format: ReportFormat }),
        about({ report: ConnectivityReport, format: ReportFormat }),
      ]),
    )
    .output(TextFile),
  /** An allow-list for the network team, or policies to apply to the cluster. */
  allowList: procedure
    .input(
      about({
        format: AllowListFormat,
        /** Only the rows of this component. */
        component: Slug.optional(),
        /** For policies: the component's pods, instead of those in the cluster. */
        pods: z
          .strictObject({
            namespace: Slug,
            labels: z.record(z.string().regex(labelKey), z.string().regex(labelValue)),
          })
          .optional(),
        /** The proxy settings of the components: the URL, and the exceptions in the format of NO_PROXY. */
        proxies: z.strictObject({ url: z.string().max(2_048), bypass: z.string().max(16_384) }).optional(),
      }),
    )
    .output(TextFile),
  watch: procedure.input(ofPlane).output(WatchState),
  setWatch: procedure.input(z.strictObject({ planeId: z.uuid(), watch: Watch.nullable() })).output(none),
  /** The states of all watches: now, and after each change. */
  watches: procedure.output(eventIterator(z.array(WatchState))),
  /** Planes whose Connectivity page the user opened by a click on a notification. Each is reported once. */
  openRequests: procedure.output(eventIterator(z.strictObject({ planeId: z.uuid() }))),
}
