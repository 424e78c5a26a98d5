import { z } from 'zod'
import { ProblemReport, procedure } from './problem.ts'
import { JsonObject, ObjectReference, Slug } from './words.ts'

/**
 * A profile describes a kind of plane. It is a YAML file that a team can read, copy, edit and share.
 * A text that "may refer" can contain references such as `${path.to.setting}`, for which the plane's settings are
 * substituted. An endpoint whose host refers to an empty setting is not configured; its verdict is `unknown`.
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
/** The location of the destination: on the internet, in the same private network, or in the cluster. */
export const Scope = z.literal(['external', 'vpc', 'cluster'])
export type Scope = z.infer<typeof Scope>

/** The TLS library that a component uses, by the language that it is written in. */
export const Runtime = z.literal(['go', 'java', 'node', 'openssl'])
export type Runtime = z.infer<typeof Runtime>

/** How the component connects. The check connects in the same way. */
const ClientProfile = z.strictObject({
  proxy: z
    .literal(['env', 'none'])
    .default('env')
    .describe('"env": the component honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY. "none": it ignores them.'),
  trust: z
    .union([
      z.literal(['system', 'bundled']),
      z.strictObject({
        file: z.string().describe('Path of a PEM file, relative to the file that names it; may refer.'),
      }),
      z.strictObject({ setting: z.string().describe('Name of the setting that holds the PEM text.') }),
    ])
    .default('system')
    .describe(
      'Root certificates that the component trusts: "system", "bundled" (of its runtime), a file or a setting.',
    ),
  runtime: Runtime.default('go').describe(
    'Whose TLS rules hold: of Go, Java, Node.js, or OpenSSL (curl, Python, nginx). They differ in trust, certificates and handshakes.',
  ),
  clientCertificate: Slug.optional().describe(
    'Id of the credential with the keys tls.crt and tls.key that the component presents. Needs a plane.',
  ),
  credential: Slug.optional().describe(
    'Id of the credential with username and password, or token, that the component signs in with. It is sent only to a server that has proven its identity. Needs a plane.',
  ),
  alpn: z.array(z.string()).optional().describe('Protocols that the component offers in TLS (ALPN), such as "h2".'),
})

/** Another destination that the endpoint needs, such as the token host or the blob host of a registry. */
const Companion = z.strictObject({
  host: z.string().describe('Host name or IP address; may refer.'),
  port: z.int().min(1).max(65_535).default(443).describe('TCP port.'),
  protocol: Protocol.default('https').describe('Protocol of the server.'),
  why: z.string().describe('Why the endpoint needs it, for reports and allow-lists.'),
})

/** One endpoint of the connectivity table. */
export const Endpoint = z.strictObject({
  id: Slug.describe('Unique name of the endpoint in the list.'),
  component: Slug.describe('Id of the component that connects.'),
  title: z.string().optional().describe('Name for people; without it the id is shown.'),
  host: z
    .string()
    .max(255)
    .default('')
    .describe('Host name or IP address; may refer. Empty: not configured, and the verdict is "unknown".'),
  port: z
    .union([z.int().min(1).max(65_535), z.string().regex(/^\$\{[\w.-]+\}$/, 'a port, or "${setting}"')])
    .optional()
    .describe('TCP port, or a reference to a setting. Without it: the default port of the protocol.'),
  path: z
    .string()
    .startsWith('/')
    .optional()
    .describe('Path and query of the HTTP request or the WebSocket; may refer. Without it: that of the protocol.'),
  protocol: Protocol.describe('Protocol of the server.'),
  direction: Direction.default('outbound').describe(
    '"outbound": the component connects. "inbound": others connect to the component; never checked.',
  ),
  scope: Scope.default('external').describe(
    'Where the destination is: on the internet ("external"), in the private network ("vpc") or in the cluster ("cluster").',
  ),
  tls: z.boolean().default(true).describe('Whether the connection uses TLS.'),
  serverName: z
    .string()
    .optional()
    .describe('Server name for SNI and for the certificate, where it differs from the host; may refer.'),
  required: z
    .boolean()
    .default(true)
    .describe('Whether the plane cannot work without it. A required endpoint that is unknown makes the exit code 1.'),
  inspection: z
    .literal(['never', 'with-ca'])
    .default('with-ca')
    .describe('"with-ca": a middlebox may re-sign TLS if the component trusts its authority. "never": that breaks it.'),
  clientProfile: ClientProfile.prefault({}).describe('How the component itself connects.'),
  companions: z.array(Companion).default([]).describe('Further destinations that the same endpoint needs.'),
  addressRanges: z
    .array(z.string())
    .default([])
    .describe('CIDR ranges of the destination, where its owner publishes them.'),
  expect: z
    .strictObject({
      status: z.array(z.int()).optional().describe('HTTP status codes, any of them.'),
      header: z
        .record(z.string(), z.string())
        .optional()
        .describe('Response headers by name, each with a text that its value must contain.'),
      body: z.string().optional().describe('A text that the body must contain.'),
      subprotocol: z.string().optional().describe('WebSocket subprotocol that the server must select.'),
    })
    .optional()
    .describe('What identifies the expected server; texts are compared without regard to case.'),
  note: z.string().optional().describe('Remark for people, shown in reports and allow-lists.'),
})
export type Endpoint = z.infer<typeof Endpoint>

