import { z } from 'zod'
import { ProblemReport, procedure } from './problem.ts'
import { JsonObject, ObjectReference, Slug } from './words.ts'

/**
 * A profile describes a kind of plane. It is a YAML file that a team reads, copies, edits and shares.
 * Text marked "may refer" holds `${path.to.setting}` where the plane's settings are put in;
 * an endpoint whose host refers to a setting that is empty is not configured: its verdict is `unknown`.
 */
export const Protocol = z.literal([
  'wss',
  'https',
  'grpc',
  'amqp1',
  'amqp091',
  'amqp-ws',
  'oci',
  'acme',
  'git',
  'arm',
  'vault',
  'kubernetes',
])
export type Protocol = z.infer<typeof Protocol>

const Direction = z.literal(['outbound', 'inbound'])
/** Where the destination is: on the internet, in the same private network, or in the cluster itself. */
export const Scope = z.literal(['external', 'vpc', 'cluster'])
export type Scope = z.infer<typeof Scope>

/** How the component itself connects: a check that connects otherwise proves nothing about it. */
const ClientProfile = z.strictObject({
  /** `env`: honours HTTPS_PROXY and NO_PROXY. `none`: ignores them. */
  proxy: z.literal(['env', 'none']).default('env'),
  /** Roots that it trusts: the system's, those bundled with its runtime, a PEM file, or PEM text in a setting. */
  trust: z
    .union([
      z.literal(['system', 'bundled']),
      z.strictObject({ file: z.string() }),
      z.strictObject({ setting: z.string() }),
    ])
    .default('system'),
  /** Id of the credential (keys `tls.crt`, `tls.key`) that it presents. */
  clientCertificate: Slug.optional(),
  /** Id of the credential that it signs in with (keys `username`, `password` or `token`). It is shown only to a far end that has proven itself. */
  credential: Slug.optional(),
  alpn: z.array(z.string()).optional(),
})

/** A destination that the same row also needs: a registry's token host, its blob host. */
const Companion = z.strictObject({
  /** May refer. */
  host: z.string(),
  port: z.int().min(1).max(65_535).default(443),
  protocol: Protocol.default('https'),
  why: z.string(),
})

/** One row of the connectivity table. */
export const Endpoint = z.strictObject({
  id: Slug,
  component: Slug,
  title: z.string().optional(),
  /** May refer. Absent or empty: not configured. */
  host: z.string().max(255).default(''),
  /** Absent: the protocol's own. May refer. */
  port: z
    .union([z.int().min(1).max(65_535), z.string().regex(/^\$\{[\w.-]+\}$/, 'a port, or "${setting}"')])
    .optional(),
  /** Path and query of an HTTP request or WebSocket; may refer. */
  path: z.string().startsWith('/').optional(),
  protocol: Protocol,
  direction: Direction.default('outbound'),
  scope: Scope.default('external'),
  tls: z.boolean().default(true),
  /** Server name for SNI and certificate, where it differs from `host`; may refer. */
  serverName: z.string().optional(),
  required: z.boolean().default(true),
  /** May a middlebox re-sign this connection (`with-ca`), or does that break it (`never`)? */
  inspection: z.literal(['never', 'with-ca']).default('with-ca'),
  clientProfile: ClientProfile.prefault({}),
  companions: z.array(Companion).default([]),
  /** CIDR ranges, where the vendor gives them. */
  addressRanges: z.array(z.string()).default([]),
  /** What the expected speaker shows of itself; texts are matched case-insensitively as substrings. */
  expect: z
    .strictObject({
      status: z.array(z.int()).optional(),
      header: z.record(z.string(), z.string()).optional(),
      body: z.string().optional(),
      subprotocol: z.string().optional(),
    })
    .optional(),
  note: z.string().optional(),
})
export type Endpoint = z.infer<typeof Endpoint>

/** The file that `hangar check --endpoints FILE` takes: rows alone, no cluster. */
export const EndpointList = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  /** Address (and port) of the DNS server that knows these names, for checks from this computer; absent: its own. */
  resolver: z.string().optional(),
  settings: JsonObject.default({}),
  endpoints: z.array(Endpoint).max(5_000),
})
export type EndpointList = z.infer<typeof EndpointList>

export const Chart = z.union([
  /** A folder or .tgz, relative to the profile's own folder. */
  z.strictObject({ path: z.string() }),
  z.strictObject({ oci: z.string().startsWith('oci://'), version: z.string(), digest: z.string().optional() }),
  z.strictObject({ repository: z.url(), name: z.string(), version: z.string() }),
])
export type Chart = z.infer<typeof Chart>

export const Release = z.strictObject({
  name: Slug,
  namespace: Slug,
  title: z.string().optional(),
  chart: Chart,
  /** `helm`: Hangar runs helm. `flux`: Hangar applies an OCIRepository and a HelmRelease; Flux installs and updates it. */
  via: z.literal(['helm', 'flux']).default('helm'),
  /** For `flux`: where Flux finds the chart; may refer. */
  source: z
    .strictObject({
      url: z.string().startsWith('oci://'),
      tag: z.string().optional(),
      insecure: z.boolean().default(false),
    })
    .optional(),
  /** Values for the chart; strings may refer. Never a secret. */
  values: JsonObject.default({}),
  components: z.array(Slug).default([]),
  timeoutSeconds: z.int().min(10).max(3_600).default(300),
})
export type Release = z.infer<typeof Release>

