import { type ParsedEvent, toEpochMs, toLevel } from './event.ts'

/**
 * Micro Integrator's log4j2 patterns: `[%d] %5p {%c} - %m%ex%n` of the console and the files, and the pattern of the
 * Integration Control Plane with a `T` and a zone. Source: wso2/micro-integrator log4j2.properties, wso2/docs-icp.
 * The bounds keep the match linear on any text.
 */
const pattern =
  /^\[(?<time>\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}[.,]\d{3}(?:Z|[+-]\d{2}:?\d{2})?)\] {1,8}(?<level>[A-Z]{4,5}) {1,8}\{(?<module>[^}\n]{1,300})\}(?<between>[^\n]{0,300}?) - (?<message>[^\n]*)/

const artifactContainer = /Deployed From Artifact Container:\s*(?<name>[^\]|]+?)\s*\]/
/** `{api:Name GET /path}`, `{proxy:Name}`: the artifact that logged the event. */
const artifact =
  /^\{(?<kind>api|proxy|sequence|inboundendpoint|task|endpoint):(?<name>[^\s}]+)(?: (?<method>[A-Z]+) (?<path>[^}]+))?\} ?/

export function parseMicroIntegrator(text: string): ParsedEvent | undefined {
  const groups = pattern.exec(text)?.groups
  if (groups === undefined) return undefined
  const message = groups.message ?? ''
  const from = artifact.exec(message)?.groups ?? {}
  const container = artifactContainer.exec(groups.between ?? '')?.groups?.name
  const trace = text.indexOf('\n')
  const fields: (readonly [string, string])[] = []
  if (from.kind !== undefined && from.name !== undefined) fields.push([from.kind, from.name])
  if (from.method !== undefined && from.path !== undefined) fields.push(['method', from.method], ['path', from.path])
  if (container !== undefined) fields.push(['artifactContainer', container])
  if (trace !== -1) fields.push(['stackTrace', text.slice(trace + 1)])
  const level = toLevel(groups.level)
  return {
    format: 'micro-integrator',
    // The default pattern has no zone: then the kubelet's time is used.
    atMs: toEpochMs(groups.time),
    level,
    levelSource: level === null ? 'none' : 'prefix',
    module: groups.module ?? '',
    message,
    fields,
  }
}