/** Rows, allow-lists and reports of more would take seconds. */
const endpointsLimit = 5_000

/** The file that `hangar check --endpoints FILE` takes: endpoints alone, without a plane or a cluster. */
export const EndpointList = z.strictObject({
  schemaVersion: z.literal(1).default(1).describe('Version of this format.'),
  resolver: z
    .string()
    .optional()
    .describe('Address (and port) of a DNS server for checks from this computer. Without it: the computer’s own.'),
  settings: JsonObject.default({}).describe('Values that other fields refer to as ${path.to.setting}.'),
  endpoints: z.array(Endpoint).max(endpointsLimit).describe('What to check.'),
})
export type EndpointList = z.infer<typeof EndpointList>

/** On no system absolute, with a drive, or with a backslash. */
const relativePath = /^(?!\/|[A-Za-z]:)[^\\\p{Cc}]+$/u
/** An exact version, since a range can be another chart each time. */
const ChartVersion = z.string().regex(/^v?\d+\.\d+\.\d+([-+][\w.+-]*)?$/, 'an exact version such as 1.2.3')
const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, '"sha256:" and 64 hexadecimal digits')

export const Chart = z.union([
  /** A folder or .tgz inside the profile's folder, relative to it. */
  z.strictObject({ path: z.string().regex(relativePath, 'a relative path with "/"') }),
  /** `digest`: of the manifest. */
  z.strictObject({ oci: z.string().startsWith('oci://'), version: ChartVersion, digest: Digest.optional() }),
  /** `digest`: of the .tgz. */
  z.strictObject({
    repository: z
      .url()
      .regex(
        /^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/,
        'an HTTPS address; HTTP only on the loopback address',
      ),
    name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'the name of a chart'),
    version: ChartVersion,
    digest: Digest.optional(),
  }),
])
export type Chart = z.infer<typeof Chart>

export const Release = z.strictObject({
  name: Slug,
  namespace: Slug,
  title: z.string().optional(),
  chart: Chart,
  /** `helm`: Hangar runs helm. `flux`: Hangar applies an OCIRepository and a HelmRelease, and Flux installs and updates the release. */
  via: z.literal(['helm', 'flux']).default('helm'),
  /** For `flux`: where Flux fetches the chart. May refer. */
  source: z
    .strictObject({
      url: z.string().startsWith('oci://'),
      tag: z.string().optional(),
      insecure: z.boolean().default(false),
    })
    .optional(),
  /** Chart values; texts may refer. They must not contain secrets. */
  values: JsonObject.default({}),
  components: z.array(Slug).default([]),
  /**
   * Names of the earlier releases that it needs. Releases that do not need each other are installed side by side. Without it: all
   * releases before it, one after the other.
   */
  needs: z.array(Slug).optional(),
  timeoutSeconds: z.int().min(10).max(3_600).default(300),
})
export type Release = z.infer<typeof Release>

export const Component = z.strictObject({
  id: Slug,
  title: z.string(),
  summary: z.string(),
  /** A release of this profile, Flux, the cluster, or the vendor. */
  providedBy: z.literal(['release', 'flux', 'cluster', 'vendor']),
  /** The objects that run the component. For `cluster`: known alternatives, of which the detected ones are shown. */
  parts: z.array(ObjectReference.extend({ title: z.string().optional() })).default([]),
  required: z.boolean().default(true),
})
export type Component = z.infer<typeof Component>

