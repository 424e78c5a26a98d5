import { z } from 'zod'
import { EndpointList } from '../preload/contract/profiles.ts'

/** A part of JSON Schema, as far as zod writes it. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
}

const schema = z.toJSONSchema(EndpointList, { io: 'input' }) as Schema // zod writes what its types do not say

/** A field of a bare list. `path` is written as "endpoints[].clientProfile.proxy". */
export interface Field {
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly initial: string
  readonly description: string
}

/** Every field of a bare list, from the schema that `hangar schema endpoints` prints. */
export const endpointFields = (): readonly Field[] => fieldsOf(schema, '')

function fieldsOf({ properties = {}, required = [] }: Schema, prefix: string): readonly Field[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const isList = field.items?.properties !== undefined
    const nested = isList ? fieldsOf(field.items ?? {}, `${path}[].`) : nestedIn(field, `${path}.`)
    const self: Field = {
      path,
      type: typeOf(field),
      required: required.includes(name),
      initial: field.default === undefined || typeof field.default === 'object' ? '' : JSON.stringify(field.default),
      description: field.description ?? '',
    }
    return [self, ...nested]
  })
}

const nestedIn = (field: Schema, prefix: string): readonly Field[] => [
  ...fieldsOf(field, prefix),
  ...(field.anyOf ?? []).flatMap((option) => fieldsOf({ ...option, required: [] }, prefix)),
]

function typeOf({ type, const: only, enum: values, anyOf, items, properties }: Schema): string {
  if (only !== undefined) return JSON.stringify(only)
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(', ')
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (type === 'array') return items?.properties === undefined ? `list of ${typeOf(items ?? {})}` : 'list of objects'
  if (properties !== undefined) return `object with ${Object.keys(properties).join(', ')}`
  return type ?? 'any'
}

const sections: readonly { readonly title: string; readonly prefix: string }[] = [
  { title: 'List', prefix: '' },
  { title: 'Endpoint', prefix: 'endpoints[].' },
  { title: 'Client profile', prefix: 'endpoints[].clientProfile.' },
  { title: 'Companion', prefix: 'endpoints[].companions[].' },
  { title: 'Expected server', prefix: 'endpoints[].expect.' },
]

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The prefix of the section that shows a field: the longest that fits. */
const sectionOf = (path: string): string =>
  sections
    .map(({ prefix }) => prefix)
    .filter((prefix) => path.startsWith(prefix))
    .reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), '')

/** A field as its section names it. */
export const nameInSection = (path: string): string => path.slice(sectionOf(path).length)

function tableOf(prefix: string): string {
  const rows = endpointFields().flatMap(({ path, type, required, initial, description }) => {
    if (sectionOf(path) !== prefix) return []
    const fallback = required ? 'required' : initial === '' ? '' : `\`${initial}\``
    return [[`\`${nameInSection(path)}\``, cell(type), fallback, cell(description)]]
  })
  return aligned(['Field', 'Type', 'Default', 'Meaning'], rows)
}

/** A table in Markdown, with columns as wide as the formatter makes them. */
function aligned(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[], fill = ' '): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`
  return [line(head), line(['', '', '', ''], '-'), ...rows.map((row) => line(row))].join('\n')
}

/** The text of `docs/guide/endpoints.md`. */
export const endpointsGuide = (): string => `# Endpoint lists

A bare list checks endpoints without a plane and without a cluster: \`hangar check --endpoints FILE\`, also for \`hangar proxy\` and
\`hangar allow-list\`. The file is YAML or JSON. A profile describes its endpoints with the same fields.

\`\`\`yaml
settings:
  registry: { host: registry.example.com }
endpoints:
  - { id: registry, component: flux, host: "\${registry.host}", protocol: oci }
  - { id: broker, component: enforcer, host: broker.example.com, port: 5671, protocol: amqp091 }
\`\`\`

"May refer" means that the text can hold \`\${path.to.setting}\`, which is replaced by that value of \`settings\`.
\`hangar schema endpoints\` prints the JSON Schema, for an editor that completes and checks the file.

This page is generated from the schema in \`preload/contract/profiles.ts\`.

${sections.map(({ title, prefix }) => `## ${title}\n\n${tableOf(prefix)}`).join('\n\n')}
`