export const Component = z.strictObject({
  id: Slug,
  title: z.string(),
  summary: z.string(),
  /** A release of this profile, Flux, the cluster itself, or the vendor's side. */
  providedBy: z.literal(['release', 'flux', 'cluster', 'vendor']),
  /** The workloads that carry it. For `cluster`: the known forms it may have, of which those found are shown. */
  parts: z.array(ObjectReference.extend({ title: z.string().optional() })).default([]),
  required: z.boolean().default(true),
})
export type Component = z.infer<typeof Component>

/** A Kubernetes Secret that the charts refer to. Its values come from the vault and are never Helm values. */
export const CredentialSpec = z.strictObject({
  id: Slug,
  title: z.string(),
  help: z.string().optional(),
  secret: z.strictObject({ name: Slug, namespaces: z.array(Slug).min(1), type: z.string().default('Opaque') }),
  keys: z
    .array(
      z.strictObject({
        key: z.string(),
        title: z.string(),
        kind: z.literal(['text', 'password', 'pem']).default('password'),
      }),
    )
    .min(1),
  required: z.boolean().default(true),
})
export type CredentialSpec = z.infer<typeof CredentialSpec>

export const LogFormat = z.literal(['auto', 'ballerina', 'micro-integrator', 'json', 'plain'])
export type LogFormat = z.infer<typeof LogFormat>

export const LogSource = z.strictObject({
  id: Slug,
  title: z.string(),
  component: Slug,
  namespace: Slug,
  /** A label selector, as kubectl takes it. */
  selector: z.string(),
  container: z.string().optional(),
  format: LogFormat.default('auto'),
})
export type LogSource = z.infer<typeof LogSource>

const Party = z.literal(['vendor', 'customer', 'both'])
export const ManagementModel = z.strictObject({
  id: Slug,
  title: z.string(),
  summary: z.string(),
  tasks: z.array(z.strictObject({ task: z.string(), responsible: Party, accountable: Party.optional() })),
})
export type ManagementModel = z.infer<typeof ManagementModel>

const Requirements = z.strictObject({
  /** A range such as ">=1.30". */
  kubernetes: z.string().optional(),
  /** Kubernetes quantities, for the whole plane. */
  cpu: z.string().optional(),
  memory: z.string().optional(),
  nodes: z.int().min(1).optional(),
  storageClass: z.boolean().default(false),
  /** Custom resources that must be there before, as `plural.group`. */
  customResources: z.array(z.string()).default([]),
})

export const Profile = z.strictObject({
  schemaVersion: z.literal(1),
  name: Slug,
  title: z.string(),
  description: z.string(),
  /** JSON Schema (2020-12) of the settings that a plane fills in; a form is drawn from it. */
  settings: JsonObject.default({ type: 'object', properties: {} }),
  /** Address of the DNS server that knows this plane's names, for checks from this computer; may refer. In the cluster each pod and node has its own. */
  resolver: z.string().optional(),
  /** Any image with Node, for the probes that run in the cluster; may refer. */
  probeImage: z.string().optional(),
  managementModels: z.array(ManagementModel).min(1),
  requirements: Requirements.prefault({}),
  components: z.array(Component),
  credentials: z.array(CredentialSpec).default([]),
  /** In order of installation. */
  releases: z.array(Release),
  endpoints: z.array(Endpoint),
  logSources: z.array(LogSource).default([]),
})
export type Profile = z.infer<typeof Profile>

/** A line in the list of profiles. One that cannot be read stays in the list and says why. */
export const ProfileEntry = z.strictObject({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  origin: z.literal(['built-in', 'own']),
  file: z.string(),
  endpoints: z.int(),
  releases: z.int(),
  problem: ProblemReport.optional(),
})
export type ProfileEntry = z.infer<typeof ProfileEntry>

/** Where and why a profile's text is wrong. Lines and columns count from 1. */
export const ProfileFault = z.strictObject({
  line: z.int(),
  column: z.int(),
  field: z.string(),
  found: z.string(),
  expected: z.string(),
})
export type ProfileFault = z.infer<typeof ProfileFault>

export const profiles = {
  list: procedure.output(z.array(ProfileEntry)),
  get: procedure.input(z.strictObject({ name: z.string() })).output(Profile),
  /** The text as it stands in the file, for the editor. */
  read: procedure
    .input(z.strictObject({ name: z.string() }))
    .output(z.strictObject({ text: z.string(), origin: z.literal(['built-in', 'own']) })),
  /** Faults of a text that is not saved yet; empty when it is valid. */
  check: procedure.input(z.strictObject({ text: z.string().max(2_000_000) })).output(z.array(ProfileFault)),
  /** A copy under a new name becomes the team's own. */
  copy: procedure.input(z.strictObject({ name: z.string(), newName: Slug })).output(ProfileEntry),
  /** Saves the text of one's own profile; an invalid one is refused with its faults and the file stays as it was. */
  save: procedure.input(z.strictObject({ name: Slug, text: z.string().max(2_000_000) })).output(ProfileEntry),
  remove: procedure.input(z.strictObject({ name: Slug })).output(z.strictObject({})),
}
