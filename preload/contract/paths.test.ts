import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from './index.ts'

interface JsonSchema {
  readonly [keyword: string]: unknown
}

const isObject = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null

/** Names of every text in the inputs that no pattern or list limits: `feature.procedure field.field`. */
function freeTexts(): string[] {
  const found = new Set<string>()
  for (const [feature, procedures] of Object.entries(contract)) {
    for (const [name, procedure] of Object.entries(procedures)) {
      const { inputSchema } = procedure['~orpc']
      if (inputSchema === undefined) continue
      const schema = z.toJSONSchema(inputSchema as z.ZodType, { io: 'input', unrepresentable: 'any' }) // all are zod's
      for (const field of textsIn(schema, schema, '', new Set())) found.add(`${feature}.${name} ${field}`)
    }
  }
  return [...found].toSorted()
}

function* textsIn(root: JsonSchema, schema: unknown, field: string, followed: ReadonlySet<string>): Generator<string> {
  if (!isObject(schema)) return
  if (typeof schema.$ref === 'string') {
    const definition = schema.$ref.startsWith('#/$defs/') ? schema.$ref.slice('#/$defs/'.length) : undefined
    // A JSON value is recursive: its definition is followed once.
    if (definition === undefined || !isObject(root.$defs) || followed.has(schema.$ref)) return
    yield* textsIn(root, root.$defs[definition], field, new Set([...followed, schema.$ref]))
    return
  }
  const isFree = ['pattern', 'format', 'enum', 'const'].every((keyword) => schema[keyword] === undefined)
  if (schema.type === 'string' && isFree) yield field
  for (const keyword of ['anyOf', 'oneOf', 'allOf'])
    if (Array.isArray(schema[keyword])) for (const part of schema[keyword]) yield* textsIn(root, part, field, followed)
  yield* textsIn(root, schema.items, `${field}[]`, followed)
  yield* textsIn(root, schema.additionalProperties, `${field}{}`, followed)
  if (isObject(schema.properties))
    for (const [name, part] of Object.entries(schema.properties))
      yield* textsIn(root, part, field === '' ? name : `${field}.${name}`, followed)
}

/** Why a text that nothing limits is no path that the window chooses. A new one needs its reason here. */
const reasons: Readonly<Record<string, string>> = {
  // Compared with what exists; an unknown one is refused.
  contextId: 'an id: looked up in the list of contexts',
  'cluster.contextId': 'an id: looked up in the list of contexts',
  consentId: 'an id: compared with what was shown',
  id: 'an id: looked up in a list',
  credential: 'the key of a map in the vault',
  key: 'the key of a map in the vault',
  name: 'looked up in the list of profiles; a path is refused by main/profiles/profiles.ts outside the terminal',
  profile: 'as `name`',
  registry: 'a host with a path in a registry: parsed by main/install/kit/references.ts',
  ca: 'certificates, read as PEM text',
  'login.username': 'sent to the registry',
  'login.password': 'sent to the registry',
  managementModel: 'compared with those of the profile',
  release: 'compared with those of the profile',
  digest: 'compared with that of the plan',
  object: 'the uid of an object',
  'object.uid': 'compared with that of the object',
  'sources[]': 'compared with the sources of the profile',
  'query.sources[]': 'as `sources[]`',
  'pods[]': 'compared with the pods of stored lines',
  'containers[]': 'compared with the containers of stored lines',
  'endpoints[]': 'compared with the endpoints of the table',
  'variables[]': 'compared with the variables that were offered',
  before: 'the id of a record',
  after: 'the id of a record',
  record: 'the id of a record',
  'target.record': 'the id of a record',
  'engine.service': 'names of Kubernetes, read by main/logs/engine/service.ts; part of a path at the API server',
  'engine.index': 'names of indices; part of a path at the log engine, checked in main/logs/engine/service.ts',
  'engine.tenant': 'sent to the log engine; its characters are checked there too',
  'watch.from[].name': 'as `from[].name`',
  'from[].name': 'the name of a node, for the API server',
  // Text that is stored, shown, searched or sent.
  pem: 'certificates, whose facts are shown',
  text: 'content: parsed, or searched for',
  'query.text': 'as `text`',
  value: 'a secret for the vault',
  passphrase: 'a secret for the vault',
  title: 'shown in documents',
  'decisions[].row': 'an id: looked up in the draft',
  'rows[]': 'an id: looked up in the draft',
  'decisions[].entry{}': 'content of the profile; its charts are those of the draft',
  'settings{}': 'checked by the schema of the profile; a file that a setting names is inside the folder of the profile',
  'overrides{}{}': 'chart values for helm, on its stdin',
  'proxies.url': 'text of an allow-list',
  'proxies.bypass': 'text of an allow-list',
  // Refused for the window by main/connectivity/subject.ts.
  folder: 'only the terminal',
  'list.endpoints[].clientProfile.trust.file': 'only the terminal',
  proxy: 'only the terminal; a URL',
  probeImage: 'only the terminal; an image',
  namespace: 'only the terminal; a namespace',
  // Addresses and texts of an endpoint.
  'list.resolver': 'an address',
  'list.settings{}': 'values that fields of the list refer to; its files are only for the terminal',
  'list.endpoints[].title': 'shown',
  'list.endpoints[].note': 'shown',
  'list.endpoints[].host': 'an address',
  'list.endpoints[].serverName': 'an address',
  'list.endpoints[].addressRanges[]': 'an address',
  'list.endpoints[].companions[].host': 'an address',
  'list.endpoints[].companions[].why': 'shown',
  'list.endpoints[].clientProfile.trust.setting': 'the name of a setting',
  'list.endpoints[].clientProfile.alpn[]': 'sent in TLS',
  'list.endpoints[].expect.body': 'compared with the answer',
  'list.endpoints[].expect.header{}': 'compared with the answer',
  'list.endpoints[].expect.subprotocol': 'compared with the answer',
}

/** A saved report comes back as it was sent out: it is compared or rendered, and nothing in it is opened. */
const isReport = (field: string): boolean => /^(?:report|before|after)\./.test(field)

describe('the inputs of the contract', () => {
  it('have no text that is a path of the window', () => {
    const fields = freeTexts().map((text) => text.slice(text.indexOf(' ') + 1))
    expect([...new Set(fields)].filter((field) => !isReport(field) && !Object.hasOwn(reasons, field))).toEqual([])
  })

  it('have no reason for a text that no longer exists', () => {
    const fields = new Set(freeTexts().map((text) => text.slice(text.indexOf(' ') + 1)))
    expect(Object.keys(reasons).filter((field) => !fields.has(field))).toEqual([])
  })

  it('name no file, path or folder, except where only the terminal may', () => {
    const named = freeTexts().filter((text) =>
      /(?:(?<!pro)file|path|folder|director|kubeconfig)\w*(?:\[\])?$/i.test(text),
    )
    expect([...new Set(named.map((text) => text.split(' ')[1]))]).toEqual([
      'folder',
      'list.endpoints[].clientProfile.trust.file',
    ])
  })
})