/** A Kubernetes Secret that the charts refer to. Its values come from the vault, never from Helm values. */
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
  /** A label selector in the format of kubectl. */
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
  /** Custom resources that must exist before the install, as `plural.group`. */
  customResources: z.array(z.string()).default([]),
})

export const Profile = z.strictObject({
  schemaVersion: z.literal(1),
  name: Slug,
  title: z.string(),
  description: z.string(),
  /** JSON Schema (2020-12) of the plane's settings, from which the form is generated. */
  settings: JsonObject.default({ type: 'object', properties: {} }),
  /** Address of the DNS server for checks from this computer. May refer. Pods and nodes use their own DNS servers. */
  resolver: z.string().optional(),
  /** An image with Node.js for the probes that run in the cluster. May refer. */
  probeImage: z.string().optional(),
  /** Registry, and a path in it, that all images come from: an install with another image is refused. */
  imageRegistry: z
    .string()
    .regex(/^[A-Za-z0-9[][\w.:[\]-]*(\/[a-z0-9._-]+)*$/, 'a registry such as registry.example.com:5000/path')
    .optional(),
  managementModels: z.array(ManagementModel).min(1),
  requirements: Requirements.prefault({}),
  components: z.array(Component),
  credentials: z.array(CredentialSpec).default([]),
  /** In order of installation. */
  releases: z.array(Release),
  endpoints: z.array(Endpoint).max(endpointsLimit),
  logSources: z.array(LogSource).default([]),
})
export type Profile = z.infer<typeof Profile>

/** An entry in the list of profiles. An invalid profile is listed with its problem. */
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

/** An error in a profile's text. Lines and columns count from 1. */
export const ProfileFault = z.strictObject({
  line: z.int(),
  column: z.int(),
  field: z.string(),
  found: z.string(),
  expected: z.string(),
  /** Where the text is not YAML: what is wrong at this place, instead of what was expected. */
  message: z.string().optional(),
})
export type ProfileFault = z.infer<typeof ProfileFault>

/** An error in the YAML of a plane's settings. Lines and columns count from 1. No value is quoted. */
export const SettingsFault = z.strictObject({
  line: z.int(),
  column: z.int(),
  /** Such as `controlPlane.port`; empty: the text is not YAML at this place, or not a mapping. */
  field: z.string(),
  message: z.string(),
})
export type SettingsFault = z.infer<typeof SettingsFault>

const SettingsText = z.string().max(500_000)

export const profiles = {
  /**
   * The settings in a text (YAML) of a form. Nothing is stored. `settings` is null where they cannot be taken: the text is not YAML,
   * or has a secret. Throws PROFILE_*.
   */
  readSettings: procedure
    .input(z.strictObject({ name: z.string(), text: SettingsText }))
    .output(z.strictObject({ settings: JsonObject.nullable(), faults: z.array(SettingsFault) })),
  /** The text with these settings instead of its own; its comments stay. */
  writeSettings: procedure
    .input(z.strictObject({ text: SettingsText, settings: JsonObject }))
    .output(z.strictObject({ text: z.string() })),
  list: procedure.output(z.array(ProfileEntry)),
  get: procedure.input(z.strictObject({ name: z.string() })).output(Profile),
  /** The text of the file, for the editor. */
  read: procedure
    .input(z.strictObject({ name: z.string() }))
    .output(z.strictObject({ text: z.string(), origin: z.literal(['built-in', 'own']) })),
  /** The faults of a text that is not saved yet; empty if it is valid. */
  check: procedure.input(z.strictObject({ text: z.string().max(2_000_000) })).output(z.array(ProfileFault)),
  /** Reads a bare list of endpoints, as the terminal does from a file: the list, or the faults of the text. */
  readEndpoints: procedure
    .input(z.strictObject({ text: z.string().max(2_000_000) }))
    .output(z.strictObject({ list: EndpointList.nullable(), faults: z.array(ProfileFault) })),
  /** Copies a profile under a new name, so that it can be edited. */
  copy: procedure.input(z.strictObject({ name: z.string(), newName: Slug })).output(ProfileEntry),
  /** Saves the text of an own profile. An invalid text is refused with its faults, and the file is unchanged. */
  save: procedure.input(z.strictObject({ name: Slug, text: z.string().max(2_000_000) })).output(ProfileEntry),
  remove: procedure.input(z.strictObject({ name: Slug })).output(z.strictObject({})),
}
